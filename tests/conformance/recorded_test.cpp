// Recordings of real programs, replayed at the thresholds real CPython ran them with: every figure of
// the truth files must come out.
#include <algorithm>
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

// What the truth files say of a run, taken from notices.
class RunLog : public engine::Observer {
 public:
  void watch(const engine::Simulator& simulator) { simulator_ = &simulator; }

  void on_event(EventIndex, const trace::Event& event) override {
    is_creation_ = event.op == trace::Op::alloc && (event.flags & trace::kBefore) == 0;
  }
  void on_allocated(const engine::ObjectRef&, bool) override {
    if (is_creation_) peak_tracked = std::max(peak_tracked, simulator_->tracked());
  }
  void on_collection_end(const engine::CollectionEnd& end) override {
    std::uint64_t creations = simulator_->creations() + (is_creation_ ? 1 : 0);
    rows.push_back({creations, end.generation, end.collected, simulator_->tracked(), end.long_lived_pending,
                    end.long_lived_total});
  }

  std::uint64_t peak_tracked = 0;
  std::vector<std::array<std::uint64_t, 6>> rows;

 private:
  const engine::Simulator* simulator_ = nullptr;
  bool is_creation_ = false;
};

void check_run(const std::string& name, const json& run, std::uint64_t creations) {
  CAPTURE(run["threshold"].dump());
  CAPTURE(run["start_count"].dump());
  auto reader = test::open_file("traces/recorded/" + name + ".jsonl");
  Overrides overrides;
  overrides.threshold = run["threshold"].get<std::vector<std::int32_t>>();
  overrides.count = run["start_count"].get<std::array<std::int32_t, 3>>();
  RunLog log;
  auto simulator = engine::Simulator::create(test::settings(*reader, overrides), &log);
  log.watch(*simulator);
  ReplayResult result = replay(*reader, *simulator, {});
  CHECK(result.complete);

  for (std::size_t g = 0; g < 3; ++g) {
    CHECK_EQ(simulator->generation_stats()[g].collections, run["collections"][g].get<std::uint64_t>());
    CHECK_EQ(simulator->generation_stats()[g].collected, run["collected"][g].get<std::uint64_t>());
    CHECK_EQ(simulator->counts()[g], run["count"][g].get<std::int32_t>());
  }
  CHECK_EQ(simulator->tracked(), run["tracked"].get<std::uint64_t>());
  CHECK_EQ(log.peak_tracked, run["peak_tracked"].get<std::uint64_t>());
  // Not run["creations"]: in two runs the program itself made one frame object less at its very end.
  CHECK_EQ(simulator->creations(), creations);
  auto rows = run["log"].get<std::vector<std::array<std::uint64_t, 6>>>();
  REQUIRE_EQ(log.rows.size(), rows.size());
  for (std::size_t k = 0; k < rows.size(); ++k) {
    CAPTURE(k);
    CHECK_EQ(json(log.rows[k]).dump(), json(rows[k]).dump());
  }
  CHECK_MESSAGE(simulator->check_invariants().empty(), json(simulator->check_invariants()).dump());
}

void check_all_runs(const std::string& name, std::size_t expected_runs) {
  std::ifstream file(test::source_path("tests/recorded/" + name + ".truth.json"));
  json truth = json::parse(file);
  REQUIRE_EQ(truth["runs"].size(), expected_runs);
  auto is_off = [](const json& run) { return run["threshold"] == json{0, 0, 0}; };
  auto recorded_run = std::find_if(truth["runs"].begin(), truth["runs"].end(), is_off);
  REQUIRE((recorded_run != truth["runs"].end()));
  for (const json& run : truth["runs"])
    check_run(name, run, (*recorded_run)["creations"].get<std::uint64_t>());
}

TEST_CASE("the recording minidom-argparse replays to the truth of all its runs") {
  check_all_runs("minidom-argparse", 11);
}
TEST_CASE("the recording tasks-ast-csv replays to the truth of all its runs") {
  check_all_runs("tasks-ast-csv", 6);
}

}  // namespace
}  // namespace gcsim
