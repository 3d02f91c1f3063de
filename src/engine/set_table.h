// The hash table of a set: its slots decide in which order a set is walked, cleared and released.
// Follows setobject.c: a few linear probes, then a perturbed jump; 4x growth when full; the profile's
// SetRules say how. A new element takes a slot on its way whose element was discarded; then the table does
// not fill up further.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/profile/profile.h"

namespace gcsim::engine {

class SetTable {
 public:
  using Rules = profile::SetRules;
  static constexpr std::uint32_t kEmpty = 0xffffffffu;
  static constexpr std::uint32_t kDummy = 0xfffffffeu;  // an element was discarded here
  struct Entry {
    std::int64_t hash = 0;
    std::uint32_t key = kEmpty;
  };

  SetTable() { clear(); }

  // Slots in order; keys may be kEmpty or kDummy.
  const std::vector<Entry>& slots() const { return table_; }
  std::uint32_t used() const { return used_; }

  // The slot of the equal element, or nullptr (set_lookkey). equal(key) is only asked on equal hashes.
  template <class Equal>
  Entry* find(const Rules& rules, std::int64_t hash, Equal equal) {
    Probe p = probe(rules, hash, equal);
    return p.end->key == kEmpty ? nullptr : p.end;
  }
  // Adds the element unless an equal one is there; true if added.
  template <class Equal>
  bool add(const Rules& rules, std::uint32_t key, std::int64_t hash, Equal equal);
  // REQUIRES: entry came from find and holds an element.
  void discard(Entry* entry);
  void clear();

 private:
  static constexpr std::uint64_t kMinimum = 8;  // PySet_MINSIZE
  static constexpr int kPerturbShift = 5;

  struct Probe {
    Entry* end;    // the equal element, or the first empty slot
    Entry* dummy;  // the dummy before it that a new element takes, or nullptr
  };
  template <class Equal>
  Probe probe(const Rules& rules, std::int64_t hash, Equal equal);
  void insert_clean(const Rules& rules, std::uint32_t key, std::int64_t hash);
  void resize(const Rules& rules, std::uint64_t minimum);
  bool is_full(const Rules& rules) const {
    std::uint64_t slots = mask_ + (rules.counts_last_slot ? 1 : 0);
    return std::uint64_t{fill_} * rules.full_denominator >= slots * rules.full_numerator;
  }
  // Whether a new element would take the dummy just met.
  static bool takes(profile::DiscardedSlot reused, bool is_first) {
    if (reused == profile::DiscardedSlot::never) return false;
    return is_first || reused == profile::DiscardedSlot::last_met;
  }
  // Where to go on after a slot and its neighbours were taken.
  static std::uint64_t jump(const Rules& rules, std::uint64_t i, std::uint64_t& perturb) {
    if (rules.shifts_before_jump) perturb >>= kPerturbShift;
    i = i * 5 + 1 + perturb;
    if (!rules.shifts_before_jump) perturb >>= kPerturbShift;
    return i;
  }

  std::vector<Entry> table_;
  std::uint64_t mask_ = kMinimum - 1;
  std::uint32_t fill_ = 0;  // elements and dummies
  std::uint32_t used_ = 0;
};

template <class Equal>
SetTable::Probe SetTable::probe(const Rules& rules, std::int64_t hash, Equal equal) {
  auto perturb = static_cast<std::uint64_t>(hash);
  std::uint64_t i = perturb & mask_;
  Entry* dummy = nullptr;
  for (;;) {
    std::uint64_t probes = i + rules.linear_probes <= mask_ ? rules.linear_probes : 0;
    for (std::uint64_t j = i; j <= i + probes; ++j) {
      Entry& e = table_[j];
      if (e.key == kEmpty) return {&e, dummy};
      if (e.key == kDummy) {
        if (takes(rules.reused, dummy == nullptr)) dummy = &e;
      } else if (e.hash == hash && equal(e.key)) {
        return {&e, dummy};
      }
    }
    i = jump(rules, i, perturb) & mask_;
  }
}

// set_add_entry
template <class Equal>
bool SetTable::add(const Rules& rules, std::uint32_t key, std::int64_t hash, Equal equal) {
  Probe p = probe(rules, hash, equal);
  if (p.end->key != kEmpty) return false;
  ++used_;
  if (p.dummy != nullptr) {
    *p.dummy = {hash, key};
    return true;
  }
  *p.end = {hash, key};
  ++fill_;
  if (is_full(rules)) resize(rules, used_ > 50000 ? std::uint64_t{used_} * 2 : std::uint64_t{used_} * 4);
  return true;
}

}  // namespace gcsim::engine
