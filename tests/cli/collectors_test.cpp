// Every checked-in trace under mark and sweep with hardly any slots, and under counting alone: whatever its
// program does, nothing that it still uses is swept, and the heap stays sound.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/replaying.h"

using namespace gcsim;

namespace {

constexpr std::uintmax_t kLargest = 200'000;  // bytes: the invariants are checked after each batch

bool contains(const std::string& path, std::initializer_list<const char*> words) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return text.find(word) != std::string::npos; });
}

// All that are small enough, but for those that go on to use what a finalizer or gc.garbage saved.
std::vector<std::string> traces() {
  std::vector<std::string> found;
  for (const char* folder : {"traces", "tests/conformance/traces", "tests/snippets"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(test::source_path(folder))) {
      const std::string path = entry.path().string();
      const bool is_bad = path.find("/bad/") != std::string::npos;
      if (is_bad || entry.path().extension() != ".trace" || entry.file_size() > kLargest) continue;
      if (!contains(path, {"resurrect", "SAVEALL", "gc garbage"}))
        found.push_back(path.substr(test::source_path("").size()));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The faults of the trace under these rules, by line.
std::vector<std::string> faults(const std::string& trace, profile::Reclamation reclamation) {
  const auto reader = test::open_file(trace);
  Overrides overrides;
  overrides.reclamation = reclamation;
  overrides.available_slots = {3, 0};
  const auto simulator = engine::Simulator::create(test::settings(*reader, overrides), nullptr);
  std::vector<std::string> found;
  ReplayOptions options;
  options.on_fault = [&](const trace::TraceError& error) {
    found.push_back(std::to_string(error.where.line) + " " + std::string(trace::words(error.fault)));
    return OnFault::go_on;
  };
  options.on_batch = [&](const trace::EventBatch& batch) {
    if (batch.first > 1) CHECK(simulator->check_invariants().empty());
  };
  replay(*reader, *simulator, options);
  CHECK(simulator->check_invariants().empty());
  return found;
}

}  // namespace

TEST_CASE("under mark and sweep no checked-in trace loses an object that counting alone keeps") {
  const std::vector<std::string> all = traces();
  CHECK_GT(all.size(), 150);
  for (const std::string& trace : all) {
    CAPTURE(trace);
    const std::vector<std::string> counted = faults(trace, profile::Reclamation::counting_only);
    for (const std::string& fault : faults(trace, profile::Reclamation::mark_and_sweep)) {
      CAPTURE(fault);
      CHECK(std::find(counted.begin(), counted.end(), fault) != counted.end());
    }
  }
}
