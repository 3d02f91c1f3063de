/* Real CPython executes a workload's steps (ops.h) through its C API: one tight loop, nothing observed.
 *
 * The interpreter's own objects are set aside and its free lists and counts emptied first, as the conformance
 * tests do it, so that its collections are those of the trace and nothing else. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../tests/conformance/live/collector.h"
#include "ops.h"

static const struct BenchStep* steps;
static Py_ssize_t step_count;
static PyObject *gc_collect, *gc_enable, *gc_disable, *no_arguments, *callback;

static PyObject* call_back(PyObject* module, PyObject* weakref) {
  (void)module;
  (void)weakref;
  Py_RETURN_NONE;
}
static PyMethodDef callback_definition = {"callback", call_back, METH_O, NULL};

static void call(PyObject* function, PyObject* arguments) {
  Py_XDECREF(PyObject_Call(function, arguments, NULL));
}

/* Empty generations, empty free lists, counts and long-lived figures 0. */
static void begin_clean(void) {
  int g;
  call(gc_enable, no_arguments);
  for (g = 0; g < GENERATIONS; g++) PyGC_Collect();
  call(gc_disable, no_arguments);
  set_interpreter_aside();
  call(gc_enable, no_arguments);
  PyGC_Collect();
  for (g = 0; g < GENERATIONS; g++) GENERATION(g).count = 0;
}

/* From 3.12 on an allocation makes a collection pending; the interpreter's loop asks at its next jump back or
 * call whether anything is, by this one load. */
#if PY_VERSION_HEX >= 0x030d0000
#define CHECK_FOR_COLLECTION() \
  if (_Py_atomic_load_uintptr_relaxed(&thread->eval_breaker) != 0) PyErr_CheckSignals()
#elif PY_VERSION_HEX >= 0x030c0000
#define CHECK_FOR_COLLECTION() \
  if (_Py_atomic_load_relaxed_int32(&thread->interp->ceval.eval_breaker) != 0) PyErr_CheckSignals()
#else
#define CHECK_FOR_COLLECTION() ((void)thread)
#endif

static PyObject* tuple_of(PyObject** names, const struct BenchStep* elements, Py_ssize_t count) {
  PyObject* tuple = PyTuple_New(count);
  Py_ssize_t i;
  for (i = 0; i < count; i++) {
    PyObject* element = names[elements[i].a];
    Py_INCREF(element);
    PyTuple_SET_ITEM(tuple, i, element);
  }
  return tuple;
}
static void rebind(PyObject** name, PyObject* value) {
  PyObject* old = *name;
  Py_INCREF(value);
  *name = value;
  Py_DECREF(old);
}
static void collect(long generation) {
  PyObject* arguments = Py_BuildValue("(l)", generation);
  call(gc_collect, arguments);
  Py_DECREF(arguments);
}

