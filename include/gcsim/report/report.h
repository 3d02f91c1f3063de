// A report: what one output format makes of a replay.
//
// It hears the settings first, then the batches and the notices of their events, and the summary last.
#pragma once

#include <memory>

#include "gcsim/engine/notice.h"
#include "gcsim/engine/simulator.h"
#include "gcsim/report/sink.h"
#include "gcsim/report/summary.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

// Which events a report shows.
enum class Events {
  none,
  few,      // like effects, but none if they fill more than a screen (text only)
  effects,  // those that did something
  all,      // and every phase of every collection
};

class Report : public engine::Observer {
 public:
  virtual void begin(const engine::Settings&) {}
  // The batch whose events come next; it stays valid until the next call.
  virtual void next_batch(const trace::EventBatch&) {}
  virtual void finish(const Summary&) {}

  // A report that needs only the summary wants no notices, which is faster.
  virtual bool wants_notices() const { return true; }
  virtual bool wants_summary() const { return true; }
};

enum class Format { text, json, jsonl, transcript };

// What a format shows unless it is told otherwise.
Events default_events(Format format);

struct ReportOptions {
  Format format = Format::text;
  Events events = Events::none;
  bool color = false;
};

std::unique_ptr<Report> make_report(const ReportOptions& options, const trace::Vocabulary& words, Sink& sink);

}  // namespace gcsim::report
