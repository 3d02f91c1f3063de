// The figures and the first difference of a comparison.
#include "gcsim/report/comparison.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

using report::Comparison;
using report::Delays;

struct Rules {
  const char* profile = "cpython-3.11";
  std::optional<profile::Reclamation> collector;
};

// As the verb puts it together.
Comparison compare(std::string_view text, const std::vector<Rules>& rules) {
  auto reader = open_bytes(text);
  std::vector<std::unique_ptr<report::RunObserver>> observers;
  std::vector<std::unique_ptr<engine::Simulator>> simulators;
  std::vector<engine::Simulator*> pointers;
  std::vector<const report::EffectLog*> logs;
  for (const Rules& each : rules) {
    Overrides overrides;
    overrides.profile = profile::find(each.profile);
    overrides.reclamation = each.collector;
    const engine::Settings s = settings(*reader, overrides);
    observers.push_back(std::make_unique<report::RunObserver>(s, reader->vocabulary()));
    simulators.push_back(engine::Simulator::create(s, observers.back().get()));
    pointers.push_back(simulators.back().get());
    logs.push_back(&observers.back()->effects());
  }
  report::DifferenceFinder finder(rules.size());
  ReplayOptions options;
  options.on_batch = [&](const trace::EventBatch&) {
    for (const auto& each : observers) each->begin_batch(!finder.is_done());
  };
  std::vector<Refusals> refusals;
  const ReplayResult result = replay_side_by_side(
      *reader, pointers, options, refusals,
      [&](const trace::EventBatch& batch) { finder.compare(batch, logs, reader->vocabulary()); });
  Comparison c;
  c.trace.name = "test.trace";
  c.trace.events = result.events;
  for (std::size_t k = 0; k < rules.size(); ++k) {
    c.runs.push_back(observers[k]->figures(*simulators[k]));
    c.runs.back().refused_events = refusals[k].events;
  }
  c.differences = finder.differences();
  return c;
}

constexpr Rules kCounting{"cpython-3.11", profile::Reclamation::counting_only};
constexpr Rules kGenerations{"cpython-3.11", std::nullopt};
constexpr Rules kRuby{"ruby-mark-sweep", std::nullopt};

// a holds b and c; x holds itself.
const std::string kTree =
    "alloc a list\nalloc b list\nalloc c list\nref a[] b\nref a[] c\ndel b c\nalloc x list\nref x[] x\n"
    "del a\ndel x\nalloc l list\ngc collect\n";

