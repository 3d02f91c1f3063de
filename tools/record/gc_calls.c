#include "gc_calls.h"

#include <stdio.h>
#include <string.h>

static gc_call watcher;
static int own[3], programs[3];

enum { kCollect, kEnable, kDisable, kSetThreshold, kGetThreshold, kFreeze, kUnfreeze, kWatched };
static PyCFunction originals[kWatched];

static void put_thresholds(const int values[3]) {
  for (int g = 0; g < 3; ++g) collector()->generations[g].threshold = values[g];
}

static void take_thresholds(int values[3]) {
  for (int g = 0; g < 3; ++g) values[g] = collector()->generations[g].threshold;
}

static void prepare(void) {
  if (watcher != NULL) watcher(NULL);
}

static void tell(const char* line) {
  if (watcher != NULL) watcher(line);
}

static void prepare_and_tell(const char* line) {
  prepare();
  tell(line);
}

// gc.collect(generation=2); -1 if it will be refused.
static long generation_of(PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const Py_ssize_t named = names == NULL ? 0 : PyTuple_GET_SIZE(names);
  if (count + named == 0) return 2;
  if (count + named != 1) return -1;
  if (named == 1 && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "generation") != 0)
    return -1;
  if (!PyLong_Check(args[0])) return -1;
  const long g = PyLong_AsLong(args[0]);
  if (PyErr_Occurred()) PyErr_Clear();
  return g >= 0 && g <= 2 ? g : -1;
}

typedef PyObject* (*collect_function)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);

static PyObject* collect(PyObject* module, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  const long g = generation_of(args, count, names);
  if (g >= 0) prepare();
  const collect_function original = (collect_function)(void (*)(void))originals[kCollect];
  PyObject* result = original(module, args, count, names);
  char line[32];
  snprintf(line, sizeof line, "gc collect %ld\n", g);
  if (g >= 0) tell(line);
  return result;
}

static PyObject* enable(PyObject* module, PyObject* none) {
  prepare_and_tell("gc enable\n");
  return originals[kEnable](module, none);
}

static PyObject* disable(PyObject* module, PyObject* none) {
  prepare_and_tell("gc disable\n");
  return originals[kDisable](module, none);
}

static PyObject* freeze(PyObject* module, PyObject* none) {
  prepare_and_tell("gc freeze\n");
  return originals[kFreeze](module, none);
}

static PyObject* unfreeze(PyObject* module, PyObject* none) {
  prepare_and_tell("gc unfreeze\n");
  return originals[kUnfreeze](module, none);
}

static PyObject* set_threshold(PyObject* module, PyObject* args) {
  if (watcher == NULL) return originals[kSetThreshold](module, args);
  put_thresholds(programs);
  PyObject* result = originals[kSetThreshold](module, args);
  take_thresholds(programs);
  put_thresholds(own);
  if (result == NULL) return NULL;
  // Only those it named: the others are what they are in a replay.
  char line[64] = "gc threshold";
  size_t length = strlen(line);
  for (int g = 0; g < 3 && g < PyTuple_GET_SIZE(args); ++g)
    length += (size_t)snprintf(line + length, sizeof line - length, " %d", programs[g]);
  snprintf(line + length, sizeof line - length, "\n");
  prepare_and_tell(line);
  return result;
}

static PyObject* get_threshold(PyObject* module, PyObject* none) {
  if (watcher == NULL) return originals[kGetThreshold](module, none);
  put_thresholds(programs);
  PyObject* result = originals[kGetThreshold](module, none);
  put_thresholds(own);
  return result;
}

static const struct {
  const char* name;
  PyCFunction function;
} kReplaced[kWatched] = {
    [kCollect] = {"collect", (PyCFunction)(void (*)(void))collect},
    [kEnable] = {"enable", enable},
    [kDisable] = {"disable", disable},
    [kSetThreshold] = {"set_threshold", set_threshold},
    [kGetThreshold] = {"get_threshold", get_threshold},
    [kFreeze] = {"freeze", freeze},
    [kUnfreeze] = {"unfreeze", unfreeze},
};

// Every alias of gc.collect, made before or later, is a function object that reads its code from one
// definition.
static bool replace(PyObject* module, int which) {
  PyObject* function = PyObject_GetAttrString(module, kReplaced[which].name);
  if (function == NULL || !PyCFunction_Check(function)) return false;
  PyMethodDef* definition = ((PyCFunctionObject*)function)->m_ml;
  if (definition->ml_meth != kReplaced[which].function) {
    originals[which] = definition->ml_meth;
    definition->ml_meth = kReplaced[which].function;
  }
  Py_DECREF(function);
  return true;
}

bool watch_gc_calls(gc_call call, const int thresholds[3]) {
  if (call == NULL) {
    if (watcher != NULL) put_thresholds(programs);
    watcher = NULL;
    return true;
  }
  PyObject* module = PyImport_ImportModule("gc");
  if (module == NULL) return false;
  for (int k = 0; k < kWatched; ++k) {
    if (!replace(module, k)) return false;
  }
  Py_DECREF(module);
  take_thresholds(programs);
  memcpy(own, thresholds, sizeof own);
  put_thresholds(own);
  watcher = call;
  return true;
}
