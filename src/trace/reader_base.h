// What the readers of all formats have in common: the order of events, faults and the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

// A trace of a header without events.
TraceError empty_trace(const std::string& name, std::string_view example);

}  // namespace gcsim::trace
