// The table of blocks: what is known of each block of the object allocator, found by the block's address.
//
// Two levels: an entry of 8 bytes for every 16 bytes of address space, in leaves that exist only where blocks
// are. A block with an object in it is longer than 16 bytes, and what is known of the object has two entries.
// The leaves lie one behind the other, so that the number of an entry, its slot, is a name of the object.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object;

// Memory that costs nothing until it is written; NULL if there is none.
void* reserve_memory(size_t bytes);

// Takes room for as many slots as there is room for, up to 4 G: with each two of them, `beside` bytes in
// other tables. False: not even for a small program.
bool shadow_open(size_t beside);
// Room for such a table. No two objects share half of a slot's number.
void* reserve_for_pairs_of_slots(size_t bytes);
// No block is known any more.
void shadow_clear(void);

enum { kLeafBits = 22, kGranuleBits = 4, kAddressBits = 47, kSlotBits = kLeafBits - kGranuleBits };
enum { kMostLeaves = 1 << (32 - kSlotBits), kEntryBytes = 8 };

extern char* gcsim_record_entries;
extern char** gcsim_record_leaves;             // the first entry of each leaf, by address
extern uintptr_t gcsim_record_leaf_address[];  // by number of the leaf
struct object* shadow_new_leaf(uintptr_t address);
// Slots of things that have no block; 0 if there is no room.
uint32_t shadow_new_slot(void);
void shadow_free_slot(uint32_t slot);
// Whether a block was met for which there is no room. Its entry is that of slot 0, which nobody else has:
// what is written there is never read as an object.
extern bool gcsim_record_is_table_full;

static inline struct object* object_at(uint32_t slot) {
  return (struct object*)(gcsim_record_entries + (size_t)slot * kEntryBytes);
}

static inline uint32_t slot_number(const struct object* o) {
  return (uint32_t)((size_t)((const char*)o - gcsim_record_entries) / kEntryBytes);
}

static inline char* block_of_slot(uint32_t slot) {
  const uintptr_t within = (uintptr_t)(slot & ((1u << kSlotBits) - 1)) << kGranuleBits;
  return (char*)(gcsim_record_leaf_address[slot >> kSlotBits] + within);
}

static inline struct object* entry_in(char* leaf, uintptr_t address) {
  return (struct object*)(leaf + (address >> kGranuleBits) % (1u << kSlotBits) * kEntryBytes);
}

// The entry of an address if its leaf exists, else NULL.
static inline struct object* shadow_find(const void* block) {
  const uintptr_t address = (uintptr_t)block;
  if (address >> kAddressBits != 0) return NULL;
  char* leaf = gcsim_record_leaves[address >> kLeafBits];
  return leaf == NULL ? NULL : entry_in(leaf, address);
}

// The entry of an address, made if need be.
static inline struct object* shadow_at(const void* block) {
  struct object* entry = shadow_find(block);
  return entry != NULL ? entry : shadow_new_leaf((uintptr_t)block);
}
