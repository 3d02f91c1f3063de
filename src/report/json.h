// The two formats for programs: a JSON document, and JSON Lines of notices.
#pragma once

#include "notice_writer.h"

namespace gcsim::report {

// One document, schema gcsim.summary/1, with an "events" array if events are wanted.
class JsonReport : public NoticeWriter {
 public:
  JsonReport(Events events, const trace::Vocabulary& words, Sink& sink)
      : NoticeWriter(Layout::by_event, events, words, sink), events_(events) {}

  void begin(const engine::Settings& settings) override;
  void finish(const Summary& summary) override;

 private:
  Events events_;
};

// Schema gcsim.notices/1: a header line, a line for each notice, and the summary as the last line.
class JsonLinesReport : public NoticeWriter {
 public:
  JsonLinesReport(Events events, const trace::Vocabulary& words, Sink& sink)
      : NoticeWriter(Layout::lines, events, words, sink) {}

  void begin(const engine::Settings& settings) override;
  void finish(const Summary& summary) override;
};

}  // namespace gcsim::report
