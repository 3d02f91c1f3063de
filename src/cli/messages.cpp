#include "messages.h"

#include "output.h"
#include "suggest.h"

namespace gcsim::cli {

ExitStatus report_fault(const trace::TraceError& error) {
  print_message(trace::format(error));
  return status_of(error.fault);
}

trace::TraceError bad_expectation(const trace::Expectation& expectation, const report::ClauseError& wrong,
                                  const std::string& file) {
  trace::TraceError error;
  error.where = {file, expectation.line, expectation.column + static_cast<std::uint32_t>(wrong.offset)};
  error.fault = trace::Fault::bad_expectation;
  error.expected = wrong.expected;
  error.got = wrong.got;
  if (wrong.got.size() > 2 && wrong.got.front() == '\'') {
    const std::string_view word = std::string_view(wrong.got).substr(1, wrong.got.size() - 2);
    error.note = nearest(word, wrong.known);
    if (!error.note.empty()) error.note = "did you mean '" + error.note + "'?";
  }
  error.source = expectation.text;
  error.source_column = expectation.column;
  return error;
}

}  // namespace gcsim::cli
