#define _GNU_SOURCE 1
#include "jumps.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decoder.h"

#if !defined(__x86_64__)
#error "The recorder knows the instructions of x86-64 only"
#endif

// Stubs must be reached by a displacement of 32 bits, from the function and back.
enum { kPageBytes = 64 * 1024, kStep = 16 * 1024 * 1024, kReach = 0x7f000000 };

struct page {
  struct page* next;
  uint8_t* begin;
  size_t used;
};

struct patch {
  uint8_t* function;
  uint8_t original[kJumpLength];
  uint8_t jump[kJumpLength];
};

static struct page* pages;
static struct patch* patches;
static size_t patch_count, patch_capacity;

call_handler gcsim_record_handlers[kHandlers];

void set_handler(enum handler which, call_handler handler) {
  gcsim_record_handlers[which] = handler;
}

// For deallocators and _Py_NewReference. Some way through them ends in a call through a pointer, of the
// allocator or tracemalloc, so that whoever calls them, however it was compiled, has to reckon with the loss
// of every register a function may change. Only the argument is kept. The stack at entry: return address into
// the stub, then that of the patched function's caller.
#define FAST_WAY_IN(name, index)                              \
  __asm__(".text\n.type " name ", @function\n" name           \
          ":\n"                                               \
          "pushq %rdi\n"                                      \
          "subq $8, %rsp\n"                                   \
          "leaq 24(%rsp), %rsi\n"                             \
          "movq gcsim_record_handlers@GOTPCREL(%rip), %rax\n" \
          "call *" #index                                     \
          "*8(%rax)\n"                                        \
          "addq $8, %rsp\n"                                   \
          "popq %rdi\nret\n"                                  \
          ".size " name ", .-" name "\n")

// Keeps all of them, for other functions: their callers may know what they leave alone.
#define WAY_IN(name, index)                                                                   \
  __asm__(".text\n.type " name ", @function\n" name                                           \
          ":\n"                                                                               \
          "pushq %rax\npushq %rcx\npushq %rdx\npushq %rsi\npushq %rdi\n"                      \
          "pushq %r8\npushq %r9\npushq %r10\npushq %r11\n"                                    \
          "subq $0x108, %rsp\n"                                                               \
          "movups %xmm0, (%rsp)\nmovups %xmm1, 0x10(%rsp)\nmovups %xmm2, 0x20(%rsp)\n"        \
          "movups %xmm3, 0x30(%rsp)\nmovups %xmm4, 0x40(%rsp)\nmovups %xmm5, 0x50(%rsp)\n"    \
          "movups %xmm6, 0x60(%rsp)\nmovups %xmm7, 0x70(%rsp)\nmovups %xmm8, 0x80(%rsp)\n"    \
          "movups %xmm9, 0x90(%rsp)\nmovups %xmm10, 0xa0(%rsp)\nmovups %xmm11, 0xb0(%rsp)\n"  \
          "movups %xmm12, 0xc0(%rsp)\nmovups %xmm13, 0xd0(%rsp)\nmovups %xmm14, 0xe0(%rsp)\n" \
          "movups %xmm15, 0xf0(%rsp)\n"                                                       \
          "leaq 0x158(%rsp), %rsi\n"                                                          \
          "movq gcsim_record_handlers@GOTPCREL(%rip), %rax\n"                                 \
          "call *" #index                                                                     \
          "*8(%rax)\n"                                                                        \
          "movups (%rsp), %xmm0\nmovups 0x10(%rsp), %xmm1\nmovups 0x20(%rsp), %xmm2\n"        \
          "movups 0x30(%rsp), %xmm3\nmovups 0x40(%rsp), %xmm4\nmovups 0x50(%rsp), %xmm5\n"    \
          "movups 0x60(%rsp), %xmm6\nmovups 0x70(%rsp), %xmm7\nmovups 0x80(%rsp), %xmm8\n"    \
          "movups 0x90(%rsp), %xmm9\nmovups 0xa0(%rsp), %xmm10\nmovups 0xb0(%rsp), %xmm11\n"  \
          "movups 0xc0(%rsp), %xmm12\nmovups 0xd0(%rsp), %xmm13\nmovups 0xe0(%rsp), %xmm14\n" \
          "movups 0xf0(%rsp), %xmm15\n"                                                       \
          "addq $0x108, %rsp\n"                                                               \
          "popq %r11\npopq %r10\npopq %r9\npopq %r8\n"                                        \
          "popq %rdi\npopq %rsi\npopq %rdx\npopq %rcx\npopq %rax\nret\n"                      \
          ".size " name ", .-" name "\n")

