#define _GNU_SOURCE 1
#include "shadow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LEAVES ((size_t)1 << (kShadowAddressBits - kShadowLeafBits))

struct shadow_entry** gcsim_record_leaves;
#define leaves gcsim_record_leaves
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
  for (size_t k = 0; k < leaf_count; ++k) memset(made[k], 0, SHADOW_LEAF_ENTRIES * sizeof **made);
}

struct shadow_entry* shadow_new_leaf(uintptr_t address) {
  struct shadow_entry** leaf = &leaves[(address >> kShadowLeafBits) & (LEAVES - 1)];
  if (*leaf == NULL) {
    *leaf = reserve(SHADOW_LEAF_ENTRIES * sizeof **leaf);
    if (*leaf == NULL) {
      fprintf(stderr, "gcsim record: out of memory\n");
      abort();
    }
    made[leaf_count++] = *leaf;
  }
  return &(*leaf)[(address >> kShadowGranuleBits) & (SHADOW_LEAF_ENTRIES - 1)];
}
