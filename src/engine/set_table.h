// The hash table of a set: its slots decide in which order a set is walked, cleared and released.
// Follows setobject.c (3.9 and later): 9 linear probes, then a perturbed jump; 4x growth at 3/5 full.
#pragma once

#include <cstdint>
#include <vector>

namespace gcsim::engine {

class SetTable {
 public:
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

  // The slot of an equal element, or of where it would go (set_lookkey). equal(key) is only asked on equal
  // hashes.
  template <class Equal>
  Entry* find(std::int64_t hash, Equal equal);
  // Adds the element unless an equal one is there; true if added.
  template <class Equal>
  bool add(std::uint32_t key, std::int64_t hash, Equal equal);
  // REQUIRES: entry came from find and holds an element.
  void discard(Entry* entry);
  void clear();

 private:
  static constexpr std::uint64_t kMinimum = 8;  // PySet_MINSIZE
  static constexpr std::uint64_t kLinearProbes = 9;
  static constexpr int kPerturbShift = 5;

  void insert_clean(std::uint32_t key, std::int64_t hash);
  void resize(std::uint64_t minimum);

  std::vector<Entry> table_;
  std::uint64_t mask_ = kMinimum - 1;
  std::uint32_t fill_ = 0;  // elements and dummies
  std::uint32_t used_ = 0;
};

template <class Equal>
SetTable::Entry* SetTable::find(std::int64_t hash, Equal equal) {
  auto perturb = static_cast<std::uint64_t>(hash);
  std::uint64_t i = perturb & mask_;
  for (;;) {
    std::uint64_t probes = i + kLinearProbes <= mask_ ? kLinearProbes : 0;
    for (std::uint64_t j = i; j <= i + probes; ++j) {
      Entry& e = table_[j];
      if (e.key == kEmpty) return &e;
      if (e.key != kDummy && e.hash == hash && equal(e.key)) return &e;
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask_;
  }
}

template <class Equal>
bool SetTable::add(std::uint32_t key, std::int64_t hash, Equal equal) {
  Entry* e = find(hash, equal);
  if (e->key != kEmpty) return false;
  *e = {hash, key};
  ++fill_;
  ++used_;
  if (std::uint64_t{fill_} * 5 >= mask_ * 3)
    resize(used_ > 50000 ? std::uint64_t{used_} * 2 : std::uint64_t{used_} * 4);
  return true;
}

}  // namespace gcsim::engine
