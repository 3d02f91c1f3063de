// A map from numbers to dense numbers: what the words of one series ("o17", "o18", ..) stand for.
//
// Multiplied by the golden ratio, consecutive numbers spread evenly: machines number their objects in the
// order of birth, so few of them collide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gcsim::trace {

class NumberTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  // The id of the number, or kNone. O(1).
  std::uint32_t find(std::uint32_t number) const {
    return slots_.empty() ? kNone : id_in(slots_[probe(number)]);
  }

  // The id of the number; if it has none, the one that new_id() answers, which is its own from now on.
  template <class NewId>
  std::uint32_t find_or_add(std::uint32_t number, NewId&& new_id) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    std::uint64_t& slot = slots_[probe(number)];
    if (slot != 0) return id_in(slot);
    ++size_;
    const std::uint32_t id = new_id();
    slot = make_slot(number, id);
    return id;
  }

  // REQUIRES: the number is here.
  void erase(std::uint32_t number) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t hole = probe(number);
    --size_;
    // Move back what stands behind the hole in the same run and may stand in it: what is not nearer to its
    // own place than the hole is.
    for (std::size_t at = (hole + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
      const std::size_t home = home_of(number_in(slots_[at]));
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = 0;
  }

  // Asks for the cache line where the number stands or would stand.
  void prefetch(std::uint32_t number) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[home_of(number)]);
  }

 private:
  // Open addressing with linear probing. A slot holds the number above its id + 1; 0 is an empty slot.
  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
  unsigned shift_ = 64;  // leaves as many bits as there are slots

  std::size_t home_of(std::uint32_t number) const {
    return static_cast<std::size_t>(number * std::uint64_t{0x9E3779B97F4A7C15u} >> shift_);
  }
  static constexpr std::uint32_t number_in(std::uint64_t slot) {
    return static_cast<std::uint32_t>(slot >> 32);
  }
  static constexpr std::uint32_t id_in(std::uint64_t slot) { return static_cast<std::uint32_t>(slot) - 1; }
  static constexpr std::uint64_t make_slot(std::uint32_t number, std::uint32_t id) {
    return std::uint64_t{number} << 32 | (id + 1);
  }

  // The slot that holds the number, or the empty one where it belongs. REQUIRES: there is an empty slot.
  std::size_t probe(std::uint32_t number) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = home_of(number);
    while (slots_[at] != 0 && number_in(slots_[at]) != number) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    shift_ = slots_.empty() ? 64 - 6 : shift_ - 1;
    std::vector<std::uint64_t> old(std::size_t{1} << (64 - shift_), 0);
    old.swap(slots_);
    for (const std::uint64_t slot : old) {
      if (slot != 0) slots_[probe(number_in(slot))] = slot;
    }
  }
};

}  // namespace gcsim::trace
