// Where objects lie: each one's block, in the private heap or kept by a free list for the next object.
//
// Only a watched engine has this. Values that are there from the start (None, small ints) have addresses, but
// no block that could be given back.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "free_lists.h"
#include "object.h"
#include "private_heap.h"

namespace gcsim::engine {

class Blocks {
 public:
  struct Block {
    PrivateHeap::Address at = 0;
    std::uint32_t bytes = 0;  // asked for
    bool is_heap = false;     // not a value that is there from the start
  };

  // What free lists hold when the trace begins is taken from the heap first. Unless they are kept, nothing
  // is done here, and all addresses are 0.
  Blocks(const profile::Profile& profile, const FreeLists& free_lists, bool are_kept);
  bool are_kept() const { return are_kept_; }

  // For the next object: a block of the heap, the one its type's free list got last, or an interned value's.
  Block take(std::uint32_t bytes) {
    if (!are_kept_) return {};
    return {heap_.allocate(bytes), bytes, true};
  }
  Block take_kept(std::uint32_t free_list, std::uint32_t length);
  Block take_interned(std::uint32_t bytes);
  void give_back(const Block& block) {
    if (are_kept_) heap_.free(block.at, block.bytes);
  }

  void put(std::uint32_t object, const Block& block) {
    if (!are_kept_) return;
    if (block_.size() <= object) block_.resize(object + 1);
    block_[object] = block;
  }
  void free(std::uint32_t object) {
    if (are_kept_) give_back(block_[object]);
  }
  void keep(std::uint32_t object, std::uint32_t free_list, std::uint32_t length) {
    if (are_kept_) kept_[free_list][length].push_back(block_[object]);
  }
  // Of a dead frame that waits for the next call of its function.
  void keep_spare(std::uint32_t object, std::uint32_t function) {
    if (!are_kept_) return;
    if (spare_.size() <= function) spare_.resize(function + 1);
    spare_[function] = block_[object];
  }
  Block take_spare(std::uint32_t function) {
    return are_kept_ ? std::exchange(spare_[function], {}) : Block{};
  }
  void resize(std::uint32_t object, std::uint32_t bytes);
  // clear_freelists
  void empty_free_lists();

  // REQUIRES: the object is alive. `has_header`: behind the collector's header, as id() says it.
  std::uint64_t address(std::uint32_t object, bool has_header) const {
    return are_kept_ ? block_[object].at + (has_header ? header_ : 0) : 0;
  }
  const HeapStats& stats() const { return heap_.stats(); }
  std::vector<SizeClassStats> size_classes() const { return heap_.size_classes(); }
  // I7, I8, and: each live object and each place of a free list has a block, and nothing else has.
  std::vector<std::string> violations(const ObjectArray& objects, const FreeLists& free_lists) const;

 private:
  bool are_kept_;
  PrivateHeap heap_;
  std::uint32_t header_;
  std::uint64_t next_interned_ = 0x5500'0000'0000;
  std::vector<Block> block_;                           // by object
  std::vector<std::vector<std::vector<Block>>> kept_;  // by free list and length, the latest last
  std::vector<Block> spare_;                           // by function
  std::vector<std::uint32_t> emptied_;                 // the free lists a full collection empties, in order
};

// What an engine that nobody watches has instead.
struct NoBlocks {
  NoBlocks(const profile::Profile&, const FreeLists&, bool) {}
};

}  // namespace gcsim::engine
