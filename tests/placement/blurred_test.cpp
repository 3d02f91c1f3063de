// Approximate recordings made of exact ones: what is known exactly replays exactly, what is known roughly
// replays nearly so.
#include <random>
#include <string>
#include <vector>

#include "blur.h"
#include "doctest/doctest.h"
#include "gcsim/placement.h"
#include "gcsim/report/tally.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

struct Figures {
  std::array<engine::GenerationStats, kGenerations> generations{};
  engine::Counts counts{};
  std::uint64_t tracked = 0;
  std::uint64_t long_lived_total = 0;
  std::uint64_t long_lived_pending = 0;
  report::Totals totals;
};

Figures figures(trace::Reader& reader, std::vector<std::int32_t> threshold) {
  Overrides rules;
  rules.threshold = std::move(threshold);
  report::Tally tally(false);
  auto simulator = engine::Simulator::create(settings(reader, rules), &tally);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError& error) {
    FAIL(trace::format(error));
    return OnFault::stop;
  };
  replay(reader, *simulator, options);
  CHECK(simulator->check_invariants().empty());
  Figures f;
  for (Generation g = 0; g < kGenerations; ++g) f.generations[g] = simulator->generation_stats()[g];
  f.counts = simulator->counts();
  f.tracked = simulator->tracked();
  f.long_lived_total = simulator->long_lived_total();
  f.long_lived_pending = simulator->long_lived_pending();
  f.totals = tally.totals();
  return f;
}

Figures placed_figures(const std::string& recording, double placement, std::vector<std::int32_t> threshold) {
  auto reader = place_garbage(open_bytes(recording, "blurred.jsonl"), placement);
  return figures(*reader, std::move(threshold));
}

void check_same(const Figures& a, const Figures& b) {
  for (Generation g = 0; g < kGenerations; ++g) {
    CAPTURE(g);
    CHECK_EQ(a.generations[g].collections, b.generations[g].collections);
    CHECK_EQ(a.generations[g].collected, b.generations[g].collected);
    CHECK_EQ(a.generations[g].visited, b.generations[g].visited);
    CHECK_EQ(a.counts[g], b.counts[g]);
  }
  CHECK_EQ(a.tracked, b.tracked);
  CHECK_EQ(a.long_lived_total, b.long_lived_total);
  CHECK_EQ(a.long_lived_pending, b.long_lived_pending);
  CHECK_EQ(a.totals.peak_alive, b.totals.peak_alive);
  CHECK_EQ(a.totals.peak_bytes, b.totals.peak_bytes);
  CHECK_EQ(a.totals.freed_by_refcount, b.totals.freed_by_refcount);
  CHECK_EQ(a.totals.freed_by_collector, b.totals.freed_by_collector);
}

const std::vector<std::vector<std::int32_t>> kThresholds = {{30, 2, 2},    {100, 10, 10},  {300, 5, 5},
                                                            {700, 10, 10}, {2000, 10, 10}, {10000, 10, 10}};

void check_exact_moments(const std::string& trace, std::array<std::int32_t, 3> recorded_at) {
  auto exact = open_file(trace);
  const std::string recording = blurred(*exact, {recorded_at, true});
  for (const auto& threshold : kThresholds) {
    CAPTURE(threshold[0]);
    auto again = open_file(trace);
    const Figures truth = figures(*again, threshold);
    check_same(placed_figures(recording, 0.25, threshold), truth);
  }
}

double error(std::uint64_t got, std::uint64_t truth) {
  if (truth == 0) return got == 0 ? 0 : 1;
  return static_cast<double>(got > truth ? got - truth : truth - got) / static_cast<double>(truth);
}

std::uint64_t collected(const Figures& f) {
  return f.generations[0].collected + f.generations[1].collected + f.generations[2].collected;
}
std::uint64_t visited(const Figures& f) {
  return f.generations[0].visited + f.generations[1].visited + f.generations[2].visited;
}

