#include <algorithm>
#include <array>

#include "cpython_3_11.h"
#include "gcsim/profile/profile.h"

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

constexpr std::array kCatalog = {kCpython311, textbook()};
constexpr std::string_view kPlanned[] = {
    "cpython-2.7",  "cpython-3.6",  "cpython-3.7",  "cpython-3.8",    "cpython-3.9",  "cpython-3.10",
    "cpython-3.12", "cpython-3.13", "cpython-3.14", "cpython-3.14.0", "cpython-3.15", "ruby-mark-sweep",
};

constexpr bool is_sound(const Profile& p) {
  bool deletes_last = !p.teardown.empty() && p.teardown.back() == TeardownStep::delete_garbage;
  bool has_room = p.inline_attributes.shared_keys >= p.inline_attributes.kept_for_late_names;
  return deletes_last && has_room && p.trashcan_limit > 1 && p.callback_tuple_from > 0;
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
  return kCatalog[0];
}

const Profile* find(std::string_view name) {
  auto it =
      std::find_if(kCatalog.begin(), kCatalog.end(), [name](const Profile& p) { return p.name == name; });
  return it == kCatalog.end() ? nullptr : &*it;
}

const TypeRules& rules_for(const Profile& profile, const trace::TypeDecl& type) {
  if (type.kind == trace::Kind::instance) return type.has_slots ? profile.slotted : profile.instance;
  for (const TypeRules& rules : profile.types) {
    if (rules.name == type.name) return rules;
  }
  return profile.opaque;
}

}  // namespace gcsim::profile
