#include "selftest.h"

#include <stdio.h>
#include <string.h>

#include "objects.h"

// Each line makes 100 objects of one type and drops them again, in one of the ways of a program.
static const struct test {
  const char* type;
  const char* code;
} kTests[] = {
    {"list", "for i in range(100): x = [i]\nx = None"},
    {"list", "for i in range(100): [i].sort()"},
    {"list", "def f():\n  y = []\nfor i in range(100): f()"},
    {"list", "x = {}\nfor i in range(100): x[i] = [i]\nx.clear()"},
    {"list", "for i in range(100): x = list()\nx = None"},
    {"dict", "for i in range(100): x = {i: i}\nx = None"},
    {"dict", "for i in range(100): {i: i}.clear()"},
    {"tuple", "for i in range(100): x = i, i\nx = None"},
    {"set", "for i in range(100): x = {i}\nx = None"},
    {"function", "for i in range(100): x = lambda: i\nx = None"},
    {"generator", "for i in range(100): x = (y for y in ())\nx = None"},
    {"Thing", "for i in range(100): x = Thing()\nx = None"},
    {"Thing", "for i in range(100): Thing()"},
    {"Thing", "x = [Thing() for i in range(100)]\nx = None"},
    {"Slots", "for i in range(100): x = Slots()\nx = None"},
    {"method", "t = Thing()\nfor i in range(100): x = t.m\nx = None\nt = None"},
    {"cell", "def f():\n  y = 1\n  def g(): return y\n  return None\nfor i in range(100): f()"},
};

static const char kPreparation[] =
    "class Thing:\n"
    "  def m(self): pass\n"
    "class Slots:\n"
    "  __slots__ = 'a', 'b'\n"
    "types = {'list': list, 'dict': dict, 'tuple': tuple, 'set': set, 'Thing': Thing, 'Slots': Slots,\n"
    "  'function': type(lambda: 0), 'generator': type(y for y in ()), 'method': type(Thing().m),\n"
    "  'cell': type((lambda y: (lambda: y))(0).__closure__[0])}\n";

enum { kWanted = 100 };

static bool run(PyObject* code, PyObject* globals) {
  PyObject* result = PyEval_EvalCode(code, globals, globals);
  Py_XDECREF(result);
  return result != NULL;
}

static bool check(const struct test* test, PyObject* globals, char* problem, size_t size) {
  PyObject* types = PyDict_GetItemString(globals, "types");
  PyObject* type = types == NULL ? NULL : PyDict_GetItemString(types, test->type);
  PyObject* code = Py_CompileString(test->code, "<self-test>", Py_file_input);
  if (type == NULL || code == NULL) return false;
  struct tally tally[] = {{(PyTypeObject*)type, 0, 0}, {NULL, 0, 0}};
  bool is_fine = run(code, globals);  // the first time it may prepare things
  tally_into(tally);
  is_fine = is_fine && run(code, globals);
  tally_into(NULL);
  Py_DECREF(code);
  if (!is_fine) return false;
  const char* what = tally->created < kWanted             ? "creations"
                     : tally->destroyed < kWanted         ? "deaths"
                     : tally->created != tally->destroyed ? "births or deaths"
                                                          : NULL;
  if (what == NULL) return true;
  snprintf(problem, size,
           "not all %s are seen: of %d objects of type %s, %u were seen to be created and %u to die, in\n%s\n"
           "The interpreter is built in a way that hides them: statically, or with link-time optimisation.",
           what, kWanted, test->type, tally->created, tally->destroyed, test->code);
  return false;
}

// list() and dict() create nothing but their result, by the generic allocation.
static void meet_generic_allocation(void) {
  learn_generic_callers(true);
  Py_XDECREF(PyType_GenericAlloc(&PyList_Type, 0));
  Py_XDECREF(PyObject_CallObject((PyObject*)&PyList_Type, NULL));
  Py_XDECREF(PyObject_CallObject((PyObject*)&PyDict_Type, NULL));
  learn_generic_callers(false);
}

bool self_test(char* problem, size_t size) {
  snprintf(problem, size, "the self-test can't be run");
  meet_generic_allocation();
  PyObject* globals = PyDict_New();
  if (globals == NULL || PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) != 0)
    return false;
  if (PyDict_SetItemString(globals, "__name__", PyUnicode_FromString("selftest")) != 0) return false;
  PyObject* prepared = PyRun_String(kPreparation, Py_file_input, globals, globals);
  Py_XDECREF(prepared);
  bool is_fine = prepared != NULL;
  for (size_t k = 0; is_fine && k < sizeof kTests / sizeof kTests[0]; ++k)
    is_fine = check(&kTests[k], globals, problem, size);
  PyErr_Clear();
  PyDict_Clear(globals);
  Py_DECREF(globals);
  return is_fine;
}
