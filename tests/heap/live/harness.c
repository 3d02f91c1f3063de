/* Runs a sequence of allocations through a real interpreter's PyObject_Malloc and says where each block came.

   run(which, offset, watched) -> dict. The sequence starts on a heap that is full: every pool of every arena
   is filled up before, so all that it takes lies in arenas of its own, whose allocation and release are seen
   by a hook. No Python code runs meanwhile. `offset`: where arenas are placed, bytes behind a pool's
   boundary; -1: where the system puts them. After step `watched` (-1: none) and at both ends
   sys._debugmallocstats() is called; its text is in the answer. */
#define _GNU_SOURCE
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../sequences.h"

#if PY_VERSION_HEX >= 0x030a0000
#define POOL (16 * 1024)
#define ARENA (1024 * 1024)
#else
#define POOL (4 * 1024)
#define ARENA (256 * 1024)
#endif
#define POOL_HEADER 48
#define MOST_ARENAS 4096

typedef struct {
  char* base; /* NULL: released */
  void* mapped;
} arena_t;

static arena_t arenas[MOST_ARENAS]; /* in the order of their allocation */
static uint32_t allocated, released, peak;
static enum { OFF, REFUSING, COUNTING } mode = OFF;
static int was_refused;
static long offset = -1;
static unsigned long placed_at; /* the first arena, behind a pool's boundary */
static int is_uniform;          /* so are all others */

/* --- the hook */

static void* note_arena(char* base, void* mapped) {
  if (allocated == MOST_ARENAS) abort();
  unsigned long behind = (unsigned long)((uintptr_t)base & (POOL - 1));
  if (allocated == 0) placed_at = behind;
  is_uniform = allocated == 0 || (is_uniform && behind == placed_at);
  arenas[allocated].base = base;
  arenas[allocated++].mapped = mapped;
  if (allocated - released > peak) peak = allocated - released;
  return base;
}
static void* place_arena(void) {
  char* mapped = mmap(NULL, ARENA + 2 * POOL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) abort();
  return note_arena((char*)(((uintptr_t)mapped + POOL - 1) / POOL * POOL) + offset, mapped);
}
static arena_t* find_arena(const void* p) {
  static uint32_t last;
  const char* at = p;
  if (last < allocated && arenas[last].base && at >= arenas[last].base && at < arenas[last].base + ARENA)
    return &arenas[last];
  for (uint32_t k = allocated; k-- > 0;) {
    if (arenas[k].base && at >= arenas[k].base && at < arenas[k].base + ARENA) return &arenas[last = k];
  }
  return NULL;
}

#if PY_MAJOR_VERSION >= 3
static PyObjectArenaAllocator of_system;

static void* hooked_alloc(void* ctx, size_t size) {
  (void)ctx;
  if (mode == OFF) return of_system.alloc(of_system.ctx, size);
  if (size != ARENA) abort();
  was_refused = mode == REFUSING;
  if (was_refused) return NULL;
  return offset < 0 ? note_arena(of_system.alloc(of_system.ctx, size), NULL) : place_arena();
}
static void hooked_free(void* ctx, void* p, size_t size) {
  (void)ctx;
  arena_t* arena = find_arena(p);
  if (!arena) {
    of_system.free(of_system.ctx, p, size);
    return;
  }
  arena->base = NULL;
  ++released;
  if (arena->mapped) {
    munmap(arena->mapped, ARENA + 2 * POOL);
  } else {
    of_system.free(of_system.ctx, p, size);
  }
}
static void hook(void) {
  PyObjectArenaAllocator ours = {NULL, hooked_alloc, hooked_free};
  PyObject_GetArenaAllocator(&of_system);
  PyObject_SetArenaAllocator(&ours);
}
#else
/* 2.7 has no hook: this library is preloaded and stands in for mmap. */
void* mmap(void* at, size_t size, int protection, int flags, int fd, off_t from) {
  int is_arena = mode != OFF && size == ARENA && at == NULL && fd == -1;
  was_refused = is_arena && mode == REFUSING;
  if (was_refused) return MAP_FAILED;
  if (is_arena && offset >= 0) return place_arena();
  void* p = (void*)syscall(SYS_mmap, at, size, protection, flags, fd, from);
  return is_arena ? note_arena(p, NULL) : p;
}
int munmap(void* p, size_t size) {
  arena_t* arena = size == ARENA ? find_arena(p) : NULL;
  if (!arena) return (int)syscall(SYS_munmap, p, size);
  arena->base = NULL;
  ++released;
  return arena->mapped ? (int)syscall(SYS_munmap, arena->mapped, ARENA + 2 * POOL)
                       : (int)syscall(SYS_munmap, p, size);
}
static void hook(void) {}
#endif

/* --- the pools, read in their headers (struct pool_header) */

static uint32_t taken_of_pool_at(const void* block) {
  return *(const uint32_t*)((uintptr_t)block & ~(uintptr_t)(POOL - 1)); /* ref.count */
}

/* Takes all of the size class's used pools, and one pool more; 0 if there was none. Those blocks are kept. */
static int fill_class(size_t bytes) {
  uint32_t capacity = (uint32_t)((POOL - POOL_HEADER) / bytes);
  mode = REFUSING;
  was_refused = 0;
  for (;;) {
    void* p = PyObject_Malloc(bytes);
    if (was_refused) { /* it is the system's */
      PyObject_Free(p);
      mode = OFF;
      return 0;
    }
    if (taken_of_pool_at(p) != 1) continue;
    for (uint32_t n = 1; n < capacity; ++n) PyObject_Malloc(bytes);
    mode = OFF;
    return 1;
  }
}
static void fill_heap(void) {
  for (size_t bytes = 16; bytes <= 512; bytes += 16) fill_class(bytes);
  while (fill_class(512)) {
  }
}

