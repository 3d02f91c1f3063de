// Recordings that gcsim record made, replayed without an interpreter: CPython's own figures must come out, or
// nearly so if the recording is a fast one.
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "gcsim/placement.h"
#include "gcsim/report/tally.h"
#include "nlohmann/json.hpp"
#include "support/replaying.h"

namespace gcsim {
namespace {

using nlohmann::json;

void check_all_runs(const std::string& name) {
  std::ifstream file(test::source_path("tests/recorded/" + name + ".truth.json"));
  const json truth = json::parse(file);
  REQUIRE_EQ(truth["runs"].size(), 6);
  for (const json& run : truth["runs"]) {
    CAPTURE(run.dump());
    const auto reader = test::open_file("traces/recorded/" + name + ".gct");
    Overrides overrides;
    overrides.threshold = run["threshold"].get<std::vector<std::int32_t>>();
    const auto simulator = engine::Simulator::create(test::settings(*reader, overrides), nullptr);
    CHECK(replay(*reader, *simulator, {}).complete);
    json got = {{"threshold", run["threshold"]}};
    for (std::size_t g = 0; g < 3; ++g) {
      got["collections"].push_back(simulator->generation_stats()[g].collections);
      got["collected"].push_back(simulator->generation_stats()[g].collected);
      got["count"].push_back(simulator->counts()[g]);
    }
    CHECK_EQ(got.dump(), run.dump());
  }
}

struct Near {
  std::uint64_t got;
  std::uint64_t truth;
  double percent;

  bool holds() const {
    const double off = static_cast<double>(got) - static_cast<double>(truth);
    return std::abs(off) <= percent / 100 * static_cast<double>(truth);
  }
};

std::uint64_t sum_of(const json& figures) {
  return figures[0].get<std::uint64_t>() + figures[1].get<std::uint64_t>() + figures[2].get<std::uint64_t>();
}

// A program this small has few collections: what one more or less of them finds is much of all.
void check_near(const json& run, const engine::Simulator& simulator, const report::Totals& totals) {
  const engine::GenerationStats* stats = simulator.generation_stats().data();
  const auto truth = run["collections"][0].get<std::uint64_t>();
  CHECK_LE(stats[0].collections, truth + 1);
  CHECK_GE(stats[0].collections + 1, truth);
  std::uint64_t collected = 0, visited = 0;
  for (std::size_t g = 0; g < 3; ++g) {
    collected += stats[g].collected;
    visited += stats[g].visited;
  }
  CHECK(Near{collected, sum_of(run["collected"]), 30}.holds());
  CHECK(Near{visited, sum_of(run["visited"]), 5}.holds());
  CHECK(Near{totals.peak_bytes, run["peak_bytes"], 10}.holds());
}

void check_all_near(const std::string& name) {
  std::ifstream file(test::source_path("tests/recorded/" + name + ".truth.json"));
  const json truth = json::parse(file);
  REQUIRE_EQ(truth["runs"].size(), 4);
  for (const json& run : truth["runs"]) {
    CAPTURE(run.dump());
    auto reader = place_garbage(test::open_file("traces/recorded/" + name + ".gct"), kUsualPlacement);
    Overrides overrides;
    overrides.threshold = run["threshold"].get<std::vector<std::int32_t>>();
    report::Tally tally(false);
    const auto simulator = engine::Simulator::create(test::settings(*reader, overrides), &tally);
    CHECK(replay(*reader, *simulator, {}).complete);
    check_near(run, *simulator, tally.totals());
  }
}

TEST_SUITE("record/recorded") {
  TEST_CASE("a fast recording of coroutines, ast and csv on 3.11 comes near what CPython does") {
    check_all_near("tasks-ast-csv-fast-3.11");
  }
  TEST_CASE("a recording of closures and errors on 3.11 replays to what CPython does") {
    check_all_runs("closures-errors-3.11");
  }
  TEST_CASE(
      "a recording of containers on 3.12, where collections wait for checks, replays to what CPython does") {
    check_all_runs("containers-3.12");
  }
}

}  // namespace
}  // namespace gcsim
