// The private heap: blocks for small objects, as CPython's obmalloc.c ("pymalloc") hands them out.
//
// The system gives arenas; an arena is divided into pools, a pool into blocks of one size class. Three rules
// make memory come back: a pool that has room serves before a new one is taken, new pools come from the arena
// with the fewest free ones, and an arena goes back to the system only when all its pools are free.
//
//   pool    in the list of
//   used    its size class: some blocks taken, some not; the front one serves
//   full    none: the first block given back puts it at the front of its class
//   free    its arena: the last one freed is the first one taken, by any class
//
// Only addresses are kept, no memory is reserved: a block of 16 bytes costs two here, while its arena is
// held.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gcsim/engine/heap_stats.h"
#include "gcsim/profile/profile.h"
#include "system_blocks.h"

namespace gcsim::engine {

class PrivateHeap {
 public:
  // What an address is in CPython: unique among the blocks in use.
  using Address = std::uint64_t;

  // REQUIRES: profile::is_sound(rules).
  explicit PrivateHeap(const profile::HeapRules& rules);

  Address allocate(std::uint32_t bytes);
  // REQUIRES: the block is in use, for that many bytes.
  void free(Address block, std::uint32_t bytes);
  // PyObject_Realloc: the block stays where it is if it is large enough and not more than a quarter too
  // large.
  Address resize(Address block, std::uint32_t bytes, std::uint32_t new_bytes);

  // In an arena, not the system's.
  bool is_small(Address block) const { return block >= kArenas; }
  // REQUIRES: is_small(block). Arenas' numbers are reused; offsets are from the arena's first byte.
  std::uint32_t arena_of(Address block) const {
    return static_cast<std::uint32_t>((block - kArenas) >> pool_shift_) / kPoolsPerArena;
  }
  std::uint32_t offset_in_arena(Address block) const {
    return static_cast<std::uint32_t>((block - kArenas) & (rules_.arena - 1)) - rules_.arena_offset;
  }

  const HeapStats& stats() const { return stats_; }
  // One entry per size class, in order, with those of which there is no pool.
  std::vector<SizeClassStats> size_classes() const;
  // What does not hold of I7 and I8 (README.md), in words.
  std::vector<std::string> violations() const;

 private:
  static constexpr Address kArenas = 0x7f00'0000'0000;
  static constexpr std::uint32_t kPoolsPerArena = profile::kPoolsPerArena;
  static constexpr std::uint32_t kMaxClasses = profile::kMaxSizeClasses;
  static constexpr std::uint32_t kNone = 0xffffffff;

  // Places inside a pool count in steps of the alignment; place 0 is in the header and stands for none.
  using Place = std::uint16_t;
  struct Pool {
    std::uint32_t next = kNone;  // used: of its class; free: of its arena's stack
    std::uint32_t previous = kNone;
    Place first_free = 0;  // blocks given back, the latest first
    Place untouched = 0;   // behind it no block was ever taken
    std::uint16_t taken = 0;
    std::uint8_t size_class = kMaxClasses;  // keeps its blocks' order while the pool is free
  };
  struct Arena {
    std::unique_ptr<Place[]> next_free;  // of each place in the arena: the next free block of its pool
    std::uint32_t next = kNone;          // in the list of arenas with free pools, fewest first
    std::uint32_t previous = kNone;
    std::uint32_t free_pools = 0;
    std::uint32_t first_free_pool = kNone;
    std::uint32_t untouched_pool = 0;
  };

  std::uint32_t class_of(std::uint32_t bytes) const { return (bytes - 1) / rules_.alignment; }
  std::uint32_t block_bytes(std::uint32_t size_class) const { return (size_class + 1) * rules_.alignment; }
  Place& next_free(std::uint32_t pool, Place place) {
    return arenas_[pool / kPoolsPerArena].next_free[(pool % kPoolsPerArena) * places_per_pool_ + place];
  }
  bool goes_to_system(std::uint32_t bytes) const { return bytes == 0 || bytes > rules_.request_limit; }
  void note_held();

  std::uint32_t take_pool(std::uint32_t size_class);
  void link_used(std::uint32_t pool);
  void unlink_used(std::uint32_t pool);
  void add_arena();
  std::uint32_t take_free_pool();
  void give_back_pool(std::uint32_t pool);
  void sort_in(std::uint32_t arena, std::uint32_t last_with_as_many);
  void link_arena(std::uint32_t arena, std::uint32_t previous);
  void unlink_arena(std::uint32_t arena);
  void release_arena(std::uint32_t arena);

  profile::HeapRules rules_;
  std::uint32_t pool_shift_;
  std::uint32_t places_per_pool_;
  std::uint32_t pools_;                                 // of an arena
  std::array<std::uint16_t, kMaxClasses> capacity_{};   // blocks in a pool, by size class
  std::array<std::uint32_t, kMaxClasses> front_;        // used pool that serves next, by size class
  std::vector<Pool> pool_;                              // kPoolsPerArena for each arena
  std::vector<Arena> arenas_;                           // by number
  std::vector<std::uint32_t> unused_arenas_;            // numbers given up, the latest last
  std::uint32_t usable_arenas_ = kNone;                 // the arena that new pools come from
  std::array<std::uint32_t, kPoolsPerArena + 1> last_;  // the last usable arena with that many free pools
  SystemBlocks system_;
  HeapStats stats_;

  friend class PrivateHeapChecker;
};

}  // namespace gcsim::engine
