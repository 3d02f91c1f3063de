#include "collections.h"

#include "objects.h"

// The collector calls what stands in a list, gc.callbacks. It gets another one, which nobody else knows, with
// a function of ours in it; when that is called the collector has its own list again, so that the program's
// callbacks are called by it, when a collection ends too.
struct gcsim_record_collections gcsim_record_collections;
#define state gcsim_record_collections
static collection_notice notice;
static PyObject* programs;
// A new dict would stay on the free list, and one of the program's would be made without being counted.
static PyObject* unwanted;

static bool is_of_free_list(PyObject* dict) {
  const struct object* o = shadow_find((char*)dict - bytes_before(&PyDict_Type));
  return o == NULL || o->id != 0 || o->size == 0;
}

static void take_info(PyObject* info) {
  state.info = NULL;
  if (is_of_free_list(info)) {
    state.info = info;
  } else if (unwanted == NULL) {
    unwanted = info;
    Py_INCREF(info);
    PyObject_GC_UnTrack(info);
  }
}

static void free_unwanted(void) {
  PyObject* dict = unwanted;
  unwanted = NULL;
  PyDict_Clear(dict);
  const int count = state.gc->generations[0].count;
  PyObject_GC_Del(dict);
  state.gc->generations[0].count = count;
}

void collection_is_over(void) {
  state.gc->callbacks = state.ours;
  if (unwanted != NULL) free_unwanted();
}

static void call_first_of_program(PyObject* const* arguments) {
  if (PyList_GET_SIZE(programs) == 0) return;
  PyObject* callback = PyList_GET_ITEM(programs, 0);
  Py_INCREF(callback);
  PyObject* result = PyObject_Vectorcall(callback, arguments, 2, NULL);
  if (result == NULL) PyErr_WriteUnraisable(callback);
  Py_XDECREF(result);
  Py_DECREF(callback);
}

static PyObject* at_collection(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  (void)self, (void)count;
  if (state.gc->callbacks == state.ours) {
    state.gc->callbacks = programs;
    PyObject* info = arguments[1];
    take_info(info);
    PyObject* generation = PyDict_GetItemString(info, "generation");
    notice(generation == NULL ? 0 : (int)PyLong_AsLong(generation));
    // The collector goes on with the second one of its list.
    call_first_of_program(arguments);
  }
  Py_RETURN_NONE;
}

static PyMethodDef kAtCollection = {"at_collection", (PyCFunction)(void (*)(void))at_collection,
                                    METH_FASTCALL, NULL};

// A list that no collection walks, and nobody finds.
static PyObject* list_of_ours(void) {
  PyObject* function = PyCFunction_New(&kAtCollection, NULL);
  PyObject* list = function == NULL ? NULL : PyList_New(0);
  if (list == NULL || PyList_Append(list, function) != 0) return NULL;
  PyObject_GC_UnTrack(function);
  PyObject_GC_UnTrack(list);
  Py_DECREF(function);
  return list;
}

bool watch_collections(collection_notice n) {
  state.gc = collector();
  notice = n;
  if (n == NULL) {
    if (state.is_watched) state.gc->callbacks = programs;
    state.is_watched = false;
    return true;
  }
  if (state.ours == NULL) state.ours = list_of_ours();
  if (state.ours == NULL) return false;
  if (state.gc->callbacks != state.ours) programs = state.gc->callbacks;
  state.is_watched = true;
  expect_collections();
  return true;
}
