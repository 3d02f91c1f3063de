/* The events: one function for each operation, and the table of them. */
#ifndef GCSIM_LIVE_EVENTS_H
#define GCSIM_LIVE_EVENTS_H

#include "objects.h"

typedef struct {
  int operation;
  int a, b, n;      /* words; n: of alloc_* the name to bind, else a number */
  PyObject* object; /* key, class, literal or arguments */
  int operand_count;
  int* operands; /* words */
  int number;    /* of the event, from 1 */
} Event;

static PyObject *call_collect, *call_threshold, *call_debug, *call_enable, *call_disable, *call_freeze,
    *call_unfreeze, *call_count;
static PyObject *no_arguments, *callback, *dict_name;
static PyCFunction popitem;
static int checks_are_events;

/* --- operands and results */
static void refuse(const char* why) {
  write_text(" error:%s", why);
  PyErr_Clear();
}
static PyObject* operand(int word) {
  PyObject* o = object_named(word);
  if (!o) refuse("dead");
  return o;
}
static void bind(int name, PyObject* o) { /* takes over the reference */
  PyObject* old = bound[name];
  bound[name] = o;
  Py_XDECREF(old);
}
static void name_new(int id, int name, PyObject* o) { /* takes over the reference */
  Known* entry;
  if (!o) {
    refuse("alloc");
    return;
  }
  entry = find_known(o);
  if (entry) {
    note_alias(id, entry->word);
    write_token("same", entry->word);
  } else {
    note_birth(o, id);
  }
  bind(name, o);
}
static const char* characters(PyObject* literal) {
  return PyBytes_AS_STRING(literal);
}

/* --- one function per operation */
static void do_alloc_list(const Event* e) {
  name_new(e->a, e->n, PyList_New(0));
}
static void do_alloc_dict(const Event* e) {
  name_new(e->a, e->n, PyDict_New());
}
static void do_alloc_set(const Event* e) {
  name_new(e->a, e->n, PySet_New(NULL));
}

static void do_alloc_tuple(const Event* e) {
  PyObject* tuple;
  int i;
  for (i = 0; i < e->operand_count; i++) {
    if (!operand(e->operands[i])) return;
  }
  tuple = PyTuple_New(e->operand_count); /* may collect: an element that nothing refers to becomes None */
  for (i = 0; i < e->operand_count; i++) {
    PyObject* element = operand(e->operands[i]);
    if (!element) element = Py_None;
    Py_INCREF(element);
    PyTuple_SET_ITEM(tuple, i, element);
  }
  name_new(e->a, e->n, tuple);
}
static void do_alloc_instance(const Event* e) {
  PyTypeObject* type = (PyTypeObject*)e->object;
  name_new(e->a, e->n, type->tp_new(type, no_arguments, NULL));
  binds_when_finalized[e->a] = e->b;
  has_resurrected[e->a] = 0;
}
static void do_alloc_float(const Event* e) {
  name_new(e->a, e->n,
           PyFloat_FromDouble(e->object == Py_None ? e->number + 0.5 : PyFloat_AS_DOUBLE(e->object)));
}
#if PY_VERSION_HEX >= 0x03000000
static void do_alloc_int(const Event* e) {
  name_new(e->a, e->n, PyLong_FromString((char*)characters(e->object), NULL, 10));
}
static void do_alloc_str(const Event* e) {
  name_new(e->a, e->n,
           e->object == Py_None ? PyUnicode_FromFormat("str%d", e->number)
                                : PyUnicode_FromString(characters(e->object)));
}
#else
static void do_alloc_int(const Event* e) {
  name_new(e->a, e->n, PyInt_FromString((char*)characters(e->object), NULL, 10));
}
static void do_alloc_str(const Event* e) {
  name_new(e->a, e->n,
           e->object == Py_None ? PyString_FromFormat("str%d", e->number)
                                : PyString_FromString(characters(e->object)));
}
#endif
static void do_weakref(const Event* e) {
  PyObject *referent = operand(e->b), *weakref;
  if (!referent) return;
  weakref = PyWeakref_NewRef(referent, e->n ? callback : NULL);
  if (weakref) {
    name_new(e->a, e->a, weakref);
  } else {
    refuse("type");
  }
}

static void do_bind(const Event* e) {
  PyObject* o = operand(e->b);
  if (!o) return;
  Py_INCREF(o);
  bind(e->a, o);
}
static void do_del(const Event* e) {
  int i;
  for (i = 0; i < e->operand_count; i++) {
    PyObject* o = bound[e->operands[i]];
    if (!o) {
      refuse("unbound");
      return;
    }
    bound[e->operands[i]] = NULL;
    Py_DECREF(o);
  }
}

