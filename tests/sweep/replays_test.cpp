// Rows by replays: the figures of a row are those of the replay it stands for.
#include "gcsim/sweep/replays.h"

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

using sweep::ReplaysPlan;
using sweep::Row;
using sweep::Setting;

constexpr char kRecording[] = "traces/recorded/minidom-argparse.jsonl";

sweep::Open open_bytes_again(std::string_view bytes) {
  return [bytes] { return trace::open(trace::memory_source(bytes), "test.trace"); };
}

sweep::Open open_recording() {
  return [] {
    std::FILE* file = std::fopen(source_path(kRecording).c_str(), "rb");
    return trace::open(trace::file_source(file), kRecording);
  };
}

std::vector<Row> rows(const sweep::Open& open, const std::vector<Setting>& settings, ReplaysPlan plan = {}) {
  std::vector<Row> all(settings.size());
  plan.on_rows = [&](std::span<const Row> some) {
    for (const Row& row : some) {
      for (std::size_t k = 0; k < settings.size(); ++k) {
        if (settings[k] == row.setting) all[k] = row;
      }
    }
    return true;
  };
  const auto result = sweep::replay_settings(open, settings, plan);
  CHECK_FALSE(result.fault.has_value());
  return all;
}

std::vector<Setting> grid() {
  sweep::Axes axes;
  axes.threshold = {{{50, 100, 200, 400}, {2, 10}, {2, 10}}};
  return sweep::expand(axes, std::get<std::unique_ptr<trace::Reader>>(open_recording()())->header());
}

Setting setting(std::int32_t t0, std::int32_t t1 = 10, std::int32_t t2 = 10) {
  return {profile::find("cpython-3.11"), {t0, t1, t2}, true, 0};
}

// Two lists that hold each other, dropped; then eight that stay. When a collection has freed the two, their
// memory serves two allocations that count nothing.
constexpr char kPair[] =
    "alloc a list\nalloc b list\nref a[] b\nref b[] a\ndel a b\n"
    "alloc c list\nalloc d list\nalloc e list\nalloc f list\nalloc g list\nalloc h list\n"
    "alloc i list\nalloc j list\n";

TEST_SUITE("sweep/replays") {
  TEST_CASE("rows do not depend on the threads, nor on how many settings are replayed together") {
    const std::vector<Setting> settings = grid();
    ReplaysPlan alone;
    alone.group = 1;
    const std::vector<Row> expected = rows(open_recording(), settings, alone);
    for (const unsigned jobs : {1u, 3u}) {
      ReplaysPlan plan;
      plan.jobs = jobs;
      plan.group = 5;
      CHECK(rows(open_recording(), settings, plan) == expected);
    }
  }

  TEST_CASE("a row counts collections, what they walked and found, and which were useless") {
    const Row row = rows(open_bytes_again(kPair), {setting(3, 1, 1)}).front();
    // The allocations of d and j exceed 3; e and f come from the free list.
    CHECK_EQ(row.generation[0].collections, 2);
    CHECK_EQ(row.useless(), 1);
    CHECK_EQ(row.visited(), 3 + 6);
    CHECK_EQ(row.longest_walk, 6);
    CHECK_EQ(row.collected(), 2);
    CHECK_EQ(row.peak_objects, 8);
    CHECK_EQ(row.peak_garbage, 2);
    CHECK_EQ(row.peak_garbage_bytes, 112);
    CHECK_EQ(row.garbage_at_end, 0);
  }

  TEST_CASE("a disabled collector leaves the garbage, and it counts to the end") {
    Setting disabled = setting(3);
    disabled.enabled = false;
    const Row row = rows(open_bytes_again(kPair), {disabled}).front();
    CHECK_EQ(row.collections(), 0);
    CHECK_EQ(row.garbage_at_end, 2);
    CHECK_EQ(row.peak_garbage, 2);
  }

  TEST_CASE("a freeze behind an event takes what lives then out of the collector's sight") {
    for (const EventIndex at : {4, 5, 6}) {
      Setting frozen = setting(3, 1, 1);
      frozen.freeze_at = at;
      const Row row = rows(open_bytes_again(kPair), {frozen}).front();
      CHECK_EQ(row.garbage_at_end, 2);
      // The count begins anew: behind event 5 it is c, d, e and then f that exceeds 3.
      CHECK_EQ(row.collections(), at == 6 ? 1 : 2);
      CHECK_EQ(row.visited(), at == 6 ? 3 : 3 + 4);
    }
  }

  TEST_CASE("a freeze is the same as the event in the trace") {
    const std::string with_event =
        std::string(kPair).insert(std::string(kPair).find("alloc c"), "gc freeze\n");
    Setting frozen = setting(3, 1, 1);
    frozen.freeze_at = 5;
    const Row injected = rows(open_bytes_again(kPair), {frozen}).front();
    Row written = rows(open_bytes_again(with_event), {setting(3, 1, 1)}).front();
    CHECK_EQ(injected.visited(), written.visited());
    CHECK_EQ(injected.peak_garbage, written.peak_garbage);
    CHECK_EQ(injected.garbage_at_end, written.garbage_at_end);
  }

  TEST_CASE("an event that is impossible under one setting is counted there and changes nothing elsewhere") {
    const std::string uses_garbage = std::string(kPair) + "ref z a\n";
    const auto found = rows(open_bytes_again(uses_garbage), {setting(700), setting(3)});
    CHECK_EQ(found[0].refused_events, 0);
    CHECK_EQ(found[1].refused_events, 1);
    const auto trial = sweep::try_setting(open_bytes_again(uses_garbage), setting(3), {});
    REQUIRE(trial.result.fault.has_value());
    CHECK(trial.result.fault->fault == trace::Fault::dead_object);
  }

  TEST_CASE("what the trace itself sets holds, unless it is left out") {
    const std::string own = "gc threshold 700\n" + std::string(kPair);
    ReplaysPlan plan;
    CHECK_EQ(rows(open_bytes_again(own), {setting(3)}, plan).front().collections(), 0);
    plan.leaves_out_own_settings = true;
    CHECK_EQ(rows(open_bytes_again(own), {setting(3)}, plan).front().collections(), 2);
    const auto trial = sweep::try_setting(open_bytes_again(own), setting(3), plan);
    CHECK_EQ(trial.own.event, 1);
    CHECK_EQ(trial.own.line, 1);
  }

  TEST_CASE("a trace that can't be read ends the sweep with its fault, one cut off with what there was") {
    const auto broken = sweep::replay_settings(open_bytes_again("alloc a list\nnonsense\n"), grid(), {});
    REQUIRE(broken.fault.has_value());
    CHECK(broken.fault->where.line == 2);
  }

  TEST_CASE("digests tell collections apart that have the same totals") {
    Row a;
    Row b;
    a.add({5, 0, 3, 1, 0});
    a.add({9, 0, 4, 0, 0});
    b.add({5, 0, 4, 1, 0});
    b.add({9, 0, 3, 0, 0});
    CHECK_EQ(a.visited(), b.visited());
    CHECK_NE(a.digest, b.digest);
  }
}

}  // namespace
}  // namespace gcsim::test
