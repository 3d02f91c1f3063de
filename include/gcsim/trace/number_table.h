// A map from numbers to dense numbers: what the words of one series ("o17", "o18", ..) stand for.
//
// Machines number their objects in the order of birth, and most objects die young. So the numbers just below
// the newest one have a place each in a ring; what is older when the ring comes round again moves to a hash
// table, and so does what is far from all others.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "gcsim/prefetch.h"

namespace gcsim::trace {

class NumberTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;
  // How many numbers, the newest and those below it, have a place in the ring.
  static constexpr std::uint32_t kRecent = 1u << 15;

  // The id of the number, or kNone. O(1).
  std::uint32_t find(std::uint32_t number) const {
    if (is_recent(number)) return ring_[number % kRecent] - 1;
    return slots_.empty() ? kNone : id_in(slots_[probe(number)]);
  }

  // The id of the number; if it has none, the one that new_id() answers, which is its own from now on.
  template <class NewId>
  [[gnu::always_inline]] std::uint32_t find_or_add(std::uint32_t number, NewId&& new_id) {
    if (is_recent(number) || make_recent(number)) [[likely]] {
      std::uint32_t& place = ring_[number % kRecent];
      if (place == 0) place = new_id() + 1;
      return place - 1;
    }
    std::uint64_t& slot = far_slot(number);
    if (slot == 0) add(slot, number, new_id());
    return id_in(slot);
  }

  // REQUIRES: the number is here.
  void erase(std::uint32_t number) {
    if (is_recent(number)) {
      ring_[number % kRecent] = 0;
    } else {
      erase_far(number);
    }
  }

  // Asks for the cache line where the number stands or would stand.
  void prefetch(std::uint32_t number) const {
    if (is_recent(number)) {
      gcsim::prefetch(&ring_[number % kRecent]);
    } else if (!slots_.empty()) {
      gcsim::prefetch(&slots_[home_of(number)]);
    }
  }

 private:
  static constexpr std::uint32_t kMostStep = 64;  // that the ring follows

  struct Free {
    void operator()(std::uint32_t* ring) const { std::free(ring); }
  };

  // By number, modulo its size: id + 1; 0: none. The system gives it page by page: few numbers take little.
  std::unique_ptr<std::uint32_t[], Free> ring_;
  std::uint32_t newest_ = kRecent - 1;  // so that no number is both above it and, modulo 2^32, recent
  std::uint32_t recent_ = 0;            // kRecent, once there is a ring

  // The numbers that have no place in the ring. Open addressing with linear probing; multiplied by the golden
  // ratio, consecutive numbers spread evenly. A slot holds the number above its id + 1; 0 is an empty slot.
  std::vector<std::uint64_t> slots_;
  std::size_t size_ = 0;
  std::size_t above_ = 0;  // of them, those above newest_
  unsigned shift_ = 64;    // leaves as many bits as there are slots

  bool is_recent(std::uint32_t number) const { return newest_ - number < recent_; }

  // Whether the number has a place in the ring now.
  bool make_recent(std::uint32_t number) {
    if (newest_ + std::uint64_t{1} != number || recent_ == 0 || above_ != 0) return follow(number);
    step();
    return true;
  }
  // Moves the ring on to the number, if that is not far.
  [[gnu::noinline]] bool follow(std::uint32_t number) {
    if (recent_ == 0) {
      ring_.reset(static_cast<std::uint32_t*>(std::calloc(kRecent, sizeof(std::uint32_t))));
      if (ring_ == nullptr) throw std::bad_alloc();
      recent_ = kRecent;
      newest_ = std::max(newest_, number);
      return true;
    }
    if (number < newest_ || number - newest_ > kMostStep) return false;
    while (newest_ != number) {
      step();
      if (above_ == 0) continue;
      const std::uint64_t slot = slots_[probe(newest_)];
      if (slot == 0) continue;
      ring_[newest_ % kRecent] = id_in(slot) + 1;
      empty_slot_of(newest_);
      --above_;
    }
    return true;
  }
  // The newest number is one more; what stood in its place leaves the ring.
  void step() {
    ++newest_;
    std::uint32_t& place = ring_[newest_ % kRecent];
    if (place != 0) leave(newest_ - kRecent, place);
  }
  [[gnu::noinline]] void leave(std::uint32_t number, std::uint32_t& place) {
    add(far_slot(number), number, place - 1);
    place = 0;
  }

  [[gnu::noinline]] std::uint64_t& far_slot(std::uint32_t number) {
    if ((size_ + 1) * 2 > slots_.size()) grow();
    return slots_[probe(number)];
  }
  void add(std::uint64_t& slot, std::uint32_t number, std::uint32_t id) {
    ++size_;
    if (number > newest_) ++above_;
    slot = make_slot(number, id);
  }
  void erase_far(std::uint32_t number) {
    if (number > newest_) --above_;
    empty_slot_of(number);
  }
  void empty_slot_of(std::uint32_t number) {
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
