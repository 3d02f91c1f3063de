// The types that are recorded: what each birth asks of one, and their deallocators, patched so that they tell
// of each death.
#pragma once

#include "python.h"

// All types there are. Returns false with a message for people in `problem`.
bool patch_all_types(char* problem, size_t size);

// The types whose dead blocks a replay keeps on free lists itself. What other types keep (frames, contexts)
// stays alive in a recording, as the block does in the program: neither moves a count.
enum free_list { kNoFreeList, kListFreeList, kDictFreeList, kSliceFreeList, kTupleFreeList };

struct known_type {
  // What it is known by: the address may be another type's later, and a type may change.
  PyTypeObject* type;
  destructor deallocator;
  const char* name;
  Py_ssize_t basic_size;
  unsigned long pointers_before;  // flags
  uint32_t number;                // in the raw recording; kNoNumber: it has none yet
  unsigned char free_list;
  unsigned char headers;  // in front of its objects, of 16 bytes each
};

// Few types have most of the births: one for each hash.
enum { kKnownTypes = 1 << 10, kNoNumber = UINT32_MAX };
extern struct known_type gcsim_record_known_types[kKnownTypes];
void learn_type(struct known_type* known, PyTypeObject* type);
void forget_numbers_of_types(void);

static inline unsigned long pointers_before(const PyTypeObject* type) {
#if PY_VERSION_HEX >= 0x030c0000
  return type->tp_flags & (Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF);
#elif PY_VERSION_HEX >= 0x030b0000
  return type->tp_flags & Py_TPFLAGS_MANAGED_DICT;
#else
  (void)type;
  return 0;
#endif
}

// What is found stays until another type is asked for. A type that is met for the first time gets its
// deallocator patched; where it can't be, _Py_Dealloc is.
static inline struct known_type* known_type(PyTypeObject* type) {
  struct known_type* k = &gcsim_record_known_types[((uintptr_t)type >> 4) * 0x9e3779b97f4a7c15u >> 54];
  if (k->type != type || k->deallocator != type->tp_dealloc || k->name != type->tp_name ||
      k->basic_size != type->tp_basicsize || k->pointers_before != pointers_before(type))
    learn_type(k, type);
  return k;
}

// Bytes of the block in front of the object: the collector's header, and from 3.11 on two pointers for
// objects whose dict or weak references stand there.
static inline size_t bytes_before(const PyTypeObject* type) {
  if (type == &PyCode_Type) return 0;
  return sizeof(PyGC_Head) + (pointers_before(type) != 0 ? 2 * sizeof(PyObject*) : 0);
}

// The name a trace knows the type by.
const char* name_of_type(const PyTypeObject* type);
