// A sweep in one pass beside as many replays of the same trace, in the same run.
//
//   gcsim_bench_sweep [WORKLOAD [LIVE [EVENTS [ROUNDS]]]]    churn 10000 3000000 5
//
// In each round, in turn: one replay, one pass for 64 settings, the same settings by replays, and with fewer
// than a million live objects one pass for 1,024 settings; behind the last round these by replays, too. All
// on one thread, from the binary form in memory, reading included. The ratios are the figures: of the medians
// of CPU time. A row that is not the same both ways ends the run.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "decoded.h"
#include "gcsim/sweep/one_pass.h"
#include "gcsim/sweep/replays.h"
#include "measure.h"
#include "workloads.h"

namespace gcsim::bench {
namespace {

using sweep::Row;
using sweep::Setting;

constexpr std::uint32_t kManyLive = 1'000'000;

// `n` values of the first threshold from 100 on, each with `m` of the second and `m` of the third.
std::vector<Setting> grid(const profile::Profile* profile, int n, int m, double factor) {
  std::vector<Setting> settings;
  double t0 = 100;
  for (int i = 0; i < n; ++i, t0 *= factor) {
    for (int t1 = 1; t1 <= m; ++t1) {
      for (int t2 = 1; t2 <= m; ++t2)
        settings.push_back({profile, {static_cast<std::int32_t>(t0), 5 * t1, 5 * t2}, true, 0});
    }
  }
  return settings;
}

struct Series {
  std::vector<double> seconds;

  double median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
  }
  double least() const { return *std::min_element(seconds.begin(), seconds.end()); }
  double most() const { return *std::max_element(seconds.begin(), seconds.end()); }
};

// One number of settings, both ways.
class Contest {
 public:
  Contest(sweep::Open open, std::vector<Setting> settings)
      : open_(std::move(open)), settings_(std::move(settings)) {}

  void in_one_pass() {
    const auto rows = timed(one_pass_, [this](auto on_rows) {
      const auto read = sweep::OnePass::read(open_, settings_.front(), false);
      if (const auto* reason = std::get_if<sweep::OnePass::NotProven>(&read))
        fail("not in one pass, because " + reason->because);
      if (const auto* error = std::get_if<trace::TraceError>(&read)) fail(trace::format(*error));
      sweep::OnePass::Plan plan;
      plan.on_rows = on_rows;
      std::get<sweep::OnePass>(read).compute(settings_, plan);
    });
    compare(rows);
  }
  void by_replays() {
    const auto rows = timed(replays_, [this](auto on_rows) {
      sweep::ReplaysPlan plan;
      plan.on_rows = on_rows;
      if (const auto result = sweep::replay_settings(open_, settings_, plan); result.fault)
        fail(trace::format(*result.fault));
    });
    compare(rows);
  }

  std::size_t settings() const { return settings_.size(); }
  const Series& one_pass() const { return one_pass_; }
  const Series& replays() const { return replays_; }

 private:
  template <class Compute>
  std::vector<Row> timed(Series& series, Compute compute) {
    std::vector<Row> rows;
    const double begin = process_seconds();
    compute([&](std::span<const Row> some) {
      rows.insert(rows.end(), some.begin(), some.end());
      return true;
    });
    series.seconds.push_back(process_seconds() - begin);
    return rows;
  }
  // With those of the first time.
  void compare(const std::vector<Row>& rows) {
    if (rows_.empty()) rows_ = rows;
    if (rows_ != rows) fail("one pass and replays differ");
  }

  sweep::Open open_;
  std::vector<Setting> settings_;
  std::vector<Row> rows_;
  Series one_pass_, replays_;
};

void print(const Contest& contest, double one_replay, double goal) {
  const auto line = [&](const char* what, const Series& s, const std::string& remark) {
    std::printf("  %5zu settings %-11s %10.1f ms (%.1f-%.1f) = %7.2f replays%s\n", contest.settings(), what,
                s.median() * 1e3, s.least() * 1e3, s.most() * 1e3, s.median() / one_replay, remark.c_str());
  };
  char goal_text[40];
  std::snprintf(goal_text, sizeof goal_text, ", goal %.1f: %s", goal,
                contest.one_pass().median() <= goal * one_replay ? "reached" : "missed");
  line("in one pass", contest.one_pass(), goal_text);
  line("by replays", contest.replays(), ", the same rows");
}

void run(const std::string& name, std::uint32_t live, std::uint64_t events, int rounds) {
  std::string bytes;
  write_workload({{"workload", name}, {"knobs", {{"live", live}, {"events", events}}}}, trace::Format::binary,
                 [&bytes](std::string_view part) { bytes += part; });
  const sweep::Open open = [&bytes] { return trace::open(trace::memory_source(bytes), "workload"); };
  const profile::Profile* profile = settings_of(std::get<0>(open())->header(), "").profile;
  const bool is_large = live >= kManyLive;
  Contest one(open, {{profile, {700, 10, 10}, true, 0}});
  Contest some(open, grid(profile, 16, 2, 1.5));
  Contest many(open, grid(profile, 64, 4, 1.1));
  for (int i = 0; i < rounds; ++i) {
    one.by_replays();
    some.in_one_pass();
    some.by_replays();
    if (!is_large) many.in_one_pass();
  }
  if (!is_large) many.by_replays();
  const double replay = one.replays().median();
  std::printf("%s, %u live, %llu events, %d rounds\n", name.c_str(), live,
              static_cast<unsigned long long>(events), rounds);
  std::printf("      1 replay                    %10.1f ms (%.1f-%.1f)\n", replay * 1e3,
              one.replays().least() * 1e3, one.replays().most() * 1e3);
  print(some, replay, is_large ? 1.5 : 2.0);
  if (!is_large) print(many, replay, 10.0);
}

}  // namespace
}  // namespace gcsim::bench

int main(int argc, char** argv) {
  gcsim::bench::allocate_like_gcsim();
  const auto number = [&](int i, unsigned long long otherwise) {
    return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  gcsim::bench::run(argc > 1 ? argv[1] : "churn", static_cast<std::uint32_t>(number(2, 10'000)),
                    number(3, 3'000'000), static_cast<int>(number(4, 5)));
  return 0;
}