/* Answers 0, or -1 with an exception. */
static int execute(const struct BenchStep* s, const struct BenchStep* end, PyObject** names,
                   PyObject* const* keys, PyObject* const* classes) {
  PyThreadState* thread = PyThreadState_Get();
  int failed = 0;
  for (; s != end; s++) {
    switch (s->op) {
      case kBenchAllocList: names[s->a] = PyList_New(0); break;
      case kBenchAllocDict: names[s->a] = PyDict_New(); break;
      case kBenchAllocSet: names[s->a] = PySet_New(NULL); break;
      case kBenchAllocTuple:
        names[s->a] = tuple_of(names, s + 1, (Py_ssize_t)s->b);
        s += s->b;
        break;
      case kBenchAllocInstance: {
        PyTypeObject* type = (PyTypeObject*)classes[s->key];
        names[s->a] = type->tp_new(type, no_arguments, NULL);
        break;
      }
      case kBenchAllocFloat: names[s->a] = PyFloat_FromDouble(s->b + 0.5); break;
      case kBenchAllocInt: names[s->a] = PyLong_FromLong((int32_t)s->b); break;
      case kBenchWeakref: names[s->a] = PyWeakref_NewRef(names[s->b], s->key ? callback : NULL); break;
      case kBenchBind:
        Py_INCREF(names[s->b]);
        names[s->a] = names[s->b];
        break;
      case kBenchRebind: rebind(&names[s->a], names[s->b]); break;
      case kBenchDel: Py_DECREF(names[s->a]); break;
      case kBenchAppend: failed |= PyList_Append(names[s->a], names[s->b]); break;
      case kBenchAdd: failed |= PySet_Add(names[s->a], names[s->b]); break;
      case kBenchSetIndex:
        Py_INCREF(names[s->b]);
        failed |= PyList_SetItem(names[s->a], s->key, names[s->b]);
        break;
      case kBenchSetItem: failed |= PyDict_SetItem(names[s->a], keys[s->key], names[s->b]); break;
      case kBenchDelIndex: failed |= PyList_SetSlice(names[s->a], s->key, s->key + 1, NULL); break;
      case kBenchDelItem: failed |= PyDict_DelItem(names[s->a], keys[s->key]); break;
      case kBenchPop: {
        Py_ssize_t size = PyList_GET_SIZE(names[s->a]);
        failed |= PyList_SetSlice(names[s->a], size - 1, size, NULL);
        break;
      }
      case kBenchClear:
        if (PyDict_CheckExact(names[s->a])) {
          PyDict_Clear(names[s->a]);
        } else if (PyList_CheckExact(names[s->a])) {
          failed |= PyList_SetSlice(names[s->a], 0, PyList_GET_SIZE(names[s->a]), NULL);
        } else {
          PySet_Clear(names[s->a]);
        }
        break;
      case kBenchSetAttr: failed |= PyObject_SetAttr(names[s->a], keys[s->key], names[s->b]); break;
      case kBenchDelAttr: failed |= PyObject_SetAttr(names[s->a], keys[s->key], NULL); break;
      case kBenchCollect: collect((long)s->a); break;
      default: failed = -1;
    }
    if (s->ends_event) CHECK_FOR_COLLECTION();
  }
  return failed || PyErr_Occurred() ? -1 : 0;
}

/* What is timed. Not inlined: callgrind counts the instructions of this function. */
__attribute__((noinline)) int gcsim_bench_timed(const struct BenchStep* s, const struct BenchStep* end,
                                                PyObject** names, PyObject* const* keys,
                                                PyObject* const* classes) {
  return execute(s, end, names, keys, classes);
}

static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
static long resident_kilobytes(void) {
  long pages = 0, resident = 0;
  FILE* f = fopen("/proc/self/statm", "r");
  if (f) {
    if (fscanf(f, "%ld %ld", &pages, &resident) != 2) resident = 0;
    fclose(f);
  }
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}
static long tracked_objects(void) {
  long n = 0;
  int g;
  for (g = 0; g < GENERATIONS; g++) {
    PyGC_Head *head = &GENERATION(g).head, *at;
    for (at = next_of(head); at != head; at = next_of(at)) n++;
  }
  return n;
}

/* The pages of a forked child are mapped when they are first read: no cost of the steps on them. */
static void map_pages(void) {
  const char* bytes = (const char*)steps;
  volatile char sink;
  size_t at;
  for (at = 0; at < (size_t)step_count * sizeof *steps; at += 4096) sink = bytes[at];
  (void)sink;
}

/* load(path): the steps, shared with whoever wrote them */
static PyObject* load(PyObject* module, PyObject* arguments) {
  const char* path;
  struct stat about;
  void* mapped;
  int file;
  (void)module;
  if (!PyArg_ParseTuple(arguments, "s", &path)) return NULL;
  file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &about) != 0) return PyErr_SetFromErrno(PyExc_OSError);
  mapped = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return PyErr_SetFromErrno(PyExc_OSError);
  steps = mapped;
  step_count = (Py_ssize_t)((size_t)about.st_size / sizeof *steps);
  return PyLong_FromSsize_t(step_count);
}

