// Edges: the references an object holds, as 32-bit words, and the pool their blocks come from.
//
// Lists, tuples and objects of unknown types keep one word per reference; dicts and instances two, key and
// value. Up to two words live inside the object. Blocks have 4, 12, 28, 60 .. words (a power of two bytes
// with their header) and are reused by size; only blocks above 64 KiB come from the system one by one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "object.h"

namespace gcsim::engine {

struct EdgeBlock {
  std::uint32_t count;     // words in use
  std::uint32_t capacity;  // words
  std::uint32_t live;      // dicts: entries that are not holes
  std::uint32_t extra;     // dicts: split tables: the class; others: their key index, or kHole
  std::uint32_t* words() { return reinterpret_cast<std::uint32_t*>(this + 1); }
  const std::uint32_t* words() const { return reinterpret_cast<const std::uint32_t*>(this + 1); }
};
static_assert(sizeof(EdgeBlock) == 16);

class EdgePool {
 public:
  EdgePool() = default;
  EdgePool(const EdgePool&) = delete;
  EdgePool& operator=(const EdgePool&) = delete;
  ~EdgePool();

  // A block for at least `words` words, with count and live 0 and no extra.
  EdgeBlock* allocate(std::uint32_t words);
  void release(EdgeBlock* block);
  // A block with the same contents and room for at least `words` words; releases the old one.
  EdgeBlock* grow(EdgeBlock* block, std::uint32_t words);

 private:
  static constexpr std::size_t kSlabBytes = std::size_t{1} << 18;
  static constexpr std::uint32_t kSmallestShift = 5;  // 32 bytes: header and 4 words
  static constexpr std::uint32_t kLargestShift = 16;  // larger blocks come from the system

  struct Free {
    Free* next;
  };
  void* carve(std::size_t bytes);

  std::array<Free*, kLargestShift + 1> free_{};
  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::size_t slab_used_ = kSlabBytes;
};

// The words of an object. Valid until the object's edges or the heap change.
struct Words {
  const std::uint32_t* data;
  std::uint32_t count;
};
inline Words words_of(const Object& o) {
  if (o.edge_mode() == EdgeMode::block) return {o.block->words(), o.block->count};
  return {o.words, static_cast<std::uint32_t>(o.edge_mode())};
}
inline std::uint32_t* mutable_words_of(Object& o) {
  return o.edge_mode() == EdgeMode::block ? o.block->words() : o.words;
}

// Appends a word, if there is room for it where the others are. False if nothing is done.
[[gnu::always_inline]] inline bool push_word_in_place(Object& o, std::uint32_t word) {
  const auto n = static_cast<std::uint32_t>(o.edge_mode());
  if (n < 2) {
    o.words[n] = word;
    o.set_edge_mode(static_cast<EdgeMode>(n + 1));
    return true;
  }
  if (o.edge_mode() != EdgeMode::block || o.block->count == o.block->capacity) return false;
  o.block->words()[o.block->count++] = word;
  return true;
}
void push_word_into_more_room(EdgePool& pool, Object& o, std::uint32_t word);
// Appends a word. Amortised O(1).
[[gnu::always_inline]] inline void push_word(EdgePool& pool, Object& o, std::uint32_t word) {
  if (!push_word_in_place(o, word)) push_word_into_more_room(pool, o, word);
}
// Inserts two words before position `at` (in words).
void insert_pair(EdgePool& pool, Object& o, std::uint32_t at, std::uint32_t first, std::uint32_t second);
// Removes `n` words from position `at`.
void remove_words(Object& o, std::uint32_t at, std::uint32_t n);
// Makes sure the edges are in a block.
EdgeBlock* force_block(EdgePool& pool, Object& o);
// Drops all words and gives the block back.
inline void drop_words(EdgePool& pool, Object& o) {
  if (o.edge_mode() == EdgeMode::block) pool.release(o.block);
  o.set_edge_mode(EdgeMode::inline0);
}

}  // namespace gcsim::engine
