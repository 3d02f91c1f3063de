// The objects with a collector header that were born since the recording began, from their birth to the
// moment at which their block is given back or lies on a free list.
#pragma once

#include "python.h"

// The types whose dead blocks a replay keeps on free lists itself. What other types keep (frames, contexts)
// stays alive in a recording, as the block does in the program: neither moves a count.
enum free_list { kNoFreeList, kListFreeList, kDictFreeList, kSliceFreeList, kTupleFreeList };
enum { kLongestKeptTuple = 20 };

enum state {
  kUnused,
  kAlive,
  kDying,    // its deallocator is running, and will put the block on a free list
  kShelved,  // its block lies on a free list
  kElder,    // older than the recording, and its deallocator was called
};

// One line of the processor's cache: most of them are touched when they are no longer in it.
struct object {
  PyObject* op;
  PyTypeObject* type;
  uint32_t id;
  uint32_t size;  // bytes of the block
  uint8_t state;
  uint8_t list;           // enum free_list
  uint16_t tuple_length;  // of a dying or shelved tuple
  bool is_elder;          // older than the recording
  bool was_destroyed;     // its deallocator was called
  bool was_moved;         // by a realloc, since its last birth notice
  bool was_resized;       // and that has not been written
  bool is_tracked;        // as written
  bool is_companion;      // stands for what a type refers to and no collector is told; `op` is that type
  // Exact mode:
  bool has_name;    // as written
  bool is_outside;  // as written
  bool is_filled;   // a tuple that has had all its items
  bool has_hole;    // as written: one that has not
  // Fast mode:
  bool is_over;  // its death was written, or that it is garbage: whatever the block becomes is another object
  bool is_garbage;  // as written
  bool is_pinned;   // garbage refers to it, or did
  bool is_atomic;   // as written
  uint32_t place;   // in the order of births
  union {
    struct {  // exact mode
      uint32_t in_degree;
      uint32_t edge_count;
      uint32_t child_count;
    };
    struct {               // fast mode
      uint32_t seen_tick;  // when it was alive for sure; from its birth on: the tick before that
      union {
        uint32_t released_at;  // the last birth when something died that referred to it: alive until then
        uint32_t own;          // garbage: the bytes of other blocks that go with it
      };
      uint32_t member;  // during a look at the heap, if it is new garbage there: its number, from 1; else 0
    };
  };
  uint32_t companion;  // of a type: the slot of that
};
_Static_assert(sizeof(struct object) == 64, "an object of the recording is a line of the cache");

// What the two modes do with what happens. All of it is called under the GIL, outside of each other.
struct mode {
  // The recording begins.
  void (*begin)(void);
  // Everything that happened until now should be written: before an object is born, and before and behind
  // what the program asks of the collector.
  void (*catch_up)(void);
  void (*born)(struct object* o, bool counts, bool bypasses_free_list);
  void (*dying)(struct object* o);  // its deallocator begins; it is as it was
  // Whether an object of a type with a free list is dead then. Otherwise it is when its deallocator returns.
  bool has_deaths_at_begin;
  void (*died)(struct object* o);  // its fields are still those of the dead
  // Something that stands in the trace as it is: a line with its end.
  void (*event)(const char* line);
  // From 3.12 on: whether the next check of the evaluation loop should be told of, and that it is here.
  bool (*awaits_check)(void);
  void (*check)(void);
  // With a reason if the program goes on without a recording.
  void (*end)(const char* reason);
  uint64_t (*events)(void);
};

enum { kMostObjects = 1 << 26 };  // alive at a time; tables are reserved, not used
// Memory that costs nothing until it is written; NULL if there is none.
void* reserve_memory(size_t bytes);
bool objects_open(void);
void set_mode(const struct mode* mode);
// Forgets everything: all that exists is older than the recording from now on.
void objects_reset(void);

extern struct object* gcsim_record_objects;
// The slot of a young object that is alive, else 0.
uint32_t slot_of(PyObject* op);
// A thing with an ID that is no object of the program.
struct object* add_companion(PyObject* of);
void remove_companion(struct object* o);

// Of a type that is recorded.
void object_created(PyObject* op, void** stack);
void object_destroyed(PyObject* op, void** stack);
// Objects that are not dead.
uint32_t living_objects(void);
// Of those that were born since the recording began.
int64_t bytes_of_objects(void);
// From the allocator's hooks.
void block_freed(uint32_t slot);
void block_moved(uint32_t slot, char* from, char* to, uint32_t size);

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
