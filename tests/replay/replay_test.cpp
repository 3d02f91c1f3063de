// The loop: where it stops, and what it says about it.
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

struct Outcome {
  ReplayResult result;
  std::vector<trace::Fault> faults;
  std::uint64_t alive = 0;
};

Outcome run(std::string_view text, OnFault on_fault = OnFault::stop, EventIndex until = 0) {
  Outcome outcome;
  auto reader = open_bytes(text);
  auto simulator = engine::Simulator::create(settings(*reader), nullptr);
  ReplayOptions options;
  options.until = until;
  options.on_fault = [&](const trace::TraceError& error) {
    outcome.faults.push_back(error.fault);
    return on_fault;
  };
  outcome.result = replay(*reader, *simulator, options);
  outcome.alive = simulator->alive();
  return outcome;
}

const std::string kTwoFaults = "alloc a list\nref a[] x\nalloc b list\nunref b[]\nalloc c list\n";

TEST_SUITE("replay/loop") {
  TEST_CASE("a good trace is replayed to its end") {
    Outcome o = run("alloc a list\nalloc b list\ndel a\n");
    CHECK(o.result.complete);
    CHECK_FALSE(o.result.truncated);
    CHECK_EQ(o.result.events, 3);
    CHECK_EQ(o.result.faults, 0);
    CHECK_EQ(o.alive, 1);
  }

  TEST_CASE("a refused event ends the replay if the caller wants so") {
    Outcome o = run(kTwoFaults);
    CHECK_EQ(o.result.events, 2);
    CHECK_EQ(o.result.faults, 1);
    CHECK_FALSE(o.result.complete);
    CHECK_EQ(o.alive, 1);
  }

  TEST_CASE("a refused event is passed over if the caller wants so") {
    Outcome o = run(kTwoFaults, OnFault::go_on);
    CHECK_EQ(o.result.events, 5);
    CHECK(o.faults == std::vector{trace::Fault::unknown_id, trace::Fault::empty_container});
    CHECK_EQ(o.alive, 3);
  }

  TEST_CASE("a line that is no event is passed over or ends the replay") {
    std::string text = "alloc a list\nfrobnicate a\nalloc b list\n";
    CHECK_EQ(run(text).alive, 1);
    CHECK_EQ(run(text).result.events, 1);
    Outcome o = run(text, OnFault::go_on);
    CHECK_EQ(o.alive, 2);
    CHECK_EQ(o.result.faults, 1);
  }

  TEST_CASE("without a say of the caller the first fault ends the replay") {
    auto reader = open_bytes(kTwoFaults);
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    ReplayResult result = replay(*reader, *simulator, {});
    CHECK_EQ(result.events, 2);
    CHECK_FALSE(result.complete);
  }

  TEST_CASE("until stops behind that event") {
    std::string text = "alloc a list\nalloc b list\nalloc c list\n";
    for (EventIndex until : {1, 2}) {
      Outcome o = run(text, OnFault::stop, until);
      CHECK_EQ(o.result.events, until);
      CHECK_EQ(o.alive, until);
      CHECK_FALSE(o.result.complete);
    }
  }

  TEST_CASE("until the last event or behind it is the whole trace") {
    std::string text = "alloc a list\nalloc b list\nalloc c list\n";
    for (EventIndex until : {3, 4, 1000}) {
      Outcome o = run(text, OnFault::stop, until);
      CHECK_EQ(o.result.events, 3);
      CHECK(o.result.complete);
    }
  }

  TEST_CASE("until works across batches") {
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += "alloc o" + std::to_string(i) + " list\n";
    Outcome o = run(text, OnFault::stop, 12'345);
    CHECK_EQ(o.result.events, 12'345);
    CHECK_EQ(o.alive, 12'345);
  }

  TEST_CASE("a trace that was cut off is told apart from a faulty one") {
    Outcome o =
        run("{\"gcsim\":1}\n{\"op\":\"alloc\",\"id\":1,\"type\":\"list\"}\n{\"op\":\"all", OnFault::go_on);
    CHECK(o.result.truncated);
    CHECK_FALSE(o.result.complete);
    CHECK_EQ(o.result.events, 1);
    CHECK_FALSE(run(kTwoFaults).result.truncated);
  }

  TEST_CASE("each batch is shown before its events are applied") {
    auto reader = open_bytes("alloc a list\nalloc b list\n");
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    std::vector<std::uint64_t> alive_then;
    std::size_t events = 0;
    ReplayOptions options;
    options.on_batch = [&](const trace::EventBatch& batch) {
      alive_then.push_back(simulator->alive());
      events += batch.events.size();
    };
    replay(*reader, *simulator, options);
    REQUIRE_FALSE(alive_then.empty());
    CHECK_EQ(alive_then.front(), 0);
    CHECK_EQ(events, 2);
  }
}

}  // namespace
}  // namespace gcsim::test
