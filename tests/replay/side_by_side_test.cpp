// Several simulators over one reading of a trace.
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

struct Outcome {
  ReplayResult result;
  std::vector<Refusals> refusals;
  std::vector<trace::Fault> faults;
  std::vector<std::uint64_t> alive;
  std::size_t words = 0;  // the vocabulary's
};

Outcome run(std::string_view text, const std::vector<const char*>& profiles,
            OnFault on_fault = OnFault::stop) {
  Outcome outcome;
  auto reader = open_bytes(text);
  std::vector<std::unique_ptr<engine::Simulator>> simulators;
  std::vector<engine::Simulator*> pointers;
  for (const char* name : profiles) {
    Overrides overrides;
    overrides.profile = profile::find(name);
    simulators.push_back(engine::Simulator::create(settings(*reader, overrides), nullptr));
    pointers.push_back(simulators.back().get());
  }
  ReplayOptions options;
  options.on_fault = [&](const trace::TraceError& error) {
    outcome.faults.push_back(error.fault);
    return on_fault;
  };
  outcome.result = replay_side_by_side(*reader, pointers, options, outcome.refusals, {});
  for (const auto& each : simulators) outcome.alive.push_back(each->alive());
  outcome.words = reader->vocabulary().symbols.capacity();
  return outcome;
}

TEST_SUITE("replay/side by side") {
  TEST_CASE("each simulator gets every event, under its own rules") {
    Outcome o =
        run("alloc a list\nref a[] a\ndel a\nalloc b list\ndel b\n", {"cpython-3.11", "ruby-mark-sweep"});
    CHECK(o.result.complete);
    CHECK_EQ(o.result.events, 5);
    CHECK(o.alive == std::vector<std::uint64_t>{1, 2});
  }

  TEST_CASE("an event that all refuse is a fault of the trace") {
    Outcome o = run("alloc a list\nunref a[]\nalloc b list\n", {"cpython-3.11", "cpython-3.13"});
    CHECK(o.faults == std::vector{trace::Fault::empty_container});
    CHECK_EQ(o.result.events, 2);
    CHECK_FALSE(o.result.complete);
    Outcome on =
        run("alloc a list\nunref a[]\nalloc b list\n", {"cpython-3.11", "cpython-3.13"}, OnFault::go_on);
    CHECK_EQ(on.result.events, 3);
  }

  TEST_CASE("an event that only some refuse is no fault: it is counted, and the first is told") {
    Outcome o = run("class R del=resurrect\nalloc r R\ndel r\nalloc l list\ndel R_r\ndel R_r\n",
                    {"cpython-3.11", "ruby-mark-sweep"}, OnFault::go_on);
    CHECK(o.faults == std::vector{trace::Fault::unbound_name});  // the second `del R_r`
    CHECK_EQ(o.refusals[0].events, 0);
    CHECK_EQ(o.refusals[1].events, 1);
    REQUIRE(o.refusals[1].first);
    CHECK(o.refusals[1].first->fault == trace::Fault::unbound_name);
    CHECK_EQ(o.refusals[1].first->where.line, 5);
  }

  TEST_CASE("a trace that is cut off says so") {
    CHECK(run("alloc a list\nalloc b", {"cpython-3.11", "textbook"}).result.truncated);
  }

  TEST_CASE("words that nobody can mean any more are given back, but not before all simulators agree") {
    std::string trace = "profile cpython-3.11\n";
    for (int i = 0; i < 200'000; ++i) {
      std::string id = "object" + std::to_string(i);
      trace += "alloc " + id + " list\ndel " + id + "\n";
    }
    Outcome o = run(trace, {"cpython-3.11", "ruby-mark-sweep"});
    CHECK(o.result.complete);
    CHECK_EQ(o.refusals[1].events, 0);
    CHECK_LT(o.words, 110'000);
  }

  TEST_CASE("a word that only one simulator has forgotten is still a word when it is used again") {
    std::string trace = "alloc kept list\nref kept[] kept\ndel kept\ngc collect\n";
    for (int i = 0; i < 150'000; ++i) {
      std::string id = "object" + std::to_string(i);
      trace += "alloc " + id + " list\ndel " + id + "\n";
      if (i % 50'000 == 49'999) trace += "alloc kept list\ndel kept\n";
    }
    trace += "alloc kept list\nref again kept\ndel kept again\n";
    Outcome o = run(trace, {"cpython-3.11", "cpython-2.7", "ruby-mark-sweep"});
    CHECK(o.result.complete);
    CHECK(o.faults.empty());
    for (const Refusals& r : o.refusals) CHECK_EQ(r.events, 0);
  }
}

}  // namespace
}  // namespace gcsim::test
