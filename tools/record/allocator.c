#include "allocator.h"

#include "objects.h"
#include "shadow.h"

static PyMemAllocatorEx below;

static uint32_t size_of(size_t bytes) {
  return bytes == 0 ? 1 : bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

static void note_new(void* block, size_t bytes) {
  if (block != NULL) *shadow_at(block) = (struct shadow_entry){0, size_of(bytes)};
}

static void note_gone(void* block) {
  struct shadow_entry* e = block == NULL ? NULL : shadow_find(block);
  if (e == NULL) return;
  if (e->object != 0) block_freed(e->object);
  *e = (struct shadow_entry){0, 0};
}

static void* hooked_malloc(void* context, size_t bytes) {
  (void)context;
  void* block = below.malloc(below.ctx, bytes);
  note_new(block, bytes);
  return block;
}

static void* hooked_calloc(void* context, size_t count, size_t bytes) {
  (void)context;
  void* block = below.calloc(below.ctx, count, bytes);
  note_new(block, count * bytes);
  return block;
}

static void* hooked_realloc(void* context, void* from, size_t bytes) {
  (void)context;
  void* to = below.realloc(below.ctx, from, bytes);
  if (to == NULL) return NULL;
  uint32_t slot = 0;
  struct shadow_entry* e = from == NULL ? NULL : shadow_find(from);
  if (e != NULL) {
    slot = e->object;
    *e = (struct shadow_entry){0, 0};
  }
  *shadow_at(to) = (struct shadow_entry){slot, size_of(bytes)};
  if (slot != 0) block_moved(slot, from, to, size_of(bytes));
  return to;
}

static void hooked_free(void* context, void* block) {
  (void)context;
  note_gone(block);
  below.free(below.ctx, block);
}

void hook_allocator(void) {
  PyMem_GetAllocator(PYMEM_DOMAIN_OBJ, &below);
  PyMemAllocatorEx hooked = {NULL, hooked_malloc, hooked_calloc, hooked_realloc, hooked_free};
  PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &hooked);
}
