#include "counter.h"

#include <algorithm>

namespace gcsim::sweep {

Blocks::Blocks(const BaseRun& run) {
  blocks_[0].reserve(run.code.size() / kSmall);
  shifts_.reserve(run.code.size() / kSmall);
  for (std::size_t k = 0; (k + 1) * kSmall <= run.code.size(); ++k)
    blocks_[0].push_back(sum_of_steps(run, k * kSmall));
  for (std::size_t level = 1; level < kLevels; ++level) {
    const Large<Block>& parts = blocks_[level - 1];
    for (std::size_t begin = 0; begin + kSmall <= parts.size(); begin += kSmall)
      blocks_[level].push_back(sum_of_blocks(parts, begin));
  }
}

// To the shifts of `sum`, which are the last ones.
void Blocks::add_shift(const Block& sum, const ListShift& next) {
  for (std::size_t k = sum.shift_begin; k < shifts_.size(); ++k) {
    if (shifts_[k].list != next.list) continue;
    shifts_[k].shift = shifts_[k].shift.then(next.shift);
    return;
  }
  shifts_.push_back(next);
}

Blocks::Block Blocks::sum_of_steps(const BaseRun& run, std::size_t begin) {
  Block sum;
  sum.shift_begin = static_cast<std::uint32_t>(shifts_.size());
  for (std::size_t k = begin; k < begin + kSmall; ++k) {
    const std::uint8_t code = run.code[k];
    if (!step::is_counted(code)) continue;
    const std::uint8_t list = step::list_of(code);
    const bool is_death = step::is_death(code);
    ++(is_death ? sum.falls : sum.rises);
    const auto capacity = static_cast<std::int32_t>(run.lists[list].capacity);
    if (capacity == 0 || (!is_death && !run.lists[list].is_reusable)) continue;
    add_shift(sum, {list, {is_death ? 1 : -1, 0, capacity}});
  }
  sum.shift_count = static_cast<std::uint32_t>(shifts_.size()) - sum.shift_begin;
  return sum;
}

Blocks::Block Blocks::sum_of_blocks(const Large<Block>& parts, std::size_t begin) {
  Block sum;
  sum.shift_begin = static_cast<std::uint32_t>(shifts_.size());
  for (std::size_t k = begin; k < begin + kSmall; ++k) {
    const Block& part = parts[k];
    sum.rises = static_cast<std::uint16_t>(sum.rises + part.rises);
    sum.falls = static_cast<std::uint16_t>(sum.falls + part.falls);
    for (std::uint32_t i = 0; i < part.shift_count; ++i)
      add_shift(sum, ListShift(shifts_[part.shift_begin + i]));
  }
  sum.shift_count = static_cast<std::uint32_t>(shifts_.size()) - sum.shift_begin;
  return sum;
}

bool Counter::pass(const Blocks::Block& block) {
  if (count_ < block.falls || std::int64_t{count_} + block.rises >= level_) return false;
  count_ += block.rises - block.falls;
  const Blocks::ListShift* shift = blocks_->shifts_of(block);
  for (const Blocks::ListShift* end = shift + block.shift_count; shift != end; ++shift) {
    std::int32_t& held = lists_[shift->list].held;
    const std::int32_t after = shift->shift(held);
    count_ += after - held;
    held = after;
  }
  return true;
}

bool Counter::walk(std::size_t end) {
  while (position_ < end) {
    // The largest block that begins here and can be passed.
    std::size_t level = Blocks::kLevels;
    while (level-- > 0) {
      const std::size_t size = Blocks::size(level);
      if (position_ % size == 0 && position_ + size <= end && pass(blocks_->block(level, position_ / size)))
        break;
    }
    if (level < Blocks::kLevels) {
      position_ += Blocks::size(level);
    } else if (step(std::min(end, (position_ / Blocks::kSmall + 1) * Blocks::kSmall))) {
      return true;
    }
  }
  return false;
}

// One by one, up to `end`, as walk() does. Whether a list takes or gives a block is hard to predict: so no
// branch depends on it.
bool Counter::step(std::size_t end) {
  std::int64_t count = count_;
  bool is_stopped = false;
  for (; position_ < end; ++position_) {
    const std::uint8_t code = run_->code[position_];
    if (!step::is_counted(code)) continue;
    List& list = lists_[step::list_of(code)];
    const bool is_death = step::is_death(code);
    const std::int32_t born = is_death ? 0 : 1;
    const std::int32_t died = 1 - born;
    const std::int32_t joins = died & static_cast<std::int32_t>(list.held < list.capacity);
    const std::int32_t leaves = born & list.is_reusable & static_cast<std::int32_t>(list.held > 0);
    const std::int32_t rises = born - leaves;
    if (count + rises >= level_ && rises != 0 && step::may_start_collection(code)) {
      is_stopped = true;
      break;
    }
    list.held += joins - leaves;
    count += rises - ((died - joins) & static_cast<std::int32_t>(count > 0));
  }
  count_ = static_cast<std::int32_t>(count);
  return is_stopped;
}

void Counter::die(std::uint8_t number) {
  List& list = lists_[number];
  if (list.held < list.capacity) {
    ++list.held;
  } else if (count_ > 0) {
    --count_;
  }
}

void Counter::keep(std::uint8_t number, std::uint32_t blocks) {
  List& list = lists_[number];
  const std::uint64_t wanted = static_cast<std::uint64_t>(list.held) + blocks;
  list.held = static_cast<std::int32_t>(std::min<std::uint64_t>(wanted, run_->lists[number].capacity));
}

void Counter::empty_lists() {
  for (std::size_t list = 0; list < lists_.size(); ++list) {
    if (run_->lists[list].is_emptied) lists_[list].held = 0;
  }
}

}  // namespace gcsim::sweep