/* --- sys._debugmallocstats() */

static PyObject* debug_stats;
static FILE* stats_file;

static char* stats_text(void) {
  if (!debug_stats) return NULL;
  fflush(stderr);
  int before = dup(2);
  rewind(stats_file);
  if (ftruncate(fileno(stats_file), 0) != 0) abort();
  dup2(fileno(stats_file), 2);
  PyObject* none = PyObject_CallObject(debug_stats, NULL);
  Py_XDECREF(none);
  fflush(stderr);
  dup2(before, 2);
  close(before);
  char* text = calloc(1, 1 << 16);
  fseek(stats_file, 0, SEEK_SET);
  if (fread(text, 1, (1 << 16) - 1, stats_file) == 0) abort();
  return text;
}

/* --- the run */

typedef struct {
  void** blocks;
  uint64_t digest; /* FNV-1a of (number of the arena, offset in it) of each block; the system's: (-1, 0) */
  uint32_t pools, peak_pools;
  size_t peak_step;
} run_t;

static void digest_word(run_t* run, uint32_t word) {
  for (int k = 0; k < 4; ++k, word >>= 8) run->digest = (run->digest ^ (word & 0xff)) * 0x100000001b3u;
}
static void digest_block(run_t* run, const void* block) {
  const arena_t* arena = find_arena(block);
  digest_word(run, arena ? (uint32_t)(arena - arenas) : 0xffffffffu);
  digest_word(run, arena ? (uint32_t)((const char*)block - arena->base) : 0);
}
static void note_taken(run_t* run, const void* block, size_t step) {
  if (!find_arena(block) || taken_of_pool_at(block) != 1) return;
  if (++run->pools <= run->peak_pools) return;
  run->peak_pools = run->pools;
  run->peak_step = step;
}
static int empties_its_pool(const void* block) {
  return find_arena(block) && taken_of_pool_at(block) == 1;
}
static void take_step(run_t* run, const heap_step* step, size_t number) {
  void** block = &run->blocks[step->block];
  int empties = step->kind != HEAP_ALLOCATE && empties_its_pool(*block);
  void* old = *block;
  switch (step->kind) {
    case HEAP_ALLOCATE: *block = PyObject_Malloc(step->bytes); break;
    case HEAP_RESIZE: *block = PyObject_Realloc(old, step->bytes); break;
    case HEAP_FREE:
      PyObject_Free(old);
      *block = NULL;
      break;
  }
  if (step->kind != HEAP_FREE) digest_block(run, *block);
  if (*block != old && *block) note_taken(run, *block, number);
  if (*block != old && empties) --run->pools;
}

static PyObject* answer(const run_t* run, char* texts[3]) {
  return Py_BuildValue("{s:I,s:I,s:I,s:I,s:I,s:n,s:K,s:k,s:i,s:[zzz]}", "allocated", allocated, "released",
                       released, "peak_arenas", peak, "pools", run->pools, "peak_pools", run->peak_pools,
                       "peak_step", (Py_ssize_t)run->peak_step, "digest", (unsigned long long)run->digest,
                       "offset", placed_at, "uniform", is_uniform, "stats", texts[0], texts[1], texts[2]);
}

static PyObject* run_sequence(PyObject* self, PyObject* args) {
  unsigned which;
  long watched;
  (void)self;
  if (!PyArg_ParseTuple(args, "Ill", &which, &offset, &watched)) return NULL;
  if (which >= HEAP_SEQUENCES) return PyErr_Format(PyExc_IndexError, "there is no sequence %u", which);
  heap_sequence sequence = heap_make(which);
  run_t run = {calloc(sequence.blocks, sizeof(void*)), 0xcbf29ce484222325u, 0, 0, 0};
  char* texts[3] = {NULL, NULL, NULL};
  fill_heap();
  allocated = released = peak = 0;
  texts[0] = stats_text();
  mode = COUNTING;
  for (size_t k = 0; k < sequence.count; ++k) {
    take_step(&run, &sequence.steps[k], k);
    if ((long)k == watched) texts[1] = stats_text();
  }
  mode = OFF;
  texts[2] = stats_text();
  PyObject* result = answer(&run, texts);
  mode = COUNTING; /* what is left is released */
  for (uint32_t b = 0; b < sequence.blocks; ++b) PyObject_Free(run.blocks[b]);
  mode = OFF;
  for (int k = 0; k < 3; ++k) free(texts[k]);
  free(run.blocks);
  heap_forget(&sequence);
  return result;
}

static PyObject* names(PyObject* self, PyObject* args) {
  (void)self, (void)args;
  PyObject* list = PyList_New(0);
  for (int k = 0; k < HEAP_SEQUENCES; ++k) {
    PyObject* name = Py_BuildValue("s", heap_names[k]);
    PyList_Append(list, name);
    Py_DECREF(name);
  }
  return list;
}

static PyMethodDef methods[] = {
    {"run", run_sequence, METH_VARARGS, NULL}, {"names", names, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static void prepare(void) {
  hook();
  stats_file = tmpfile();
  debug_stats = PySys_GetObject("_debugmallocstats");
  Py_XINCREF(debug_stats);
}

#if PY_MAJOR_VERSION >= 3
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "gcsim_heap", NULL, -1, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_gcsim_heap(void) {
  prepare();
  return PyModule_Create(&module);
}
#else
PyMODINIT_FUNC initgcsim_heap(void) {
  prepare();
  Py_InitModule("gcsim_heap", methods);
}
#endif
