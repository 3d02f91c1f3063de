// Text traces with what they must do: each expectation stands at the event that causes it.
//
//   alloc a list
//   ref a[] a
//   del a
//   gc collect        -> { free:a } return:1 | gc2:1,0 | count=(0,0,0)
//
// Behind the arrow stands the event's line of the transcript, without its number.
#pragma once

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/report/transcript.h"
#include "support/replaying.h"

namespace gcsim::test {

// The lines of the transcript without their numbers, one for each event; refused events are in it. The
// invariants are checked after the last event.
inline std::vector<std::string> transcript(std::string_view trace, std::string_view profile = "") {
  auto reader = open_bytes(trace);
  Overrides overrides;
  if (!profile.empty()) overrides.profile = profile::find(profile);
  report::StringSink sink;
  report::TranscriptWriter writer(reader->vocabulary(), sink);
  auto simulator = engine::Simulator::create(settings(*reader, overrides), &writer);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError&) { return OnFault::go_on; };
  replay(*reader, *simulator, options);
  writer.finish({});
  std::vector<std::string> violations = simulator->check_invariants();
  CHECK_MESSAGE(violations.empty(), (violations.empty() ? "" : violations.front()));
  std::vector<std::string> lines;
  std::istringstream in(sink.text);
  for (std::string line; std::getline(in, line);) lines.push_back(line.substr(line.find(' ') + 1));
  return lines;
}

inline bool is_header(std::string_view line) {
  for (std::string_view word : {"trace ", "profile ", "threshold ", "class "}) {
    if (line.starts_with(word)) return true;
  }
  return line.empty() || line.starts_with("#");
}

// Replays the trace and compares each event that has an arrow.
inline void check_replay(const std::string& trace, std::string_view profile = "") {
  constexpr std::string_view kArrow = " -> ";
  std::string events;
  std::vector<std::string> expected;
  std::vector<std::string> sources;
  std::istringstream in(trace);
  for (std::string line; std::getline(in, line);) {
    std::size_t arrow = line.find(kArrow);
    std::string event = line.substr(0, arrow);
    events += event + "\n";
    if (is_header(event)) continue;
    sources.push_back(event);
    expected.push_back(arrow == std::string::npos ? "" : line.substr(arrow + kArrow.size()));
  }
  std::vector<std::string> got = transcript(events, profile);
  REQUIRE_EQ(got.size(), expected.size());
  for (std::size_t k = 0; k < got.size(); ++k) {
    CAPTURE(sources[k]);
    if (!expected[k].empty()) CHECK_EQ(got[k], expected[k]);
  }
}

}  // namespace gcsim::test
