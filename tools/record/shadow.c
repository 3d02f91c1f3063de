#define _GNU_SOURCE 1
#include "shadow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { kLeafBits = 20, kGranuleBits = 4, kAddressBits = 47 };
#define LEAF_ENTRIES ((size_t)1 << (kLeafBits - kGranuleBits))
#define LEAVES ((size_t)1 << (kAddressBits - kLeafBits))

static struct shadow_entry** leaves;
static struct shadow_entry** made;  // the leaves there are
static size_t leaf_count;

static void* reserve(size_t bytes) {
  void* p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

bool shadow_open(void) {
  leaves = reserve(LEAVES * sizeof *leaves);
  made = reserve(LEAVES * sizeof *made);
  return leaves != NULL && made != NULL;
}

void shadow_clear(void) {
  for (size_t k = 0; k < leaf_count; ++k) memset(made[k], 0, LEAF_ENTRIES * sizeof **made);
}

static size_t granule_of(const void* block) {
  return ((uintptr_t)block >> kGranuleBits) & (LEAF_ENTRIES - 1);
}

struct shadow_entry* shadow_find(const void* block) {
  const uintptr_t address = (uintptr_t)block;
  if (address >> kAddressBits != 0) return NULL;
  struct shadow_entry* leaf = leaves[address >> kLeafBits];
  return leaf == NULL ? NULL : &leaf[granule_of(block)];
}

struct shadow_entry* shadow_at(const void* block) {
  const uintptr_t address = (uintptr_t)block;
  struct shadow_entry** leaf = &leaves[(address >> kLeafBits) & (LEAVES - 1)];
  if (*leaf == NULL) {
    *leaf = reserve(LEAF_ENTRIES * sizeof **leaf);
    if (*leaf == NULL) {
      fprintf(stderr, "gcsim record: out of memory\n");
      abort();
    }
    made[leaf_count++] = *leaf;
  }
  return &(*leaf)[granule_of(block)];
}
