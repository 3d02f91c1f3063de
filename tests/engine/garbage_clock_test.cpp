// Since when an object was garbage: what on_freed says against a graph search after every event.
#include <map>
#include <memory>
#include <string>

#include "doctest/doctest.h"
#include "support/graph.h"
#include "support/notice_log.h"

namespace gcsim::test {
namespace {

// Knows of each object the first event at whose end no name reached it.
class BruteForce : public engine::Observer {
 public:
  void on_event(EventIndex event, const trace::Event&) override { now_ = event; }
  void on_freed(const engine::ObjectRef& o, bool, EventIndex since) override {
    auto known = cut_off_.find(o.object);
    EventIndex expected = known != cut_off_.end() ? known->second : now_;
    ++deaths;
    if (expected != now_) ++late_deaths;
    if (since != expected)
      wrong += "in event " + std::to_string(now_) + " slot " + std::to_string(raw(o.object)) + " says " +
               std::to_string(since) + ", was cut off in " + std::to_string(expected) + "\n";
    if (known != cut_off_.end()) cut_off_.erase(known);
  }
  void look(const engine::Snapshot& snapshot) {
    std::vector<bool> reachable = reachable_from_names(snapshot);
    for (std::size_t i = 0; i < reachable.size(); ++i) {
      if (reachable[i]) {
        cut_off_.erase(snapshot.objects[i].object);
      } else {
        cut_off_.emplace(snapshot.objects[i].object, now_);
      }
    }
  }

  std::string wrong;
  std::uint64_t deaths = 0;
  std::uint64_t late_deaths = 0;

 private:
  EventIndex now_ = 0;
  std::map<ObjectIndex, EventIndex> cut_off_;
};

TEST_SUITE("engine/garbage clock") {
  TEST_CASE("what dies of its reference count became garbage in the same event") {
    CHECK_EQ(notices("alloc a list\nalloc b list\nref a[] b\ndel b\ndel a\n", {.from = 5}),
             "freed a since 5\n"
             "freed b since 5\n");
  }

  TEST_CASE("a collected cycle and what hangs on it became garbage with the last name") {
    CHECK_EQ(notices("alloc a list\nalloc b list\nref a[] a\nref a[] b\ndel b\ndel a\nalloc c list\n"
                     "gc collect\n",
                     {.from = 8}),
             "collect 2 asked\n"
             "freed b collecting since 6\n"
             "freed a collecting since 6\n"
             "collected 2 visited 3 survivors 1 untracked 0 long-lived 1,0\n"
             "return 2\n");
  }

  TEST_CASE("garbage that hangs on older garbage keeps its own, later date") {
    CHECK_EQ(
        notices("alloc a list\nref a[] a\nalloc b list\nref a[] b\ndel a\ndel b\ngc collect\n", {.from = 7}),
        "collect 2 asked\n"
        "freed b collecting since 6\n"
        "freed a collecting since 5\n"
        "collected 2 visited 2 survivors 0 untracked 0 long-lived 0,0\n"
        "return 2\n");
  }

  TEST_CASE("a cycle cut off from a container that is emptied became garbage in that event") {
    CHECK_EQ(notices("alloc l list\nalloc a list\nref a[] a\nref l[] a\ndel a\nclear l\ngc enable\n"
                     "gc collect\n",
                     {.from = 8}),
             "collect 2 asked\n"
             "freed a collecting since 6\n"
             "collected 1 visited 2 survivors 1 untracked 0 long-lived 1,0\n"
             "return 1\n");
  }

  TEST_CASE("in random traces the clock agrees with a graph search after every event") {
    std::uint64_t late_deaths = 0;
    for (unsigned seed : seeds(200)) {
      INFO("repeat with GCSIM_SEED=" << seed);
      EventMaker maker;
      SeededChoices choices(seed);
      RandomEvents events(maker, choices);
      BruteForce clock;
      engine::Settings settings = settings_of("cpython-3.11");
      settings.threshold = {4, 3, 3};
      auto simulator = engine::Simulator::create(settings, &clock);
      for (int event = 0; event < 200; ++event) {
        events.next(usable_in(simulator->snapshot(), events.ids(), true));
        maker.apply_to(*simulator);
        clock.look(simulator->snapshot());
      }
      CHECK_EQ(clock.wrong, "");
      late_deaths += clock.late_deaths;
    }
    CHECK_GT(late_deaths, 0);
  }
}

}  // namespace
}  // namespace gcsim::test
