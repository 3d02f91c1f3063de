// The beginnings of the interpreter's own collections.
#pragma once

#include "python.h"

// Called before the collector looks at anything. The generation is the oldest that will be collected.
typedef void (*collection_notice)(int generation);
// With NULL: no more.
bool watch_collections(collection_notice notice);

extern struct gcsim_record_collections {
  bool is_watched;
  struct _gc_runtime_state* gc;
  PyObject* ours;  // what the collector has for gc.callbacks while a notice is expected
  PyObject* info;  // what the collector tells: a dict, made for the call, that goes back to the free list
} gcsim_record_collections;

void collection_is_over(void);
// After a collection notices must be asked for again: called at the next births and deaths, whichever come.
static inline void expect_collections(void) {
  const struct gcsim_record_collections* c = &gcsim_record_collections;
  if (c->is_watched && c->gc->callbacks != c->ours && c->gc->collecting == 0) collection_is_over();
}

// Whether an object that is born now, or dies, is one of the collector's own: the program does not know it.
static inline bool is_born_of_collector(void) {
  const struct gcsim_record_collections* c = &gcsim_record_collections;
  return c->is_watched && c->gc->collecting != 0 && c->gc->callbacks == c->ours;
}
static inline bool is_of_collector(PyObject* op) {
  if (op != gcsim_record_collections.info || op == NULL) return false;
  gcsim_record_collections.info = NULL;
  return true;
}
