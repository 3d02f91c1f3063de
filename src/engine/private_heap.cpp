#include "private_heap.h"

#include <algorithm>
#include <bit>

namespace gcsim::engine {

PrivateHeap::PrivateHeap(const profile::HeapRules& rules)
    : rules_(rules),
      pool_shift_(static_cast<std::uint32_t>(std::countr_zero(rules.pool))),
      places_per_pool_(rules.pool / rules.alignment),
      pools_(kPoolsPerArena - (rules.arena_offset != 0 ? 1 : 0)) {
  for (std::uint32_t c = 0; c < rules.request_limit / rules.alignment; ++c) {
    capacity_[c] = static_cast<std::uint16_t>((rules.pool - rules.pool_header) / block_bytes(c));
  }
  front_.fill(kNone);
  last_.fill(kNone);
}

// --- blocks

// pymalloc_alloc
PrivateHeap::Address PrivateHeap::allocate(std::uint32_t bytes) {
  if (goes_to_system(bytes)) {
    stats_.system_blocks += 1;
    stats_.system_bytes += bytes;
    note_held();
    return system_.allocate(bytes);
  }
  std::uint32_t c = class_of(bytes);
  std::uint32_t number = front_[c] != kNone ? front_[c] : take_pool(c);
  Pool& pool = pool_[number];
  Place place = pool.first_free;
  if (place != 0) {
    pool.first_free = next_free(number, place);
  } else {
    place = pool.untouched;
    pool.untouched = static_cast<Place>(place + c + 1);
  }
  if (++pool.taken == capacity_[c]) unlink_used(number);
  stats_.blocks += 1;
  stats_.asked_bytes += bytes;
  stats_.block_bytes += block_bytes(c);
  return kArenas + (Address{number} << pool_shift_) + Address{place} * rules_.alignment;
}

// pymalloc_free
void PrivateHeap::free(Address block, std::uint32_t bytes) {
  if (!is_small(block)) {
    stats_.system_blocks -= 1;
    stats_.system_bytes -= bytes;
    note_held();
    system_.free(block, bytes);
    return;
  }
  auto number = static_cast<std::uint32_t>((block - kArenas) >> pool_shift_);
  auto place = static_cast<Place>((block & (rules_.pool - 1)) / rules_.alignment);
  Pool& pool = pool_[number];
  stats_.blocks -= 1;
  stats_.asked_bytes -= bytes;
  stats_.block_bytes -= block_bytes(pool.size_class);
  next_free(number, place) = pool.first_free;
  pool.first_free = place;
  bool was_full = pool.taken-- == capacity_[pool.size_class];
  if (was_full) {
    link_used(number);
  } else if (pool.taken == 0) {
    unlink_used(number);
    give_back_pool(number);
  }
}

// pymalloc_realloc. A block of the system stays one, however small it becomes.
PrivateHeap::Address PrivateHeap::resize(Address block, std::uint32_t bytes, std::uint32_t new_bytes) {
  if (!is_small(block)) {
    stats_.system_bytes += new_bytes;
    stats_.system_bytes -= bytes;
    note_held();
    if (SystemBlocks::fits(bytes, new_bytes)) return block;
    system_.free(block, bytes);
    return system_.allocate(new_bytes);
  }
  std::uint64_t room = block_bytes(pool_[(block - kArenas) >> pool_shift_].size_class);
  if (new_bytes <= room && 4 * std::uint64_t{new_bytes} > 3 * room) {
    stats_.asked_bytes += new_bytes;
    stats_.asked_bytes -= bytes;
    return block;
  }
  Address moved = allocate(new_bytes);
  free(block, bytes);
  return moved;
}

void PrivateHeap::note_held() {
  stats_.arena_bytes = stats_.arenas * rules_.arena;
  stats_.peak_held = std::max(stats_.peak_held, stats_.held());
}

// --- pools

// allocate_from_new_pool: one that last had blocks of this class goes on with them as they lie.
std::uint32_t PrivateHeap::take_pool(std::uint32_t size_class) {
  std::uint32_t number = take_free_pool();
  Pool& pool = pool_[number];
  if (pool.size_class != size_class) {
    pool.size_class = static_cast<std::uint8_t>(size_class);
    pool.first_free = 0;
    pool.untouched = static_cast<Place>(rules_.pool_header / rules_.alignment);
  }
  link_used(number);
  stats_.pools += 1;
  stats_.peak_pools = std::max(stats_.peak_pools, stats_.pools);
  return number;
}

// insert_to_usedpool: at the front.
void PrivateHeap::link_used(std::uint32_t number) {
  std::uint32_t& front = front_[pool_[number].size_class];
  pool_[number].previous = kNone;
  pool_[number].next = front;
  if (front != kNone) pool_[front].previous = number;
  front = number;
}

void PrivateHeap::unlink_used(std::uint32_t number) {
  const Pool& pool = pool_[number];
  if (pool.next != kNone) pool_[pool.next].previous = pool.previous;
  std::uint32_t& before = pool.previous != kNone ? pool_[pool.previous].next : front_[pool.size_class];
  before = pool.next;
}

// From the usable arena with the fewest free pools: those freed, the latest first, before untouched ones.
std::uint32_t PrivateHeap::take_free_pool() {
  if (usable_arenas_ == kNone) add_arena();
  std::uint32_t number = usable_arenas_;
  Arena& arena = arenas_[number];
  if (last_[arena.free_pools] == number) last_[arena.free_pools] = kNone;
  if (--arena.free_pools == 0) {
    unlink_arena(number);
  } else {
    last_[arena.free_pools] = number;
  }
  if (arena.first_free_pool == kNone) return number * kPoolsPerArena + arena.untouched_pool++;
  std::uint32_t pool = arena.first_free_pool;
  arena.first_free_pool = pool_[pool].next;
  return pool;
}

// insert_to_freepool
void PrivateHeap::give_back_pool(std::uint32_t pool) {
  std::uint32_t number = pool / kPoolsPerArena;
  Arena& arena = arenas_[number];
  stats_.pools -= 1;
  pool_[pool].next = arena.first_free_pool;
  arena.first_free_pool = pool;
  std::uint32_t last = last_[arena.free_pools];  // with as many free pools as this one had
  if (last == number) {
    bool shares = arena.previous != kNone && arenas_[arena.previous].free_pools == arena.free_pools;
    last_[arena.free_pools] = shares ? arena.previous : kNone;
  }
  ++arena.free_pools;
  if (arena.free_pools == pools_ && (arena.next != kNone || !rules_.keeps_last_arena)) {
    release_arena(number);
  } else {
    sort_in(number, last);
  }
}

// --- arenas

// new_arena. The number given up last is used first.
void PrivateHeap::add_arena() {
  if (unused_arenas_.empty()) {
    unused_arenas_.push_back(static_cast<std::uint32_t>(arenas_.size()));
    arenas_.emplace_back();
    pool_.resize(pool_.size() + kPoolsPerArena);
  }
  std::uint32_t number = unused_arenas_.back();
  unused_arenas_.pop_back();
  Arena& arena = arenas_[number];
  arena = {};
  arena.next_free.reset(new Place[std::size_t{kPoolsPerArena} * places_per_pool_]);
  arena.free_pools = pools_;
  arena.untouched_pool = kPoolsPerArena - pools_;
  std::fill_n(pool_.begin() + number * kPoolsPerArena, kPoolsPerArena, Pool{});
  link_arena(number, kNone);
  last_[pools_] = number;
  stats_.arenas += 1;
  stats_.arenas_allocated += 1;
  stats_.peak_arenas = std::max(stats_.peak_arenas, stats_.arenas);
  note_held();
}

void PrivateHeap::release_arena(std::uint32_t number) {
  unlink_arena(number);
  arenas_[number].next_free.reset();
  unused_arenas_.push_back(number);
  stats_.arenas -= 1;
  stats_.arenas_released += 1;
  note_held();
}

// The arena has one free pool more than before. It goes behind the last one that has as many as it had: in
// front of those that have as many as it has now.
void PrivateHeap::sort_in(std::uint32_t number, std::uint32_t last_with_as_many) {
  std::uint32_t free_pools = arenas_[number].free_pools;
  if (last_[free_pools] == kNone) last_[free_pools] = number;
  if (free_pools == 1) {
    link_arena(number, kNone);
  } else if (last_with_as_many != number) {
    unlink_arena(number);
    link_arena(number, last_with_as_many);
  }
}

// Behind `previous`, or at the front.
void PrivateHeap::link_arena(std::uint32_t number, std::uint32_t previous) {
  std::uint32_t& before = previous == kNone ? usable_arenas_ : arenas_[previous].next;
  arenas_[number].previous = previous;
  arenas_[number].next = before;
  if (before != kNone) arenas_[before].previous = number;
  before = number;
}

void PrivateHeap::unlink_arena(std::uint32_t number) {
  const Arena& arena = arenas_[number];
  if (arena.next != kNone) arenas_[arena.next].previous = arena.previous;
  std::uint32_t& before = arena.previous != kNone ? arenas_[arena.previous].next : usable_arenas_;
  before = arena.next;
}

// --- questions

std::vector<SizeClassStats> PrivateHeap::size_classes() const {
  std::vector<SizeClassStats> all;
  for (std::uint32_t c = 0; c < rules_.request_limit / rules_.alignment; ++c) {
    all.push_back({block_bytes(c), 0, 0, 0});
  }
  for (const Pool& pool : pool_) {
    if (pool.taken == 0) continue;
    SizeClassStats& s = all[pool.size_class];
    s.pools += 1;
    s.blocks_in_use += pool.taken;
    s.blocks_available += capacity_[pool.size_class] - pool.taken;
  }
  return all;
}

}  // namespace gcsim::engine
