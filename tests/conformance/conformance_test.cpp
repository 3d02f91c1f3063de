// Our transcripts against those of real CPython, line for line.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gcsim/profile/profile.h"
#include "gcsim/report/transcript.h"
#include "support/replaying.h"

namespace gcsim {
namespace {

namespace fs = std::filesystem;
const std::string kFolder = "tests/conformance/";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string read_file(const std::string& relative) {
  std::ifstream file(test::source_path(relative), std::ios::binary);
  REQUIRE_MESSAGE(file.good(), relative);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string transcript_of(const std::string& trace, const profile::Profile& profile) {
  auto reader = test::open_file(trace);
  Overrides overrides;
  overrides.profile = &profile;
  engine::Settings settings = test::settings(*reader, overrides);
  report::StringSink sink;
  report::TranscriptWriter writer(reader->vocabulary(), sink);
  auto simulator = engine::Simulator::create(settings, &writer);
  writer.begin(settings);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError&) { return OnFault::go_on; };
  options.on_batch = [&writer](const trace::EventBatch& batch) { writer.next_batch(batch); };
  replay(*reader, *simulator, options);
  writer.finish({});
  auto violations = simulator->check_invariants();
  CHECK_MESSAGE(violations.empty(), trace << ": " << (violations.empty() ? "" : violations.front()));
  return sink.text;
}

// The first line names who executed the trace; all others must be equal.
void compare(const std::string& name, const std::string& ours, const std::string& theirs) {
  std::vector<std::string> got = lines_of(ours);
  std::vector<std::string> expected = lines_of(theirs);
  for (std::size_t k = 1; k < std::min(got.size(), expected.size()); ++k) {
    if (got[k] == expected[k]) continue;
    FAIL_CHECK(name << ", line " << k + 1 << "\n  CPython: " << expected[k] << "\n  gcsim:   " << got[k]);
    return;
  }
  CHECK_MESSAGE(got.size() == expected.size(), name << ": the number of lines differs");
}

std::vector<std::string> recorded_names(const std::string& version) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(test::source_path(kFolder + version))) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("cpython-3.11 does what CPython 3.11.7 did with each of the 129 traces") {
  const std::string version = "cpython-3.11";
  std::vector<std::string> names = recorded_names(version);
  CHECK_EQ(names.size(), 129);
  for (const std::string& name : names) {
    std::string ours = transcript_of(kFolder + "traces/" + name + ".trace", *profile::find(version));
    compare(name, ours, read_file(kFolder + version + "/" + name + ".log"));
  }
}

}  // namespace
}  // namespace gcsim
