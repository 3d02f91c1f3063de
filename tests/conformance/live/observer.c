/* Makes this interpreter execute a trace through its C API and writes the transcript: every death, finalizer
 * and callback, every collection, and the counts after each event. README.md says how and within which
 * limits.
 *
 * Nothing but the trace's events may allocate an object with a collector header while they run: all that they
 * need was made before (reader.py, run.py) or is C memory. */
#include "collector.h"
#include "objects.h"
#include "transcript.h"

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
  PyObject* o = live[alias_of[word] >= 0 ? alias_of[word] : word];
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
    alias_of[id] = entry->word;
    write_token("same", entry->word);
  } else {
    live[id] = o;
    alias_of[id] = -1;
    learn(o, id);
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
        write_text("%s", words[entry->word]);
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

#define NEW 1 /* the operation gives the ID `a` to a new object */
static const struct {
  const char* name;
  void (*run)(const Event*);
  int flags;
} operations[] = {
    {"alloc_list", do_alloc_list, NEW},
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
};
enum { kOperations = sizeof operations / sizeof *operations };

/* --- the run */
static void run_event(const Event* e) {
  Statistics before[GENERATIONS];
  int g;
  for (g = 0; g < GENERATIONS; g++) before[g] = statistics_of(g);
  write_text("#%d", e->number);
  if ((operations[e->operation].flags & NEW) && live[e->a]) {
    refuse("exists");
  } else {
    operations[e->operation].run(e);
  }
  if (!checks_are_events) run_pending_collection();
  close_braces();
  write_text(" |");
  for (g = 0; g < GENERATIONS; g++) {
    Statistics now = statistics_of(g);
    Py_ssize_t times = now.collections - before[g].collections;
    if (times == 0) continue;
    write_text(" gc%d", g);
    if (times > 1) write_text("x%ld", (long)times);
    write_text(":%ld,%ld", (long)(now.collected - before[g].collected),
               (long)(now.uncollectable - before[g].uncollectable));
  }
  write_text(" | count=(%d,%d,%d)\n", GENERATION(0).count, GENERATION(1).count, GENERATION(2).count);
}

/* The first call of a gc function may build its argument parser (3.7: a tuple). */
static void warm_up(PyObject* gc) {
  PyObject *zero = Py_BuildValue("(i)", 0), *get = PyObject_GetAttrString(gc, "get_threshold");
  PyObject* thresholds = PyObject_Call(get, no_arguments, NULL);
  call(call_collect, zero);
  call(call_threshold, thresholds);
  call(call_debug, zero);
  call(call_enable, no_arguments);
  call(call_disable, no_arguments);
  Py_DECREF(zero);
  Py_DECREF(get);
  Py_DECREF(thresholds);
}

/* Empty generations, empty free lists, counts and long_lived figures 0. */
static void begin_clean(PyObject* gc, PyObject* threshold) {
  int g, i;
  call(call_disable, no_arguments);
  warm_up(gc);
#if PY_VERSION_HEX < 0x03000000
  for (i = 0; i < 100; i++) { /* kept for good: no collection clears these free lists */
    PyList_New(0);
    PyDict_New();
    PySet_New(NULL);
  }
#endif
  call(call_enable, no_arguments); /* PyGC_Collect wants it */
  for (i = 0; i < GENERATIONS; i++) PyGC_Collect();
  call(call_disable, no_arguments);
  set_interpreter_aside();
  call(call_enable, no_arguments);
  PyGC_Collect();
  if (PyTuple_GET_SIZE(threshold) > 0) call(call_threshold, threshold);
  for (g = 0; g < GENERATIONS; g++) GENERATION(g).count = 0;
}

static int number_at(PyObject* tuple, int i) {
  return (int)PyLong_AsLong(PyTuple_GET_ITEM(tuple, i));
}
static Event event_from(PyObject* record, int number) {
  PyObject* operands = PyTuple_GET_ITEM(record, 5);
  Event e;
  int i;
  e.operation = number_at(record, 0);
  e.a = number_at(record, 1);
  e.b = number_at(record, 2);
  e.n = number_at(record, 3);
  e.object = PyTuple_GET_ITEM(record, 4);
  e.operand_count = (int)PyTuple_GET_SIZE(operands);
  e.operands = checked(malloc(sizeof(int) * (size_t)(e.operand_count + 1)));
  for (i = 0; i < e.operand_count; i++) e.operands[i] = number_at(operands, i);
  e.number = number;
  return e;
}

static void learn_words(PyObject* list) {
  int i;
  word_count = (int)PyList_GET_SIZE(list);
  words = checked(malloc(sizeof *words * (size_t)(word_count + 1)));
  for (i = 0; i < word_count; i++) words[i] = characters(PyList_GET_ITEM(list, i));
  make_room(word_count);
  live[0] = Py_None;
}
static void find_functions(PyObject* gc) {
  static const struct {
    PyObject** function;
    const char* name;
  } functions[] = {{&call_collect, "collect"},   {&call_threshold, "set_threshold"},
                   {&call_debug, "set_debug"},   {&call_enable, "enable"},
                   {&call_disable, "disable"},   {&call_freeze, "freeze"},
                   {&call_unfreeze, "unfreeze"}, {&call_count, "get_count"}};
  size_t i;
  for (i = 0; i < sizeof functions / sizeof *functions; i++) {
    *functions[i].function = PyObject_GetAttrString(gc, functions[i].name);
    PyErr_Clear(); /* freeze and unfreeze are new in 3.7 */
  }
}

/* run(words, a class, threshold, events, name of __dict__) -> transcript */
static PyObject* run(PyObject* module, PyObject* arguments) {
  PyObject *word_list, *any_class, *threshold, *records, *gc, *method;
  Event* events;
  int i, n;
  (void)module;
  if (!PyArg_ParseTuple(arguments, "OOOOO", &word_list, &any_class, &threshold, &records, &dict_name))
    return NULL;
  if (words) return PyErr_Format(PyExc_RuntimeError, "run() once per process");
  if (!(gc = PyImport_ImportModule("gc"))) return NULL;
  find_collector();
  find_functions(gc);
  no_arguments = PyTuple_New(0);
  callback = PyCFunction_New(&callback_definition, NULL);
  method = PyObject_GetAttrString((PyObject*)&PyDict_Type, "popitem");
  popitem = ((PyMethodDescrObject*)method)->d_method->ml_meth;
  learn_words(word_list);
  n = (int)PyList_GET_SIZE(records);
  events = checked(malloc(sizeof *events * (size_t)(n + 1)));
  for (i = 0; i < n; i++) events[i] = event_from(PyList_GET_ITEM(records, i), i + 1);
  write_text("# CPython %s", PY_VERSION);
  if (!watch_deaths((PyTypeObject*)any_class))
    return PyErr_Format(PyExc_RuntimeError, "this build's deallocators cannot be diverted");
  begin_clean(gc, threshold);
#if PY_VERSION_HEX >= 0x030d0000
  if (PyThreadState_Get()->c_recursion_remaining != 9997)
    return PyErr_Format(PyExc_RuntimeError,
                        "not called as a script calls a C function: the trashcan would differ");
#endif
  write_text(" threshold=(%d,%d,%d)\n", GENERATION(0).threshold, GENERATION(1).threshold,
             GENERATION(2).threshold);
  for (i = 0; i < n; i++) run_event(&events[i]);
  call(call_disable, no_arguments);
  return PyBytes_FromStringAndSize(text, (Py_ssize_t)text_length);
}

static PyObject* add_finalizer(PyObject* module, PyObject* type) {
  PyTypeObject* t = (PyTypeObject*)type;
  (void)module;
#if PY_VERSION_HEX < 0x03040000
  t->tp_del = delete_object;
#else
  t->tp_finalize = finalize_object;
#if PY_VERSION_HEX < 0x03080000
  t->tp_flags |= Py_TPFLAGS_HAVE_FINALIZE;
#endif
#endif
  Py_INCREF(Py_None);
  return Py_None;
}
static PyObject* operation_names(PyObject* module, PyObject* nothing) {
  PyObject* names = PyList_New(0);
  int i;
  (void)module;
  (void)nothing;
  for (i = 0; i < kOperations; i++) {
    PyObject* name = Py_BuildValue("s", operations[i].name);
    PyList_Append(names, name);
    Py_DECREF(name);
  }
  return names;
}

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, "executes a trace, once per process"},
    {"add_finalizer", add_finalizer, METH_O, "gives a class a finalizer"},
    {"operation_names", operation_names, METH_NOARGS, "in the order of their numbers"},
    {NULL, NULL, 0, NULL}};
#if PY_VERSION_HEX >= 0x03000000
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "gcsim_observer", NULL, -1, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_gcsim_observer(void) {
  return PyModule_Create(&definition);
}
#else
PyMODINIT_FUNC initgcsim_observer(void) {
  Py_InitModule("gcsim_observer", methods);
}
#endif
