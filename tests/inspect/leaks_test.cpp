// Why objects are alive, on snapshots made by hand.
#include "gcsim/inspect/leaks.h"

#include <initializer_list>
#include <vector>

#include "doctest/doctest.h"

namespace gcsim::inspect {
namespace {

using Members = std::vector<std::uint32_t>;

class Picture {
 public:
  // An object with the references it holds; answers its index.
  std::uint32_t object(std::initializer_list<std::uint32_t> edges, EventIndex last_released = 0) {
    engine::SnapshotObject o;
    o.last_released = last_released;
    o.edge_begin = static_cast<std::uint32_t>(snapshot.edges.size());
    o.edge_count = static_cast<std::uint32_t>(edges.size());
    for (const std::uint32_t edge : edges) snapshot.edges.push_back(edge);
    snapshot.objects.push_back(o);
    return static_cast<std::uint32_t>(snapshot.objects.size() - 1);
  }
  void name(std::uint32_t object) { snapshot.names.push_back({SymbolId{object}, object}); }

  engine::Snapshot snapshot;
};

std::vector<Reason> reasons(const Leaks& leaks) {
  std::vector<Reason> all;
  for (const Leak& leak : leaks.objects) all.push_back(leak.reason);
  return all;
}

TEST_SUITE("inspect") {
  TEST_CASE("an empty heap has no leaks") {
    Leaks leaks = find_leaks({});
    CHECK(leaks.objects.empty());
    CHECK(leaks.cycles.empty());
  }

  TEST_CASE("a bound object is held by its name, its members by the container") {
    Picture p;
    p.object({1});
    p.object({2});
    p.object({});
    p.name(0);
    Leaks leaks = find_leaks(p.snapshot);
    CHECK(reasons(leaks) ==
          std::vector{Reason::held_by_name, Reason::held_by_container, Reason::held_by_container});
    CHECK_EQ(leaks.objects[1].object, 1);
  }

  TEST_CASE("a bound member counts as bound, whichever name comes first") {
    Picture p;
    p.object({1});
    p.object({});
    p.name(0);
    p.name(1);
    CHECK(reasons(find_leaks(p.snapshot)) == std::vector{Reason::held_by_name, Reason::held_by_name});
  }

  TEST_CASE("a cycle that a name reaches is no leak") {
    Picture p;
    p.object({1});
    p.object({0});
    p.name(0);
    Leaks leaks = find_leaks(p.snapshot);
    CHECK(leaks.cycles.empty());
    CHECK_EQ(leaks.objects[1].unreachable_since, 0);
    CHECK_EQ(leaks.objects[1].cycle, 0);
  }

  TEST_CASE("an unreachable cycle is found with its members in order and a way round") {
    Picture p;
    p.object({2}, 7);
    p.object({0}, 3);
    p.object({1}, 5);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 1);
    CHECK(leaks.cycles[0].members == Members{0, 1, 2});
    CHECK(leaks.cycles[0].path == Members{0, 2, 1});
    for (const Leak& leak : leaks.objects) {
      CHECK(leak.reason == Reason::uncollected_cycle);
      CHECK_EQ(leak.cycle, 1);
      CHECK_EQ(leak.unreachable_since, 7);
    }
  }

  TEST_CASE("an object that refers to itself is a cycle of one") {
    Picture p;
    p.object({});
    p.object({1}, 4);
    p.name(0);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 1);
    CHECK(leaks.cycles[0].members == Members{1});
    CHECK(leaks.cycles[0].path == Members{1});
    CHECK_EQ(leaks.objects[0].cycle, 0);
  }

