#include "gcsim/report/report.h"

#include "gcsim/report/transcript.h"
#include "json.h"
#include "text.h"

namespace gcsim::report {

Events default_events(Format format) {
  switch (format) {
    case Format::text: return Events::few;
    case Format::json: return Events::none;
    case Format::jsonl:
    case Format::transcript: break;
  }
  return Events::effects;
}

std::unique_ptr<Report> make_report(const ReportOptions& options, const trace::Vocabulary& words,
                                    Sink& sink) {
  const Events events = options.events;
  switch (options.format) {
    case Format::text: return std::make_unique<TextReport>(events, options.color, words, sink);
    case Format::json: return std::make_unique<JsonReport>(events, words, sink);
    case Format::jsonl: return std::make_unique<JsonLinesReport>(events, words, sink);
    case Format::transcript: return std::make_unique<TranscriptWriter>(words, sink);
  }
  return nullptr;
}

}  // namespace gcsim::report
