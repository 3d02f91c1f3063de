// How much work and memory a replay takes, counted instead of timed.
#include <memory>
#include <string>

#include "doctest/doctest.h"
#include "support/event_maker.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

std::uint64_t visited(std::string_view profile, int objects) {
  EventMaker maker;
  engine::Settings settings = settings_of(profile);
  settings.threshold = {10, 2, 2};
  auto simulator = engine::Simulator::create(settings, nullptr);
  for (int i = 0; i < objects; ++i) maker.alloc(maker.symbol("o" + std::to_string(i)), trace::kListType);
  REQUIRE_FALSE(maker.apply_to(*simulator));
  std::uint64_t sum = 0;
  for (const engine::GenerationStats& g : simulator->generation_stats()) sum += g.visited;
  return sum;
}

TEST_SUITE("engine/work") {
  TEST_CASE("objects visited grow with the trace, thanks to the quarter rule") {
    double per_object = static_cast<double>(visited("cpython-3.11", 5000)) / 5000;
    for (int objects : {10000, 20000, 40000}) {
      CAPTURE(objects);
      double now = static_cast<double>(visited("cpython-3.11", objects)) / objects;
      CHECK_LT(now, per_object * 1.3);
      CHECK_GT(now, per_object / 1.3);
    }
  }

  TEST_CASE("without the quarter rule objects visited grow with its square") {
    CHECK_GT(visited("textbook", 20000), 3 * visited("textbook", 10000));
  }

  TEST_CASE("words of dead objects are given back: memory follows what lives, not the trace") {
    std::string trace;
    for (int i = 0; i < 300'000; ++i) {
      std::string id = "object" + std::to_string(i);
      trace += "alloc " + id + " list\ndel " + id + "\n";
    }
    auto reader = open_bytes(trace);
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    ReplayResult result = replay(*reader, *simulator, {});
    CHECK(result.complete);
    CHECK_EQ(result.events, 600'000);
    CHECK_LT(reader->vocabulary().symbols.capacity(), 75'000);
  }

  TEST_CASE("a word that comes back to life is not given back") {
    std::string trace = "alloc kept list\ndel kept\nalloc kept list\n";
    for (int i = 0; i < 200'000; ++i) {
      std::string id = "object" + std::to_string(i);
      trace += "alloc " + id + " list\ndel " + id + "\n";
    }
    trace += "ref again kept\ndel kept again\n";
    auto reader = open_bytes(trace);
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    CHECK(replay(*reader, *simulator, {}).complete);
    CHECK_EQ(simulator->alive(), 0);
  }

  TEST_CASE("the name a finalizer may still bind is not given to another word") {
    std::string trace = "class R del=resurrect\nalloc r R\nalloc l list\nref R_r l\ndel R_r\n";
    for (int i = 0; i < 200'000; ++i) {
      std::string id = "object" + std::to_string(i);
      trace += "alloc " + id + " list\ndel " + id + "\n";
    }
    trace += "del r\ndel R_r\n";
    auto reader = open_bytes(trace);
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    CHECK(replay(*reader, *simulator, {}).complete);
    CHECK_EQ(simulator->alive(), 1);  // l
  }
}

}  // namespace
}  // namespace gcsim::test
