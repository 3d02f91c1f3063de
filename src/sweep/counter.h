// The youngest generation's count along the steps of the base run, and the free lists it depends on: finds
// the allocation that starts the next collection without walking every step.
//
// A block of steps is passed in one go if the count can neither fall to 0 nor reach the threshold inside it.
// Then every allocation from new memory raises it, every death of a block that no list keeps lowers it, and
// what the lists give and take shows in how full they are: new count = count + allocations - deaths + what
// they are fuller. How full a list becomes is a shift that is cut off below and above, and shifts of this
// kind follow each other as one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base_run.h"

namespace gcsim::sweep {

// held -> cut off(held + shift, low, high)
struct Shift {
  std::int32_t by = 0;
  std::int32_t low = 0;
  std::int32_t high = 0;

  std::int32_t operator()(std::int32_t held) const {
    const std::int32_t shifted = held + by;
    return shifted < low ? low : shifted > high ? high : shifted;
  }
  // First this one, then `next`.
  Shift then(const Shift& next) const { return {by + next.by, next(low), next(high)}; }
};

// Steps summed up in blocks of 16, of these in blocks of 256, and of these in blocks of 4096.
class Blocks {
 public:
  explicit Blocks(const BaseRun& run);

  struct Block {
    std::uint16_t rises = 0;
    std::uint16_t falls = 0;
    std::uint32_t shift_begin = 0;
    std::uint32_t shift_count = 0;
  };
  struct ListShift {
    std::uint8_t list = 0;
    Shift shift;
  };
  static constexpr std::size_t kLevels = 3;
  static constexpr std::size_t kLogFactor = 4;
  static constexpr std::size_t kSmall = std::size_t{1} << kLogFactor;
  // Steps in a block of the level.
  static constexpr std::size_t size(std::size_t level) { return kSmall << (kLogFactor * level); }

  const Block& block(std::size_t level, std::size_t k) const { return blocks_[level][k]; }
  const ListShift* shifts_of(const Block& b) const { return shifts_.data() + b.shift_begin; }

 private:
  Block sum_of_steps(const BaseRun& run, std::size_t begin);
  Block sum_of_blocks(const Large<Block>& parts, std::size_t begin);
  void add_shift(const Block& sum, const ListShift& next);

  std::array<Large<Block>, kLevels> blocks_;
  Large<ListShift> shifts_;
};

class Counter {
 public:
  Counter(const BaseRun& run, const Blocks& blocks, std::int32_t count, std::int64_t level)
      : run_(&run), blocks_(&blocks), count_(count), level_(level) {
    for (const KeptBlocks& list : run.lists) {
      lists_.push_back({static_cast<std::int32_t>(list.held), static_cast<std::int32_t>(list.capacity),
                        list.is_reusable ? 1 : 0});
    }
  }

  std::size_t position() const { return position_; }
  std::int32_t count() const { return count_; }

  // Walks to the step `end`; true: stopped before an allocation that makes the count reach the level.
  bool walk(std::size_t end);
  // At which count walk() stops from here on.
  void set_level(std::int64_t level) { level_ = level; }
  // A death that the base run does not have.
  void take_death(const Garbage& garbage) {
    if (garbage.is_counted) die(garbage.list);
  }
  // After a collection: the count is 0; `position`: where to go on.
  void reset(std::size_t position) {
    count_ = 0;
    position_ = position;
  }
  void keep(std::uint8_t list, std::uint32_t blocks);
  void empty_lists();

 private:
  struct List {
    std::int32_t held;
    std::int32_t capacity;
    std::int32_t is_reusable;  // 0 or 1
  };

  void die(std::uint8_t list);
  bool pass(const Blocks::Block& block);
  bool step(std::size_t end);

  const BaseRun* run_;
  const Blocks* blocks_;
  std::size_t position_ = 0;
  std::int32_t count_;
  std::int64_t level_;
  std::vector<List> lists_;
};

}  // namespace gcsim::sweep
