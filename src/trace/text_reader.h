// Reads traces in text form, line by line.
#pragma once

#include <optional>
#include <string>

#include "line_reader.h"
#include "plain_text.h"
#include "reader_base.h"
#include "text_events.h"
#include "text_tokens.h"

namespace gcsim::trace {

class TextReader final : public ReaderBase {
 public:
  TextReader(LineReader lines, std::string name);

  // Reads the header, up to the first event.
  std::optional<TraceError> read_header();
  Place locate(const EventBatch& batch, std::size_t event, Operand operand,
               std::uint32_t ordinal) const override;
  void interrupt(bool is_on) override { source_.interrupt(is_on); }

 protected:
  void fill(EventBatch& batch) override;

 private:
  LineReader source_;
  PlainText plain_;
  TokenizedLine words_;
  TextEvents events_;

  bool check(const Line& line, Problem& problem);
  std::optional<TraceError> not_a_trace(const Line& line);
  bool header_line(const Line& line, Problem& problem);
  bool event_line(EventBatch& batch, const Line& line);
  bool expectation(EventBatch& batch, const Line& line);
  bool end_line(const EventBatch& batch);
  TraceError error_in(const Problem& problem, const Line& line) const;
  void report_in(const Problem& problem, const Line& line) { report(error_in(problem, line)); }
};

}  // namespace gcsim::trace