static PyObject* figures(double seconds, long before, long live, long end) {
  Statistics s[GENERATIONS];
  int g;
  for (g = 0; g < GENERATIONS; g++) s[g] = statistics_of(g);
  return Py_BuildValue("{s:d,s:[nnn],s:[nnn],s:[nnn],s:[iii],s:l,s:n,s:n,s:l,s:l,s:l}", "seconds", seconds,
                       "collections", s[0].collections, s[1].collections, s[2].collections, "collected",
                       s[0].collected, s[1].collected, s[2].collected, "uncollectable", s[0].uncollectable,
                       s[1].uncollectable, s[2].uncollectable, "counts", GENERATION(0).count,
                       GENERATION(1).count, GENERATION(2).count, "tracked", tracked_objects(),
                       "long_lived_total", LONG_LIVED_TOTAL, "long_lived_pending", LONG_LIVED_PENDING,
                       "kilobytes_before", before, "kilobytes_live", live, "kilobytes_end", end);
}
static void minus(PyObject* dict, const char* key, const Py_ssize_t* before) {
  PyObject* list = PyDict_GetItemString(dict, key);
  int g;
  for (g = 0; g < GENERATIONS; g++)
    PyList_SetItem(list, g, PyLong_FromSsize_t(PyLong_AsSsize_t(PyList_GetItem(list, g)) - before[g]));
}

/* run(warm-up steps, slots, keys, classes) -> figures. Once per process: nothing is given back. */
static PyObject* run(PyObject* module, PyObject* arguments) {
  Py_ssize_t warm_up, slots, collections[GENERATIONS], collected[GENERATIONS], uncollectable[GENERATIONS];
  PyObject *keys, *classes, **names, *result;
  long before, live, end;
  double start, seconds;
  int failed, g;
  (void)module;
  if (!PyArg_ParseTuple(arguments, "nnO!O!", &warm_up, &slots, &PyList_Type, &keys, &PyList_Type, &classes))
    return NULL;
  names = calloc((size_t)slots, sizeof *names);
  if (!names) return PyErr_NoMemory();
  names[kBenchNone] = Py_None;
  map_pages();
  begin_clean();
  for (g = 0; g < GENERATIONS; g++) {
    collections[g] = statistics_of(g).collections;
    collected[g] = statistics_of(g).collected;
    uncollectable[g] = statistics_of(g).uncollectable;
  }
  before = resident_kilobytes();
  failed =
      execute(steps, steps + warm_up, names, PySequence_Fast_ITEMS(keys), PySequence_Fast_ITEMS(classes));
  live = resident_kilobytes();
  start = cpu_seconds();
  failed |= gcsim_bench_timed(steps + warm_up, steps + step_count, names, PySequence_Fast_ITEMS(keys),
                              PySequence_Fast_ITEMS(classes));
  seconds = cpu_seconds() - start;
  end = resident_kilobytes();
  if (failed) {
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_RuntimeError, "a step failed");
    return NULL;
  }
  result = figures(seconds, before, live, end);
  call(gc_disable, no_arguments);
  minus(result, "collections", collections);
  minus(result, "collected", collected);
  minus(result, "uncollectable", uncollectable);
  return result;
}

static PyMethodDef methods[] = {{"load", load, METH_VARARGS, "maps a file of steps"},
                                {"run", run, METH_VARARGS, "executes them, once per process"},
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "gcsim_bench_executor", NULL, -1, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_gcsim_bench_executor(void) {
  PyObject* gc = PyImport_ImportModule("gc");
  if (!gc) return NULL;
  gc_collect = PyObject_GetAttrString(gc, "collect");
  gc_enable = PyObject_GetAttrString(gc, "enable");
  gc_disable = PyObject_GetAttrString(gc, "disable");
  no_arguments = PyTuple_New(0);
  callback = PyCFunction_New(&callback_definition, NULL);
  find_collector();
  return PyModule_Create(&definition);
}
