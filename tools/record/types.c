#define _GNU_SOURCE 1
#include "types.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jumps.h"

// Deallocators that were looked at, patched or not: a small hash set of addresses.
enum { kMostDeallocators = 1 << 14 };
static destructor seen[kMostDeallocators];
static size_t seen_count;

static size_t first_slot(destructor function) {
  return ((uintptr_t)function >> 4) * 0x9e3779b97f4a7c15u >> 50;
}

static bool see(destructor function) {
  size_t at = first_slot(function);
  while (seen[at] != NULL) {
    if (seen[at] == function) return false;
    at = (at + 1) % kMostDeallocators;
  }
  if (2 * seen_count >= kMostDeallocators) return false;
  ++seen_count;
  seen[at] = function;
  return true;
}

// For deallocators that can't be patched: most places call them by way of this.
static void watch_py_dealloc(void) {
  static bool is_watched;
  if (is_watched) return;
  is_watched = true;
  void* function = dlsym(RTLD_DEFAULT, "_Py_Dealloc");
  const char* problem;
  if (function != NULL) patch_function(function, kOnDestroy, &problem);
}

static void patch_type(PyTypeObject* type) {
  if (type->tp_dealloc == NULL || !see(type->tp_dealloc)) return;
  const int saved_errno = errno;
  const char* problem;
  if (!patch_function((void*)type->tp_dealloc, kOnDestroy, &problem)) watch_py_dealloc();
  errno = saved_errno;
}

static enum free_list free_list_of(const PyTypeObject* type) {
  if (type == &PyTuple_Type) return kTupleFreeList;
  if (type == &PyList_Type) return kListFreeList;
  if (type == &PyDict_Type) return kDictFreeList;
  if (type == &PySlice_Type) return kSliceFreeList;
  return kNoFreeList;
}

struct known_type gcsim_record_known_types[kKnownTypes];

void learn_type(struct known_type* known, PyTypeObject* type) {
  patch_type(type);
  *known = (struct known_type){.type = type,
                               .deallocator = type->tp_dealloc,
                               .name = type->tp_name,
                               .basic_size = type->tp_basicsize,
                               .pointers_before = pointers_before(type),
                               .number = kNoNumber,
                               .free_list = (unsigned char)free_list_of(type),
                               .headers = (unsigned char)(bytes_before(type) / sizeof(PyGC_Head))};
}

void forget_numbers_of_types(void) {
  for (int k = 0; k < kKnownTypes; ++k) gcsim_record_known_types[k].number = kNoNumber;
}

static bool patch_subtypes(PyTypeObject* type, char* problem, size_t size) {
  if (PyType_IS_GC(type) && type->tp_dealloc != NULL && see(type->tp_dealloc)) {
    const char* why;
    if (!patch_function((void*)type->tp_dealloc, kOnDestroy, &why)) {
      snprintf(problem, size, "the deallocator of %s can't be patched: %s", type->tp_name, why);
      return false;
    }
  }
  PyObject* subtypes = PyObject_CallMethod((PyObject*)&PyType_Type, "__subclasses__", "O", (PyObject*)type);
  if (subtypes == NULL) {
    PyErr_Clear();
    return true;
  }
  bool is_fine = true;
  for (Py_ssize_t k = 0; is_fine && k < PyList_GET_SIZE(subtypes); ++k)
    is_fine = patch_subtypes((PyTypeObject*)PyList_GET_ITEM(subtypes, k), problem, size);
  Py_DECREF(subtypes);
  return is_fine;
}

bool patch_all_types(char* problem, size_t size) {
  return patch_subtypes(&PyBaseObject_Type, problem, size);
}

// Names with a meaning of their own in a trace. A class of the program that is called the same is not that
// type.
static bool has_meaning(const char* name) {
  static const char* const kNames[] = {
      "int",       "float",   "str",       "list",  "dict",   "set",  "tuple", "function", "frame",
      "generator", "weakref", "coroutine", "slice", "module", "cell", "type",  "bool",     "async_generator"};
  for (size_t k = 0; k < sizeof kNames / sizeof kNames[0]; ++k) {
    if (strcmp(name, kNames[k]) == 0) return true;
  }
  return false;
}

const char* name_of_type(const PyTypeObject* type) {
  static char longer[256];
  const char* name = type->tp_name == NULL ? "?" : type->tp_name;
  if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) == 0 || !has_meaning(name)) return name;
  snprintf(longer, sizeof longer, "class %.200s", name);
  return longer;
}
