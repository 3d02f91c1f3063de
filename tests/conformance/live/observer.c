/* Makes this interpreter execute a trace through its C API and writes the transcript: every death, finalizer
 * and callback, every collection, and the counts after each event. README.md says how and within which
 * limits.
 *
 * Nothing but the trace's events may allocate an object with a collector header while they run: all that they
 * need was made before (reader.py, run.py) or is C memory. */
#include "events.h"

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

/* Takes all blocks of the free lists that no collection empties (2.7), and keeps them for good. */
static void drain_free_lists(void) {
#if PY_VERSION_HEX < 0x03000000
  int i;
  for (i = 0; i < 100; i++) { /* each list holds 80 */
    PyList_New(0);
    PyDict_New();
    PySet_New(NULL);
  }
#endif
}

/* Empty generations, empty free lists, counts and long_lived figures 0. PyGC_Collect wants an enabled
 * collector; the last one has nothing left to walk. */
static void begin_clean(void) {
  int g;
  call(call_enable, no_arguments);
  for (g = 0; g < GENERATIONS; g++) PyGC_Collect();
  call(call_disable, no_arguments);
  drain_free_lists();
  set_interpreter_aside();
  call(call_enable, no_arguments);
  PyGC_Collect();
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
  if (operations[e.operation].run == do_gc_callback) e.object = new_collection_callback(e.a);
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

static Event* events_from(PyObject* records) {
  int i, n = (int)PyList_GET_SIZE(records);
  Event* events = checked(malloc(sizeof *events * (size_t)(n + 1)));
  for (i = 0; i < n; i++) events[i] = event_from(PyList_GET_ITEM(records, i), i + 1);
  return events;
}
/* 3.13's trashcan goes by the C recursion that is left. */
static int is_called_by_a_script(void) {
#if PY_VERSION_HEX >= 0x030d0000
  return PyThreadState_Get()->c_recursion_remaining == 9997;
#else
  return 1;
#endif
}

/* Once per process, before it forks: what is set aside here no run has to walk. */
static PyObject* settle(PyObject* module, PyObject* nothing) {
  PyObject *gc = PyImport_ImportModule("gc"),
           *method = PyObject_GetAttrString((PyObject*)&PyDict_Type, "popitem");
  (void)module;
  (void)nothing;
  if (!gc || !method) return NULL;
  popitem = ((PyMethodDescrObject*)method)->d_method->ml_meth;
  no_arguments = PyTuple_New(0);
  callback = PyCFunction_New(&callback_definition, NULL);
  find_collector();
  find_functions(gc);
  find_questions(gc);
  warm_up(gc);
  begin_clean();
  Py_INCREF(Py_None);
  return Py_None;
}

/* run(words, a class, threshold, whether the collector is enabled, events, name of __dict__) -> transcript */
static PyObject* run(PyObject* module, PyObject* arguments) {
  PyObject *word_list, *any_class, *threshold, *records;
  Event* events;
  int is_enabled, i;
  (void)module;
  if (!PyArg_ParseTuple(arguments, "OOOiOO", &word_list, &any_class, &threshold, &is_enabled, &records,
                        &dict_name))
    return NULL;
  if (words || !popitem) return PyErr_Format(PyExc_RuntimeError, "settle(), then one run per process");
  learn_words(word_list);
  events = events_from(records);
  if (!watch_deaths((PyTypeObject*)any_class))
    return PyErr_Format(PyExc_RuntimeError, "the deallocators of this build cannot be diverted");
  begin_clean();
  if (!is_called_by_a_script())
    return PyErr_Format(PyExc_RuntimeError, "not called as a script calls a C function");
  if (PyTuple_GET_SIZE(threshold) > 0) call(call_threshold, threshold);
  if (!is_enabled) call(call_disable, no_arguments);
  begin_statistics();
  write_text("# CPython %s threshold=(%d,%d,%d)\n", PY_VERSION, GENERATION(0).threshold,
             GENERATION(1).threshold, GENERATION(2).threshold);
  for (i = 0; i < (int)PyList_GET_SIZE(records); i++) run_event(&events[i]);
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
    {"settle", settle, METH_NOARGS, "sets the interpreter's own objects aside"},
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
