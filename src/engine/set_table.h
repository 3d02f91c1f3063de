// The hash table of a set: its slots decide in which order a set is walked, cleared and released.
// Follows setobject.c (3.7 and later): 9 linear probes, then a perturbed jump; 4x growth at 3/5 full. A new
// element takes the last slot on its way whose element was discarded; then the table does not fill up
// further.
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

  // The slot of the equal element, or nullptr (set_lookkey). equal(key) is only asked on equal hashes.
  template <class Equal>
  Entry* find(std::int64_t hash, Equal equal) {
    Probe p = probe(hash, equal);
    return p.end->key == kEmpty ? nullptr : p.end;
  }
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

  struct Probe {
    Entry* end;    // the equal element, or the first empty slot
    Entry* dummy;  // the last dummy before it, or nullptr
  };
  template <class Equal>
  Probe probe(std::int64_t hash, Equal equal);
  void insert_clean(std::uint32_t key, std::int64_t hash);
  void resize(std::uint64_t minimum);

  std::vector<Entry> table_;
  std::uint64_t mask_ = kMinimum - 1;
  std::uint32_t fill_ = 0;  // elements and dummies
  std::uint32_t used_ = 0;
};

template <class Equal>
SetTable::Probe SetTable::probe(std::int64_t hash, Equal equal) {
  auto perturb = static_cast<std::uint64_t>(hash);
  std::uint64_t i = perturb & mask_;
  Entry* dummy = nullptr;
  for (;;) {
    std::uint64_t probes = i + kLinearProbes <= mask_ ? kLinearProbes : 0;
    for (std::uint64_t j = i; j <= i + probes; ++j) {
      Entry& e = table_[j];
      if (e.key == kEmpty) return {&e, dummy};
      if (e.key == kDummy) {
        dummy = &e;
      } else if (e.hash == hash && equal(e.key)) {
        return {&e, dummy};
      }
    }
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask_;
  }
}

// set_add_entry
template <class Equal>
bool SetTable::add(std::uint32_t key, std::int64_t hash, Equal equal) {
  Probe p = probe(hash, equal);
  if (p.end->key != kEmpty) return false;
  ++used_;
  if (p.dummy != nullptr) {
    *p.dummy = {hash, key};
    return true;
  }
  *p.end = {hash, key};
  ++fill_;
  if (std::uint64_t{fill_} * 5 >= mask_ * 3) {
    resize(used_ > 50000 ? std::uint64_t{used_} * 2 : std::uint64_t{used_} * 4);
  }
  return true;
}

}  // namespace gcsim::engine
