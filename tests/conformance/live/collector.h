/* The collector's own state, read and written where it lies.
 *
 * gc.get_count() takes a tuple and gc.callbacks dicts, which would move the very counts we want to see. Up
 * to 3.6 the state is static in gcmodule.c: the build finds it relative to PyGC_Collect (interpreters.py). */
#ifndef GCSIM_LIVE_COLLECTOR_H
#define GCSIM_LIVE_COLLECTOR_H

#define PY_SSIZE_T_CLEAN
#include "patchlevel.h"
#if PY_VERSION_HEX >= 0x03070000
#define Py_BUILD_CORE 1 /* for the struct of the collector's state */
#endif
#include "Python.h"
#if PY_VERSION_HEX >= 0x03090000
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h"
#include "internal/pycore_pystate.h"
#elif PY_VERSION_HEX >= 0x03080000
#include "internal/pycore_pymem.h"
#include "internal/pycore_pystate.h"
#elif PY_VERSION_HEX >= 0x03070000
#include "internal/pystate.h"
#endif
#include <stdint.h>

#define GENERATIONS 3

typedef struct {
  Py_ssize_t collections, collected, uncollectable;
} Statistics;

#if PY_VERSION_HEX < 0x03070000

struct gc_generation {
  PyGC_Head head;
  int threshold;
  int count;
};
extern PyGC_Head* _PyGC_generation0;
/* The compiler must not know that the address is a function's: it would take what lies there for one, too. */
static char* collector_base(void) {
  char* base;
  __asm__("" : "=r"(base) : "0"((void*)PyGC_Collect));
  return base;
}
#define COLLECTOR_STATIC(type, offset) ((type*)(void*)(collector_base() + (offset)))
#define GENERATION(g) (((struct gc_generation*)_PyGC_generation0)[g])
#define IS_COLLECTING (*COLLECTOR_STATIC(int, OFFSET_collecting))
#define LONG_LIVED_TOTAL (*COLLECTOR_STATIC(Py_ssize_t, OFFSET_long_lived_total))
#define LONG_LIVED_PENDING (*COLLECTOR_STATIC(Py_ssize_t, OFFSET_long_lived_pending))
static void find_collector(void) {}

#else

static struct _gc_runtime_state* collector;
#define GENERATION(g) (collector->generations[g])
#define IS_COLLECTING (collector->collecting)
#define LONG_LIVED_TOTAL (collector->long_lived_total)
#define LONG_LIVED_PENDING (collector->long_lived_pending)
static void find_collector(void) {
#if PY_VERSION_HEX >= 0x03090000
  collector = &PyThreadState_Get()->interp->gc;
#else
  collector = &_PyRuntime.gc;
#endif
}

#endif

/* 2.7 keeps no statistics: hooks.h's wrapper around collect() fills these. */
#if PY_VERSION_HEX < 0x03000000
static Statistics statistics_2_7[GENERATIONS];
#endif
static Statistics statistics_of(int g) {
#if PY_VERSION_HEX < 0x03000000
  return statistics_2_7[g];
#elif PY_VERSION_HEX < 0x03070000
  return COLLECTOR_STATIC(Statistics, OFFSET_generation_stats)[g];
#else
  Statistics s = {collector->generation_stats[g].collections, collector->generation_stats[g].collected,
                  collector->generation_stats[g].uncollectable};
  return s;
#endif
}

/* --- the lists */
static PyObject* object_of(PyGC_Head* g) {
  return (PyObject*)(g + 1);
}
static PyGC_Head* next_of(PyGC_Head* g) {
#if PY_VERSION_HEX < 0x03080000
  return g->gc.gc_next;
#else
  return (PyGC_Head*)g->_gc_next;
#endif
}
static PyGC_Head* previous_of(PyGC_Head* g) {
#if PY_VERSION_HEX < 0x03080000
  return g->gc.gc_prev;
#else
  return (PyGC_Head*)(g->_gc_prev & ~(uintptr_t)3); /* the lower bits are flags */
#endif
}
static void link_heads(PyGC_Head* a, PyGC_Head* b) {
#if PY_VERSION_HEX < 0x03080000
  a->gc.gc_next = b;
  b->gc.gc_prev = a;
#else
  a->_gc_next = (uintptr_t)b;
  b->_gc_prev = (b->_gc_prev & 3) | (uintptr_t)a;
#endif
}
static void append_all(PyGC_Head* from, PyGC_Head* to) {
  PyGC_Head *first = next_of(from), *last = previous_of(from), *tail = previous_of(to);
  if (first == from) return;
  link_heads(tail, first);
  link_heads(last, to);
  link_heads(from, from);
}

/* The interpreter's own objects leave the generations for the run: collections then see the trace's only, and
 * the trace's gc.freeze() and gc.unfreeze() too. */
static PyGC_Head aside;
static void set_interpreter_aside(void) {
  static int is_list;
  int g;
  if (!is_list) link_heads(&aside, &aside);
  is_list = 1;
  for (g = 0; g < GENERATIONS; g++) append_all(&GENERATION(g).head, &aside);
#if PY_VERSION_HEX >= 0x03070000
  append_all(&collector->permanent_generation.head, &aside); /* 3.12 starts with some there */
#endif
}

static int is_tracked(PyObject* o) {
#if PY_VERSION_HEX < 0x03090000
  return PyObject_IS_GC(o) && _PyObject_GC_IS_TRACKED(o);
#else
  return PyObject_IS_GC(o) && PyObject_GC_IsTracked(o);
#endif
}
static int was_finalized(PyObject* o) {
#if PY_VERSION_HEX < 0x03040000
  (void)o;
  return 0; /* `__del__` runs at every death */
#elif PY_VERSION_HEX < 0x03090000
  return PyObject_IS_GC(o) && _PyGC_FINALIZED(o);
#else
  return PyObject_IS_GC(o) && PyObject_GC_IsFinalized(o);
#endif
}

/* Whether the deallocator that has just been entered will put the object into the trashcan. */
static int will_wait(PyObject* o, int is_instance) {
  PyThreadState* thread = PyThreadState_Get();
  if (!PyObject_IS_GC(o)) return 0;
#if PY_VERSION_HEX < 0x03080000
  return thread->trash_delete_nesting + (is_instance ? 1 : 0) >= 50;
#elif PY_VERSION_HEX < 0x030c0000
  (void)is_instance;
  return thread->trash_delete_nesting >= 50;
#elif PY_VERSION_HEX < 0x030d0000
  (void)is_instance;
  return thread->trash.delete_nesting >= 50;
#else
  (void)is_instance;
  return thread->c_recursion_remaining <= Py_TRASHCAN_HEADROOM;
#endif
}

#endif
