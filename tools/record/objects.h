// The objects with a collector header that were born since the recording began, from their birth to the
// moment at which their block is given back or lies on a free list.
#pragma once

#include <string.h>

#include "python.h"
#include "shadow.h"
#include "types.h"

enum { kLongestKeptTuple = 20 };

enum state {
  kUnused,
  kAlive,
  kDying,    // its deallocator is running, and will put the block on a free list
  kShelved,  // its block lies on a free list
  kElder,    // older than the recording, and its deallocator was called
};

// What is known of an object stands in the table of blocks, in the entries of its block. These are short:
// most of them are no longer in the processor's cache when they are touched.
struct object {
  unsigned size : 31;       // bytes of the block; 0: no block begins here, or it is older than the recording
  unsigned has_object : 1;  // else the rest is not here; it is 0 in an object's second entry, too
  uint32_t id;              // 0: there is no object
  unsigned state : 3;
  unsigned list : 3;           // enum free_list
  unsigned tuple_length : 5;   // of a dying or shelved tuple
  unsigned headers : 2;        // in front of it, of 16 bytes each
  unsigned is_elder : 1;       // older than the recording
  unsigned was_destroyed : 1;  // its deallocator was called
  unsigned was_moved : 1;      // by a realloc, since its last birth notice
  unsigned was_resized : 1;    // and that has not been written
  unsigned is_tracked : 1;     // as written
  unsigned has_companion : 1;  // a type: something stands for what it refers to and no collector is told
  unsigned is_companion : 1;   // that
  // Exact mode:
  unsigned has_name : 1;    // as written
  unsigned is_outside : 1;  // as written
  unsigned is_filled : 1;   // a tuple that has had all its items
  unsigned has_hole : 1;    // as written: one that has not
  // Fast mode:
  unsigned is_over : 1;     // its death was written, or that it is garbage: what the block becomes is another
  unsigned is_garbage : 1;  // as written
  unsigned is_pinned : 1;   // garbage refers to it, or did
  unsigned is_atomic : 1;   // as written
  unsigned is_newborn : 1;  // no tick has seen it
  unsigned was_released : 1;  // by something that died
  uint32_t seen_tick;  // fast mode: when it was alive for sure; from its birth on: the tick before that
};
_Static_assert(sizeof(struct object) == 2 * kEntryBytes, "an object has two entries of the table");

// A block without an object. Nothing is read of the entry, for which it would have to be waited.
static inline void set_block(struct object* o, uint32_t size) {
  const uint64_t without_object = size;
  memcpy(o, &without_object, sizeof without_object);
}

// What few objects have, or only looks at the heap ask for.
struct details {
  uint32_t companion;  // its slot; of a companion: that of the type
  union {
    uint32_t released_at;  // the last birth when something died that referred to it: alive until then
    uint32_t own;          // garbage: the bytes of other blocks that go with it
  };
  uint32_t member;  // during a look at the heap, if it is new garbage there: its number, from 1; else 0
};
// What the two modes do with what happens. All of it is called under the GIL, outside of each other.
struct mode {
  // The recording begins.
  void (*begin)(void);
  // Everything that happened until now should be written: before an object is born, and before and behind
  // what the program asks of the collector.
  void (*catch_up)(void);
  void (*born)(struct object* o, struct known_type* type, bool counts, bool bypasses_free_list);
  void (*dying)(struct object* o);  // its deallocator begins; it is as it was
  // Whether an object of a type with a free list is dead then. Otherwise it is when its deallocator returns.
  bool has_deaths_at_begin;
  void (*died)(struct object* o);                  // its fields are still those of the dead
  void (*moved)(struct object* o, uint32_t from);  // it has another slot than before
  // Something that stands in the trace as it is: a line with its end.
  void (*event)(const char* line);
  // From 3.12 on: whether the next check of the evaluation loop should be told of, and that it is here.
  bool (*awaits_check)(void);
  void (*check)(void);
  // With a reason if the program goes on without a recording.
  void (*end)(const char* reason);
  uint64_t (*events)(void);
};

// `beside`: the bytes that the mode keeps of each object. False: there is no room for its tables.
bool objects_open(size_t beside);
void set_mode(const struct mode* mode);
// Forgets everything: all that exists is older than the recording from now on.
void objects_reset(void);

extern struct details* gcsim_record_details;
static inline struct details* details_of(const struct object* o) {
  return &gcsim_record_details[slot_number(o) / 2];
}

// Of a companion: the type.
static inline PyObject* op_of(const struct object* o) {
  if (o->is_companion) o = object_at(details_of(o)->companion);
  return (PyObject*)(block_of_slot(slot_number(o)) + (size_t)o->headers * sizeof(PyGC_Head));
}

// A replay counts companions as little as code.
static inline PyTypeObject* type_of(const struct object* o) {
  return o->is_companion ? &PyCode_Type : Py_TYPE(op_of(o));
}

// The slot of a young object that is alive, else 0. Whatever the address is of: it is not looked at.
uint32_t slot_of(PyObject* op);
// A thing with an ID that is no object of the program. NULL if there is no room.
struct object* add_companion(struct object* type);
void remove_companion(struct object* type);

// Of a type that is recorded.
void object_created(PyObject* op, void** stack);
void object_destroyed(PyObject* op, void** stack);
// Objects that are not dead.
uint32_t living_objects(void);
// Of those that were born since the recording began.
int64_t bytes_of_objects(void);
// From the allocator's hooks.
void block_freed(struct object* o);
// The entry is that of the block as it was; `to` is where it is now.
void block_moved(struct object* o, char* to, uint32_t size);

// PyType_GenericAlloc takes no block from a free list. While this is on, whoever creates objects is taken for
// it.
void learn_generic_callers(bool on);

// Births that found an object alive whose death was not seen; must be 0.
uint64_t missed_deaths(void);

// The counts of the self-test.
struct tally {
  PyTypeObject* type;
  unsigned created, destroyed;
};
void tally_into(struct tally* tally);
