// Every example under traces/ states what it shows, says what to expect, and keeps its word.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/report/expectation_checker.h"
#include "support/replaying.h"

using namespace gcsim;

namespace {

std::vector<std::string> examples() {
  std::vector<std::string> found;
  for (const char* folder :
       {"basics", "cycles", "finalizers", "weakrefs", "gc-control", "memory", "collectors"}) {
    for (const auto& entry : std::filesystem::directory_iterator(test::source_path("traces/") + folder)) {
      if (entry.path().extension() == ".golden") continue;
      found.push_back("traces/" + std::string(folder) + "/" + entry.path().filename().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string first_line(const std::string& relative) {
  std::ifstream file(test::source_path(relative));
  std::string line;
  std::getline(file, line);
  return line;
}

struct Outcome {
  std::uint64_t checked = 0;
  std::string failures;
};

Outcome check(const std::string& relative) {
  const auto reader = test::open_file(relative);
  report::ExpectationChecker checker(reader->vocabulary());
  const auto simulator = engine::Simulator::create(test::settings(*reader), &checker);
  checker.ask(*simulator);
  ReplayOptions options;
  options.on_batch = [&](const trace::EventBatch& batch) { checker.next_batch(batch); };
  Outcome outcome;
  options.on_fault = [&](const trace::TraceError& error) {
    if (!checker.expects_error(checker.event())) outcome.failures += trace::format(error);
    return OnFault::go_on;
  };
  replay(*reader, *simulator, options);
  outcome.checked = checker.checked();
  for (const auto& f : checker.failures()) {
    outcome.failures +=
        "line " + std::to_string(f.line) + ": expected " + f.expected + ", got " + f.got + "\n";
  }
  for (const auto& u : checker.unreadable()) outcome.failures += "unreadable: " + u.expectation.text + "\n";
  return outcome;
}

}  // namespace

TEST_CASE("every example trace holds what it promises") {
  const std::vector<std::string> traces = examples();
  CHECK(traces.size() > 40);
  for (const std::string& trace : traces) {
    CAPTURE(trace);
    const Outcome outcome = check(trace);
    CHECK(outcome.failures == "");
    CHECK(outcome.checked > 0);
  }
}

TEST_CASE("every example trace names in its first line the rule it shows") {
  for (const std::string& trace : examples()) {
    CAPTURE(trace);
    const std::string line = first_line(trace);
    const std::size_t letter = line.find_first_of("ABCDEFGH");
    REQUIRE(letter != std::string::npos);
    CHECK(std::isdigit(static_cast<unsigned char>(line[letter + 1])) != 0);
    CHECK(line.find(": ", letter) != std::string::npos);
  }
}
