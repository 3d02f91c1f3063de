/* The trace's objects: what an ID stands for, what a name is bound to, and how their deaths are seen. */
#ifndef GCSIM_LIVE_OBJECTS_H
#define GCSIM_LIVE_OBJECTS_H

#include "detour.h"
#include "transcript.h"

/* By word. */
static PyObject **live, **bound; /* what the ID stands for, what the name is bound to */
static int* births;              /* how many objects have had the ID */
static int* binds_when_finalized;
static char* has_resurrected;

/* An ID that asked for an object that has another one already stands for it, as long as that lives. */
typedef struct {
  int word, birth;
} Alias;
static Alias* alias_of;

static PyObject* dying; /* an instance in its deallocator whose finalizer is still to run */

static void make_room(int n) {
  int i;
  live = checked(calloc((size_t)n, sizeof *live));
  bound = checked(calloc((size_t)n, sizeof *bound));
  births = checked(calloc((size_t)n, sizeof *births));
  alias_of = checked(malloc((size_t)n * sizeof *alias_of));
  binds_when_finalized = checked(malloc((size_t)n * sizeof *binds_when_finalized));
  has_resurrected = checked(calloc((size_t)n, 1));
  for (i = 0; i < n; i++) alias_of[i].word = binds_when_finalized[i] = -1;
  reserve_known(4096);
}

/* What waits in the trashcan has no references any more: nobody can use it, but its ID is taken until it
 * dies. */
static int is_alive(int word) {
  return live[word] && Py_REFCNT(live[word]) > 0;
}
/* The live object a word stands for: as an ID, or, if it never was one, as a name. */
static PyObject* object_named(int word) {
  Alias alias = alias_of[word];
  if (alias.word >= 0)
    return births[alias.word] == alias.birth && is_alive(alias.word) ? live[alias.word] : NULL;
  if (is_alive(word)) return live[word];
  return births[word] == 0 ? bound[word] : NULL;
}
static void note_birth(PyObject* o, int id) {
  live[id] = o;
  births[id]++;
  alias_of[id].word = -1;
  learn(o, id);
}
static void note_alias(int id, int of) {
  alias_of[id].word = of;
  alias_of[id].birth = births[of];
}
static void note_death(Known* entry) {
  live[entry->word] = NULL;
  write_token("free", entry->word);
  forget(entry);
}

/* --- finalizers and callbacks: C functions, so that no frame, method or argument tuple is made for them */
static int finalize(PyObject* self) {
  Known* entry = find_known(self);
  int name;
  if (!entry) return 0;
  write_token("finalize", entry->word);
  name = binds_when_finalized[entry->word];
  if (name >= 0 && !has_resurrected[entry->word] && !bound[name]) {
    has_resurrected[entry->word] = 1;
    Py_INCREF(self);
    bound[name] = self;
    return 1;
  }
  return 0;
}
static void finalize_object(PyObject* self) {
  int resurrects = finalize(self);
  Known* entry;
  if (dying != self) return;
  dying = NULL;
  if (!resurrects && (entry = find_known(self))) note_death(entry);
}
#if PY_VERSION_HEX < 0x03040000
/* What slot_tp_del does around `__del__`. */
static void delete_object(PyObject* self) {
  Py_ssize_t references;
  self->ob_refcnt = 1;
  finalize_object(self);
  references = --self->ob_refcnt;
  if (references == 0) return;
  _Py_NewReference(self);
  self->ob_refcnt = references;
}
#define HAS_FINALIZER(type) ((type)->tp_del == delete_object)
#else
#define HAS_FINALIZER(type) ((type)->tp_finalize == finalize_object)
#endif

static PyObject* call_back(PyObject* module, PyObject* weakref) {
  Known* entry = find_known(weakref);
  (void)module;
  if (entry) write_token("callback", entry->word);
  Py_INCREF(Py_None);
  return Py_None;
}
static PyMethodDef callback_definition = {"callback", call_back, METH_O, NULL};

