// Our transcripts against those of real CPython, line for line.
#include <lzma.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
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

std::string decompress(const std::string& packed) {
  std::string text(std::size_t{64} << 20, '\0');
  std::uint64_t memory = std::numeric_limits<std::uint64_t>::max();
  std::size_t in = 0;
  std::size_t out = 0;
  lzma_ret done = lzma_stream_buffer_decode(
      &memory, 0, nullptr, reinterpret_cast<const std::uint8_t*>(packed.data()), &in, packed.size(),
      reinterpret_cast<std::uint8_t*>(text.data()), &out, text.size());
  REQUIRE_EQ(done, LZMA_OK);
  text.resize(out);
  return text;
}

// The logs of an archive by name: each stands behind a line "## NAME".
std::map<std::string, std::string> recordings_of(const std::string& version) {
  std::map<std::string, std::string> logs;
  std::string* log = nullptr;
  for (const std::string& line :
       lines_of(decompress(read_file(kFolder + "recordings/" + version + ".logs.xz")))) {
    if (line.starts_with("## ")) {
      log = &logs[line.substr(3)];
    } else {
      REQUIRE(log != nullptr);
      *log += line + "\n";
    }
  }
  return logs;
}

std::vector<std::string> trace_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(test::source_path(kFolder + "traces"))) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Every trace was recorded under every version, and our transcript equals each recording.
void compare_all(const std::string& version) {
  const profile::Profile* profile = profile::find(version);
  REQUIRE(profile != nullptr);
  std::map<std::string, std::string> recordings = recordings_of(version);
  std::vector<std::string> names = trace_names();
  CHECK_GE(names.size(), 129);
  CHECK_EQ(recordings.size(), names.size());
  for (const std::string& name : names) {
    REQUIRE_MESSAGE(recordings.contains(name), name << " was not recorded under " << version);
    compare(name, transcript_of(kFolder + "traces/" + name + ".trace", *profile), recordings[name]);
  }
}

TEST_CASE("cpython-2.7 does what CPython 2.7.18 did with each trace") {
  compare_all("cpython-2.7");
}
TEST_CASE("cpython-3.6 does what CPython 3.6.15 did with each trace") {
  compare_all("cpython-3.6");
}
TEST_CASE("cpython-3.7 does what CPython 3.7.16 did with each trace") {
  compare_all("cpython-3.7");
}
TEST_CASE("cpython-3.8 does what CPython 3.8.18 did with each trace") {
  compare_all("cpython-3.8");
}
TEST_CASE("cpython-3.9 does what CPython 3.9.18 did with each trace") {
  compare_all("cpython-3.9");
}
TEST_CASE("cpython-3.10 does what CPython 3.10.13 did with each trace") {
  compare_all("cpython-3.10");
}
TEST_CASE("cpython-3.11 does what CPython 3.11.7 did with each trace") {
  compare_all("cpython-3.11");
}
TEST_CASE("cpython-3.12 does what CPython 3.12.1 did with each trace") {
  compare_all("cpython-3.12");
}
TEST_CASE("cpython-3.13 does what CPython 3.13.0 did with each trace") {
  compare_all("cpython-3.13");
}

// Listed in README.md under "Known to differ". The case fails on purpose: once it holds, the list is wrong.
TEST_CASE("known to differ: 3.13.0 clears a __dict__ that frees its own instance" * doctest::should_fail()) {
  const std::string name = kFolder + "known_differences/clear_frees_its_instance";
  compare(name, transcript_of(name + ".trace", *profile::find("cpython-3.13")),
          read_file(name + ".3.13.log"));
}

}  // namespace
}  // namespace gcsim