static void do_add(const Event* e) {
  PyObject *o = operand(e->a), *value = o ? operand(e->b) : NULL;
  int failed = 1;
  if (!value) return;
  if (PyList_CheckExact(o)) failed = PyList_Append(o, value);
  if (PySet_Check(o)) failed = PySet_Add(o, value);
  if (failed) refuse("type");
}
static int is_index(const Event* e, PyObject* list) {
  return e->n >= 0 && e->n < PyList_GET_SIZE(list);
}
static void do_set_item(const Event* e) {
  PyObject *o = operand(e->a), *value = o ? operand(e->b) : NULL;
  if (!value) return;
  if (PyDict_CheckExact(o)) {
    if (PyDict_SetItem(o, e->object, value) < 0) refuse("setitem");
  } else if (!PyList_CheckExact(o)) {
    refuse("type");
  } else if (!is_index(e, o)) {
    refuse("absent");
  } else {
    Py_INCREF(value);
    PyList_SetItem(o, e->n, value);
  }
}
static void do_del_item(const Event* e) {
  PyObject* o = operand(e->a);
  if (!o) return;
  if (PyDict_CheckExact(o)) {
    if (PyDict_Contains(o, e->object) == 1) {
      PyDict_DelItem(o, e->object);
    } else {
      refuse("absent");
    }
  } else if (!PyList_CheckExact(o)) {
    refuse("type");
  } else if (!is_index(e, o)) {
    refuse("absent");
  } else {
    PyList_SetSlice(o, e->n, e->n + 1, NULL);
  }
}
static void pop_entry(PyObject* dict) {
  PyObject* entry;
  if (PyDict_Size(dict) == 0) {
    refuse("empty");
    return;
  }
  entry = popitem(dict, NULL); /* makes a real tuple, as d.popitem() does */
  if (entry) {
    Py_DECREF(entry);
  } else {
    refuse("popitem");
  }
}
static void do_pop(const Event* e) {
  PyObject* o = operand(e->a);
  if (!o) return;
  if (PyDict_CheckExact(o)) {
    pop_entry(o);
  } else if (!PyList_CheckExact(o)) {
    refuse("type");
  } else if (PyList_GET_SIZE(o) == 0) {
    refuse("empty");
  } else {
    PyList_SetSlice(o, PyList_GET_SIZE(o) - 1, PyList_GET_SIZE(o), NULL);
  }
}
static void remove_first(PyObject* list, PyObject* value) {
  Py_ssize_t i;
  for (i = 0; i < PyList_GET_SIZE(list); i++) {
    if (PyList_GET_ITEM(list, i) != value) continue;
    PyList_SetSlice(list, i, i + 1, NULL);
    return;
  }
  refuse("absent");
}
static void do_remove(const Event* e) {
  PyObject *o = operand(e->a), *value = o ? operand(e->b) : NULL;
  if (!value) return;
  if (PyList_CheckExact(o)) {
    remove_first(o, value);
  } else if (!PySet_Check(o)) {
    refuse("type");
  } else if (PySet_Discard(o, value) < 1) {
    refuse("absent");
  }
}
static void do_clear(const Event* e) {
  PyObject* o = operand(e->a);
  if (!o) return;
  if (PyList_CheckExact(o)) {
    PyList_SetSlice(o, 0, PyList_GET_SIZE(o), NULL);
  } else if (PyDict_CheckExact(o)) {
    PyDict_Clear(o);
  } else if (PySet_Check(o)) {
    PySet_Clear(o);
  } else {
    refuse("type");
  }
}

static void do_set_attr(const Event* e) {
  PyObject *o = operand(e->a), *value = o ? operand(e->b) : NULL;
  if (value && PyObject_SetAttr(o, e->object, value) < 0) refuse("attribute");
}
static void do_del_attr(const Event* e) {
  PyObject* o = operand(e->a);
  if (o && PyObject_SetAttr(o, e->object, NULL) < 0) refuse("attribute");
}
static void do_dict(const Event* e) {
  PyObject *o = operand(e->a), *dict;
  if (!o) return;
  dict = PyObject_GetAttr(o, dict_name);
  if (!dict) {
    refuse("attribute");
  } else if (e->b < 0) {
    Py_DECREF(dict);
  } else if (live[e->b] && live[e->b] != dict) {
    refuse("exists");
    Py_DECREF(dict);
  } else {
    name_new(e->b, e->b, dict);
  }
}

