#include "allocator.h"

#include "objects.h"
#include "shadow.h"

int64_t gcsim_record_other_bytes;
#define other_bytes gcsim_record_other_bytes

// The allocators of the interpreter, by domain. Not the raw one: it is called without the GIL.
static PyMemAllocatorEx of_objects, of_memory;

static uint32_t size_of(size_t bytes) {
  return bytes == 0 ? 1 : bytes > INT32_MAX ? INT32_MAX : (uint32_t)bytes;
}

static void note_new(void* block, size_t bytes) {
  if (block == NULL) return;
  set_block(shadow_at(block), size_of(bytes));
  other_bytes += size_of(bytes);
}

static void note_gone(void* block) {
  struct object* e = block == NULL ? NULL : shadow_find(block);
  if (e == NULL) return;
  if (e->id != 0) {
    block_freed(e);
  } else {
    other_bytes -= e->size;
    set_block(e, 0);
  }
}

static void* hooked_malloc(void* below, size_t bytes) {
  PyMemAllocatorEx* allocator = below;
  void* block = allocator->malloc(allocator->ctx, bytes);
  note_new(block, bytes);
  return block;
}

static void* hooked_calloc(void* below, size_t count, size_t bytes) {
  PyMemAllocatorEx* allocator = below;
  void* block = allocator->calloc(allocator->ctx, count, bytes);
  note_new(block, count * bytes);
  return block;
}

static void* hooked_realloc(void* below, void* from, size_t bytes) {
  PyMemAllocatorEx* allocator = below;
  void* to = allocator->realloc(allocator->ctx, from, bytes);
  if (to == NULL) return NULL;
  struct object* e = from == NULL ? NULL : shadow_find(from);
  if (e != NULL && e->id != 0) {
    block_moved(e, to, size_of(bytes));
    return to;
  }
  if (e != NULL) {
    other_bytes -= e->size;
    set_block(e, 0);
  }
  note_new(to, bytes);
  return to;
}

static void hooked_free(void* below, void* block) {
  PyMemAllocatorEx* allocator = below;
  note_gone(block);
  allocator->free(allocator->ctx, block);
}

static void hook(PyMemAllocatorDomain domain, PyMemAllocatorEx* below) {
  PyMem_GetAllocator(domain, below);
  PyMemAllocatorEx hooked = {below, hooked_malloc, hooked_calloc, hooked_realloc, hooked_free};
  PyMem_SetAllocator(domain, &hooked);
}

void hook_allocator(void) {
  hook(PYMEM_DOMAIN_OBJ, &of_objects);
  hook(PYMEM_DOMAIN_MEM, &of_memory);
}
