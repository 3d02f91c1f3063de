// Settings side by side, along the steps of the base run: what a step does is done in all of them at once, by
// the processor's operations on several numbers.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base_run.h"

namespace gcsim::sweep {

inline constexpr std::size_t kLanes = 64;
using LaneSet = std::uint64_t;  // a bit for each lane

constexpr LaneSet bit_of(std::size_t lane) {
  return LaneSet{1} << lane;
}
template <class Visit>
void for_each_lane(LaneSet lanes, Visit visit) {
  for (; lanes != 0; lanes &= lanes - 1) visit(static_cast<std::size_t>(std::countr_zero(lanes)));
}

// The youngest generation's count, and the free lists it depends on.
class Counts {
 public:
  Counts(const BaseRun& run, std::int32_t count);

  // A step, in all lanes. Answers those in which it is an allocation that makes the count reach the level.
  LaneSet take(std::uint8_t code);
  std::int32_t count(std::size_t lane) const { return get(count_, lane); }
  void set_level(std::size_t lane, std::int64_t level);
  // A death that the base run does not have.
  void take_death(std::size_t lane, const Garbage& garbage);
  // What collections do.
  void reset(std::size_t lane) { set(count_, lane, 0); }
  void keep(std::size_t lane, std::uint8_t list, std::uint32_t blocks);
  void empty_lists(std::size_t lane);

 private:
  // Comparing them gives -1 for true, 0 for false.
  using Four [[gnu::vector_size(16)]] = std::int32_t;
  static constexpr std::size_t kFours = kLanes / 4;
  using Numbers = std::array<Four, kFours>;

  static std::int32_t get(const Numbers& numbers, std::size_t lane) { return numbers[lane / 4][lane % 4]; }
  static void set(Numbers& numbers, std::size_t lane, std::int32_t n) { numbers[lane / 4][lane % 4] = n; }
  void die(const KeptBlocks& list, Numbers& held);
  LaneSet be_born(const KeptBlocks& list, Numbers& held);
  LaneSet risen_to_level() const;

  const BaseRun* run_;
  Numbers count_, level_;
  Numbers is_reuse_;           // was the last birth that of a block that a list had
  std::vector<Numbers> held_;  // by list
};

}  // namespace gcsim::sweep
