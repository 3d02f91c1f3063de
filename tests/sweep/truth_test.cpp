// A sweep of a recorded program under the thresholds under which real CPython ran it: each row is what the
// collector did there.
#include <fstream>
#include <map>

#include "gcsim/sweep/one_pass.h"
#include "nlohmann/json.hpp"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

using nlohmann::json;
using sweep::OnePass;
using sweep::Row;
using sweep::Setting;

// Those that began as the recording did: some were started with other counts, to show what these change.
json runs_of(const std::string& name) {
  std::ifstream file(source_path("tests/recorded/" + name + ".truth.json"));
  const json truth = json::parse(file);
  json runs = json::array();
  for (const json& run : truth["runs"]) {
    if (!run.contains("start_count") || run["start_count"] == json{0, 0, 0}) runs.push_back(run);
  }
  return runs;
}

std::vector<Setting> settings_of(const json& runs, const profile::Profile* profile) {
  std::vector<Setting> settings;
  for (const json& run : runs)
    settings.push_back({profile, run["threshold"].get<sweep::Thresholds>(), true, 0});
  return settings;
}

// By settings in words. What one pass does not know is replayed, as `gcsim sweep` does it.
std::map<std::string, Row> sweep_of(const sweep::Open& open, const std::vector<Setting>& settings,
                                    bool is_one_pass) {
  std::map<std::string, Row> rows;
  const auto keep = [&](std::span<const Row> some) {
    for (const Row& row : some) rows.emplace(sweep::words(row.setting), row);
    return true;
  };
  const auto read = OnePass::read(open, settings.front(), false);
  REQUIRE_EQ(std::holds_alternative<OnePass>(read), is_one_pass);
  if (is_one_pass) {
    OnePass::Plan plan;
    plan.on_rows = keep;
    std::get<OnePass>(read).compute(settings, plan);
    CHECK_EQ(rows.size(), settings.size());
  } else {
    sweep::ReplaysPlan plan;
    plan.on_rows = keep;
    CHECK_FALSE(sweep::replay_settings(open, settings, plan).fault.has_value());
  }
  return rows;
}

void check_all_runs(const std::string& name, const std::string& file, bool is_one_pass = true) {
  const json runs = runs_of(name);
  REQUIRE_GE(runs.size(), 5);
  const sweep::Open open = [&file]() -> std::variant<std::unique_ptr<trace::Reader>, trace::TraceError> {
    return open_file("traces/recorded/" + file);
  };
  const std::vector<Setting> settings =
      settings_of(runs, test::settings(*open_file("traces/recorded/" + file)).profile);
  const std::map<std::string, Row> rows = sweep_of(open, settings, is_one_pass);
  for (std::size_t k = 0; k < settings.size(); ++k) {
    const std::string words = sweep::words(settings[k]);
    CAPTURE(words);
    const Row& row = rows.at(words);
    for (Generation g = 0; g < kGenerations; ++g) {
      CHECK_EQ(row.generation[g].collections, runs[k]["collections"][g].get<std::uint64_t>());
      CHECK_EQ(row.generation[g].collected, runs[k]["collected"][g].get<std::uint64_t>());
    }
  }
}

TEST_SUITE("sweep/truth") {
  TEST_CASE("one pass over the recording minidom-argparse gives what CPython did in all its runs") {
    check_all_runs("minidom-argparse", "minidom-argparse.jsonl");
  }
  TEST_CASE("one pass over the recording tasks-ast-csv gives what CPython did in all its runs") {
    check_all_runs("tasks-ast-csv", "tasks-ast-csv.jsonl");
  }
  TEST_CASE("one pass over the recording containers-3.12 gives what CPython did in all its runs") {
    check_all_runs("containers-3.12", "containers-3.12.gct");
  }
  TEST_CASE("replays of the recording closures-errors-3.11, which switches the collector, do the same") {
    check_all_runs("closures-errors-3.11", "closures-errors-3.11.gct", false);
  }
}

}  // namespace
}  // namespace gcsim::test
