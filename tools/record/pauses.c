#define _GNU_SOURCE 1
#include "pauses.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "python.h"

struct pause {
  long generation, walked, collected, nanoseconds;
};

static struct pause* pauses;
static size_t pause_count, pause_capacity;
static struct pause running;

// Of this thread: a pause does not count what other programs do meanwhile.
static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static long number_in(PyObject* info, const char* key) {
  PyObject* value = PyDict_GetItemString(info, key);
  return value == NULL ? 0 : PyLong_AsLong(value);
}

static long objects_up_to(long generation) {
  long count = 0;
  for (long g = 0; g <= generation && g < 3; ++g) {
    const PyGC_Head* head = &collector()->generations[g].head;
    for (const PyGC_Head* at = (const PyGC_Head*)head->_gc_next; at != head; ++count)
      at = (const PyGC_Head*)at->_gc_next;
  }
  return count;
}

static void keep(long collected) {
  if (pause_count == pause_capacity) {
    pause_capacity = pause_capacity == 0 ? 1024 : 2 * pause_capacity;
    pauses = realloc(pauses, pause_capacity * sizeof *pauses);
    if (pauses == NULL) abort();
  }
  running.collected = collected;
  pauses[pause_count++] = running;
}

static PyObject* on_collection(PyObject* self, PyObject* args) {
  const long stopped = now();
  (void)self;
  const char* phase;
  PyObject* info;
  if (!PyArg_ParseTuple(args, "sO!", &phase, &PyDict_Type, &info)) return NULL;
  if (strcmp(phase, "stop") == 0) {
    running.nanoseconds = stopped - running.nanoseconds;
    keep(number_in(info, "collected"));
  } else {
    running.generation = number_in(info, "generation");
    running.walked = objects_up_to(running.generation);
    running.nanoseconds = now();
  }
  Py_RETURN_NONE;
}

bool measure_pauses(void) {
  static PyMethodDef definition = {"measure", on_collection, METH_VARARGS, NULL};
  PyObject* module = PyImport_ImportModule("gc");
  PyObject* callbacks = module == NULL ? NULL : PyObject_GetAttrString(module, "callbacks");
  PyObject* function = PyCFunction_New(&definition, NULL);
  const bool is_fine = callbacks != NULL && function != NULL && PyList_Append(callbacks, function) == 0;
  Py_XDECREF(function);
  Py_XDECREF(callbacks);
  Py_XDECREF(module);
  return is_fine;
}

void write_pauses(FILE* file) {
  fputs("[", file);
  for (size_t k = 0; k < pause_count; ++k) {
    const struct pause* p = &pauses[k];
    fprintf(file, "%s[%ld,%ld,%ld,%ld]", k == 0 ? "" : ",\n", p->generation, p->walked, p->collected,
            p->nanoseconds);
  }
  fputs("]", file);
}
