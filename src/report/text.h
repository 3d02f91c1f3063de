// The report for people: the effects of events, then the summary.
#pragma once

#include "text_events.h"

namespace gcsim::report {

class TextReport : public TextEvents {
 public:
  using TextEvents::TextEvents;
  void finish(const Summary& summary) override;
};

// The summary alone.
std::string text_of(const Summary& summary, const Style& style);

}  // namespace gcsim::report
