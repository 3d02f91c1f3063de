// Reads traces that are one JSON document. The document is held as a whole; its events are handed out one
// by one from where they stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json_events.h"
#include "json_fields.h"
#include "json_header.h"
#include "reader_base.h"

namespace gcsim::trace {

class JsonReader final : public ReaderBase {
 public:
  // `problem`: why the document could not be read further, if it could not.
  JsonReader(std::string document, std::optional<InputProblem> problem, std::string name);

  std::optional<TraceError> read_header();
  Place locate(const EventBatch& batch, std::size_t event, Operand operand,
               std::uint32_t ordinal) const override;

 protected:
  void fill(EventBatch& batch) override;

 private:
  enum class Step : std::uint8_t { go_on, put_off, stop };

  std::string document_;
  std::optional<InputProblem> problem_;
  std::string_view text_;  // the document, up to the first byte that is no UTF-8
  EventFields fields_;
  JsonEvents events_;
  std::size_t at_ = 0;              // behind the last element, or behind the '[' of the events
  bool is_behind_element_ = false;  // a comma or the closing bracket is next
  std::optional<TraceError> tail_;  // what is wrong behind the events
  std::optional<JsonValue> end_;    // the trailer "end":N
  // The line of the byte line_at_; found once and moved on with the events.
  std::size_t line_at_ = 0;
  std::size_t line_begin_ = 0;
  std::uint64_t line_ = 1;

  bool outline(std::vector<JsonMember>& members, JsonScan& scan);
  std::optional<TraceError> no_events() const;
  Step element(EventBatch& batch);
  Step object(EventBatch& batch, JsonScan& scan);
  bool add(EventBatch& batch, std::size_t begin, std::size_t end, Word word);
  bool last_things(const EventBatch& batch);
  void move_to(std::size_t at);
  std::uint32_t column_of(std::size_t at) const;
  Problem syntax_problem(const JsonScan& scan) const;
  TraceError error_at(const Problem& problem) const;
  void stop(const JsonScan& scan);
};

}  // namespace gcsim::trace