static void call(PyObject* function, PyObject* arguments) {
  PyObject* result = PyObject_Call(function, arguments, NULL);
  if (!result) refuse("call");
  Py_XDECREF(result);
}
static void do_gc_collect(const Event* e) {
  PyObject* found = PyObject_Call(call_collect, e->object, NULL);
  match_braces();
  if (found) {
    write_text(" return:%ld", PyLong_AsLong(found));
    Py_DECREF(found);
  } else {
    refuse("call");
  }
}
static void do_gc_threshold(const Event* e) {
  call(call_threshold, e->object);
}
static void do_gc_debug(const Event* e) {
  call(call_debug, e->object);
}
static void do_gc_enable(const Event* e) {
  (void)e;
  call(call_enable, no_arguments);
}
static void do_gc_disable(const Event* e) {
  (void)e;
  call(call_disable, no_arguments);
}
static void do_gc_freeze(const Event* e) {
  (void)e;
  if (call_freeze) call(call_freeze, no_arguments);
}
static void do_gc_unfreeze(const Event* e) {
  (void)e;
  if (call_unfreeze) call(call_unfreeze, no_arguments);
}
static void do_gc_count(const Event* e) { /* the real one: shows what it disturbs */
  PyObject* counts = PyObject_Call(call_count, no_arguments, NULL);
  (void)e;
  if (!counts) return;
  write_text(" return:(%ld,%ld,%ld)", PyLong_AsLong(PyTuple_GET_ITEM(counts, 0)),
             PyLong_AsLong(PyTuple_GET_ITEM(counts, 1)), PyLong_AsLong(PyTuple_GET_ITEM(counts, 2)));
  Py_DECREF(counts);
}

static void do_inspect_refcount(const Event* e) {
  PyObject* o = operand(e->a);
  if (o) write_text(" refcount=%ld tracked=%d", (long)Py_REFCNT(o), is_tracked(o));
}
static void do_inspect_generations(const Event* e) {
  int g;
  (void)e;
  for (g = 0; g < GENERATIONS; g++) {
    PyGC_Head *head = &GENERATION(g).head, *at;
    write_text(" generation%d[", g);
    for (at = next_of(head); at != head; at = next_of(at)) {
      Known* entry = find_known(object_of(at));
      if (at != next_of(head)) write_text(" ");
      if (entry) {
        write_word(entry->word);
      } else {
        write_text("<%s>", Py_TYPE(object_of(at))->tp_name);
      }
    }
    write_text("]");
  }
  write_text(" long_lived=%ld,%ld", (long)LONG_LIVED_TOTAL, (long)LONG_LIVED_PENDING);
}
static void run_pending_collection(void) {
#if PY_VERSION_HEX >= 0x030c0000
  PyErr_CheckSignals(); /* asks the eval breaker, as the interpreter's loop does */
#endif
}
static void do_check(const Event* e) {
  (void)e;
  checks_are_events = 1;
  run_pending_collection();
}

#include "questions.h"

#define NEW 1 /* the operation gives the ID `a` to a new object */
static const struct {
  const char* name;
  void (*run)(const Event*);
  int flags;
} operations[] = {{"alloc_list", do_alloc_list, NEW},
                  {"alloc_dict", do_alloc_dict, NEW},
                  {"alloc_set", do_alloc_set, NEW},
                  {"alloc_tuple", do_alloc_tuple, NEW},
                  {"alloc_int", do_alloc_int, NEW},
                  {"alloc_float", do_alloc_float, NEW},
                  {"alloc_str", do_alloc_str, NEW},
                  {"alloc_instance", do_alloc_instance, NEW},
                  {"weakref", do_weakref, NEW},
                  {"bind", do_bind, 0},
                  {"del", do_del, 0},
                  {"add", do_add, 0},
                  {"set_item", do_set_item, 0},
                  {"del_item", do_del_item, 0},
                  {"pop", do_pop, 0},
                  {"remove", do_remove, 0},
                  {"clear", do_clear, 0},
                  {"set_attr", do_set_attr, 0},
                  {"del_attr", do_del_attr, 0},
                  {"dict", do_dict, 0},
                  {"gc_collect", do_gc_collect, 0},
                  {"gc_threshold", do_gc_threshold, 0},
                  {"gc_debug", do_gc_debug, 0},
                  {"gc_enable", do_gc_enable, 0},
                  {"gc_disable", do_gc_disable, 0},
                  {"gc_freeze", do_gc_freeze, 0},
                  {"gc_unfreeze", do_gc_unfreeze, 0},
                  {"gc_count", do_gc_count, 0},
                  {"inspect_refcount", do_inspect_refcount, 0},
                  {"inspect_generations", do_inspect_generations, 0},
                  {"check", do_check, 0},
                  QUESTIONS};
enum { kOperations = sizeof operations / sizeof *operations };

#endif
