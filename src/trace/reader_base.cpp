#include "reader_base.h"

#include <utility>

namespace gcsim::trace {

void Reader::forget(std::span<const SymbolId> words) {
  for (const SymbolId word : words) vocabulary().symbols.release(raw(word));
}

ReaderBase::ReaderBase(std::string name)
    : builder_(vocabulary_), header_builder_(header_, vocabulary_), name_(std::move(name)) {}

Reader::Status ReaderBase::next(EventBatch& batch) {
  batch.clear();
  batch.first = next_index_;
  if (!pending_ && !is_finished_) fill(batch);
  next_index_ += batch.events.size();
  if (!batch.events.empty() || !batch.expectations.empty()) {
    return is_finished_ && !pending_ && batch.events.empty() ? Status::end : Status::events;
  }
  if (!pending_) return is_finished_ ? Status::end : Status::events;
  error_ = std::move(*pending_);
  pending_.reset();
  return Status::fault;
}

bool ReaderBase::is_full(const EventBatch& batch) {
  return batch.events.size() >= kBatchEvents || batch.text.size() >= kBatchBytes;
}

void ReaderBase::report(TraceError error) {
  pending_ = std::move(error);
  had_faults_ = true;
  last_was_faulty_ = true;
}

void ReaderBase::add_event(EventBatch& batch, Event& event, std::string_view text, std::uint64_t line,
                           std::uint32_t column) {
  SourceRange source;
  source.offset = static_cast<std::uint32_t>(batch.text.size());
  source.length = static_cast<std::uint32_t>(text.size());
  source.line = line;
  source.column = column;
  batch.text.append(text);
  builder_.commit(event, source);
  lines_.note(events_so_far(batch), line);
  last_was_faulty_ = false;
}

bool ReaderBase::add_expectation(EventBatch& batch, const Piece& text, std::uint64_t line,
                                 std::uint32_t column) {
  // What was expected of an event that could not be read can't be checked.
  if (last_was_faulty_) return true;
  if (events_so_far(batch) == 0) {
    return builder_.fail(Fault::bad_expectation, text.offset, "an event before the expectation", "none");
  }
  batch.expectations.push_back({events_so_far(batch), std::string(text.text), line, column});
  return true;
}

bool ReaderBase::end_of_trace(const EventBatch& batch, const Piece& count) {
  std::uint32_t ignored = 0;
  is_ended_ = true;
  if (had_faults_) return true;  // faulty events are not counted, so there is nothing to compare
  const std::string events = std::to_string(events_so_far(batch));
  if (count.text == events) return true;
  if (!builder_.number(count, 0, INT64_MAX, ignored)) return false;
  return builder_.fail(Fault::bad_trailer, count.offset, events + ", the number of events before it",
                       quoted(count.text), "events are missing, or there are too many");
}

bool ReaderBase::fail_behind_end(std::size_t offset) {
  return builder_.fail(Fault::bad_trailer, offset, "nothing behind the end of the trace", "one more event");
}

TraceError ReaderBase::error_in_line(const Problem& problem, std::uint64_t line,
                                     std::string_view text) const {
  TraceError error;
  error.where = {name_, line, static_cast<std::uint32_t>(problem.offset + 1)};
  error.fault = problem.fault;
  error.expected = problem.expected;
  error.got = problem.got;
  error.note = problem.note;
  const Excerpt part = excerpt(text, problem.offset);
  error.source = part.text;
  error.source_column = static_cast<std::uint32_t>(part.offset + 1);
  return error;
}

TraceError ReaderBase::input_error(const InputProblem& problem) const {
  return at_input(name_, problem);
}

TraceError at_input(const std::string& name, const InputProblem& problem) {
  TraceError error;
  error.where.file = name;
  error.where.byte = problem.byte;
  error.fault = problem.fault;
  error.expected = problem.expected;
  error.got = problem.got;
  error.note = problem.note;
  return error;
}

TraceError empty_trace(const std::string& name, std::string_view example) {
  TraceError error;
  error.where = {name, 0, 0};
  error.fault = Fault::empty_trace;
  error.expected = "at least one event";
  error.got = "none";
  error.note = "an event looks like this: " + std::string(example);
  return error;
}

}  // namespace gcsim::trace
