/* The gc module's questions, gc.garbage and gc.callbacks: the real functions, called as bytecode calls them,
 * so that what they take themselves shows in the counts. */
#ifndef GCSIM_LIVE_QUESTIONS_H
#define GCSIM_LIVE_QUESTIONS_H

static PyObject *ask_enabled, *ask_threshold, *ask_stats, *ask_objects, *ask_referrers, *ask_referents,
    *ask_tracked, *ask_finalized, *ask_freeze_count, *garbage_list, *callback_list;

static void find_questions(PyObject* gc) {
  static const struct {
    PyObject** what;
    const char* name;
  } wanted[] = {{&ask_enabled, "isenabled"},
                {&ask_threshold, "get_threshold"},
                {&ask_stats, "get_stats"},
                {&ask_objects, "get_objects"},
                {&ask_referrers, "get_referrers"},
                {&ask_referents, "get_referents"},
                {&ask_tracked, "is_tracked"},
                {&ask_finalized, "is_finalized"},
                {&ask_freeze_count, "get_freeze_count"},
                {&garbage_list, "garbage"},
                {&callback_list, "callbacks"}};
  size_t i;
  for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    *wanted[i].what = PyObject_GetAttrString(gc, wanted[i].name);
    PyErr_Clear(); /* older versions lack some */
  }
}

static void write_object(PyObject* o) {
  Known* entry = find_known(o);
  if (entry) {
    write_word(entry->word);
  } else if (o == Py_None) {
    write_text("None");
  } else if (o == callback) {
    write_text("<callback>");
  } else if (PyType_Check(o)) {
    write_text("<class:%s>", ((PyTypeObject*)o)->tp_name);
  } else {
    write_text("<%s>", Py_TYPE(o)->tp_name);
  }
}
static void write_objects(const char* name, PyObject* list) {
  Py_ssize_t i;
  write_text(" %s[", name);
  for (i = 0; i < PyList_GET_SIZE(list); i++) {
    if (i > 0) write_text(" ");
    write_object(PyList_GET_ITEM(list, i));
  }
  write_text("]");
}

static PyObject* ask(PyObject* function, PyObject* arguments) {
  PyObject* result = function ? PyObject_Call(function, arguments, NULL) : NULL;
  if (!result) refuse("type");
  return result;
}
static void do_gc_isenabled(const Event* e) {
  PyObject* result = ask(ask_enabled, no_arguments);
  (void)e;
  write_text(" enabled=%d", PyObject_IsTrue(result));
  Py_DECREF(result);
}
static void do_gc_get_threshold(const Event* e) {
  PyObject* t = ask(ask_threshold, no_arguments);
  (void)e;
  write_text(" thresholds=%ld,%ld,%ld", PyLong_AsLong(PyTuple_GET_ITEM(t, 0)),
             PyLong_AsLong(PyTuple_GET_ITEM(t, 1)), PyLong_AsLong(PyTuple_GET_ITEM(t, 2)));
  Py_DECREF(t);
}
static long before_the_run[GENERATIONS * 3]; /* the statistics of the interpreter's own collections */
static void begin_statistics(void) {
  int g;
  for (g = 0; g < GENERATIONS; g++) {
    Statistics s = statistics_of(g);
    before_the_run[g * 3] = (long)s.collections;
    before_the_run[g * 3 + 1] = (long)s.collected;
    before_the_run[g * 3 + 2] = (long)s.uncollectable;
  }
}
static void do_gc_stats(const Event* e) {
  static const char* const names[] = {"collections", "collected", "uncollectable"};
  PyObject* list = ask(ask_stats, no_arguments);
  int i;
  (void)e;
  if (!list) return;
  match_braces();
  for (i = 0; i < GENERATIONS * 3; i++) {
    PyObject* of_generation = PyList_GET_ITEM(list, i / 3);
    write_text("%s%ld", i == 0 ? " stats=" : ",",
               PyLong_AsLong(PyDict_GetItemString(of_generation, names[i % 3])) - before_the_run[i]);
  }
  Py_DECREF(list);
}
static void do_gc_objects(const Event* e) {
  PyObject* list = PY_VERSION_HEX < 0x03080000 && PyTuple_GET_SIZE(e->object) > 0
                       ? ask(NULL, NULL)
                       : ask(ask_objects, e->object);
  if (!list) return;
  match_braces();
  write_objects("get_objects", list);
  Py_DECREF(list);
}
/* Those that take any number of arguments get them in a tuple. */
static void ask_about_all(const Event* e, PyObject* function, const char* name) {
  int i, n = e->operand_count;
  PyObject *arguments, *list, *objects[64];
  for (i = 0; i < n && i < 64; i++) {
    if (!(objects[i] = operand(e->operands[i]))) return;
  }
  for (i = 0; i < n; i++) Py_INCREF(objects[i]);
#if PY_VERSION_HEX >= 0x03090000
  list = PyObject_Vectorcall(function, objects, (size_t)n, NULL);
  arguments = NULL;
#else
  arguments = PyTuple_New(n);
  for (i = 0; i < n; i++) {
    Py_INCREF(objects[i]);
    PyTuple_SET_ITEM(arguments, i, objects[i]);
  }
  list = PyObject_Call(function, arguments, NULL);
#endif
  Py_XDECREF(arguments);
  match_braces();
  write_objects(name, list);
  for (i = 0; i < n; i++) Py_DECREF(objects[i]);
  Py_DECREF(list);
}
static void do_gc_referrers(const Event* e) {
  ask_about_all(e, ask_referrers, "referrers");
}
static void do_gc_referents(const Event* e) {
  ask_about_all(e, ask_referents, "referents");
}
static void ask_about(const Event* e, PyObject* function, const char* name) {
  PyObject *o, *result;
  if (!function) {
    refuse("type");
  } else if ((o = operand(e->a))) {
    result = PyCFunction_GET_FUNCTION(function)(PyCFunction_GET_SELF(function), o);
    write_text(" %s=%d", name, PyObject_IsTrue(result));
    Py_DECREF(result);
  }
}
static void do_gc_is_tracked(const Event* e) {
  ask_about(e, ask_tracked, "is_tracked");
}
static void do_gc_is_finalized(const Event* e) {
  ask_about(e, ask_finalized, "is_finalized");
}
static void do_gc_freeze_count(const Event* e) {
  PyObject* n = ask(ask_freeze_count, no_arguments);
  (void)e;
  if (!n) return;
  write_text(" freeze_count=%ld", PyLong_AsLong(n));
  Py_DECREF(n);
}
static void do_gc_garbage(const Event* e) {
  (void)e;
  write_objects("garbage", garbage_list);
}
static void do_gc_clear_garbage(const Event* e) {
  (void)e;
  PyList_SetSlice(garbage_list, 0, PyList_GET_SIZE(garbage_list), NULL);
}

