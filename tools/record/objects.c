#include "objects.h"

#include <string.h>

#include "allocator.h"
#include "jumps.h"
#include "types.h"

enum { kDeepest = 4096 };

struct details* gcsim_record_details;

static const struct mode* mode;
static uint32_t living;
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

void set_mode(const struct mode* m) {
  mode = m;
}

static void* deallocator_returned(void** stack);

bool objects_open(size_t beside) {
  if (!shadow_open(sizeof *gcsim_record_details + beside)) return false;
  gcsim_record_details = reserve_for_pairs_of_slots(sizeof *gcsim_record_details);
  set_return_handler(deallocator_returned);
  return gcsim_record_details != NULL;
}

void objects_reset(void) {
  shadow_clear();
  living = 0;
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

static uint32_t* shelf_of(enum free_list list, Py_ssize_t length) {
  static uint32_t none;
  if (list != kTupleFreeList) return &shelved[list];
  if (length >= 1 && length <= kLongestKeptTuple) return &shelved_tuples[length];
  none = 0;
  return &none;
}

static struct object* new_object(struct object* o, enum free_list list, unsigned headers, uint32_t size,
                                 enum state state) {
  ++living;
  *o = (struct object){
      .size = size, .has_object = true, .id = ++next_id, .state = state, .list = list, .headers = headers};
  return o;
}

// Its block stays, if it has one.
static void forget(struct object* o) {
  --living;
  *o = (struct object){.size = o->size};
}

uint32_t slot_of(PyObject* op) {
  // In front of an object are 0, 16 or 32 bytes of its block.
  for (unsigned headers = 0; headers <= 2; ++headers) {
    const struct object* o = shadow_find((const char*)op - headers * sizeof(PyGC_Head));
    if (o == NULL || !o->has_object || o->headers != headers) continue;
    return o->state == kAlive || o->state == kDying ? slot_number(o) : 0;
  }
  return 0;
}

struct object* add_companion(struct object* type) {
  const uint32_t slot = shadow_new_slot();
  if (slot == 0) return NULL;
  // A trace has nothing smaller.
  struct object* o = new_object(object_at(slot), kNoFreeList, 0, 1, kAlive);
  o->is_companion = true;
  *details_of(o) = (struct details){.companion = slot_number(type)};
  details_of(type)->companion = slot;
  type->has_companion = true;
  return o;
}

void remove_companion(struct object* type) {
  const uint32_t slot = details_of(type)->companion;
  type->has_companion = false;
  forget(object_at(slot));
  shadow_free_slot(slot);
}

// The table is full: what would have this entry is not recorded, and the recording ends soon.
static bool is_without_room(const struct object* o) {
  return slot_number(o) == 0;
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
  struct object* o = object_at(d.slot);
  if (o->id == d.id && o->state == kDying) {
    // The block was not freed.
    if (Py_REFCNT(op_of(o)) == 0) {
      shelve(o);
    } else {
      o->state = kAlive;  // a finalizer of a subclass brought it back
    }
  }
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
  const size_t without_items = o->headers * sizeof(PyGC_Head) + (size_t)PyTuple_Type.tp_basicsize;
  return o->list == kTupleFreeList && o->size >= without_items
             ? (Py_ssize_t)((o->size - without_items) / sizeof(PyObject*))
             : 0;
}

void object_created(PyObject* op, void** stack) {
  PyTypeObject* type = Py_TYPE(op);
  struct known_type* known = known_type(type);
  struct object* o = shadow_at((char*)op - known->headers * sizeof(PyGC_Head));
  const enum free_list list = known->free_list;
  const bool is_generic = list != kNoFreeList && is_generic_call(*stack);
  bool counts = o->id == 0 && o->size != 0;
  if (o->id != 0) {
    if (!is_new_birth(o)) return;
    counts = o->list == kNoFreeList;  // otherwise it comes from a free list
    if (o->state == kShelved) {
      --*shelf_of(o->list, o->tuple_length);
    } else {
      die(o);
    }
    forget(o);
  } else {
    if (is_without_room(o)) return;
    gcsim_record_other_bytes -= o->size;
  }
  if (tally != NULL) add_tally(type, true);
  mode->catch_up();
  new_object(o, list, known->headers, o->size != 0 ? o->size : size_by_type(op), kAlive);
  object_bytes += o->size;
  const uint32_t on_shelf = counts && list != kNoFreeList ? *shelf_of(list, length_in(o)) : 0;
  mode->born(o, known, counts, counts && list != kNoFreeList && (is_generic || on_shelf > 0));
}

// An object that is older than the recording is met when its deallocator is called.
static void meet_elder(PyObject* op, struct object* o) {
  const struct known_type* known = known_type(Py_TYPE(op));
  new_object(o, known->free_list, known->headers, size_by_type(op), kElder);
  o->is_elder = true;
}

void object_destroyed(PyObject* op, void** stack) {
  PyTypeObject* type = Py_TYPE(op);
  if (!PyType_IS_GC(type)) return;
  struct object* o = shadow_at((char*)op - bytes_before(type));
  if (o->id == 0) {
    if (is_without_room(o)) return;
    meet_elder(op, o);
  }
  if (tally != NULL && !o->was_destroyed) add_tally(type, false);
  if (!o->was_destroyed) mode->dying(o);
  o->was_destroyed = true;
  if (o->list == kNoFreeList || (o->state != kAlive && o->state != kElder)) return;
  if (o->list == kTupleFreeList)
    o->tuple_length = Py_SIZE(op) <= kLongestKeptTuple ? (unsigned)Py_SIZE(op) : 0;
  if (mode->has_deaths_at_begin) {
    shelve(o);  // if there is no room the block will be freed
  } else if (dying_count < kDeepest) {
    o->state = kDying;
    dying[dying_count++] = (struct dying){slot_number(o), o->id, stack, divert_return(stack)};
  }
}

int64_t bytes_of_objects(void) {
  return object_bytes;
}

uint32_t living_objects(void) {
  return living;
}

void block_freed(struct object* o) {
  if (o->state == kShelved) {
    --*shelf_of(o->list, o->tuple_length);
  } else {
    die(o);
  }
  forget(o);
  o->size = 0;
}

void block_moved(struct object* o, char* to, uint32_t size) {
  const uint32_t from = slot_number(o);
  struct object* now = shadow_at(to);
  if (is_without_room(now)) {
    block_freed(o);
    return;
  }
  if (now != o) {
    *now = *o;
    *details_of(now) = *details_of(o);
    *o = (struct object){0};
    if (now->state != kShelved) mode->moved(now, from);
  }
  now->was_moved = true;
  now->was_resized = now->was_resized || now->size != size;
  if (!now->is_elder && now->state != kShelved) object_bytes += (int64_t)size - now->size;
  now->size = size;
}
