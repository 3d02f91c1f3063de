#include "free_lists.h"

#include <algorithm>

namespace gcsim::engine {

namespace {

std::vector<FreeLists::List> lists_for(const profile::TypeRules& rules) {
  if (rules.free_list_max_length == 0) {
    return {{0, rules.free_list_capacity, true, rules.emptied_by_full_collection, 0, 0}};
  }
  std::vector<FreeLists::List> lists;
  std::uint32_t longest = std::max(rules.free_list_max_length, rules.free_list_kept_length);
  for (std::uint32_t n = 0; n <= longest; ++n) {
    lists.push_back({0, n == 0 ? 0 : rules.free_list_capacity, n <= rules.free_list_max_length,
                     rules.emptied_by_full_collection, 0, 0});
  }
  return lists;
}

FreeLists::OfType made_of(const profile::TypeRules& rules) {
  return {&rules, rules.free_list_max_length != 0, lists_for(rules), 0};
}

}  // namespace

FreeLists::FreeLists(const profile::Profile& profile) {
  for (const profile::TypeRules& rules : profile.types) {
    if (rules.free_list_capacity != profile::kNoFreeList) types_.push_back(made_of(rules));
  }
  const profile::TypeRules& frame = profile.calls.frame;
  if (frame.free_list_capacity != profile::kNoFreeList) types_.push_back(made_of(frame));
}

std::uint32_t FreeLists::handle_of(const profile::TypeRules& rules) const {
  for (std::uint32_t i = 0; i < types_.size(); ++i) {
    if (types_[i].rules == &rules) return i;
  }
  return kNone;
}

void FreeLists::fill(std::string_view type, std::uint32_t length, std::uint32_t held) {
  for (OfType& t : types_) {
    if (t.rules->name != type) continue;
    if (List* list = t.find(length)) list->held = std::min(held, list->capacity);
  }
}

std::uint64_t FreeLists::empty() {
  std::uint64_t freed = 0;
  for (OfType& t : types_) {
    for (List& list : t.by_length) {
      if (!list.emptied_by_full_collection) continue;
      if (t.rules->is_gc) freed += list.held;
      list.held = 0;
    }
  }
  return freed;
}

std::vector<FreeListStats> FreeLists::stats() const {
  std::vector<FreeListStats> all;
  for (const OfType& t : types_) {
    FreeListStats s{t.rules->name, 0, t.misses, 0};
    for (const List& list : t.by_length) {
      s.hits += list.hits;
      s.misses += list.misses;
      s.held += list.held;
    }
    all.push_back(s);
  }
  return all;
}

}  // namespace gcsim::engine