void gcsim_record_way_in_0(void);
void gcsim_record_way_in_1(void);
void gcsim_record_way_in_2(void);
void gcsim_record_way_in_3(void);
void gcsim_record_way_in_4(void);
FAST_WAY_IN("gcsim_record_way_in_0", 0);
FAST_WAY_IN("gcsim_record_way_in_1", 1);
WAY_IN("gcsim_record_way_in_2", 2);
WAY_IN("gcsim_record_way_in_3", 3);
WAY_IN("gcsim_record_way_in_4", 4);

// Where a diverted call returns to. The stack is then one word higher than at its entry.
return_handler gcsim_record_return_handler;
void gcsim_record_way_out(void);
__asm__(
    ".text\n.type gcsim_record_way_out, @function\ngcsim_record_way_out:\n"
    "subq $8, %rsp\n"
    "pushq %rax\npushq %rcx\npushq %rdx\npushq %rsi\npushq %rdi\n"
    "pushq %r8\npushq %r9\npushq %r10\npushq %r11\n"
    "leaq 0x48(%rsp), %rdi\n"
    "movq gcsim_record_return_handler@GOTPCREL(%rip), %rax\n"
    "call *(%rax)\n"
    "movq %rax, 0x48(%rsp)\n"
    "popq %r11\npopq %r10\npopq %r9\npopq %r8\n"
    "popq %rdi\npopq %rsi\npopq %rdx\npopq %rcx\npopq %rax\nret\n"
    ".size gcsim_record_way_out, .-gcsim_record_way_out\n");

void set_return_handler(return_handler handler) {
  gcsim_record_return_handler = handler;
}

void* divert_return(void** stack) {
  void* to = *stack;
  *stack = (void*)gcsim_record_way_out;
  return to;
}

static void (*const kWaysIn[kHandlers])(void) = {gcsim_record_way_in_0, gcsim_record_way_in_1,
                                                 gcsim_record_way_in_2, gcsim_record_way_in_3,
                                                 gcsim_record_way_in_4};

static bool is_near(const uint8_t* a, const uint8_t* b) {
  const int64_t distance = a - b;
  return distance > -(int64_t)kReach && distance < (int64_t)kReach;
}

