// Dicts and attribute stores: where a key's value lies, and in which order values are visited.
//
// Two layouts, as in dictobject.c. A combined dict keeps its entries in insertion order. Attributes kept
// inside an instance, and a `__dict__` made from them that still shares its class's keys (a split table), are
// kept in the order of the class's keys; each pair's first word remembers the insertion order beside the
// number of the key, because a split table that is converted goes back to it.
#pragma once

#include <cstdint>

#include "heap.h"

namespace gcsim::engine {

// A pair's first word in a split table or an instance.
constexpr std::uint32_t split_key(std::uint32_t number, std::uint32_t order) {
  return order << 16 | number;
}
constexpr std::uint32_t key_number_of(std::uint32_t word) {
  return word & 0xffff;
}
constexpr std::uint32_t insertion_order_of(std::uint32_t word) {
  return word >> 16;
}
constexpr std::uint32_t kLastInsertionOrder = 0xffff;

// Of an attribute with that number: the word position of its value, or kHole.
std::uint32_t find_attribute(const Object& o, std::uint32_t number);
// REQUIRES: no value is there.
void insert_attribute(Heap& heap, Object& o, std::uint32_t number, std::uint32_t value);
void remove_attribute(Object& o, std::uint32_t value_position);

// Of a dict: the word position of the key's value, or kHole.
std::uint32_t find_item(const Heap& heap, const Object& dict, KeyId key);
// Adds an entry for a new key. A split table takes it up if the class's keys have room, else it is
// converted to a combined one. REQUIRES: the key is not there.
void insert_item(Heap& heap, std::uint32_t dict, KeyId key, std::uint32_t value);
void remove_item(Heap& heap, std::uint32_t dict, KeyId key, std::uint32_t value_position);
std::uint32_t item_count(const Object& dict);

// A split table becomes a combined one, in insertion order (dictresize).
void make_combined(Heap& heap, std::uint32_t dict);
// Gives the key index back, if there is one. The words stay.
void drop_index(Heap& heap, Object& dict);
// The word position of the key that popitem takes: the last one, or by hash slots the next from its finger
// on. REQUIRES: combined and not empty.
std::uint32_t item_to_pop(Heap& heap, std::uint32_t dict);

}  // namespace gcsim::engine