// A program of lists that get, lose and hold references at random, and leave cycles behind.
std::string random_recording(std::uint32_t seed, std::uint32_t objects) {
  std::mt19937 dice(seed);
  const auto below = [&dice](std::size_t n) { return static_cast<std::size_t>(dice() % n); };
  struct Live {
    std::uint32_t id;
    std::vector<std::uint32_t> to;
  };
  std::string text = R"({"gcsim":1,"profile":"cpython-3.11","tracking":"explicit"})"
                     "\n";
  std::vector<Live> named;
  for (std::uint32_t id = 1; id <= objects; ++id) {
    text += R"({"op":"alloc","id":)" + std::to_string(id) +
            R"(,"type":"node","size":64})"
            "\n";
    if (below(10) != 0) text += R"({"op":"track","id":)" + std::to_string(id) + "}\n";
    named.push_back({id, {}});
    for (std::size_t n = below(3); n > 0; --n) {
      Live& from = named[below(named.size())];
      const Live& to = named[named.size() - 1 - below(std::min<std::size_t>(named.size(), 8))];
      from.to.push_back(to.id);
      text +=
          R"({"op":"ref","from":)" + std::to_string(from.id) + R"(,"to":)" + std::to_string(to.id) + "}\n";
    }
    Live& from = named[below(named.size())];
    if (!from.to.empty() && below(2) == 0) {
      const std::size_t k = below(from.to.size());
      // The engine takes the last of equal ones.
      const std::uint32_t to = from.to[k];
      text += R"({"op":"unref","from":)" + std::to_string(from.id) + R"(,"to":)" + std::to_string(to) + "}\n";
      from.to.erase(std::next(std::find(from.to.rbegin(), from.to.rend(), to)).base());
    }
    while (named.size() > 40 || below(3) == 0) {
      if (named.size() < 2) break;
      const std::size_t k = below(named.size());
      text += R"({"op":"del","name":)" + std::to_string(named[k].id) + "}\n";
      named[k] = std::move(named.back());
      named.pop_back();
    }
  }
  return text;
}

TEST_SUITE("placement/blurred") {
  TEST_CASE("where every moment is known minidom-argparse replays as its exact recording does") {
    check_exact_moments("traces/recorded/minidom-argparse.jsonl", {100, 10, 10});
  }
  TEST_CASE("where every moment is known tasks-ast-csv replays as its exact recording does") {
    check_exact_moments("traces/recorded/tasks-ast-csv.jsonl", {100, 10, 10});
  }
  TEST_CASE("it makes no difference under which thresholds the moments were found") {
    check_exact_moments("traces/recorded/tasks-ast-csv.jsonl", {700, 10, 10});
  }

  TEST_CASE("random programs whose every moment is known replay as their exact recordings do") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      const std::string exact = random_recording(seed, 600);
      auto reader = open_bytes(exact, "exact.jsonl");
      const std::string recording = blurred(*reader, {{20, 3, 3}, true});
      for (const std::int32_t threshold : {3, 10, 20, 50, 200}) {
        CAPTURE(threshold);
        auto again = open_bytes(exact, "exact.jsonl");
        check_same(placed_figures(recording, 1, {threshold, 2, 2}), figures(*again, {threshold, 2, 2}));
      }
    }
  }

  TEST_CASE("under the recorder's own thresholds it is enough to know between which looks a moment lies") {
    for (const std::string trace :
         {"traces/recorded/minidom-argparse.jsonl", "traces/recorded/tasks-ast-csv.jsonl"}) {
      CAPTURE(trace);
      auto exact = open_file(trace);
      const std::string recording = blurred(*exact, {{100, 10, 10}, false});
      auto again = open_file(trace);
      const Figures truth = figures(*again, {100, 10, 10});
      for (const double placement : {0.25, 1.0})
        check_same(placed_figures(recording, placement, {100, 10, 10}), truth);
    }
  }

  TEST_CASE("under higher thresholds the figures are near the truth") {
    // Of few collections.
    constexpr double kCollected = 0.1, kVisited = 0.1;
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
      CAPTURE(seed);
      const std::string exact = random_recording(seed, 10'000);
      auto reader = open_bytes(exact, "exact.jsonl");
      const std::string recording = blurred(*reader, {{20, 3, 3}, false});
      for (const std::int32_t threshold : {30, 60, 100}) {
        CAPTURE(threshold);
        auto again = open_bytes(exact, "exact.jsonl");
        const Figures truth = figures(*again, {threshold, 3, 3});
        const Figures got = placed_figures(recording, 0.25, {threshold, 3, 3});
        CHECK_GE(truth.generations[0].collections, 8);
        CHECK_LE(got.generations[0].collections, truth.generations[0].collections + 1);
        CHECK_GE(got.generations[0].collections + 1, truth.generations[0].collections);
        CHECK_LE(error(collected(got), collected(truth)), kCollected);
        CHECK_LE(error(visited(got), visited(truth)), kVisited);
      }
    }
  }
}

}  // namespace
}  // namespace gcsim::test
