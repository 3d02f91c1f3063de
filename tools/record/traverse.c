#include "traverse.h"

bool is_exactly_tuple_or_dict(const struct object* o) {
  return o->list == kTupleFreeList || o->list == kDictFreeList;
}

bool is_traversable(const struct object* o) {
  return type_of(o) == &PyCode_Type || is_tracked(op_of(o)) || is_exactly_tuple_or_dict(o);
}

bool may_be_tracked(PyObject* op) {
  return has_header(op) && (!PyTuple_CheckExact(op) || is_tracked(op));
}

static int traverse_code(const PyCodeObject* code, visitproc visit, void* arg) {
  Py_VISIT(code->co_consts);
  Py_VISIT(code->co_names);
#if PY_VERSION_HEX >= 0x030b0000
  Py_VISIT(code->co_localsplusnames);
#else
  Py_VISIT(code->co_varnames);
  Py_VISIT(code->co_freevars);
  Py_VISIT(code->co_cellvars);
#endif
#if PY_VERSION_HEX >= 0x030c0000
  if (code->_co_cached != NULL) {
    Py_VISIT(code->_co_cached->_co_varnames);
    Py_VISIT(code->_co_cached->_co_cellvars);
    Py_VISIT(code->_co_cached->_co_freevars);
  }
#endif
  return 0;
}

// A type holds its tuple of slots and the dict of its subclasses, and each of its bases a weak reference to
// it, the same one, which goes with the type (type_dealloc). The collector is told of none of them: it takes
// them for held from outside as long as the type lives.
static int traverse_companion(PyObject* op, visitproc visit, void* arg) {
  PyTypeObject* type = (PyTypeObject*)op;
  Py_VISIT(((PyHeapTypeObject*)op)->ht_slots);
  Py_VISIT((PyObject*)type->tp_subclasses);
  PyObject* reference = type->tp_weaklist;  // that without a callback comes first
  if (reference == NULL || !PyWeakref_CheckRefExact(reference) || type->tp_bases == NULL) return 0;
  if (((PyWeakReference*)reference)->wr_callback != NULL) return 0;
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(type->tp_bases); ++k) Py_VISIT(reference);
  return 0;
}

int traverse(const struct object* o, visitproc visit, void* arg) {
  PyObject* op = op_of(o);
  if (o->is_companion) return traverse_companion(op, visit, arg);
  if (PyCode_Check(op)) return traverse_code((const PyCodeObject*)op, visit, arg);
  return Py_TYPE(op)->tp_traverse(op, visit, arg);
}
