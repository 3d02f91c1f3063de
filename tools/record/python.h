// What the recorder needs of the interpreter's insides, the same for all versions it is built for.
#pragma once

#define PY_SSIZE_T_CLEAN
#define Py_BUILD_CORE 1
#include <Python.h>

#if PY_VERSION_HEX < 0x03090000 || PY_VERSION_HEX >= 0x030e0000
#error "The recorder knows CPython 3.9 to 3.13"
#endif
#ifdef Py_GIL_DISABLED
#error "Builds without the GIL are not served"
#endif
#ifdef Py_TRACE_REFS
#error "Builds with Py_TRACE_REFS are not served"
#endif

#include <internal/pycore_gc.h>
#include <internal/pycore_interp.h>
#include <stdbool.h>
#include <stdint.h>

// That of the one interpreter there is while something is recorded. Asking for it costs as much as a birth.
extern struct _gc_runtime_state* gcsim_record_collector;
static inline struct _gc_runtime_state* collector(void) {
  return gcsim_record_collector;
}

static inline PyThreadState* current_thread(void) {
#if PY_VERSION_HEX >= 0x030d0000
  return PyThreadState_GetUnchecked();
#else
  return _PyThreadState_UncheckedGet();
#endif
}

// While an exception is set, an allocation counts but starts no collection.
static inline bool has_exception(const PyThreadState* thread) {
  if (thread == NULL) return false;
#if PY_VERSION_HEX >= 0x030c0000
  return thread->current_exception != NULL;
#else
  return thread->curexc_type != NULL;
#endif
}

static inline bool is_finalizing(void) {
#if PY_VERSION_HEX >= 0x030d0000
  return Py_IsFinalizing();
#else
  return _Py_IsFinalizing();
#endif
}

// From 3.12 on a crossed threshold only asks for a collection, which runs at the next check of the evaluation
// loop.
#define COLLECTS_AT_CHECKS (PY_VERSION_HEX >= 0x030c0000)

static inline PyGC_Head* gc_head(PyObject* op) {
  return (PyGC_Head*)op - 1;
}
static inline bool is_tracked(PyObject* op) {
  return gc_head(op)->_gc_next != 0;
}

// As PyObject_IS_GC(), which is a call.
static inline bool has_header(PyObject* op) {
  const PyTypeObject* type = Py_TYPE(op);
  return (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0 && (type->tp_is_gc == NULL || type->tp_is_gc(op));
}

// Code objects have no collector header, but what they refer to may have one: recordings know them, too.
static inline bool is_recorded(const PyTypeObject* type) {
  return (type->tp_flags & Py_TPFLAGS_HAVE_GC) != 0 || type == &PyCode_Type;
}