TEST_SUITE("report/comparison") {
  TEST_CASE("delays: mean, lower median and longest") {
    Delays delays;
    CHECK_EQ(delays.median(), 0);
    CHECK_EQ(delays.longest(), 0);
    for (EventIndex d : {7u, 0u, 3u, 0u}) delays.add(d);
    CHECK_EQ(delays.mean(), 2.5);
    CHECK_EQ(delays.median(), 0);
    delays.add(3);
    CHECK_EQ(delays.median(), 3);
    CHECK_EQ(delays.longest(), 7);
  }

  TEST_CASE("counting pays with each reference, mark and sweep with none") {
    Comparison c = compare(kTree, {kGenerations, kRuby});
    // Three references are stored, and the collector holds x while it clears it.
    CHECK_EQ(c.runs[0].operations.increments, 4);
    CHECK_GT(c.runs[0].operations.decrements, 5);
    CHECK_EQ(c.runs[1].operations.increments, 0);
    CHECK_EQ(c.runs[1].operations.decrements, 0);
  }

  TEST_CASE("the longest cascade is what counting frees in one event") {
    Comparison c = compare(kTree, {kGenerations, kRuby});
    CHECK_EQ(c.runs[0].longest_cascade, 3);
    CHECK_EQ(c.runs[1].longest_cascade, 0);
  }

  TEST_CASE("the longest collection counts the objects walked, and the slots swept over") {
    Comparison c = compare(kTree, {kGenerations, kRuby});
    CHECK_EQ(c.runs[0].longest_walk, 2);           // x and l
    CHECK_EQ(c.runs[1].longest_walk, 1 + 10'000);  // l, and all slots
    CHECK_EQ(c.runs[0].collections, 1);
    CHECK_EQ(c.runs[1].collections, 1);
  }

  TEST_CASE("objects wait from the event that cut them off until they are freed") {
    Comparison c = compare(kTree, {kGenerations, kRuby, kCounting});
    CHECK_EQ(c.runs[0].delays.longest(), 2);  // x: from 10 to 12
    CHECK_EQ(c.runs[0].delays.mean(), 0.5);
    CHECK_EQ(c.runs[1].delays.mean(), 11.0 / 4);  // a, b, c: from 9; x: from 10
    CHECK_EQ(c.runs[2].delays.count(), 3);
    CHECK_EQ(c.runs[2].garbage_at_end, 1);
  }

  TEST_CASE("garbage that is there at the end counts to the last event") {
    Comparison c =
        compare("alloc x list\nref x[] x\ndel x\nalloc a list\nalloc b list\n", {kCounting, kRuby});
    CHECK_EQ(c.runs[0].totals.garbage_area_bytes, 3 * 56);
    CHECK_EQ(c.runs[1].totals.garbage_area_bytes, 3 * 40);
    CHECK_EQ(c.runs[0].totals.peak_garbage, 1);
  }

  TEST_CASE("extra bytes: a count of 8, a header of 16 for containers, or one bit") {
    std::string two = "alloc a list\nalloc f float\n";
    Comparison c = compare(two, {kGenerations, kCounting, kRuby, {"cpython-2.7", std::nullopt}});
    CHECK_EQ(c.runs[0].overhead_bytes_per_object(), (24 + 8) / 2.0);
    CHECK_EQ(c.runs[1].overhead_bytes_per_object(), 8);
    CHECK_EQ(c.runs[2].overhead_bytes_per_object(), 0.125);
    CHECK_EQ(c.runs[3].overhead_bytes_per_object(), (40 + 8) / 2.0);
  }

  TEST_CASE("the first difference is the first event with other effects, in words of both") {
    Comparison c = compare(kTree, {kGenerations, kRuby, kGenerations, kCounting});
    REQUIRE_EQ(c.differences.size(), 2);
    CHECK_EQ(c.differences[0].run, 1);
    CHECK_EQ(c.differences[0].event, 9);
    CHECK_EQ(c.differences[0].line, 9);
    CHECK_EQ(c.differences[0].text, "del a");
    CHECK_EQ(c.differences[0].effects[0], "freed a, c, b");
    CHECK_EQ(c.differences[0].effects[1], "nothing");
    CHECK_EQ(c.differences[1].run, 3);
    CHECK_EQ(c.differences[1].event, 12);
    CHECK_EQ(c.differences[1].effects[0],
             "freed x; collected generation 2: walked 2, collected 1; returned 1");
    CHECK_EQ(c.differences[1].effects[1], "returned 0");
  }

  TEST_CASE("a collector that finds nothing is a difference too") {
    Comparison c = compare("threshold 1\nalloc a list\nalloc b list\n", {kGenerations, kCounting});
    REQUIRE_EQ(c.differences.size(), 1);
    CHECK_EQ(c.differences[0].event, 2);
    CHECK_EQ(c.differences[0].effects[0], "collected generation 0: walked 1, collected 0");
  }

  TEST_CASE("counting references costs an engine without observer nothing: it does not") {
    auto reader = open_bytes(kTree);
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    replay(*reader, *simulator, {});
    CHECK_EQ(simulator->count_operations().increments, 0);
  }

  TEST_CASE("the table is at most 100 columns wide, whatever is compared") {
    std::vector<Rules> all;
    for (const profile::Profile& p : profile::catalog()) all.push_back({p.name.data(), std::nullopt});
    const std::string text = report::text_of(compare(kTree, all), false);
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = text.find('\n', begin);
      CHECK_LE(end - begin, 100);
      begin = end + 1;
    }
  }

  TEST_CASE("JSON has no key for what a collector does not have") {
    const auto json =
        nlohmann::json::parse(report::json_of(compare(kTree, {kGenerations, kRuby, kCounting})));
    CHECK_EQ(json["schema"], "gcsim.comparison/1");
    CHECK(json["runs"][0]["work"].contains("increments"));
    CHECK_FALSE(json["runs"][1]["work"].contains("increments"));
    CHECK(json["runs"][1]["work"].contains("slots_walked"));
    CHECK_FALSE(json["runs"][2]["pauses"].contains("longest_collection"));
    CHECK_EQ(json["runs"][1]["config"]["collector"], "mark-sweep");
    CHECK_EQ(json["runs"][2]["freed"]["garbage_at_end"], 1);
    CHECK_EQ(json["first_differences"][0]["effects"][1], "nothing");
  }
}

}  // namespace
}  // namespace gcsim::test
