#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "doctest/doctest.h"
#include "gcsim/report/report.h"
#include "notices.h"

TEST_SUITE_BEGIN("report/json");

using namespace gcsim;
using gcsim::report::Events;
using gcsim::report::Format;
using gcsim::test::World;
using nlohmann::json;

namespace {

report::Summary small_summary() {
  report::Summary s;
  s.trace = {.name = "small.trace", .sha256 = "abc", .recorded = "", .placement = {}, .events = 2};
  s.settings = test::default_settings();
  s.threshold_at_end = s.settings.threshold;
  s.totals.allocated = 3;
  s.totals.peak_garbage_bytes = 112;
  s.counts = {5, 2, 0};
  report::LeakGroup garbage{"uncollected cycle", true, 2, 120, {}};
  garbage.members = {{{"a", "list", 56}, 1}, {{"", "dict", 64}, 0}};
  s.leaks = {garbage};
  s.collections.push_back(
      {9, {0, engine::CollectionReason::threshold, 701, 700}, {.generation = 0, .visited = 4}, 3, 168});
  return s;
}

struct Json : World {
  report::StringSink sink;

  void tell_events(report::Report& made) {
    made.next_batch(batch);
    made.on_event(1, batch.events[0]);
    made.on_freed(list("a"), false, 1);
    made.on_event_end(1, {0, 0, 0});
    made.on_event(2, batch.events[1]);
    made.on_event_end(2, {0, 0, 0});
  }

  // A report of two events: the first frees `a`, the second does nothing.
  std::string report(Format format, Events events) {
    auto made = report::make_report({format, events, false}, words, sink);
    made->begin(test::default_settings());
    add_del("a");
    add_del("b \"quoted\"");
    if (made->wants_notices()) tell_events(*made);
    made->finish(small_summary());
    return sink.text;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Json, "the summary has the keys that programs rely on") {
  const json j = json::parse(report(Format::json, Events::none));
  CHECK(j["schema"] == "gcsim.summary/1");
  CHECK(j["trace"] ==
        json{{"name", "small.trace"}, {"sha256", "abc"}, {"events", 2}, {"faults", 0}, {"complete", true}});
  CHECK(j["config"]["profile"] == "cpython-3.11");
  CHECK(j["config"]["threshold"] == json{700, 10, 10});
  CHECK(j["objects"]["allocated"] == 3);
  CHECK(j["bytes"]["peak_garbage"] == 112);
  CHECK(j["generations"].size() == 3);
  CHECK(j["counts"] == json{5, 2, 0});
  CHECK_FALSE(j.contains("events"));
}

TEST_CASE_FIXTURE(Json, "leaks carry their reason and cycle, and no ID if they have none") {
  const json leaks = json::parse(report(Format::json, Events::none))["leaks"];
  CHECK(leaks[0] ==
        json{{"id", "a"}, {"type", "list"}, {"size", 56}, {"reason", "uncollected cycle"}, {"cycle", 1}});
  CHECK(leaks[1] == json{{"type", "dict"}, {"size", 64}, {"reason", "uncollected cycle"}});
}

TEST_CASE_FIXTURE(Json, "each collection is a row in gcmon's words") {
  const json row = json::parse(report(Format::json, Events::none))["collections"][0];
  CHECK(row["event"] == 9);
  CHECK(row["gen"] == 0);
  CHECK(row["candidates"] == 4);
  CHECK(row["reason"] == "threshold");
  CHECK(row["count"] == 701);
}

TEST_CASE_FIXTURE(
    Json, "the private heap is told in bytes, pools and arenas, with the size classes that have pools") {
  report::Summary s = small_summary();
  s.heap = engine::HeapStats{.blocks = 3,
                             .asked_bytes = 150,
                             .block_bytes = 160,
                             .pools = 1,
                             .arenas = 1,
                             .arena_bytes = 4096,
                             .peak_held = 5000};
  s.size_classes = {{16, 0, 0, 0}, {32, 1, 3, 4}};
  auto made = report::make_report({Format::json, Events::none, false}, words, sink);
  made->begin(test::default_settings());
  made->finish(s);
  const json heap = json::parse(sink.text)["heap"];
  CHECK(heap["in_use_bytes"] == 150);
  CHECK(heap["held_bytes"] == 4096);
  CHECK(heap["peak_held_bytes"] == 5000);
  CHECK(heap["arenas"] == 1);
  CHECK(heap["size_classes"].dump() ==
        R"([{"block_bytes":32,"blocks_available":4,"blocks_in_use":3,"pools":1}])");
}

TEST_CASE_FIXTURE(Json, "a digest that is not known has no key") {
  report::Summary summary = small_summary();
  summary.trace.sha256 = std::nullopt;
  report::make_report({Format::json, Events::none, false}, words, sink)->finish(summary);
  CHECK_FALSE(json::parse(sink.text)["trace"].contains("sha256"));
}

TEST_CASE_FIXTURE(Json, "events with effects are listed with their notices") {
  const json events = json::parse(report(Format::json, Events::effects))["events"];
  CHECK(events == json::parse(R"([{"event":1,"line":11,"text":"del a",
      "notices":[{"kind":"freed","id":"a","type":"list","size":56,"by":"refcount"}],"count":[0,0,0]}])"));
}

TEST_CASE_FIXTURE(Json, "all events are listed on request, and strange words are escaped") {
  const json events = json::parse(report(Format::json, Events::all))["events"];
  REQUIRE(events.size() == 2);
  CHECK(events[1]["text"] == R"(del "b \"quoted\"")");
  CHECK(events[1]["notices"] == json::array());
}

TEST_CASE_FIXTURE(Json, "a document without a single event to list is still a document") {
  auto made = report::make_report({Format::json, Events::effects, false}, words, sink);
  made->begin(test::default_settings());
  made->finish(small_summary());
  CHECK(json::parse(sink.text)["events"] == json::array());
}

TEST_CASE_FIXTURE(Json, "JSON Lines: a header, a line for each notice, the summary last") {
  const std::string text = report(Format::jsonl, Events::effects);
  std::vector<json> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(json::parse(text.substr(at, text.find('\n', at) - at)));
  }
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["schema"] == "gcsim.notices/1");
  CHECK(
      lines[1] ==
      json{{"event", 1}, {"kind", "freed"}, {"id", "a"}, {"type", "list"}, {"size", 56}, {"by", "refcount"}});
  CHECK(lines[2]["schema"] == "gcsim.summary/1");
}

TEST_SUITE_END();
