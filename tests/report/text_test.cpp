#include <array>
#include <memory>

#include "doctest/doctest.h"
#include "gcsim/report/report.h"
#include "notices.h"

TEST_SUITE_BEGIN("report/text");

using namespace gcsim;
using gcsim::report::Events;
using gcsim::test::World;

namespace {

report::Summary small_summary() {
  report::Summary s;
  s.trace = {.name = "small.trace", .sha256 = {}, .recorded = "", .placement = {}, .events = 12};
  s.settings = test::default_settings();
  s.threshold_at_end = s.settings.threshold;
  s.totals.allocated = 1234;
  s.totals.alive = 3;
  s.totals.bytes_allocated = 70'000;
  s.generations[0] = {.collections = 2, .collected = 10, .uncollectable = 0, .visited = 1400};
  s.counts = {5, 2, 0};
  s.free_lists = {{"list", 3, 4, 1}, {"dict", 0, 0, 0}};
  report::LeakGroup garbage{"uncollected cycle", true, 2, 112, {}};
  garbage.members = {{{"a", "list", 56}, 1}, {{"b", "list", 56}, 1}};
  report::LeakGroup named{"held by name", false, 1, 64, {}};
  named.members = {{{"", "dict", 64}, 0}};
  s.leaks = {garbage, named};
  s.garbage_cycles = 1;
  s.cycles = {{2, 2, {{"a", "list", 56}, {"b", "list", 56}}}};
  return s;
}

struct Text : World {
  report::StringSink sink;

