// Dicts whose entries lie in hash slots (dictobject.c before 3.6): their order is that of the slots, which
// follows from the hashes of the keys and from what was there before.
//
// The words of such a dict are its slots, a pair each: key and value, kHole as value where there is none. Two
// more pairs stand behind them: how many slots are not empty, and popitem's finger.
#pragma once

#include <cstdint>

#include "heap.h"

namespace gcsim::engine::hash_slots {

// The word position of the key's value, or kHole.
std::uint32_t find(const Heap& heap, const Object& dict, KeyId key);
// REQUIRES: the key is not there.
void insert(Heap& heap, std::uint32_t dict, KeyId key, std::uint32_t value);
void remove(const Heap& heap, Object& dict, std::uint32_t value_position);
// The word position of the key of the entry that popitem takes; moves the finger behind it. REQUIRES: not
// empty.
std::uint32_t next_to_pop(Object& dict);

}  // namespace gcsim::engine::hash_slots