// The page begins with the addresses of the ways in, which may be too far away for a direct call.
static struct page* new_page(const uint8_t* near) {
  const uintptr_t base = (uintptr_t)near & ~(uintptr_t)(kStep - 1);
  for (int64_t distance = kStep; distance < (int64_t)kReach; distance += kStep) {
    for (int side = 0; side < 2; ++side) {
      if (side == 0 && (uint64_t)distance >= base) continue;
      const uintptr_t wish = side == 0 ? base - (uint64_t)distance : base + (uint64_t)distance;
      void* got = mmap((void*)wish, kPageBytes, PROT_READ | PROT_WRITE | PROT_EXEC,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
      if (got == MAP_FAILED) continue;
      struct page* page = is_near(got, near) ? malloc(sizeof *page) : NULL;
      if (page == NULL) {  // a kernel that knows no NOREPLACE takes the address for a hint
        munmap(got, kPageBytes);
        continue;
      }
      *page = (struct page){pages, got, sizeof kWaysIn};
      memcpy(got, kWaysIn, sizeof kWaysIn);
      pages = page;
      return page;
    }
  }
  return NULL;
}

static struct page* page_near(const uint8_t* function, size_t bytes) {
  for (struct page* p = pages; p != NULL; p = p->next) {
    if (is_near(p->begin, function) && p->used + bytes <= kPageBytes) return p;
  }
  return new_page(function);
}

static void put_relative(uint8_t* at, const uint8_t* target) {
  const int32_t distance = (int32_t)(target - (at + 4));
  memcpy(at, &distance, 4);
}

static bool write_code(uint8_t* at, const uint8_t* bytes, size_t length) {
  const uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  uint8_t* begin = (uint8_t*)((uintptr_t)at & ~(page_size - 1));
  const size_t extent = (size_t)(at + length - begin);
  if (mprotect(begin, extent, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) return false;
  memcpy(at, bytes, length);
  return mprotect(begin, extent, PROT_READ | PROT_EXEC) == 0;
}

// endbr64 stays where it is: an indirect call must land on it.
static uint8_t* behind_landing_pad(uint8_t* function) {
  static const uint8_t kEndbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
  return memcmp(function, kEndbr64, sizeof kEndbr64) == 0 ? function + sizeof kEndbr64 : function;
}

// A function that is only a jump is another name of its target.
static uint8_t* follow_alias(uint8_t* function) {
  for (int hops = 0; hops < 4; ++hops) {
    function = behind_landing_pad(function);
    if (function[0] != 0xe9) return function;
    int32_t distance;
    memcpy(&distance, function + 1, 4);
    uint8_t* target = function + 5 + distance;
    for (struct page* p = pages; p != NULL; p = p->next) {
      if (target >= p->begin && target < p->begin + kPageBytes) return function;  // our own jump
    }
    function = target;
  }
  return function;
}

static struct patch* find_patch(const uint8_t* function) {
  for (size_t k = 0; k < patch_count; ++k) {
    if (patches[k].function == function) return &patches[k];
  }
  return NULL;
}

static struct patch* add_patch(void) {
  if (patch_count == patch_capacity) {
    const size_t capacity = patch_capacity == 0 ? 256 : 2 * patch_capacity;
    struct patch* more = realloc(patches, capacity * sizeof *more);
    if (more == NULL) return NULL;
    patches = more;
    patch_capacity = capacity;
  }
  return &patches[patch_count++];
}

bool patch_function(void* address, enum handler which, const char** problem) {
  uint8_t* function = follow_alias(address);
  if (find_patch(function) != NULL) return true;
  struct page* page = page_near(function, kLongestCopy + 16);
  if (page == NULL) {
    *problem = "no free memory within 2 GiB of it";
    return false;
  }
  uint8_t* stub = page->begin + page->used;
  uint8_t* copy = stub + 6;
  stub[0] = 0xff;  // call *way_in(%rip)
  stub[1] = 0x15;
  put_relative(stub + 2, page->begin + (size_t)which * sizeof kWaysIn[0]);
  struct copied_code copied;
  if (!copy_instructions(function, (uint64_t)(uintptr_t)function, kJumpLength, copy,
                         (uint64_t)(uintptr_t)copy, &copied)) {
    *problem = copied.problem;
    return false;
  }
  if (branches_into_start(function, 1024, copied.taken)) {
    *problem = "it branches into its own beginning";
    return false;
  }
  uint8_t* end = copy + copied.written;
  if (!copied.ends_flow) {
    *end++ = 0xe9;
    put_relative(end, function + copied.taken);
    end += 4;
  }
  struct patch* patch = add_patch();
  if (patch == NULL) {
    *problem = "out of memory";
    return false;
  }
  patch->function = function;
  memcpy(patch->original, function, kJumpLength);
  patch->jump[0] = 0xe9;
  const int32_t distance = (int32_t)(stub - (function + kJumpLength));
  memcpy(patch->jump + 1, &distance, 4);
  if (!write_code(function, patch->jump, kJumpLength)) {
    --patch_count;
    *problem = "the system does not allow its code to be changed (mprotect)";
    return false;
  }
  page->used = ((size_t)(end - page->begin) + 15u) & ~(size_t)15u;
  return true;
}

void restore_functions(void) {
  while (patch_count > 0) {
    const struct patch* patch = &patches[--patch_count];
    if (memcmp(patch->function, patch->jump, kJumpLength) == 0)
      write_code(patch->function, patch->original, kJumpLength);
  }
}

size_t patched_functions(void) {
  return patch_count;
}
