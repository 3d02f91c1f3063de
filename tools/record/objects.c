#define _GNU_SOURCE 1
#include "objects.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "allocator.h"
#include "jumps.h"
#include "shadow.h"
#include "types.h"

enum { kDeepest = 4096 };

struct object* gcsim_record_objects;
#define objects gcsim_record_objects

static const struct mode* mode;
static uint32_t slot_end;     // slots below have been used
static uint32_t* free_slots;  // those of them that are unused again
static uint32_t free_slot_count;
static uint32_t next_id;
static uint64_t missed;
static int64_t object_bytes;
static struct tally* tally;

// Blocks on the free lists, as the interpreter has them.
static uint32_t shelved[kTupleFreeList];
static uint32_t shelved_tuples[kLongestKeptTuple + 1];

// The running deallocators of types with free lists. Their calls return through deallocator_returned().
static struct dying {
  uint32_t slot;
  uint32_t id;
  void** stack;
  void* returns_to;
} dying[kDeepest];
static size_t dying_count;

void* reserve_memory(size_t bytes) {
  void* p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? NULL : p;
}

void set_mode(const struct mode* m) {
  mode = m;
}

static void* deallocator_returned(void** stack);

bool objects_open(void) {
  objects = reserve_memory((size_t)kMostObjects * sizeof *objects);
  free_slots = reserve_memory((size_t)kMostObjects * sizeof *free_slots);
  set_return_handler(deallocator_returned);
  return objects != NULL && free_slots != NULL && shadow_open();
}

void objects_reset(void) {
  shadow_clear();
  memset(objects, 0, slot_end * sizeof *objects);
  slot_end = 1;
  free_slot_count = 0;
  next_id = 0;
  missed = 0;
  object_bytes = 0;
  memset(shelved, 0, sizeof shelved);
  memset(shelved_tuples, 0, sizeof shelved_tuples);
}

void tally_into(struct tally* t) {
  tally = t;
}
uint64_t missed_deaths(void) {
  return missed;
}

static enum free_list free_list_of(const PyTypeObject* type) {
  if (type == &PyTuple_Type) return kTupleFreeList;
  if (type == &PyList_Type) return kListFreeList;
  if (type == &PyDict_Type) return kDictFreeList;
  if (type == &PySlice_Type) return kSliceFreeList;
  return kNoFreeList;
}

static uint32_t* shelf_of(enum free_list list, Py_ssize_t length) {
  static uint32_t none;
  if (list != kTupleFreeList) return &shelved[list];
  if (length >= 1 && length <= kLongestKeptTuple) return &shelved_tuples[length];
  none = 0;
  return &none;
}

static struct object* new_object(PyObject* op, uint32_t* slot) {
  *slot = free_slot_count > 0 ? free_slots[--free_slot_count] : slot_end++;
  struct object* o = &objects[*slot];
  memset(o, 0, sizeof *o);
  o->op = op;
  o->type = Py_TYPE(op);
  o->id = ++next_id;
  o->list = (uint8_t)free_list_of(o->type);
  return o;
}

static void release_slot(struct object* o) {
  o->state = kUnused;
  o->op = NULL;
  free_slots[free_slot_count++] = (uint32_t)(o - objects);
}

uint32_t slot_of(PyObject* op) {
  // In front of an object are 0, 16 or 32 bytes of its block.
  for (const char* block = (const char*)op; block >= (const char*)op - 32; block -= sizeof(PyGC_Head)) {
    const struct shadow_entry* e = shadow_find(block);
    if (e == NULL || e->object == 0) continue;
    const struct object* o = &objects[e->object];
    if (o->op == op) return o->state == kAlive || o->state == kDying ? e->object : 0;
  }
  return 0;
}

struct object* add_companion(PyObject* of) {
  uint32_t slot;
  struct object* o = new_object(of, &slot);
  o->type = &PyCode_Type;  // a replay counts these as little as this
  o->list = kNoFreeList;
  o->state = kAlive;
  o->size = 1;  // a trace has nothing smaller
  o->is_companion = true;
  return o;
}

void remove_companion(struct object* o) {
  release_slot(o);
}

static void die(struct object* o) {
  o->state = kUnused;
  if (!o->is_elder) object_bytes -= o->size;
  mode->died(o);
}

// Of a block that is older than the recording.
static uint32_t size_by_type(PyObject* op) {
  PyTypeObject* type = Py_TYPE(op);
  const Py_ssize_t items = type->tp_itemsize == 0 ? 0 : Py_ABS(Py_SIZE(op));
  return (uint32_t)(bytes_before(type) + (size_t)_PyObject_VAR_SIZE(type, items));
}

static void shelve(struct object* o) {
  die(o);
  o->state = kShelved;
  ++*shelf_of(o->list, o->tuple_length);
}

// Threads may take turns inside deallocators, so it need not be the last one.
static void* deallocator_returned(void** stack) {
  size_t k = dying_count;
  while (dying[--k].stack != stack) {
  }
  const struct dying d = dying[k];
  memmove(&dying[k], &dying[k + 1], (--dying_count - k) * sizeof d);
  struct object* o = &objects[d.slot];
  const int saved_errno = errno;
  if (o->id == d.id && o->state == kDying) {
    // The block was not freed.
    if (Py_REFCNT(o->op) == 0) {
      shelve(o);
    } else {
      o->state = kAlive;  // a finalizer of a subclass brought it back
    }
  }
  errno = saved_errno;
  return d.returns_to;
}

