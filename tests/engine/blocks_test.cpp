// Where objects lie. The private heap by itself, and against real CPython: tests/heap.
#include <map>
#include <memory>
#include <string>

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

struct Replayed {
  engine::Observer nobody;
  std::unique_ptr<trace::Reader> reader;
  std::unique_ptr<engine::Simulator> simulator;

  explicit Replayed(const std::string& text, bool watched = true) : reader(open_bytes(text)) {
    simulator = engine::Simulator::create(settings(*reader), watched ? &nobody : nullptr);
    replay(*reader, *simulator, {});
    CHECK(simulator->check_invariants() == std::vector<std::string>{});
  }
  // By ID.
  std::map<std::string, std::uint64_t> addresses() const {
    std::map<std::string, std::uint64_t> found;
    for (const engine::SnapshotObject& o : simulator->snapshot().objects) {
      if (o.id != kNoSymbol) found[std::string(reader->vocabulary().symbols.word(raw(o.id)))] = o.address;
    }
    return found;
  }
  engine::HeapStats heap() const { return *simulator->heap_stats(); }
};

std::uint64_t address_of(const std::string& id, const std::string& text) {
  auto addresses = Replayed(text).addresses();
  REQUIRE(addresses.contains(id));
  return addresses[id];
}

const std::string k311 = "profile cpython-3.11\nclass Node\n";

TEST_SUITE("engine/blocks") {
  TEST_CASE("only a watched engine knows where objects lie") {
    Replayed unwatched("alloc a list\n", false);
    CHECK(!unwatched.simulator->heap_stats());
    CHECK(unwatched.addresses()["a"] == 0);
    CHECK(Replayed("alloc a list\n").heap().blocks == 1);
  }

  TEST_CASE("an observer that does not want the private heap costs none") {
    struct Uninterested : engine::Observer {
      bool wants_heap() const override { return false; }
    } uninterested;
    auto reader = open_bytes("alloc a list\nalloc b tuple a\ndel a b\nalloc c list\ncollect\nalloc d list\n");
    auto simulator = engine::Simulator::create(settings(*reader), &uninterested);
    replay(*reader, *simulator, {});
    CHECK(simulator->check_invariants() == std::vector<std::string>{});
    CHECK(!simulator->heap_stats());
    CHECK(simulator->size_classes().empty());
    for (const engine::SnapshotObject& o : simulator->snapshot().objects) CHECK(o.address == 0);
  }

  TEST_CASE("an object lies behind its collector header") {
    auto a = Replayed("profile cpython-3.7\nalloc a list\nalloc f float 1.5\n").addresses();
    CHECK(a["a"] % 4096 == 48 + 32);
    CHECK(a["f"] % 4096 == 48);
    CHECK(address_of("a", "profile cpython-3.8\nalloc a list\n") % 4096 == 48 + 16);
  }

  TEST_CASE("an object from a free list lies where the one that died last lay") {
    std::string three = k311 + "alloc a list\nalloc b list\nalloc c list\n";
    auto before = Replayed(three).addresses();
    auto after = Replayed(three + "del a c\nalloc d list\nalloc e list\n").addresses();
    CHECK(after["d"] == before["c"]);
    CHECK(after["e"] == before["a"]);
  }

  TEST_CASE("a newborn has its block before the collection it starts gives others back") {
    std::string cycle = k311 + "threshold 2 0 0\nalloc a Node\nalloc b Node\nref x a\nref y b\n";
    auto before = Replayed(cycle).addresses();
    auto after = Replayed(cycle + "setattr a to b\nsetattr b to a\ndel a b x y\nalloc c Node\nalloc d Node\n")
                     .addresses();
    REQUIRE(!after.contains("a"));
    CHECK(after["c"] > before["b"]);
    CHECK(after["d"] == before["a"]);
  }

  TEST_CASE("values that exist from the start take no block") {
    Replayed r(k311 + "alloc i int 7\nalloc t tuple\nalloc j int 257\n");
    CHECK(r.heap().blocks == 1);
    CHECK(r.addresses()["i"] != r.addresses()["t"]);
  }

  TEST_CASE("a full collection empties free lists in each version's order, the latest block first") {
    // Each of the two has a pool of its own; the one freed last is taken first.
    std::string text = "\nalloc f float 1.5\nalloc t tuple None None None None\n";
    std::string later = "del f t\ngc collect 2\nalloc b str size=512\n";
    for (auto [profile, last] : {std::pair{"profile cpython-3.11", "f"}, {"profile cpython-3.13", "t"}}) {
      CAPTURE(profile);
      std::uint64_t freed = address_of(last, profile + text);
      std::uint64_t taken = address_of("b", profile + text + later);
      CHECK_EQ(taken >> 14, freed >> 14);
    }
  }

  TEST_CASE("blocks on free lists are in use, also those held when the trace begins") {
    CHECK(Replayed(k311 + "alloc a list\ndel a\n").heap().asked_bytes == 56);
    Replayed r(R"({"gcsim":1,"profile":"cpython-3.11","free_lists":{"list":2,"tuple[3]":1}})"
               "\n"
               R"({"op":"alloc","id":1,"type":"list"})"
               "\n");
    CHECK(r.heap().blocks == 3);
    CHECK(r.heap().asked_bytes == 2 * 56 + 64);
  }

  TEST_CASE("a resized object keeps its block or moves, as realloc decides") {
    auto at = [](const std::string& resize) {
      return address_of("a", k311 + "alloc a str size=100\n" + resize);
    };
    CHECK(at("resize a 112\n") == at(""));
    CHECK(at("resize a 85\n") == at(""));
    CHECK(at("resize a 84\n") != at(""));
    CHECK(at("resize a 113\n") != at(""));
  }
}

}  // namespace
}  // namespace gcsim::test
