#include <algorithm>
#include <array>

#include "cpython_3_13.h"
#include "gcsim/profile/profile.h"
#include "ruby_mark_sweep.h"

namespace gcsim::profile {
namespace {

// The textbook reading of the generation rules, over everything else of CPython 3.11.
constexpr Profile textbook() {
  Profile p = kCpython311;
  p.name = "textbook";
  p.summary = "the usual textbook reading: a count that reaches its threshold collects, no 25 % rule";
  p.source =
      "as taught: (699,3,0) -> (0,4,0), (699,9,0) -> (0,0,1), (699,9,9) -> (0,0,0); all else is cpython-3.11";
  p.trigger = TriggerRule::reaches;
  p.full_collection_divisor = 0;
  return p;
}

constexpr std::array kCatalog = {kCpython27,  kCpython36,  kCpython37,    kCpython38,
                                 kCpython39,  kCpython310, kCpython311,   kCpython312,
                                 kCpython313, textbook(),  kRubyMarkSweep};
constexpr std::string_view kDefault = "cpython-3.11";
constexpr std::string_view kPlanned[] = {"cpython-3.14", "cpython-3.14.0", "cpython-3.15"};

// A full collection empties each free list that says so, and no other.
constexpr bool empties_what_it_says(const Profile& p) {
  for (const TypeRules& t : p.types) {
    bool says_so = t.free_list_capacity != kNoFreeList && t.emptied_by_full_collection;
    if (std::count(p.free_lists_emptied.begin(), p.free_lists_emptied.end(), t.name) != (says_so ? 1 : 0))
      return false;
  }
  return true;
}

constexpr bool is_sound(const Profile& p) {
  bool deletes = std::count(p.teardown.begin(), p.teardown.end(), TeardownStep::delete_garbage) == 1;
  bool counts = std::count(p.teardown.begin(), p.teardown.end(), TeardownStep::count_garbage) == 1;
  bool has_room = p.inline_attributes.shared_keys >= p.inline_attributes.kept_for_late_names;
  const TrashcanRules& t = p.trashcan;
  bool trashcan_ends =
      t.limit > 1 && t.instance_limit > 1 && t.emptied_below > 0 && t.emptied_below < t.limit;
  const SlotRules& s = p.slots;
  bool slots_grow = s.initial > 0 && s.growth_denominator > 0 && s.growth_numerator >= s.growth_denominator;
  return slots_grow && deletes && counts && has_room && trashcan_ends && p.callback_tuple_from > 0 &&
         is_sound(p.heap) && empties_what_it_says(p);
}
static_assert(std::all_of(kCatalog.begin(), kCatalog.end(), is_sound));

}  // namespace

std::span<const Profile> catalog() {
  return kCatalog;
}
std::span<const std::string_view> planned() {
  return kPlanned;
}
const Profile& default_profile() {
  return *find(kDefault);
}

const Profile* find(std::string_view name) {
  auto it =
      std::find_if(kCatalog.begin(), kCatalog.end(), [name](const Profile& p) { return p.name == name; });
  return it == kCatalog.end() ? nullptr : &*it;
}

const TypeRules& rules_for(const Profile& profile, const trace::TypeDecl& type) {
  if (type.kind == trace::Kind::instance) {
    if (!type.has_slots) return profile.instance;
    return type.slots.empty() ? profile.slotless : profile.slotted;
  }
  if (type.kind == trace::Kind::frame) return profile.calls.frame;
  if (type.kind == trace::Kind::traceback) return profile.calls.traceback;
  bool is_exception = type.kind == trace::Kind::exception;
  for (const TypeRules& rules : is_exception ? profile.calls.exceptions : profile.types) {
    if (rules.name == type.name) return rules;
  }
  return is_exception ? profile.calls.exceptions[0] : profile.opaque;
}

}  // namespace gcsim::profile
