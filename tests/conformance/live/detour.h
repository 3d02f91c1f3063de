/* Detours: the first bytes of a function become a jump to ours, which may call the original.
 *
 * tp_dealloc slots cannot simply be replaced: since 3.8 the trashcan compares them with the deallocator that
 * is running, and subtype_dealloc walks up the bases until it finds one that is not itself. */
#ifndef GCSIM_LIVE_DETOUR_H
#define GCSIM_LIVE_DETOUR_H

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

enum { kJumpBytes = 5, kFarJumpBytes = 14, kSlotBytes = 64, kPageBytes = 4096 };

static unsigned char* detour_page;
static size_t detour_used;

/* Bytes of one prologue instruction that does not depend on its place: endbr64, pushes, moves between
 * registers or from a register plus a byte, `sub rsp`. 0: another one. */
static int movable_bytes(const unsigned char* p) {
  static const unsigned char kEndBranch[] = {0xf3, 0x0f, 0x1e, 0xfa};
  int prefix = (*p & 0xf0) == 0x40 ? 1 : 0;
  if (memcmp(p, kEndBranch, sizeof kEndBranch) == 0) return sizeof kEndBranch;
  p += prefix;
  if (*p >= 0x50 && *p <= 0x57) return prefix + 1;
  if ((*p == 0x89 || *p == 0x8b || *p == 0x31) && p[1] >= 0xc0) return prefix + 2;
  if (*p == 0x8b && (p[1] & 0xc0) == 0x40 && (p[1] & 7) != 4) return prefix + 3;
  if (*p == 0x83 && p[1] == 0xec) return prefix + 3;
  if (*p == 0x81 && p[1] == 0xec) return prefix + 6;
  return 0;
}

static void write_far_jump(unsigned char* at, const void* to) {
  static const unsigned char kJumpThroughNextWord[] = {0xff, 0x25, 0, 0, 0, 0};
  memcpy(at, kJumpThroughNextWord, sizeof kJumpThroughNextWord);
  memcpy(at + sizeof kJumpThroughNextWord, &to, sizeof to);
}

static int make_writable(unsigned char* at) {
  unsigned char* page = (unsigned char*)((uintptr_t)at & ~(uintptr_t)(kPageBytes - 1));
  return mprotect(page, 2 * kPageBytes, PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
}

static int is_in_reach(const unsigned char* from, const unsigned char* to) {
  int64_t distance = to - from;
  return distance == (int32_t)distance;
}

/* A page within reach of a 32-bit jump from the function: below a shared library, above a program (which lies
 * too low, and needs room behind it for its heap). */
static int reserve_detours(unsigned char* near) {
  static const intptr_t kDistances[] = {-((intptr_t)64 << 20), (intptr_t)1 << 30};
  size_t i;
  for (i = 0; !detour_page && i < sizeof kDistances / sizeof *kDistances; i++) {
    uintptr_t hint = ((uintptr_t)near & ~(uintptr_t)(kPageBytes - 1)) + (uintptr_t)kDistances[i];
    unsigned char* page =
        mmap((void*)hint, kPageBytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) continue;
    if (is_in_reach(near, page)) {
      detour_page = page;
    } else {
      munmap(page, kPageBytes);
    }
  }
  return detour_page != NULL;
}

static void write_near_jump(unsigned char* at, const unsigned char* to) {
  int32_t distance = (int32_t)(to - (at + kJumpBytes));
  at[0] = 0xe9;
  memcpy(at + 1, &distance, sizeof distance);
}

/* Diverts `function` to `replacement`. Returns what calls the original, or NULL if its first instructions
 * cannot be moved. */
static void* divert(void* function, const void* replacement) {
  unsigned char *at = function, *original, *stub;
  int moved = 0, n;
  while (moved < kJumpBytes) {
    n = movable_bytes(at + moved);
    if (n == 0) return NULL;
    moved += n;
  }
  if (!reserve_detours(at) || detour_used + kSlotBytes > kPageBytes || !make_writable(at)) return NULL;
  original = detour_page + detour_used;
  stub = original + kSlotBytes / 2 + 8;
  if (!is_in_reach(at + kJumpBytes, stub)) return NULL;
  detour_used += kSlotBytes;
  memcpy(original, at, (size_t)moved);
  write_far_jump(original + moved, at + moved);
  write_far_jump(stub, replacement);
  write_near_jump(at, stub);
  return original;
}

#endif