/* --- deallocators */
#define CONTAINER(type)                               \
  static destructor original_##type;                  \
  static void dealloc_##type(PyObject* o) {           \
    Known* entry = find_known(o);                     \
    if (entry && !will_wait(o, 0)) note_death(entry); \
    original_##type(o);                               \
  }
#define LEAF(type)                          \
  static destructor original_##type;        \
  static void dealloc_##type(PyObject* o) { \
    Known* entry = find_known(o);           \
    if (entry) note_death(entry);           \
    original_##type(o);                     \
  }
CONTAINER(list)
CONTAINER(dict)
CONTAINER(tuple)
CONTAINER(set)
LEAF(float)
LEAF(int)
LEAF(str)
LEAF(weakref)
#if PY_VERSION_HEX < 0x03000000
LEAF(long)
#define INT_TYPE PyInt_Type
#define STR_TYPE PyString_Type
#else
#define INT_TYPE PyLong_Type
#define STR_TYPE PyUnicode_Type
#endif

static destructor original_instance;
static void dealloc_instance(PyObject* o) {
  Known* entry = find_known(o);
  PyObject* outer = dying;
  if (entry && !will_wait(o, 1)) {
    if (HAS_FINALIZER(Py_TYPE(o)) && !was_finalized(o)) {
      dying = o; /* its death is seen when the finalizer did not resurrect it */
    } else {
      note_death(entry);
    }
  }
  original_instance(o);
  dying = outer;
}

#if PY_VERSION_HEX < 0x03000000
/* collect() keeps no statistics; it returns how many objects it collected or could not, and names the latter
 * one by one when asked to. */
static Py_ssize_t (*original_collect)(int);
static Py_ssize_t uncollectable_seen;
static void count_uncollectable(const char* message, PyObject* o) {
  (void)o;
  if (*message == 'u') uncollectable_seen++;
}
static Py_ssize_t collect_and_count(int generation) {
  enum { kDebugUncollectable = 4 };
  int *debug = COLLECTOR_STATIC(int, OFFSET_debug), flags = *debug;
  Py_ssize_t found;
  uncollectable_seen = 0;
  *debug |= kDebugUncollectable;
  found = original_collect(generation);
  *debug = flags;
  statistics_2_7[generation].collections++;
  statistics_2_7[generation].collected += found - uncollectable_seen;
  statistics_2_7[generation].uncollectable += uncollectable_seen;
  return found;
}
static int divert_collector(void) {
  original_collect =
      (Py_ssize_t(*)(int))divert(COLLECTOR_STATIC(char, OFFSET_collect), (void*)collect_and_count);
  return original_collect && divert(COLLECTOR_STATIC(char, OFFSET_debug_cycle), (void*)count_uncollectable);
}
#else
static int divert_collector(void) {
  return 1;
}
#endif

#define DIVERT(type, function) \
  ((original_##type = (destructor)divert((void*)(function), (void*)dealloc_##type)) != NULL)
#define REPLACE(type, object)              \
  do {                                     \
    original_##type = (object).tp_dealloc; \
    (object).tp_dealloc = dealloc_##type;  \
  } while (0)

/* `any_class` is a class made by a class statement: all share one deallocator. Leaves have no trashcan to
 * mislead: their slots are replaced. */
static int watch_deaths(PyTypeObject* any_class) {
  if (!DIVERT(list, PyList_Type.tp_dealloc) || !DIVERT(dict, PyDict_Type.tp_dealloc) ||
      !DIVERT(tuple, PyTuple_Type.tp_dealloc) || !DIVERT(set, PySet_Type.tp_dealloc) ||
      !DIVERT(instance, any_class->tp_dealloc) || !divert_collector())
    return 0;
  REPLACE(float, PyFloat_Type);
  REPLACE(int, INT_TYPE);
  REPLACE(str, STR_TYPE);
  REPLACE(weakref, _PyWeakref_RefType);
#if PY_VERSION_HEX < 0x03000000
  REPLACE(long, PyLong_Type);
#endif
  return 1;
}

#endif
