#include "gcsim/report/report.h"

#include "gcsim/report/transcript.h"

namespace gcsim::report {

std::unique_ptr<Report> make_report(const ReportOptions& options, const trace::Vocabulary& words,
                                    Sink& sink) {
  switch (options.format) {
    case Format::text:
    case Format::json:
    case Format::jsonl:
    case Format::transcript: return std::make_unique<TranscriptWriter>(words, sink);
  }
  return nullptr;
}

}  // namespace gcsim::report
