#define _GNU_SOURCE 1
#include "shadow.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "grow.h"

enum { kLeafBytes = kEntryBytes << kSlotBits, kLeafPairs = 1 << (kSlotBits - 1), kFewestLeaves = 16 };

char* gcsim_record_entries;
char** gcsim_record_leaves;
uintptr_t gcsim_record_leaf_address[kMostLeaves];
bool gcsim_record_is_table_full;
static uint32_t leaf_count, most_leaves;

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

static bool is_room_for(size_t bytes) {
  void* p = reserve_memory(bytes);
  if (p != NULL) munmap(p, bytes);
  return p != NULL;
}

// Where addresses are limited (ulimit -v), half of them are the program's.
static size_t share_of_table(void) {
  struct rlimit limit;
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? 2 : 1;
}

// A leaf is as long as one: entries are met in the order in which the program meets its blocks.
static char* reserve_large_pages(size_t bytes) {
  char* p = reserve_memory(bytes + kLeafBytes);
  if (p == NULL) return NULL;
  p += -(uintptr_t)p % kLeafBytes;
  madvise(p, bytes, MADV_HUGEPAGE);  // a wish: it may fail
  return p;
}

bool shadow_open(size_t beside) {
  gcsim_record_leaves =
      reserve_memory(((size_t)1 << (kAddressBits - kLeafBits)) * sizeof *gcsim_record_leaves);
  const size_t needed = share_of_table() * (kLeafBytes + kLeafPairs * beside);
  most_leaves = kMostLeaves;
  while (most_leaves > kFewestLeaves && !is_room_for(most_leaves * needed)) most_leaves /= 2;
  gcsim_record_entries = reserve_large_pages((size_t)most_leaves * kLeafBytes);
  leaf_count = 1;  // for slots without a block
  return gcsim_record_entries != NULL && gcsim_record_leaves != NULL;
}

void* reserve_for_pairs_of_slots(size_t bytes) {
  return reserve_memory((size_t)most_leaves * kLeafPairs * bytes);
}

void shadow_clear(void) {
  madvise(gcsim_record_entries, (size_t)leaf_count * kLeafBytes, MADV_DONTNEED);
  free_slots.count = 0;
  next_slot = kFirstSlot;
  slot_end = 1u << kSlotBits;
}

// 0: there is none.
static uint32_t new_leaf(void) {
  if (leaf_count < most_leaves) return leaf_count++;
  gcsim_record_is_table_full = true;
  return 0;
}

struct object* shadow_new_leaf(uintptr_t address) {
  char** leaf = &gcsim_record_leaves[(address & (((uintptr_t)1 << kAddressBits) - 1)) >> kLeafBits];
  if (*leaf == NULL) {
    const uint32_t number = new_leaf();
    if (number == 0) return memset(gcsim_record_entries, 0, (size_t)2 * kEntryBytes);
    *leaf = gcsim_record_entries + (size_t)number * kLeafBytes;
    gcsim_record_leaf_address[number] = address >> kLeafBits << kLeafBits;
  }
  return entry_in(*leaf, address);
}

uint32_t shadow_new_slot(void) {
  if (free_slots.count > 0) return free_slots.at[--free_slots.count];
  if (next_slot == slot_end) {
    const uint32_t leaf = new_leaf();
    if (leaf == 0) return 0;
    next_slot = leaf << kSlotBits;
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
