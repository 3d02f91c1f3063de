// The other collectors: mark and sweep with a list of available slots, and none.
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/event_maker.h"
#include "support/notice_log.h"

namespace gcsim::test {
namespace {

const std::string kRuby = "profile ruby-mark-sweep\n";

std::string sweeping(const std::string& slots, const std::string& events) {
  return notices(kRuby + "available_slots " + slots + "\n" + events);
}

// What an engine without observer does with the trace.
std::unique_ptr<engine::Simulator> replayed(const std::string& trace, const Overrides& overrides = {}) {
  auto reader = open_bytes(trace);
  auto simulator = engine::Simulator::create(settings(*reader, overrides), nullptr);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError& error) {
    FAIL(trace::format(error));
    return OnFault::stop;
  };
  replay(*reader, *simulator, options);
  CHECK(simulator->check_invariants().empty());
  return simulator;
}

Overrides with(profile::Reclamation reclamation) {
  Overrides overrides;
  overrides.reclamation = reclamation;
  return overrides;
}

TEST_SUITE("engine/mark and sweep") {
  TEST_CASE("the classic numbers: 10,000 slots, then 18,000 more, then 32,400") {
    auto lists = [](int n) {
      std::string trace = kRuby;
      for (int i = 0; i < n; ++i) trace += "alloc l" + std::to_string(i) + " list\n";
      return trace;
    };
    CHECK_EQ(replayed(lists(1))->slot_stats().slots, 10'000);
    CHECK_EQ(replayed(lists(10'000))->slot_stats().slots, 10'000);
    CHECK_EQ(replayed(lists(10'001))->slot_stats().slots, 28'000);
    CHECK_EQ(replayed(lists(28'001))->slot_stats().slots, 60'400);
  }

  TEST_CASE(
      "slots are added when a sweep leaves fewer than the least number available, and not at the number") {
    std::string six = "alloc a list\nalloc b list\nalloc c list\nalloc d list\nalloc e list\nalloc f list\n";
    CHECK_EQ(replayed(kRuby + "available_slots 10 4\n" + six + "gc collect\n")->slot_stats().slots, 10);
    CHECK_EQ(replayed(kRuby + "available_slots 10 5\n" + six + "gc collect\n")->slot_stats().slots, 28);
  }

  TEST_CASE("slots are added when a sweep leaves less than a fifth of them available") {
    std::string eight;
    for (int i = 0; i < 8; ++i) eight += "alloc l" + std::to_string(i) + " list\n";
    CHECK_EQ(replayed(kRuby + "available_slots 10 0\n" + eight + "gc collect\n")->slot_stats().slots, 10);
    CHECK_EQ(
        replayed(kRuby + "available_slots 10 0\n" + eight + "alloc x list\ngc collect\n")->slot_stats().slots,
        28);
  }

  TEST_CASE("an allocation collects only when no slot is available, before the newborn exists") {
    CHECK_EQ(sweeping("2 0", "alloc a list\nalloc b list\ndel a\nalloc c list\n"),
             "allocated a\nallocated b\ncollect 2 no slot\nfreed a collecting since 3\n"
             "collected 1 visited 1 survivors 1 untracked 0 long-lived 0,0\nallocated c\n");
  }

  TEST_CASE("marking goes from the names through everything they lead to, whatever the counts say") {
    std::string trace =
        "class N\nalloc n N\nalloc d dict\nalloc l list\nalloc s set\nalloc f float\nsetattr n d d\nref d[k] "
        "l\n"
        "ref l[] s\nref s[] f\nalloc t tuple f\ndel d l s f t\nalloc x list\nref x[] x\ndel x\ngc collect\n";
    auto simulator = replayed(kRuby + trace);
    CHECK_EQ(simulator->alive(), 5);  // all but t and x
    CHECK_EQ(simulator->generation_stats()[kOldest].visited, 5);
    CHECK_EQ(simulator->generation_stats()[kOldest].collected, 2);
  }

  TEST_CASE("a lost cycle gives up its references to what lives") {
    auto reader = open_bytes(kRuby +
                             "alloc c list\nalloc a list\nalloc b list\nref a[] b\nref b[] a\nref a[] c\n"
                             "ref b[] c\ndel a b\ngc collect\ninspect refcount c\n");
    NoticeLog log(reader->vocabulary());
    auto simulator = engine::Simulator::create(settings(*reader), &log);
    replay(*reader, *simulator, {});
    CHECK(simulator->check_invariants().empty());
    REQUIRE_EQ(simulator->snapshot().objects.size(), 1);
    CHECK_EQ(simulator->snapshot().objects[0].refcount, 1);
  }

  TEST_CASE("interned values take no slot and are never swept") {
    auto simulator = replayed(
        kRuby + "available_slots 2 0\nalloc i int 7\nalloc a list\nalloc b list\ndel i\ngc collect\n");
    CHECK_EQ(simulator->slot_stats().slots, 2);
    CHECK_EQ(simulator->generation_stats()[kOldest].visited, 2);
  }

  TEST_CASE("garbage is dated: cut off by count, or as a cycle, long before the sweep") {
    CHECK_EQ(
        notices(kRuby +
                    "alloc a list\nalloc b list\nref a[] b\ndel b\nalloc x list\nref x[] x\ndel a\ndel x\n"
                    "alloc z list\ngc collect\n",
                {.from = 10}),
        "collect 2 asked\nfreed x collecting since 8\nfreed b collecting since 7\nfreed a collecting since "
        "7\n"
        "collected 3 visited 1 survivors 1 untracked 0 long-lived 0,0\nreturn 3\n");
  }

  TEST_CASE("an ID whose object can't be reached any more is free for another object") {
    auto simulator = replayed(kRuby +
                              "alloc a list\nalloc b list\nref a[] b\ndel b a\nalloc b list\nalloc a list\n"
                              "gc collect\ndel a b\ngc collect\n");
    CHECK_EQ(simulator->alive(), 0);
  }

  TEST_CASE("so is one whose object is in a lost cycle; that of an object in reach is not") {
    std::string cycle = kRuby + "alloc a list\nref a[] a\nalloc b list\nref x b\ndel a b\n";
    CHECK_EQ(notices(cycle + "alloc a list\ngc collect\n", {.from = 6}),
             "allocated a\ncollect 2 asked\nfreed a collecting since 5\n"
             "collected 1 visited 2 survivors 2 untracked 0 long-lived 0,0\nreturn 1\n");
    CHECK_EQ(notices(cycle + "alloc b list\n", {.from = 6}), "refused exists\n");
  }

  TEST_CASE("what the program has lost can't be used, though it is still there") {
    CHECK_EQ(notices(kRuby + "alloc a list\nalloc b list\nref a[] b\ndel b a\nref l b\n", {.from = 5}),
             "refused dead\n");
  }

  TEST_CASE("a weak reference that dies first never calls back, and another one takes its place") {
    CHECK_EQ(
        notices(kRuby + "class N\nalloc n N\nweakref w n\nweakref c n callback\ndel w c\nweakref v n\ndel n\n"
                        "gc collect\n",
                {.from = 5}),
        "allocated v\ncollect 2 asked\nfreed c collecting since 4\nfreed w collecting since 4\n"
        "freed n collecting since 6\ncollected 3 visited 1 survivors 1 untracked 0 long-lived 0,0\nreturn "
        "3\n");
  }

  TEST_CASE("finalizers and callbacks run behind the sweep, what was swept last first") {
    std::string trace =
        "class F del\nclass N\nalloc f F\nalloc g F\nalloc n N\nweakref w n callback\ndel f g n\ngc "
        "collect\n";
    CHECK_EQ(notices(kRuby + trace, {.from = 6}),
             "collect 2 asked\nfreed n collecting since 5\nfreed g collecting since 5\nfreed f collecting "
             "since 5\n"
             "finalizer f\nfinalizer g\ncallback w\n"
             "collected 3 visited 1 survivors 1 untracked 0 long-lived 0,0\nreturn 3\n");
  }

  TEST_CASE("a finalizer resurrects nothing: its object is gone") {
    auto simulator = replayed(kRuby + "class R del=resurrect\nalloc r R\ndel r\ngc collect\n");
    CHECK_EQ(simulator->alive(), 0);
    CHECK(simulator->snapshot().names.empty());
  }

  TEST_CASE("a disabled collector adds slots, and only CPython's gc.collect() overrules it") {
    std::string trace = "gc disable\nalloc a list\nalloc b list\ndel a b\nalloc c list\ngc collect\n";
    auto ruby = replayed(kRuby + "available_slots 2 0\n" + trace);
    CHECK_EQ(ruby->generation_stats()[kOldest].collections, 0);
    CHECK_EQ(ruby->slot_stats().slots, 5);
    Overrides overrides = with(profile::Reclamation::mark_and_sweep);
    overrides.available_slots = {2, 0};
    CHECK_EQ(replayed(trace, overrides)->generation_stats()[kOldest].collections, 1);
  }

  TEST_CASE("counts, thresholds and lists of generations mean nothing to it") {
    auto simulator =
        replayed(kRuby + "threshold 1 1 1\nalloc a list\nalloc b list\nalloc c list\ngc freeze\ngc count\n");
    CHECK(simulator->counts() == engine::Counts{});
    CHECK_EQ(simulator->tracked(), 0);
    CHECK_EQ(simulator->alive(), 4);  // the tuple of gc.get_count() is garbage
  }

  TEST_CASE("the interpreter's exit runs the finalizers of all that is left") {
    CHECK_EQ(notices(kRuby + "class F del\nalloc f F\nalloc l list\nref l[] l\nexit\n", {.from = 4}),
             "collect 2 asked\nfreed l collecting since 4\nfreed f collecting since 4\nfinalizer f\n"
             "collected 2 visited 0 survivors 0 untracked 0 long-lived 0,0\n");
  }

  TEST_CASE("an instance keeps its attributes without a dict, however many names its class has") {
    std::string trace = kRuby + "class N\nalloc n N\n";
    for (int i = 0; i < 100; ++i) trace += "setattr n a" + std::to_string(i) + " n\n";
    CHECK_EQ(replayed(trace)->alive(), 1);
  }

  TEST_CASE("a dict taken from an instance outlives it") {
    auto simulator = replayed(kRuby +
                              "class N\nalloc n N\nalloc l list\nsetattr n a l\ndict n d\ndel n l\n"
                              "gc collect\nref d[b] d\nunref d[a]\ngc collect\n");
    CHECK_EQ(simulator->alive(), 1);
  }

  TEST_CASE("a chain of a million objects is marked and swept without recursion") {
    EventMaker maker;
    auto simulator = engine::Simulator::create(settings_of("ruby-mark-sweep"), nullptr);
    std::vector<SymbolId> ids{maker.symbol("first")};
    maker.alloc(ids.front(), trace::kListType);
    for (int i = 0; i < 1'000'000; ++i) {
      ids.push_back(maker.symbol("n" + std::to_string(i)));
      maker.alloc(ids.back(), trace::kListType);
      maker.on(trace::Op::add, ids.back(), ids[ids.size() - 2]);
      maker.del(ids[ids.size() - 2]);
    }
    maker.collect();
    REQUIRE_FALSE(maker.apply_to(*simulator));
    CHECK_EQ(simulator->alive(), 1'000'001);
    maker.del(ids.back());
    maker.collect();
    REQUIRE_FALSE(maker.apply_to(*simulator));
    CHECK_EQ(simulator->alive(), 0);
  }
}

TEST_SUITE("engine/no collector") {
  const std::string kCycle =
      "threshold 1\nalloc a list\nref a[] a\ndel a\nalloc b list\nalloc c list\nalloc d list\n";

  TEST_CASE("counting alone frees at 0 and never a cycle, asked or not, nor at exit") {
    Overrides none = with(profile::Reclamation::counting_only);
    CHECK_EQ(replayed(kCycle)->alive(), 3);
    auto simulator = replayed(kCycle + "del b\ngc collect\nexit\n", none);
    CHECK_EQ(simulator->alive(), 1);
    CHECK_EQ(simulator->generation_stats()[kOldest].collections, 0);
    CHECK(simulator->counts() == engine::Counts{});
  }
}

}  // namespace
}  // namespace gcsim::test
