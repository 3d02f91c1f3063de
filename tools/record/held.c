#include "held.h"

#if PY_VERSION_HEX >= 0x030b0000
#include <internal/pycore_dict.h>
#include <internal/pycore_object.h>
#endif

#include "traverse.h"

static uint64_t bytes_of_block(const void* block) {
  const struct object* o = block == NULL ? NULL : shadow_find(block);
  return o == NULL || o->id != 0 ? 0 : o->size;
}

static int add_child(PyObject* child, void* sum) {
  if (Py_REFCNT(child) == 1 && !PyObject_IS_GC(child)) *(uint64_t*)sum += bytes_of_block(child);
  return 0;
}

// Attribute values that stand in a block of their own, for the keys of a dict or class.
static const void* block_of_values(const void* values) {
#if PY_VERSION_HEX >= 0x030b0000 && PY_VERSION_HEX < 0x030d0000
  // Their order stands in front of them; so does the length of that, in the last byte.
  return values == NULL ? NULL : (const char*)values - ((const uint8_t*)values)[-1];
#else
  return values;
#endif
}

static uint64_t bytes_of_dict(const PyDictObject* dict) {
  const uint64_t values = bytes_of_block(block_of_values(dict->ma_values));
  const Py_ssize_t users = *(const Py_ssize_t*)dict->ma_keys;  // dk_refcnt
  return values + (users == 1 ? bytes_of_block(dict->ma_keys) : 0);
}

// Attribute values of an instance that has no dict.
static uint64_t bytes_of_attributes(PyObject* op) {
#if PY_VERSION_HEX >= 0x030d0000
  (void)op;
  return 0;  // they stand in the object
#elif PY_VERSION_HEX >= 0x030c0000
  if ((Py_TYPE(op)->tp_flags & Py_TPFLAGS_MANAGED_DICT) == 0) return 0;
  const PyDictOrValues values = *_PyObject_DictOrValuesPointer(op);
  return _PyDictOrValues_IsValues(values) ? bytes_of_block(block_of_values(_PyDictOrValues_GetValues(values)))
                                          : 0;
#elif PY_VERSION_HEX >= 0x030b0000
  if ((Py_TYPE(op)->tp_flags & Py_TPFLAGS_MANAGED_DICT) == 0) return 0;
  return bytes_of_block(block_of_values(*_PyObject_ValuesPointer(op)));
#else
  (void)op;
  return 0;
#endif
}

uint32_t bytes_held_by(const struct object* o) {
  if (!is_traversable(o)) return 0;
  uint64_t sum = 0;
  traverse(o, add_child, &sum);
  PyObject* op = op_of(o);
  if (PyList_Check(op)) {
    sum += bytes_of_block(((PyListObject*)op)->ob_item);
  } else if (PyDict_Check(op)) {
    sum += bytes_of_dict((PyDictObject*)op);
  } else if (PyAnySet_Check(op)) {
    sum += bytes_of_block(((PySetObject*)op)->table);
  }
  if (type_of(o) != &PyCode_Type) sum += bytes_of_attributes(op);
  return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}
