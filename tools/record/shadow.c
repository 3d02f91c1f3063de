#define _GNU_SOURCE 1
#include "shadow.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "grow.h"

enum { kLeafBytes = kEntryBytes << kSlotBits };

char* gcsim_record_entries;
char** gcsim_record_leaves;
uintptr_t gcsim_record_leaf_address[kMostLeaves];
static uint32_t leaf_count;

// Slots without a block: those that have been used and are free again, and where unused ones are.
static struct {
  uint32_t* at;
  size_t count, capacity;
} free_slots;
static uint32_t next_slot, slot_end;
static const uint32_t kFirstSlot = 2;  // slot 0 is none

void* reserve_memory(size_t bytes) {
  void* p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) return NULL;
  madvise(p, bytes, MADV_DONTDUMP);
  return p;
}

bool shadow_open(void) {
  gcsim_record_entries = reserve_memory((size_t)kMostLeaves * kLeafBytes);
  gcsim_record_leaves =
      reserve_memory(((size_t)1 << (kAddressBits - kLeafBits)) * sizeof *gcsim_record_leaves);
  leaf_count = 1;  // for slots without a block
  return gcsim_record_entries != NULL && gcsim_record_leaves != NULL;
}

void shadow_clear(void) {
  madvise(gcsim_record_entries, (size_t)leaf_count * kLeafBytes, MADV_DONTNEED);
  free_slots.count = 0;
  next_slot = kFirstSlot;
  slot_end = 1u << kSlotBits;
}

static uint32_t new_leaf(void) {
  if (leaf_count == kMostLeaves) {
    fprintf(stderr, "gcsim record: blocks are in too many places\n");
    abort();
  }
  return leaf_count++;
}

struct object* shadow_new_leaf(uintptr_t address) {
  char** leaf =
      &gcsim_record_leaves[(address & (((uintptr_t)1 << kAddressBits) - 1)) >> kLeafBits];
  if (*leaf == NULL) {
    const uint32_t number = new_leaf();
    *leaf = gcsim_record_entries + (size_t)number * kLeafBytes;
    gcsim_record_leaf_address[number] = address >> kLeafBits << kLeafBits;
  }
  return entry_in(*leaf, address);
}

uint32_t shadow_new_slot(void) {
  if (free_slots.count > 0) return free_slots.at[--free_slots.count];
  if (next_slot == slot_end) {
    next_slot = new_leaf() << kSlotBits;
    slot_end = next_slot + (1u << kSlotBits);
  }
  const uint32_t slot = next_slot;
  next_slot += 2;
  return slot;
}

void shadow_free_slot(uint32_t slot) {
  GROW(&free_slots);
  free_slots.at[free_slots.count++] = slot;
}
