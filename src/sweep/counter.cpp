#include "counter.h"

#include <algorithm>

namespace gcsim::sweep {

Blocks::Blocks(const BaseRun& run) {
  const std::size_t n = run.code.size();
  for (std::size_t begin = 0; begin + kSmall <= n; begin += kSmall)
    small_.push_back(sum_of(run, begin, begin + kSmall));
  for (std::size_t begin = 0; begin + kLarge <= n; begin += kLarge)
    large_.push_back(sum_of(run, begin, begin + kLarge));
}

Blocks::Block Blocks::sum_of(const BaseRun& run, std::size_t begin, std::size_t end) {
  Block block;
  block.shift_begin = static_cast<std::uint32_t>(shifts_.size());
  for (std::size_t k = begin; k < end; ++k) {
    const std::uint8_t code = run.code[k];
    if (!step::is_counted(code)) continue;
    const std::uint8_t list = step::list_of(code);
    const bool is_death = step::is_death(code);
    ++(is_death ? block.falls : block.rises);
    const auto capacity = static_cast<std::int32_t>(run.lists[list].capacity);
    if (capacity == 0 || (!is_death && !run.lists[list].is_reusable)) continue;
    const auto of_list = [list](const ListShift& s) { return s.list == list; };
    auto found = std::find_if(shifts_.begin() + block.shift_begin, shifts_.end(), of_list);
    if (found == shifts_.end()) {
      shifts_.push_back({list, {0, 0, capacity}});
      found = shifts_.end() - 1;
    }
    found->shift = found->shift.then({is_death ? 1 : -1, 0, capacity});
  }
  block.shift_count = static_cast<std::uint32_t>(shifts_.size()) - block.shift_begin;
  return block;
}

bool Counter::pass(const Blocks::Block& block) {
  if (count_ < block.falls || std::int64_t{count_} + block.rises >= level_) return false;
  count_ += block.rises - block.falls;
  const Blocks::ListShift* shift = blocks_->shifts_of(block);
  for (const Blocks::ListShift* end = shift + block.shift_count; shift != end; ++shift) {
    std::int32_t& held = held_[shift->list];
    const std::int32_t after = shift->shift(held);
    count_ += after - held;
    held = after;
  }
  return true;
}

bool Counter::walk(std::size_t end) {
  while (position_ < end) {
    if (position_ % Blocks::kSmall == 0) {
      if (position_ % Blocks::kLarge == 0 && position_ + Blocks::kLarge <= end &&
          pass(blocks_->large(position_ / Blocks::kLarge))) {
        position_ += Blocks::kLarge;
        continue;
      }
      if (position_ + Blocks::kSmall <= end && pass(blocks_->small(position_ / Blocks::kSmall))) {
        position_ += Blocks::kSmall;
        continue;
      }
    }
    // Single steps up to the next block.
    const std::size_t stop = std::min(end, (position_ / Blocks::kSmall + 1) * Blocks::kSmall);
    for (; position_ < stop; take_step()) {
      const std::uint8_t code = run_->code[position_];
      if (!step::may_start_collection(code) || std::int64_t{count_} + 1 < level_) continue;
      const std::uint8_t list = step::list_of(code);
      if (!(run_->lists[list].is_reusable && held_[list] > 0)) return true;
    }
  }
  return false;
}

void Counter::take_step() {
  const std::uint8_t code = run_->code[position_++];
  if (!step::is_counted(code)) return;
  const std::uint8_t list = step::list_of(code);
  if (step::is_death(code)) return die(list);
  if (run_->lists[list].is_reusable && held_[list] > 0) {
    --held_[list];
  } else {
    ++count_;
  }
}

void Counter::die(std::uint8_t list) {
  if (held_[list] < static_cast<std::int32_t>(run_->lists[list].capacity)) {
    ++held_[list];
  } else if (count_ > 0) {
    --count_;
  }
}

void Counter::keep(std::uint8_t list, std::uint32_t blocks) {
  const std::uint64_t wanted = static_cast<std::uint64_t>(held_[list]) + blocks;
  held_[list] = static_cast<std::int32_t>(std::min<std::uint64_t>(wanted, run_->lists[list].capacity));
}

void Counter::empty_lists() {
  for (std::size_t list = 0; list < held_.size(); ++list) {
    if (run_->lists[list].is_emptied) held_[list] = 0;
  }
}

}  // namespace gcsim::sweep
