// What the readers of all formats have in common: the order of events, faults and the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event_builder.h"
#include "gcsim/trace/reader.h"
#include "header_builder.h"
#include "line_reader.h"
#include "line_runs.h"

namespace gcsim::trace {

// What became of the input, as an error of the file.
TraceError at_input(const std::string& name, const InputProblem& problem);

class ReaderBase : public Reader {
 public:
  explicit ReaderBase(std::string name);

  const Header& header() const override { return header_; }
  Vocabulary& vocabulary() override { return vocabulary_; }
  Status next(EventBatch& batch) override;
  const TraceError& error() const override { return error_; }
  std::optional<std::uint64_t> line_of(EventIndex event) const override { return lines_.line_of(event); }

  // For one that reads ahead and hands out what this one reads.

  // The lines of the events since the last call; line_of() forgets them.
  void take_lines(std::vector<LineRun>& into) { lines_.take(into); }
  // As Source::interrupt.
  virtual void interrupt(bool is_on) { static_cast<void>(is_on); }

 protected:
  static constexpr std::size_t kBatchEvents = 4096;
  static constexpr std::size_t kBatchBytes = std::size_t{1} << 20;
  static constexpr std::size_t kBatchExpectations = 4096;

  Header header_;
  Vocabulary vocabulary_;
  EventBuilder builder_;
  HeaderBuilder header_builder_;

  // Reads events into the batch until it is full, a fault is reported or finish() was called.
  virtual void fill(EventBatch& batch) = 0;

  const std::string& name() const { return name_; }
  EventIndex events_so_far(const EventBatch& batch) const { return next_index_ - 1 + batch.events.size(); }
  static bool is_full(const EventBatch& batch);
  // Reports a fault: it is handed out after the events before it.
  void report(TraceError error);
  bool has_fault() const { return pending_.has_value(); }
  void finish() { is_finished_ = true; }

  // Ends an event whose fields are complete; `text` is its source.
  void add_event(EventBatch& batch, Event& event, std::string_view text, std::uint64_t line,
                 std::uint32_t column);
  // Adds the events of the plain lines that come next, as many as have been read and a batch takes.
  template <class Plain>
  void add_plain(EventBatch& batch, LineReader& lines, Plain& plain);
  // False: it is about no event, see builder_.problem().
  bool add_expectation(EventBatch& batch, const Piece& text, std::uint64_t line, std::uint32_t column);
  // The trace's own count of its events. False: it is wrong, see builder_.problem().
  bool end_of_trace(const EventBatch& batch, const Piece& count);
  bool is_ended() const { return is_ended_; }
  // The fault of an event behind the end.
  bool fail_behind_end(std::size_t offset);

  // A fault in a line of a file that is read by lines.
  TraceError error_in_line(const Problem& problem, std::uint64_t line, std::string_view text) const;
  TraceError input_error(const InputProblem& problem) const;

 private:
  std::string name_;
  EventIndex next_index_ = 1;
  LineRuns lines_;
  TraceError error_;
  std::optional<TraceError> pending_;
  bool is_finished_ = false;
  bool is_ended_ = false;
  bool had_faults_ = false;
  bool last_was_faulty_ = false;
};

template <class Plain>
void ReaderBase::add_plain(EventBatch& batch, LineReader& lines, Plain& plain) {
  // Words with a dot may be globals once there are modules.
  if (is_ended_ || builder_.has_imports()) return;
  const std::string_view bytes = lines.whole_lines();
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  const std::uint64_t first_line = lines.lines() + 1;
  const EventIndex first = events_so_far(batch) + 1;
  const std::size_t size = batch.events.size();
  std::uint64_t count = 0;
  const char* at = begin;
  for (bool goes_on = true; goes_on && at < end && size + count < kBatchEvents;) {
    constexpr std::size_t kSlab = 256;
    const std::size_t room = std::min<std::size_t>(size + count + kSlab, kBatchEvents);
    batch.events.resize(room);
    batch.sources.resize(room);
    Event* event = batch.events.data() + size + count;
    SourceRange* source = batch.sources.data() + size + count;
    Event* const last = batch.events.data() + room;
    auto offset = static_cast<std::uint32_t>(batch.text.size() + static_cast<std::size_t>(at - begin));
    std::uint64_t line = first_line + count;
    while (event != last && at < end) {
      const auto operands = static_cast<std::uint32_t>(batch.operands.size());
      event->operand_begin = operands;
      const char* next = plain.common_event(at, batch, *event);
      if (next == nullptr) [[unlikely]] {
        *event = {};
        event->operand_begin = operands;
        batch.operands.resize(operands);
        next = plain.event(at, batch, *event);
      }
      if (next == nullptr || next - at > static_cast<std::ptrdiff_t>(kMaxLineBytes)) {
        batch.operands.resize(operands);
        goes_on = false;
        break;
      }
      event->operand_count = static_cast<std::uint32_t>(batch.operands.size()) - operands;
      const auto length = static_cast<std::uint32_t>(next - at);
      *source++ = {offset, length - 1, line++, 1};
      offset += length;
      at = next;
      ++event;
    }
    count = static_cast<std::uint64_t>(event - batch.events.data()) - size;
  }
  batch.events.resize(size + count);
  batch.sources.resize(size + count);
  if (count == 0) return;
  batch.text.append(begin, at);
  lines_.note(first, count, first_line, 1);
  last_was_faulty_ = false;
  lines.skip_lines(static_cast<std::size_t>(at - begin), count);
}

// A trace of a header without events.
TraceError empty_trace(const std::string& name, std::string_view example);

}  // namespace gcsim::trace
