// What the profiles say, and how they are found.
#include <set>
#include <string>
#include <string_view>

#include "doctest/doctest.h"
#include "gcsim/profile/profile.h"

namespace gcsim::profile {
namespace {

trace::TypeDecl declared(std::string name, trace::Kind kind, bool has_slots = false) {
  trace::TypeDecl type;
  type.name = std::move(name);
  type.kind = kind;
  type.has_slots = has_slots;
  if (has_slots) type.slots = {KeyId{0}};
  return type;
}

const TypeRules& rules(std::string name, trace::Kind kind, bool has_slots = false) {
  return rules_for(*find("cpython-3.11"), declared(std::move(name), kind, has_slots));
}

TEST_SUITE("profile/catalog") {
  TEST_CASE("every profile is found by its name, says where it was read, and names are unique") {
    std::set<std::string_view> names;
    for (const Profile& p : catalog()) {
      CAPTURE(p.name);
      CHECK(find(p.name) == &p);
      CHECK(names.insert(p.name).second);
      CHECK_FALSE(p.summary.empty());
      CHECK_FALSE(p.source.empty());
    }
  }

  TEST_CASE("an unknown name finds nothing, nor does a planned one") {
    CHECK(find("cpython-1.5") == nullptr);
    CHECK(find("") == nullptr);
    CHECK(find("cpython-3.11 ") == nullptr);
    for (std::string_view name : planned()) CHECK_MESSAGE(find(name) == nullptr, name);
  }

  TEST_CASE("the default is cpython-3.11 with thresholds 700, 10, 10 and the quarter rule") {
    const Profile& p = default_profile();
    CHECK_EQ(p.name, "cpython-3.11");
    CHECK(p.threshold == std::array<std::int32_t, 3>{700, 10, 10});
    CHECK(p.trigger == TriggerRule::exceeds);
    CHECK_EQ(p.full_collection_divisor, 4);
    CHECK_EQ(p.trashcan.limit, 50);
  }

  TEST_CASE("every version differs from the one before in a rule that is named here") {
    auto of = [](const char* name) -> const Profile& { return *find(name); };
    auto last = [](const Profile& p) { return p.teardown.back(); };
    CHECK(last(of("cpython-2.7")) == TeardownStep::keep_uncollectable);
    CHECK(of("cpython-3.6").teardown.front() == TeardownStep::count_garbage);
    CHECK_FALSE(of("cpython-3.6").has_freeze);
    CHECK(of("cpython-3.7").has_freeze);
    CHECK_EQ(of("cpython-3.7").trashcan.instance_limit, 49);
    CHECK_EQ(of("cpython-3.8").trashcan.instance_limit, 50);
    CHECK(of("cpython-3.8").teardown[2] == TeardownStep::keep_all_if_resurrected);
    CHECK(of("cpython-3.9").teardown[2] == TeardownStep::handle_resurrected);
    CHECK(of("cpython-3.9").sets.reused == DiscardedSlot::never);
    CHECK(of("cpython-3.10").sets.reused == DiscardedSlot::last_met);
    CHECK(of("cpython-3.10").attribute_storage == AttributeStorage::dict);
    CHECK(of("cpython-3.11").attribute_storage == AttributeStorage::inline_values);
    CHECK(of("cpython-3.11").collection_point == CollectionPoint::in_allocation);
    CHECK(of("cpython-3.12").collection_point == CollectionPoint::at_check);
    CHECK(of("cpython-3.13").collection_point == CollectionPoint::at_check_while_enabled);
    CHECK_EQ(of("cpython-3.13").threshold[0], 2000);
  }

  TEST_CASE("textbook differs from cpython-3.11 in trigger and divisor only") {
    const Profile& book = *find("textbook");
    const Profile& real = *find("cpython-3.11");
    CHECK(book.trigger == TriggerRule::reaches);
    CHECK_EQ(book.full_collection_divisor, 0);
    CHECK(book.threshold == real.threshold);
    CHECK_EQ(book.trashcan.limit, real.trashcan.limit);
    CHECK_EQ(book.callback_tuple_from, real.callback_tuple_from);
    CHECK(book.untrack_tuples == real.untrack_tuples);
    CHECK(book.untrack_dicts == real.untrack_dicts);
    CHECK(book.types.data() == real.types.data());
    CHECK(book.teardown.data() == real.teardown.data());
  }

  TEST_CASE("sizes of containers are sys.getsizeof's") {
    CHECK_EQ(rules("list", trace::Kind::list).size, 56);
    CHECK_EQ(rules("tuple", trace::Kind::tuple).size, 40);
    CHECK_EQ(rules("tuple", trace::Kind::tuple).item_size, 8);
    CHECK_EQ(rules("dict", trace::Kind::dict).size, 64);
    CHECK_EQ(rules("set", trace::Kind::set).size, 216);
    CHECK_EQ(rules("weakref", trace::Kind::weakref).size, 80);
    CHECK_EQ(rules("Node", trace::Kind::instance).size, 56);
    CHECK_EQ(rules("Slotted", trace::Kind::instance, true).size, 32);
    CHECK_EQ(rules("Slotted", trace::Kind::instance, true).item_size, 8);
  }

  TEST_CASE("free lists: 80 lists, 80 dicts, 2000 tuples of each length to 19, kept to 20") {
    CHECK_EQ(rules("list", trace::Kind::list).free_list_capacity, 80);
    CHECK_EQ(rules("dict", trace::Kind::dict).free_list_capacity, 80);
    const TypeRules& tuple = rules("tuple", trace::Kind::tuple);
    CHECK_EQ(tuple.free_list_capacity, 2000);
    CHECK_EQ(tuple.free_list_max_length, 19);
    CHECK_EQ(tuple.free_list_kept_length, 20);
    CHECK_EQ(rules("set", trace::Kind::set).free_list_capacity, kNoFreeList);
    CHECK_EQ(rules("Node", trace::Kind::instance).free_list_capacity, kNoFreeList);
  }

  TEST_CASE("a class named like a built-in type is still a class, an unknown type is opaque") {
    const Profile& p = *find("cpython-3.11");
    CHECK(&rules("generator", trace::Kind::instance) == &p.instance);
    CHECK(&rules("frame", trace::Kind::opaque) == &p.opaque);
    CHECK(rules("generator", trace::Kind::opaque).closing == Closing::drops_references);
    CHECK(rules("frame", trace::Kind::opaque).is_gc);
    CHECK_FALSE(rules("float", trace::Kind::floating).is_gc);
  }

  TEST_CASE("sets, instances and nothing else of the built-in types can be weakly referenced") {
    CHECK(rules("set", trace::Kind::set).weakly_referenceable);
    CHECK(rules("Node", trace::Kind::instance).weakly_referenceable);
    for (const char* name : {"list", "dict"})
      CHECK_FALSE(rules(name, name[0] == 'l' ? trace::Kind::list : trace::Kind::dict).weakly_referenceable);
    CHECK_FALSE(rules("Slotted", trace::Kind::instance, true).weakly_referenceable);
  }
}

}  // namespace
}  // namespace gcsim::profile
