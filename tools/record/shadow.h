// The shadow table: what is known of each block of the object allocator, found by the block's address.
//
// Two levels: an entry of 8 bytes for every 16 bytes of address space, in leaves that exist only where blocks
// are.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct shadow_entry {
  uint32_t object;  // the slot of the object in it; 0: none
  uint32_t size;    // bytes of the block; 0: no block begins here, or it is older than the recording
};

bool shadow_open(void);
// No block is known any more.
void shadow_clear(void);

enum { kShadowLeafBits = 20, kShadowGranuleBits = 4, kShadowAddressBits = 47 };
#define SHADOW_LEAF_ENTRIES ((size_t)1 << (kShadowLeafBits - kShadowGranuleBits))
extern struct shadow_entry** gcsim_record_leaves;
struct shadow_entry* shadow_new_leaf(uintptr_t address);

// The entry of an address if its leaf exists, else NULL.
static inline struct shadow_entry* shadow_find(const void* block) {
  const uintptr_t address = (uintptr_t)block;
  if (address >> kShadowAddressBits != 0) return NULL;
  struct shadow_entry* leaf = gcsim_record_leaves[address >> kShadowLeafBits];
  return leaf == NULL ? NULL : &leaf[(address >> kShadowGranuleBits) & (SHADOW_LEAF_ENTRIES - 1)];
}

// The entry of an address, made if need be. Never NULL: without memory the process ends with a message.
static inline struct shadow_entry* shadow_at(const void* block) {
  struct shadow_entry* entry = shadow_find(block);
  return entry != NULL ? entry : shadow_new_leaf((uintptr_t)block);
}
