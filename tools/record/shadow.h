// The shadow table: what is known of each block of the object allocator, found by the block's address.
//
// Two levels: an entry of 8 bytes for every 16 bytes of address space, in leaves that exist only where blocks
// are.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct shadow_entry {
  uint32_t object;  // the slot of the object in it; 0: none
  uint32_t size;    // bytes of the block; 0: no block begins here, or it is older than the recording
};

bool shadow_open(void);
// No block is known any more.
void shadow_clear(void);
// The entry of an address, made if need be. Never NULL: without memory the process ends with a message.
struct shadow_entry* shadow_at(const void* block);
// The entry of an address if its leaf exists, else NULL.
struct shadow_entry* shadow_find(const void* block);