// The code of PyType_GenericAlloc takes no block from a free list. Its call is known by its return address.
static void* generic_callers[4];
static size_t generic_caller_count;
static bool is_learning_generic_callers;

void learn_generic_callers(bool on) {
  is_learning_generic_callers = on;
}

static bool is_generic_call(void* caller) {
  for (size_t k = 0; k < generic_caller_count; ++k) {
    if (generic_callers[k] == caller) return true;
  }
  if (is_learning_generic_callers && generic_caller_count < 4)
    generic_callers[generic_caller_count++] = caller;
  return false;
}

// What the notice of a birth is about, by the state of the block.
static bool is_new_birth(struct object* o) {
  if (o->state == kDying || o->state == kShelved) return true;  // reuse of a block
  if (o->was_moved) {                                           // _PyTuple_Resize and the like
    o->was_moved = false;
    return false;
  }
  if (o->is_over) return true;  // its type kept the block, or it was garbage
  if (o->state == kAlive && o->list != kNoFreeList) {
    ++missed;
    return true;
  }
  // A finalizer brought it back (up to 3.11), or the block was kept by its type.
  o->was_destroyed = false;
  return false;
}

static void add_tally(const PyTypeObject* type, bool is_birth) {
  for (struct tally* t = tally; t->type != NULL; ++t) {
    if (t->type == type) ++*(is_birth ? &t->created : &t->destroyed);
  }
}

// By the size of its new block: its own length field may not be set yet (3.13).
static Py_ssize_t length_in(const struct object* o) {
  const size_t without_items = bytes_before(o->type) + (size_t)PyTuple_Type.tp_basicsize;
  return o->list == kTupleFreeList && o->size >= without_items
             ? (Py_ssize_t)((o->size - without_items) / sizeof(PyObject*))
             : 0;
}

void object_created(PyObject* op, void** stack) {
  PyTypeObject* type = Py_TYPE(op);
  const int saved_errno = errno;
  patch_type(type);
  char* block = (char*)op - bytes_before(type);
  struct shadow_entry* e = shadow_at(block);
  const enum free_list list = free_list_of(type);
  const bool is_generic = list != kNoFreeList && is_generic_call(*stack);
  bool counts = e->object == 0 && e->size != 0;
  if (e->object != 0) {
    struct object* old = &objects[e->object];
    if (!is_new_birth(old)) {
      errno = saved_errno;
      return;
    }
    counts = old->list == kNoFreeList;  // otherwise it comes from a free list
    if (old->state == kShelved) {
      --*shelf_of(old->list, old->tuple_length);
    } else {
      die(old);
    }
    release_slot(old);
    e->object = 0;
  } else {
    gcsim_record_other_bytes -= e->size;
  }
  if (tally != NULL) add_tally(type, true);
  mode->catch_up();
  uint32_t slot;
  struct object* o = new_object(op, &slot);
  o->state = kAlive;
  o->size = e->size != 0 ? e->size : size_by_type(op);
  e->object = slot;
  object_bytes += o->size;
  const uint32_t on_shelf = counts && o->list != kNoFreeList ? *shelf_of(o->list, length_in(o)) : 0;
  mode->born(o, counts, counts && o->list != kNoFreeList && (is_generic || on_shelf > 0));
  errno = saved_errno;
}

// An object that is older than the recording is met when its deallocator is called.
static struct object* meet_elder(PyObject* op, struct shadow_entry* e) {
  uint32_t slot;
  struct object* o = new_object(op, &slot);
  o->state = kElder;
  o->is_elder = true;
  o->size = size_by_type(op);
  e->object = slot;
  return o;
}

void object_destroyed(PyObject* op, void** stack) {
  PyTypeObject* type = Py_TYPE(op);
  if (!PyType_IS_GC(type)) return;
  const int saved_errno = errno;
  struct shadow_entry* e = shadow_at((char*)op - bytes_before(type));
  struct object* o = e->object != 0 ? &objects[e->object] : meet_elder(op, e);
  if (tally != NULL && !o->was_destroyed) add_tally(type, false);
  if (!o->was_destroyed) mode->dying(o);
  o->was_destroyed = true;
  if (o->list != kNoFreeList && (o->state == kAlive || o->state == kElder)) {
    if (o->list == kTupleFreeList)
      o->tuple_length = (uint16_t)(Py_SIZE(op) <= kLongestKeptTuple ? Py_SIZE(op) : 0);
    if (mode->has_deaths_at_begin) {
      shelve(o);  // if there is no room the block will be freed
    } else if (dying_count < kDeepest) {
      o->state = kDying;
      dying[dying_count++] = (struct dying){e->object, o->id, stack, divert_return(stack)};
    }
  }
  errno = saved_errno;
}

int64_t bytes_of_objects(void) {
  return object_bytes;
}

uint32_t living_objects(void) {
  return slot_end - 1 - free_slot_count;
}

void block_freed(uint32_t slot) {
  struct object* o = &objects[slot];
  if (o->state == kShelved) {
    --*shelf_of(o->list, o->tuple_length);
  } else {
    die(o);
  }
  release_slot(o);
}

void block_moved(uint32_t slot, char* from, char* to, uint32_t size) {
  struct object* o = &objects[slot];
  o->op = (PyObject*)(to + ((char*)o->op - from));
  o->was_moved = true;
  o->was_resized = o->was_resized || o->size != size;
  if (!o->is_elder && o->state != kShelved) object_bytes += (int64_t)size - o->size;
  o->size = size;
}
