#include "lanes.h"

#include <algorithm>
#include <limits>

namespace gcsim::sweep {

namespace {

constexpr std::int32_t kNoLevel = std::numeric_limits<std::int32_t>::max();

}  // namespace

Counts::Counts(const BaseRun& run, std::int32_t count) : run_(&run), held_(run.lists.size()) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    set(count_, lane, count);
    set(level_, lane, kNoLevel);
    for (std::size_t list = 0; list < held_.size(); ++list)
      set(held_[list], lane, static_cast<std::int32_t>(run.lists[list].held));
  }
}

void Counts::set_level(std::size_t lane, std::int64_t level) {
  set(level_, lane, static_cast<std::int32_t>(std::min<std::int64_t>(level, kNoLevel)));
}

LaneSet Counts::take(std::uint8_t code) {
  if (!step::is_counted(code)) return 0;
  const std::uint8_t number = step::list_of(code);
  const KeptBlocks& list = run_->lists[number];
  if (step::is_death(code)) {
    die(list, held_[number]);
    return 0;
  }
  const LaneSet reached = be_born(list, held_[number]);
  return step::may_start_collection(code) ? reached : 0;
}

// Whether a list takes or gives a block is another matter in each lane.
void Counts::die(const KeptBlocks& list, Numbers& held) {
  const auto capacity = static_cast<std::int32_t>(list.capacity);
  for (std::size_t k = 0; k < kFours; ++k) {
    const Four joins = held[k] < capacity;
    held[k] -= joins;
    count_[k] += (count_[k] > 0) & ~joins;
  }
}

LaneSet Counts::be_born(const KeptBlocks& list, Numbers& held) {
  const Four least = Four{} + (list.is_reusable ? 0 : kNoLevel);
  Four goes_on = ~Four{};
  for (std::size_t k = 0; k < kFours; ++k) {
    const Four leaves = held[k] > least;
    held[k] += leaves;
    is_reuse_[k] = leaves;
    count_[k] += 1 + leaves;
    goes_on &= (count_[k] < level_[k]) | leaves;
  }
  const bool all_go_on = (goes_on[0] & goes_on[1] & goes_on[2] & goes_on[3]) != 0;
  return all_go_on ? 0 : risen_to_level();
}

LaneSet Counts::risen_to_level() const {
  LaneSet reached = 0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (get(is_reuse_, lane) == 0 && get(count_, lane) >= get(level_, lane)) reached |= bit_of(lane);
  }
  return reached;
}

void Counts::take_death(std::size_t lane, const Garbage& garbage) {
  if (!garbage.is_counted) return;
  const std::int32_t held = get(held_[garbage.list], lane);
  if (held < static_cast<std::int32_t>(run_->lists[garbage.list].capacity)) {
    set(held_[garbage.list], lane, held + 1);
  } else if (count(lane) > 0) {
    set(count_, lane, count(lane) - 1);
  }
}

void Counts::keep(std::size_t lane, std::uint8_t list, std::uint32_t blocks) {
  const std::uint64_t wanted = static_cast<std::uint64_t>(get(held_[list], lane)) + blocks;
  set(held_[list], lane,
      static_cast<std::int32_t>(std::min<std::uint64_t>(wanted, run_->lists[list].capacity)));
}

void Counts::empty_lists(std::size_t lane) {
  for (std::size_t list = 0; list < held_.size(); ++list) {
    if (run_->lists[list].is_emptied) set(held_[list], lane, 0);
  }
}

}  // namespace gcsim::sweep
