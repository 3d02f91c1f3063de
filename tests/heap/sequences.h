/* Sequences of allocations: the same ones for the simulated private heap (heap_test.cpp) and for a real one
   (live/harness.c), so this is C and C++. A step names blocks by their number in the order of allocation. */
#ifndef GCSIM_HEAP_SEQUENCES_H
#define GCSIM_HEAP_SEQUENCES_H

#include <stdint.h>
#include <stdlib.h>

#define HEAP_ALLOCATIONS 100000 /* at least that many in each sequence */

typedef enum { HEAP_ALLOCATE, HEAP_FREE, HEAP_RESIZE } heap_step_kind;
typedef struct {
  heap_step_kind kind;
  uint32_t block;
  uint32_t bytes; /* HEAP_ALLOCATE, HEAP_RESIZE */
} heap_step;

typedef struct {
  uint64_t state; /* of the random numbers */
  heap_step* steps;
  size_t count, capacity;
  uint32_t* live; /* numbers of the blocks in use, oldest first until a random one is freed */
  uint32_t first, end;
  uint32_t blocks;
} heap_sequence;

/* --- random numbers: splitmix64 */

static inline uint64_t heap_random(heap_sequence* s) {
  uint64_t z = (s->state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static inline uint32_t heap_below(heap_sequence* s, uint32_t n) {
  return (uint32_t)(heap_random(s) % n);
}
static inline uint32_t heap_between(heap_sequence* s, uint32_t low, uint32_t high) {
  return low + heap_below(s, high - low + 1);
}

/* --- steps */

static inline void heap_push(heap_sequence* s, heap_step_kind kind, uint32_t block, uint32_t bytes) {
  if (s->count == s->capacity) {
    s->capacity = s->capacity ? 2 * s->capacity : 1 << 16;
    s->steps = (heap_step*)realloc(s->steps, s->capacity * sizeof(heap_step));
    s->live = (uint32_t*)realloc(s->live, s->capacity * sizeof(uint32_t));
    if (!s->steps || !s->live) abort();
  }
  heap_step step = {kind, block, bytes};
  s->steps[s->count++] = step;
}
static inline uint32_t heap_live(const heap_sequence* s) {
  return s->end - s->first;
}
static inline void heap_allocate(heap_sequence* s, uint32_t bytes) {
  heap_push(s, HEAP_ALLOCATE, s->blocks, bytes);
  s->live[s->end++] = s->blocks++;
}
static inline void heap_free_newest(heap_sequence* s) {
  heap_push(s, HEAP_FREE, s->live[--s->end], 0);
}
static inline void heap_free_oldest(heap_sequence* s) {
  heap_push(s, HEAP_FREE, s->live[s->first++], 0);
}
static inline void heap_free_random(heap_sequence* s) {
  uint32_t at = s->first + heap_below(s, heap_live(s));
  uint32_t block = s->live[at];
  s->live[at] = s->live[--s->end];
  heap_push(s, HEAP_FREE, block, 0);
}
static inline void heap_resize_random(heap_sequence* s, uint32_t bytes) {
  heap_push(s, HEAP_RESIZE, s->live[s->first + heap_below(s, heap_live(s))], bytes);
}
/* Frees blocks whose place among the live ones is not a multiple of `kept`. */
static inline void heap_comb(heap_sequence* s, uint32_t kept) {
  uint32_t to = s->first;
  for (uint32_t at = s->first; at < s->end; ++at) {
    if ((at - s->first) % kept == 0) {
      s->live[to++] = s->live[at];
    } else {
      heap_push(s, HEAP_FREE, s->live[at], 0);
    }
  }
  s->end = to;
}

/* --- sizes */

typedef uint32_t (*heap_sizes)(heap_sequence*);

static inline uint32_t heap_any_small(heap_sequence* s) {
  return heap_between(s, 1, 512);
}
/* Bytes of the objects of ordinary programs: ints and floats, strings, tuples, lists, instances, dicts,
 * tables. */
static inline uint32_t heap_of_programs(heap_sequence* s) {
  static const uint16_t common[] = {24, 28, 28, 32, 40, 48, 48,  48,  56,  56,  56,  64,
                                    64, 64, 72, 72, 80, 88, 104, 184, 216, 232, 272, 352};
  if (heap_below(s, 4) == 0) return heap_between(s, 49, 120); /* strings */
  return common[heap_below(s, sizeof common / sizeof *common)];
}
/* Each power of two as likely as the next. */
static inline uint32_t heap_by_magnitude(heap_sequence* s) {
  uint32_t high = 1u << heap_below(s, 10);
  return heap_between(s, high, 2 * high - 1);
}
static inline uint32_t heap_at_edges(heap_sequence* s) {
  static const uint16_t edges[] = {0, 1, 15, 16, 17, 32, 33, 255, 256, 257, 496, 497, 511, 512, 513, 1024};
  return edges[heap_below(s, sizeof edges / sizeof *edges)];
}
static inline uint32_t heap_16(heap_sequence* s) {
  (void)s;
  return 16;
}
static inline uint32_t heap_48(heap_sequence* s) {
  (void)s;
  return 48;
}
static inline uint32_t heap_512(heap_sequence* s) {
  (void)s;
  return 512;
}

/* --- what blocks live through */

static inline void heap_grow(heap_sequence* s, uint32_t n, heap_sizes sizes) {
  for (; n > 0; --n) heap_allocate(s, sizes(s));
}
static inline void heap_churn(heap_sequence* s, uint32_t live, uint32_t allocations, heap_sizes sizes) {
  for (; allocations > 0; --allocations) {
    heap_allocate(s, sizes(s));
    while (heap_live(s) > live) heap_free_random(s);
  }
}
static inline void heap_queue(heap_sequence* s, uint32_t live, heap_sizes sizes) {
  for (uint32_t n = HEAP_ALLOCATIONS; n > 0; --n) {
    heap_allocate(s, sizes(s));
    if (heap_live(s) > live) heap_free_oldest(s);
  }
}
static inline void heap_shrink(heap_sequence* s, uint32_t live, void (*take)(heap_sequence*)) {
  while (heap_live(s) > live) take(s);
}
static inline void heap_teeth(heap_sequence* s, uint32_t teeth, uint32_t bottom, heap_sizes sizes,
                              void (*take)(heap_sequence*)) {
  for (uint32_t k = 0; k < teeth; ++k) {
    heap_grow(s, HEAP_ALLOCATIONS / teeth, sizes);
    heap_shrink(s, bottom, take);
  }
}
/* Nine of ten blocks die soon, newest first, the others much later. */
static inline void heap_generations(heap_sequence* s) {
  for (uint32_t k = 0; k < HEAP_ALLOCATIONS / 100; ++k) {
    heap_grow(s, 100, heap_of_programs);
    for (uint32_t n = 0; n < 90; ++n) heap_free_newest(s);
    if (k % 50 == 49) heap_comb(s, 3);
  }
}
/* One size class after another takes over what the one before left. */
static inline void heap_classes_in_turn(heap_sequence* s) {
  for (uint32_t k = 0; k < 25; ++k) {
    uint32_t bytes = 16 + 16 * (k * 7 % 32);
    for (uint32_t n = 0; n < HEAP_ALLOCATIONS / 25; ++n) heap_allocate(s, bytes);
    heap_shrink(s, 500 + 100 * k, k % 2 ? heap_free_random : heap_free_oldest);
  }
}
static inline void heap_walk(heap_sequence* s, heap_sizes sizes) {
  for (uint32_t n = 0; n < HEAP_ALLOCATIONS;) {
    uint32_t run = heap_between(s, 1, 3000);
    if (heap_below(s, 2) && heap_live(s) > run) {
      for (; run > 0; --run) heap_free_random(s);
    } else {
      for (n += run; run > 0; --run) heap_allocate(s, sizes(s));
    }
  }
}
static inline void heap_resizes(heap_sequence* s, uint32_t live, heap_sizes sizes) {
  for (uint32_t n = 0; n < HEAP_ALLOCATIONS; ++n) {
    heap_allocate(s, sizes(s));
    if (heap_live(s) > live) heap_free_random(s);
    heap_resize_random(s, sizes(s) + 1);
  }
}
/* The last pool of an arena comes and goes: whether an empty arena is kept shows here. */
static inline void heap_at_the_brink(heap_sequence* s) {
  for (uint32_t k = 0; k < 60; ++k) {
    heap_grow(s, heap_between(s, 1, 4500), heap_512);
    heap_shrink(s, k % 3 ? heap_below(s, 64) : 0, k % 2 ? heap_free_newest : heap_free_random);
  }
}

/* --- all of them */

static const char* const heap_names[] = {
    "one_size_16_then_newest_first",
    "one_size_48_then_oldest_first",
    "one_size_512_churn",
    "any_small_churn_of_20000",
    "any_small_churn_of_500",
    "growth_then_random",
    "growth_then_newest_first",
    "saw_to_nothing",
    "saw_to_a_tenth",
    "every_second_stays",
    "every_64th_stays",
    "programs_churn",
    "programs_generations",
    "classes_in_turn",
    "with_large_ones",
    "resized_often",
    "resized_by_magnitude",
    "magnitude_churn",
    "queue_of_programs",
    "random_walk",
    "edges_of_classes",
    "at_the_brink_of_an_arena",
};
enum { HEAP_SEQUENCES = sizeof heap_names / sizeof *heap_names };

/* Makes number `which`; heap_forget() gives its memory back. */
static inline heap_sequence heap_make(uint32_t which) {
  heap_sequence made = {which, NULL, 0, 0, NULL, 0, 0, 0};
  heap_sequence* s = &made;
  const uint32_t all = HEAP_ALLOCATIONS;
  switch (which) {
    case 0: heap_grow(s, all, heap_16), heap_shrink(s, 1000, heap_free_newest); break;
    case 1: heap_grow(s, all, heap_48), heap_shrink(s, 1000, heap_free_oldest); break;
    case 2: heap_churn(s, 10000, all, heap_512); break;
    case 3: heap_churn(s, 20000, all, heap_any_small); break;
    case 4: heap_churn(s, 500, all, heap_any_small); break;
    case 5: heap_grow(s, all, heap_any_small), heap_shrink(s, 2000, heap_free_random); break;
    case 6: heap_grow(s, all, heap_any_small), heap_shrink(s, 2000, heap_free_newest); break;
    case 7: heap_teeth(s, 5, 0, heap_of_programs, heap_free_random); break;
    case 8: heap_teeth(s, 10, 1000, heap_any_small, heap_free_oldest); break;
    case 9: heap_grow(s, all / 2, heap_48), heap_comb(s, 2), heap_grow(s, all / 2, heap_of_programs); break;
    case 10: heap_grow(s, all / 2, heap_48), heap_comb(s, 64), heap_grow(s, all / 2, heap_any_small); break;
    case 11: heap_churn(s, 30000, all, heap_of_programs); break;
    case 12: heap_generations(s); break;
    case 13: heap_classes_in_turn(s); break;
    case 14: heap_churn(s, 5000, all, heap_by_magnitude), heap_shrink(s, 50, heap_free_random); break;
    case 15: heap_resizes(s, 10000, heap_any_small); break;
    case 16: heap_resizes(s, 3000, heap_by_magnitude); break;
    case 17: heap_churn(s, 15000, all, heap_by_magnitude); break;
    case 18: heap_queue(s, 25000, heap_of_programs); break;
    case 19: heap_walk(s, heap_any_small); break;
    case 20: heap_churn(s, 8000, all, heap_at_edges); break;
    case 21: heap_at_the_brink(s); break;
    default: break;
  }
  return made;
}
static inline void heap_forget(heap_sequence* s) {
  free(s->steps);
  free(s->live);
}

#endif