/* --- gc.callbacks: C functions that take neither frame nor tuple; each knows its word. All of them make one
 * token. */
#if PY_VERSION_HEX >= 0x03060000
static PyObject* collection_callback(PyObject* self, PyObject* const* arguments, Py_ssize_t n) {
  static Py_ssize_t called;
  (void)n;
  match_braces();
  if (called == 0) {
    int starts = PyUnicode_CompareWithASCIIString(arguments[0], "start") == 0;
    write_text(" callbacks_%s[", starts ? "start" : "stop");
  } else {
    write_text(" ");
  }
  write_word((int)PyLong_AsLong(self));
  called = (called + 1) % PyList_GET_SIZE(callback_list);
  if (called == 0) write_text("]");
  Py_INCREF(Py_None);
  return Py_None;
}
static PyMethodDef collection_callback_definition = {
    "collection_callback", (PyCFunction)(void (*)(void))collection_callback, METH_FASTCALL, NULL};
static PyObject* new_collection_callback(int word) {
  return PyCFunction_New(&collection_callback_definition, PyLong_FromLong(word));
}
static void do_gc_callback(const Event* e) {
  PyList_Append(callback_list, e->object);
}
static void do_gc_remove_callback(const Event* e) {
  Py_ssize_t i;
  for (i = 0; i < PyList_GET_SIZE(callback_list); i++) {
    if (PyLong_AsLong(PyCFunction_GET_SELF(PyList_GET_ITEM(callback_list, i))) != e->a) continue;
    PyList_SetSlice(callback_list, i, i + 1, NULL);
    return;
  }
  refuse("absent");
}
#else
static PyObject* new_collection_callback(int word) {
  (void)word;
  return NULL;
}
static void do_gc_callback(const Event* e) {
  (void)e;
  refuse("type");
}
#define do_gc_remove_callback do_gc_callback
#endif

static void do_inspect_is(const Event* e) {
  PyObject *a = operand(e->a), *b = a ? operand(e->b) : NULL;
  if (b) write_text(" is=%d", a == b);
}

#define QUESTIONS                                                                                           \
  {"gc_isenabled", do_gc_isenabled, 0}, {"gc_get_threshold", do_gc_get_threshold, 0},                       \
      {"gc_stats", do_gc_stats, 0}, {"gc_objects", do_gc_objects, 0}, {"gc_referrers", do_gc_referrers, 0}, \
      {"gc_referents", do_gc_referents, 0}, {"gc_is_tracked", do_gc_is_tracked, 0},                         \
      {"gc_is_finalized", do_gc_is_finalized, 0}, {"gc_freeze_count", do_gc_freeze_count, 0},               \
      {"gc_garbage", do_gc_garbage, 0}, {"gc_clear_garbage", do_gc_clear_garbage, 0},                       \
      {"gc_callback", do_gc_callback, 0}, {"gc_remove_callback", do_gc_remove_callback, 0},                 \
      {"inspect_is", do_inspect_is, 0},

#endif