  TEST_CASE("the way round is a shortest one") {
    Picture p;
    p.object({1, 3}, 1);  // 0 -> 1 -> 2 -> 3 -> 0, and 0 -> 3
    p.object({2}, 1);
    p.object({3}, 1);
    p.object({0}, 1);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 1);
    CHECK(leaks.cycles[0].members == Members{0, 1, 2, 3});
    CHECK(leaks.cycles[0].path == Members{0, 3});
  }

  TEST_CASE("the way round starts with the first member and names it once, even by a detour") {
    Picture p;
    p.object({1}, 1);  // 0 -> 1 -> 2 -> 0, and 2 <-> 3
    p.object({2}, 1);
    p.object({3, 0}, 1);
    p.object({2}, 1);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 1);
    CHECK(leaks.cycles[0].path == Members{0, 1, 2});
  }

  TEST_CASE("separate cycles are numbered by their first members") {
    Picture p;
    p.object({3}, 1);
    p.object({2}, 2);
    p.object({1}, 2);
    p.object({0}, 1);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 2);
    CHECK(leaks.cycles[0].members == Members{0, 3});
    CHECK(leaks.cycles[1].members == Members{1, 2});
    CHECK_EQ(leaks.objects[3].cycle, 1);
    CHECK_EQ(leaks.objects[2].cycle, 2);
  }

  TEST_CASE("what hangs on a cycle has its number but is no member") {
    Picture p;
    p.object({0, 1}, 5);
    p.object({2}, 2);
    p.object({}, 1);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 1);
    CHECK(leaks.cycles[0].members == Members{0});
    CHECK_EQ(leaks.objects[2].cycle, 1);
    CHECK_EQ(leaks.objects[2].unreachable_since, 5);
  }

  TEST_CASE("what hangs on two cycles belongs to the first") {
    Picture p;
    p.object({0, 2}, 5);
    p.object({1, 2}, 6);
    p.object({}, 1);
    Leaks leaks = find_leaks(p.snapshot);
    CHECK_EQ(leaks.objects[2].cycle, 1);
    CHECK_EQ(leaks.objects[2].unreachable_since, 6);
  }

  TEST_CASE("each object became garbage with the last of those that reach it") {
    Picture p;
    p.object({0, 1}, 3);
    p.object({}, 8);
    Leaks leaks = find_leaks(p.snapshot);
    CHECK_EQ(leaks.objects[0].unreachable_since, 3);
    CHECK_EQ(leaks.objects[1].unreachable_since, 8);
  }

  TEST_CASE("frozen garbage is held by the freeze, with all that it reaches") {
    Picture p;
    p.object({1, 0}, 3);
    p.object({}, 2);
    p.object({2}, 4);
    p.snapshot.objects[0].frozen = true;
    Leaks leaks = find_leaks(p.snapshot);
    CHECK(reasons(leaks) == std::vector{Reason::frozen, Reason::frozen, Reason::uncollected_cycle});
    CHECK_EQ(leaks.objects[1].unreachable_since, 3);
    CHECK_EQ(leaks.cycles.size(), 2);
  }

  TEST_CASE("a frozen object with a name is held by the name") {
    Picture p;
    p.object({});
    p.name(0);
    p.snapshot.objects[0].frozen = true;
    CHECK(reasons(find_leaks(p.snapshot)) == std::vector{Reason::held_by_name});
  }

  TEST_CASE("gc.garbage holds its objects and what they reach, unless a name does") {
    Picture p;
    p.object({1, 2, 0}, 3);
    p.object({}, 3);
    p.object({});
    p.name(2);
    p.snapshot.garbage = {0};
    Leaks leaks = find_leaks(p.snapshot);
    CHECK(reasons(leaks) ==
          std::vector{Reason::held_by_garbage_list, Reason::held_by_garbage_list, Reason::held_by_name});
    CHECK_EQ(leaks.objects[0].unreachable_since, 0);
    CHECK(leaks.cycles.empty());
  }

  TEST_CASE("what C code or sys.modules holds is held by that, unless by a name, and what it reaches by it") {
    Picture p;
    p.object({1, 2});
    p.object({});
    p.object({});
    p.object({});
    p.name(3);
    p.snapshot.modules = {0};
    p.snapshot.held_by_c = {2, 3};
    Leaks leaks = find_leaks(p.snapshot);
    CHECK(reasons(leaks) == std::vector{Reason::held_by_modules, Reason::held_by_container, Reason::held_by_c,
                                        Reason::held_by_name});
  }

  TEST_CASE("an object without references waits in the trashcan, and so does what only it holds") {
    Picture p;
    p.object({1, 2});
    p.object({});
    p.object({});
    p.name(2);
    p.snapshot.objects[0].refcount = 0;
    CHECK(reasons(find_leaks(p.snapshot)) ==
          std::vector{Reason::deferred, Reason::deferred, Reason::held_by_name});
  }

  TEST_CASE("an interned value is immortal, bound or not") {
    Picture p;
    p.object({});
    p.object({});
    p.name(1);
    p.snapshot.objects[0].immortal = p.snapshot.objects[1].immortal = true;
    CHECK(reasons(find_leaks(p.snapshot)) == std::vector{Reason::immortal, Reason::immortal});
  }

  TEST_CASE("a very long ring is found without recursion") {
    constexpr std::uint32_t kLong = 300'000;
    Picture p;
    for (std::uint32_t i = 0; i < kLong; ++i) p.object({(i + 1) % kLong}, 1);
    Leaks leaks = find_leaks(p.snapshot);
    REQUIRE_EQ(leaks.cycles.size(), 1);
    CHECK_EQ(leaks.cycles[0].members.size(), kLong);
    CHECK_EQ(leaks.cycles[0].path.size(), kLong);
  }
}

}  // namespace
}  // namespace gcsim::inspect
