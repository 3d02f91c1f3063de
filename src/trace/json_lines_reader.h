// Reads traces in JSON Lines: a header object on the first line, then an event per line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json_events.h"
#include "json_fields.h"
#include "json_header.h"
#include "line_reader.h"
#include "plain_json.h"
#include "reader_base.h"

namespace gcsim::trace {

class JsonLinesReader final : public ReaderBase {
 public:
  JsonLinesReader(LineReader lines, std::string name);

  std::optional<TraceError> read_header();
  Place locate(const EventBatch& batch, std::size_t event, Operand operand,
               std::uint32_t ordinal) const override;
  void interrupt(bool is_on) override { source_.interrupt(is_on); }

 protected:
  void fill(EventBatch& batch) override;

 private:
  LineReader source_;
  PlainJson plain_;
  EventFields fields_;
  JsonEvents events_;

  const Line* next_line();
  bool check(const Line& line, Problem& problem) const;
  bool header_line(const Line& line, Problem& problem);
  bool end_of_line(JsonScan& scan) const;
  bool event_line(EventBatch& batch, const Line& line, Problem& problem, bool& is_put_off);
  bool add(EventBatch& batch, const Line& line, Word word);
  TraceError error_in(const Problem& problem, const Line& line) const;
};

}  // namespace gcsim::trace
