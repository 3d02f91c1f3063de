#include "edge_pool.h"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>

namespace gcsim::engine {
namespace {

std::size_t bytes_for(std::uint32_t words) {
  return std::bit_ceil(sizeof(EdgeBlock) + std::size_t{words} * sizeof(std::uint32_t));
}
std::size_t bytes_of(const EdgeBlock* b) {
  return sizeof(EdgeBlock) + std::size_t{b->capacity} * sizeof(std::uint32_t);
}
std::uint32_t shift_of(std::size_t bytes) {
  return static_cast<std::uint32_t>(std::countr_zero(bytes));
}

}  // namespace

EdgePool::~EdgePool() = default;

void* EdgePool::carve(std::size_t bytes) {
  if (slab_used_ + bytes > kSlabBytes) {
    slabs_.push_back(std::make_unique<std::byte[]>(kSlabBytes));
    slab_used_ = 0;
  }
  void* p = slabs_.back().get() + slab_used_;
  slab_used_ += bytes;
  return p;
}

EdgeBlock* EdgePool::allocate(std::uint32_t words) {
  std::size_t bytes = bytes_for(words);
  if (bytes < (std::size_t{1} << kSmallestShift)) bytes = std::size_t{1} << kSmallestShift;
  std::uint32_t shift = shift_of(bytes);
  void* p = nullptr;
  if (shift > kLargestShift) {
    p = ::operator new(bytes);
  } else if (free_[shift] != nullptr) {
    p = free_[shift];
    free_[shift] = free_[shift]->next;
  } else {
    p = carve(bytes);
  }
  auto* block = static_cast<EdgeBlock*>(p);
  *block = {0, static_cast<std::uint32_t>((bytes - sizeof(EdgeBlock)) / sizeof(std::uint32_t)), 0, kHole};
  return block;
}

void EdgePool::release(EdgeBlock* block) {
  std::uint32_t shift = shift_of(bytes_of(block));
  if (shift > kLargestShift) {
    ::operator delete(block);
    return;
  }
  auto* f = reinterpret_cast<Free*>(block);
  f->next = free_[shift];
  free_[shift] = f;
}

EdgeBlock* EdgePool::grow(EdgeBlock* block, std::uint32_t words) {
  EdgeBlock* bigger = allocate(words);
  bigger->count = block->count;
  bigger->live = block->live;
  bigger->extra = block->extra;
  std::memcpy(bigger->words(), block->words(), std::size_t{block->count} * sizeof(std::uint32_t));
  release(block);
  return bigger;
}

EdgeBlock* force_block(EdgePool& pool, Object& o) {
  if (o.edge_mode() == EdgeMode::block) return o.block;
  auto n = static_cast<std::uint32_t>(o.edge_mode());
  EdgeBlock* block = pool.allocate(4);
  std::memcpy(block->words(), o.words, n * sizeof(std::uint32_t));
  block->count = n;
  o.block = block;
  o.set_edge_mode(EdgeMode::block);
  return block;
}

namespace {
// Room for n more words; the mode may change.
void reserve(EdgePool& pool, Object& o, std::uint32_t n) {
  if (o.edge_mode() != EdgeMode::block) {
    if (static_cast<std::uint32_t>(o.edge_mode()) + n <= 2) return;
    force_block(pool, o);
  }
  if (o.block->count + n > o.block->capacity) o.block = pool.grow(o.block, o.block->count + n);
}
void set_count(Object& o, std::uint32_t n) {
  if (o.edge_mode() == EdgeMode::block) {
    o.block->count = n;
  } else {
    o.set_edge_mode(static_cast<EdgeMode>(n));
  }
}
}  // namespace

void push_word_into_more_room(EdgePool& pool, Object& o, std::uint32_t word) {
  reserve(pool, o, 1);
  std::uint32_t n = words_of(o).count;
  mutable_words_of(o)[n] = word;
  set_count(o, n + 1);
}

void insert_pair(EdgePool& pool, Object& o, std::uint32_t at, std::uint32_t first, std::uint32_t second) {
  reserve(pool, o, 2);
  std::uint32_t n = words_of(o).count;
  std::uint32_t* w = mutable_words_of(o);
  std::memmove(w + at + 2, w + at, (n - at) * sizeof(std::uint32_t));
  w[at] = first;
  w[at + 1] = second;
  set_count(o, n + 2);
}

void remove_words(Object& o, std::uint32_t at, std::uint32_t n) {
  std::uint32_t count = words_of(o).count;
  std::uint32_t* w = mutable_words_of(o);
  std::memmove(w + at, w + at + n, (count - at - n) * sizeof(std::uint32_t));
  set_count(o, count - n);
}

}  // namespace gcsim::engine
