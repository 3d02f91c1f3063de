#include "gcsim/report/tally.h"

#include <algorithm>
#include <random>
#include <vector>

#include "doctest/doctest.h"
#include "notices.h"

TEST_SUITE_BEGIN("report/tally");

using gcsim::EventIndex;
using gcsim::report::PeakOfIntervals;
using gcsim::report::Tally;
using gcsim::test::World;

namespace {

// The obvious way: a level for each event.
class TimeLine {
 public:
  void add(EventIndex begin, EventIndex end, std::uint64_t amount) {
    if (levels_.size() < end) levels_.resize(end);
    for (EventIndex e = begin; e < end; ++e) levels_[e] += amount;
  }
  std::uint64_t peak() const {
    return levels_.empty() ? 0 : *std::max_element(levels_.begin(), levels_.end());
  }

 private:
  std::vector<std::uint64_t> levels_;
};

}  // namespace

TEST_CASE("the peak of no intervals is 0") {
  CHECK(PeakOfIntervals().peak() == 0);
}

TEST_CASE("intervals that touch do not overlap") {
  PeakOfIntervals peak;
  peak.add(1, 3, 5);
  peak.add(3, 6, 5);
  CHECK(peak.peak() == 5);
  peak.add(2, 6, 1);
  CHECK(peak.peak() == 6);
}

TEST_CASE("an early peak is found again when a late interval reaches back to it") {
  PeakOfIntervals peak;
  peak.add(1, 10, 4);
  peak.add(15, 20, 3);
  CHECK(peak.peak() == 4);
  CHECK(peak.steps() == 2);
  peak.add(5, 30, 2);  // covers the first peak's end and all of the second
  CHECK(peak.peak() == 6);
}

TEST_CASE("the staircase agrees with a time line on random intervals") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto pick = [&random](EventIndex low, EventIndex high) {
      return std::uniform_int_distribution<EventIndex>(low, high)(random);
    };
    PeakOfIntervals peak;
    TimeLine line;
    EventIndex end = 1;
    for (int i = 0; i < 120; ++i) {
      end += pick(0, 1 + seed % 7);
      if (end < 2) continue;
      const EventIndex begin = pick(end > 1 + seed % 50 ? end - 1 - seed % 50 : 1, end - 1);
      const std::uint64_t amount = pick(0, 9);
      peak.add(begin, end, amount);
      line.add(begin, end, amount);
      REQUIRE(peak.peak() == line.peak());
      REQUIRE(peak.steps() <= peak.peak());
    }
  }
}

TEST_CASE("garbage that does not shrink from collection to collection needs one step") {
  PeakOfIntervals peak;
  for (EventIndex end = 10; end < 100'000; end += 10) peak.add(end - 9, end, 7);
  CHECK(peak.peak() == 7);
  CHECK(peak.steps() == 1);
}

TEST_CASE("objects and bytes come, grow and go") {
  World world;
  Tally tally(true);
  tally.on_event(1, {});
  tally.on_allocated(world.list("a", 100), false);
  tally.on_allocated(world.list("b", 50), false);
  tally.on_event(2, {});
  tally.on_resized(world.list("a", 130), 100);
  tally.on_event(3, {});
  tally.on_freed(world.list("b", 50), false, 3);
  tally.on_resized(world.list("a", 120), 130);
  const auto& t = tally.totals();
  CHECK(t.allocated == 2);
  CHECK(t.alive == 1);
  CHECK(t.peak_alive == 2);
  CHECK(t.freed_by_refcount == 1);
  CHECK(t.freed_by_collector == 0);
  CHECK(t.bytes_allocated == 180);
  CHECK(t.bytes_freed == 60);
  CHECK(t.bytes_alive == 120);
  CHECK(t.peak_bytes == 180);
  CHECK(t.peak_garbage == 0);
}

TEST_CASE("an object is garbage from the event that cut it off until the one before its death") {
  World world;
  Tally tally(true);
  tally.on_event(4, {});
  tally.on_allocated(world.list("a", 10), false);
  tally.on_allocated(world.list("b", 30), false);
  tally.on_event(9, {});
  tally.on_freed(world.list("a", 10), true, 5);
  tally.on_freed(world.list("b", 30), true, 8);
  CHECK(tally.totals().freed_by_collector == 2);
  CHECK(tally.totals().bytes_freed_by_collector == 40);
  CHECK(tally.totals().peak_garbage == 2);
  CHECK(tally.totals().peak_garbage_bytes == 40);
  CHECK(tally.totals().garbage_area == 4 + 1);
  CHECK(tally.totals().garbage_area_bytes == 40 + 30);
}

TEST_CASE("garbage that is never collected counts up to the last event") {
  Tally tally(false);
  tally.on_event(10, {});
  tally.add_remaining_garbage(56, 10);
  tally.add_remaining_garbage(56, 8);
  CHECK(tally.totals().peak_garbage == 2);
  CHECK(tally.totals().garbage_area == 1 + 3);
}

TEST_CASE("a row for each collection, if rows are wanted") {
  for (const bool wanted : {false, true}) {
    CAPTURE(wanted);
    Tally tally(wanted);
    tally.on_event(7, {});
    tally.on_collection_start({1, gcsim::engine::CollectionReason::threshold, 11, 10});
    tally.on_collection_end({.generation = 1, .visited = 20, .collected = 4});
    REQUIRE(tally.collections().size() == (wanted ? 1 : 0));
    if (wanted) {
      CHECK(tally.collections()[0].event == 7);
      CHECK(tally.collections()[0].start.count == 11);
      CHECK(tally.collections()[0].end.visited == 20);
    }
  }
}

TEST_SUITE_END();