  std::unique_ptr<report::Report> make(Events events, bool color = false) {
    auto made = report::make_report({report::Format::text, events, color}, words, sink);
    made->begin(test::default_settings());
    return made;
  }
  std::string finished(const report::Summary& summary, bool color = false) {
    make(Events::none, color)->finish(summary);
    return sink.text;
  }
  // The events' part of a report in which `notices` happened in event 1.
  template <class Notices>
  std::string effects(Notices notices, Events events = Events::effects) {
    auto made = make(events);
    const trace::Event& event = add_del("a");
    made->next_batch(batch);
    made->on_event(1, event);
    notices(*made);
    made->on_event_end(1, {1, 0, 0});
    made->finish(small_summary());
    return sink.text.substr(0, sink.text.find("small.trace:"));
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Text, "a summary is a page of aligned tables") {
  CHECK(finished(small_summary()) ==
        R"(small.trace: 12 events
  cpython-3.11, thresholds 700, 10, 10

Memory                         objects         bytes
  allocated                      1,234        70,000
  freed by counting                  0             0
  freed by collections               0             0
  alive at the end                   3             0
  peak                               0             0
  peak garbage                       0             0

Collections                       runs        walked     collected uncollectable     count now
  generation 0                       2         1,400            10             0             5
  generation 1                       0             0             0             0             2
  generation 2                       0             0             0             0             0

Free lists                        hits        misses      held now
  list                               3             4             1

Still alive                    objects         bytes
  uncollected cycle                  2           112
  held by name                       1            64
  uncollected cycle 1: a -> b -> a
  uncollected cycle: a (list, 56 bytes), b (list, 56 bytes)
  held by name: <dict> (64 bytes)
)");
}

TEST_CASE_FIXTURE(Text, "a partial replay says so before any number") {
  report::Summary summary = small_summary();
  summary.trace.complete = false;
  const std::string text = finished(summary);
  CHECK(text.find("INCOMPLETE") < text.find("Memory"));
}

TEST_CASE_FIXTURE(Text, "after a fault there are no figures") {
  report::Summary summary = small_summary();
  summary.trace.complete = false;
  summary.trace.stopped_by_fault = true;
  CHECK(finished(summary) == "small.trace: stopped by a fault after 12 events; no summary\n");
}

TEST_CASE_FIXTURE(Text, "faults that were passed over are counted") {
  report::Summary summary = small_summary();
  summary.trace.faults = 2;
  CHECK(contains(finished(summary), "FAULTY: 2 faults in the trace, without effect here\n"));
}

TEST_CASE_FIXTURE(Text, "at most ten objects of a group are named") {
  report::Summary summary = small_summary();
  summary.leaks[0].objects = 25;
  for (int i = 0; i < 23; ++i) summary.leaks[0].members.push_back({{"x", "list", 56}, 1});
  CHECK(contains(finished(summary), "... and 15 more\n"));
}

TEST_CASE_FIXTURE(Text, "the private heap: what it holds, and how much of that is in use") {
  report::Summary s = small_summary();
  s.heap = engine::HeapStats{.asked_bytes = 50'000,
                             .system_bytes = 600,
                             .pools = 9,
                             .peak_pools = 70,
                             .arenas = 1,
                             .arena_bytes = 262'144,
                             .peak_arenas = 2,
                             .peak_held = 524'888};
  CHECK(contains(finished(s), R"(Private heap                     bytes        arenas         pools
  peak held                    524,888             2            70
  held at the end              262,744             1             9
  in use (19 %)                 50,600
)"));
}

TEST_CASE_FIXTURE(Text, "when nothing is left, that is what it says") {
  report::Summary summary = small_summary();
  summary.leaks.clear();
  CHECK(contains(finished(summary), "Nothing is left alive.\n"));
}

TEST_CASE_FIXTURE(Text, "there is colour only if it is wanted") {
  CHECK_FALSE(contains(finished(small_summary(), false), "\033["));
  CHECK(contains(finished(small_summary(), true), "\033["));
}

TEST_CASE_FIXTURE(Text, "an effect stands below its event, with the event's line") {
  CHECK(effects([&](auto& r) { r.on_freed(list("a"), false, 1); }) ==
        "#1 (line 11)  del a\n    freed a (list, 56 bytes)\n\n");
}

TEST_CASE_FIXTURE(Text, "an event without effect is shown only on request") {
  CHECK(effects([](auto&) {}) == "");
  sink.text.clear();
  batch = {};
  CHECK(effects([](auto&) {}, Events::all) == "#1 (line 11)  del a\n    counts 1, 0, 0\n\n");
}

TEST_CASE_FIXTURE(Text, "a collection says why it ran and what it found") {
  CHECK(effects([&](auto& r) {
          r.on_collection_start({0, engine::CollectionReason::threshold, 701, 700});
          r.on_freed(nameless_dict(), true, 0);
          r.on_collection_end({.generation = 0, .visited = 12, .survivors = 10, .collected = 2});
        }) ==
        "#1 (line 11)  del a\n"
        "    collection of generation 0, because count 701 exceeds threshold 700\n"
        "      freed a dict (64 bytes), garbage since event 0\n"
        "    walked 12, kept 10, collected 2\n\n");
}

TEST_CASE_FIXTURE(Text, "a refused full collection says by how much it failed") {
  CHECK(contains(
      effects([&](auto& r) {
        r.on_full_collection_refused({5, 40});
      }),
      "full collection due but refused: only 5 pending, a quarter of 40 long-lived would be needed"));
}

TEST_CASE_FIXTURE(Text, "phases show the lists, and gc_refs where they mean something") {
  const std::string text = effects(
      [&](auto& r) {
        const std::array entries{engine::PhaseEntry{list("a"), 1}, engine::PhaseEntry{nameless_dict(), 0}};
        r.on_phase(engine::Phase::subtract_refs, entries);
        r.on_phase(engine::Phase::unreachable, entries);
      },
      Events::all);
  CHECK(contains(text, "subtract_refs       a:1 <dict>:0\n"));
  CHECK(contains(text, "unreachable         a <dict>\n"));
}

TEST_CASE_FIXTURE(Text, "effects that fill more than a screen are left out unless they are asked for") {
  auto many = [&](auto& r) {
    for (int i = 0; i < 100; ++i) r.on_freed(list("a"), false, 1);
  };
  CHECK(effects(many, Events::few) ==
        "(The effects of the events fill more than a screen; --events effects shows them.)\n\n");
  sink.text.clear();
  batch = {};
  CHECK(effects(many, Events::effects).size() > 2000);
}

TEST_SUITE_END();
