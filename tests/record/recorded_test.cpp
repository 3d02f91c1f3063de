// Recordings that gcsim record made, replayed without an interpreter: CPython's own figures must come out.
#include <array>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

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

TEST_SUITE("record/recorded") {
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
