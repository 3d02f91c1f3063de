// One look: of some generations, or parts of them, all objects that are tracked; of each the references that
// come from them are subtracted from its reference count, as the collector does; what is left over is held
// from elsewhere, and all that can be reached from there is alive. The rest is garbage.
//
// Which objects: a young one is looked at often, an old one seldom, so that what is known of the moment of a
// death is as rough as the object was old. At tick k = 1, 2, 3, ..
//   - all of the generations that are about to be collected, or of all of them if a full look is due;
//   - of each older one those that were born since tick k - w, w = n * 2^(zeros at the end of k), at most
//   512;
//     n is 8, or 1 where that would mean too many looks for each birth.
// Of most garbage the moment is known better: what it was referred to by has died, and with that it was
// released. Generations are roughly in the order of births (a collection puts what it reaches in the order in
// which it does): a search from the young end stops when nothing young comes for long.
#include "scan.h"

#include <stdlib.h>

#include "allocator.h"
#include "grow.h"
#include "held.h"
#include "raw.h"
#include "shadow.h"
#include "traverse.h"

enum { kWidest = 512, kRing = 2 * kWidest, kOldInARow = 1000 };
// Ticks between two full looks: at least so many, and net births of a part of the heap. Full collections,
// where they come regularly, are 132 apart, and have a full look each: another one just before that tells
// nothing.
enum { kFewestTicks = 140, kNetBirthsOfTick = 100, kPartOfHeap = 2 };

struct slots {
  uint32_t* at;
  size_t count, capacity;
};

static const uint32_t kNone = UINT32_MAX;

// An object of this look. What is asked of it for each reference stands here: these are fewer lines of the
// processor's cache than the objects themselves.
struct member {
  PyObject* op;
  uintptr_t gc_prev;  // what its header has for that, while it is marked
  uint32_t slot;
  uint32_t inner_end;  // where its references to other members end
  uint32_t piece;      // which piece of garbage it is
  int32_t references;  // those that nobody has accounted for
  bool is_reached;
  bool was_garbage;  // before this look
  bool looks_atomic;
};
static struct {
  struct member* at;
  size_t count, capacity;
} members;

static uint32_t ticks, last_full_look;
static uint64_t looks;             // at one object
static uint32_t births_at[kRing];  // by tick, modulo its size
static uint32_t births;            // as of this look
static struct slots inner;         // references between members: the numbers of the targets, by source
static struct slots reached;       // members whose references have not been followed: their numbers

void scan_reset(void) {
  ticks = last_full_look = 0;
  looks = 0;
  births_at[0] = 0;
}

uint32_t scan_ticks(void) {
  return ticks;
}

static inline void push(struct slots* list, uint32_t slot) {
  GROW(list);
  list->at[list->count++] = slot;
}

// What is known of the object, NULL if nothing is.
static struct object* known_object(PyObject* op) {
  const PyTypeObject* type = Py_TYPE(op);
  if (!is_recorded(type)) return NULL;
  struct object* o = shadow_find((char*)op - bytes_before(type));
  return o == NULL || o->id == 0 ? NULL : o;
}

static struct object* object_of(PyObject* op) {
  struct object* o = known_object(op);
  return o != NULL && (o->state == kAlive || o->state == kDying) ? o : NULL;
}

static void write_about(unsigned code, const struct object* o) {
  raw_record(code);
  raw_number(births - o->id);
  raw_end();
}

void scan_write_resize(struct object* o, uint32_t births_now) {
  o->was_resized = false;
  raw_record(kRawResize);
  raw_number(births_now - o->id);
  raw_number(o->size);
  raw_end();
}

// -- Which objects
// ----------------------------------------------------------------------------------------------

static void add_to_look(struct object* o) {
  PyObject* op = op_of(o);
  const Py_ssize_t references = o->is_companion ? 1 : Py_REFCNT(op);
  GROW(&members);
  members.at[members.count++] = (struct member){
      .op = op,
      .slot = slot_number(o),
      .piece = kNone,
      .references = references > INT32_MAX ? INT32_MAX : (int32_t)references,
      .was_garbage = o->is_garbage,
  };
}

static void add_member(struct object* o) {
  if (o->is_over && !o->is_garbage) return;  // a finalizer brought it back: it is nobody any more
  add_to_look(o);
  if (o->is_tracked || o->is_garbage) return;
  o->is_tracked = true;
  o->is_atomic = false;
  write_about(kRawTrack, o);
}

static void add_generation(int g) {
  const PyGC_Head* head = &collector()->generations[g].head;
  for (PyGC_Head* at = (PyGC_Head*)head->_gc_next; at != head; at = (PyGC_Head*)at->_gc_next) {
    struct object* o = object_of((PyObject*)(at + 1));
    if (o != NULL) add_member(o);
  }
}

static void add_young_of(int g, uint32_t from) {
  const PyGC_Head* head = &collector()->generations[g].head;
  int old_in_a_row = 0;
  PyGC_Head* at = (PyGC_Head*)(head->_gc_prev & _PyGC_PREV_MASK);
  while (at != head && old_in_a_row < kOldInARow) {
    struct object* o = object_of((PyObject*)(at + 1));
    if (o != NULL && o->id > from) {
      add_member(o);
      old_in_a_row = 0;
    } else {
      ++old_in_a_row;
    }
    at = (PyGC_Head*)(at->_gc_prev & _PyGC_PREV_MASK);
  }
}

static bool is_full_look_due(void) {
  const uint32_t since = ticks - last_full_look;
  return since >= kFewestTicks && since >= living_objects() / kPartOfHeap / kNetBirthsOfTick;
}

// A program whose objects live long pays for wide looks: it gets narrower ones.
static uint32_t narrowest_width(void) {
  return looks < 2 * (uint64_t)births ? 8 : 1;
}

static void choose_members(int generation) {
  members.count = 0;
  if (is_full_look_due()) generation = 2;
  if (generation == 2) last_full_look = ticks;
  uint32_t width = narrowest_width() << __builtin_ctz(ticks);
  if (width > kWidest) width = kWidest;
  const uint32_t from = ticks > width ? births_at[(ticks - width) % kRing] : 0;
  for (int g = 0; g < 3; ++g) {
    if (g <= generation) {
      add_generation(g);
    } else {
      add_young_of(g, from);
    }
  }
  looks += members.count;
}

// -- What of them is alive
// --------------------------------------------------------------------------------------

// While references are counted a member has its number in its header, in place of a pointer that the
// collector uses in the same way. Nobody else can see that: the interpreter's lock is held, and only
// functions run that visit references.
static void mark_members(void) {
  for (size_t k = 0; k < members.count; ++k) {
    PyGC_Head* head = gc_head(members.at[k].op);
    members.at[k].gc_prev = head->_gc_prev;
    head->_gc_prev = (uintptr_t)k << _PyGC_PREV_SHIFT | _PyGC_PREV_MASK_COLLECTING |
                     (head->_gc_prev & _PyGC_PREV_MASK_FINALIZED);
  }
}

static void unmark_members(void) {
  for (size_t k = 0; k < members.count; ++k) gc_head(members.at[k].op)->_gc_prev = members.at[k].gc_prev;
}

static struct member* marked_member(PyObject* op) {
  if (!has_header(op)) return NULL;
  const uintptr_t prev = gc_head(op)->_gc_prev;
  const size_t number = prev >> _PyGC_PREV_SHIFT;
  const bool is_marked = (prev & _PyGC_PREV_MASK_COLLECTING) != 0 && number < members.count;
  return is_marked && members.at[number].op == op ? &members.at[number] : NULL;
}

static int subtract(PyObject* child, void* unused) {
  (void)unused;
  struct member* m = marked_member(child);
  if (m == NULL) return 0;
  --m->references;
  push(&inner, (uint32_t)(m - members.at));
  return 0;
}

struct content {
  Py_ssize_t count;
  bool is_trackable;  // some of it
};
static int subtract_and_see(PyObject* child, void* argument) {
  struct content* content = argument;
  ++content->count;
  content->is_trackable = content->is_trackable || may_be_tracked(child);
  return subtract(child, NULL);
}

// The collector untracks tuples, and dicts in full collections, that hold nothing which could be tracked; not
// a tuple that is not filled yet.
static void subtract_of_tuple_or_dict(struct member* m) {
  struct content content = {0, false};
  Py_TYPE(m->op)->tp_traverse(m->op, subtract_and_see, &content);
  const bool is_whole = PyDict_CheckExact(m->op) || content.count == Py_SIZE(m->op);
  m->looks_atomic = is_whole && !content.is_trackable;
}

static void subtract_references(void) {
  inner.count = 0;
  mark_members();
  for (size_t k = 0; k < members.count; ++k) {
    struct member* m = &members.at[k];
    if (PyTuple_CheckExact(m->op) || PyDict_CheckExact(m->op)) {
      subtract_of_tuple_or_dict(m);
    } else {
      Py_TYPE(m->op)->tp_traverse(m->op, subtract, NULL);
    }
    m->inner_end = (uint32_t)inner.count;
  }
  unmark_members();
}

static void reach(uint32_t number) {
  struct member* m = &members.at[number];
  if (m->is_reached) return;
  m->is_reached = true;
  push(&reached, number);
}

static void reach_what_it_refers_to(uint32_t m) {
  for (uint32_t k = m == 0 ? 0 : members.at[m - 1].inner_end; k < members.at[m].inner_end; ++k)
    reach(inner.at[k]);
}

// What was found to be garbage before stays that, even if other garbage that is not looked at refers to it.
static void reach_the_living(void) {
  for (uint32_t k = 0; k < members.count; ++k) {
    const struct member* m = &members.at[k];
    if (m->references <= 0 || m->was_garbage) continue;
    reach(k);
    while (reached.count > 0) reach_what_it_refers_to(reached.at[--reached.count]);
  }
}

// What the trace should know of the living; of garbage it knows nothing more.
static void note_the_living(void) {
  for (size_t k = 0; k < members.count; ++k) {
    const struct member* m = &members.at[k];
    if (!m->is_reached) continue;
    struct object* o = object_at(m->slot);
    o->seen_tick = ticks;
    if (m->was_garbage) continue;
    if (m->looks_atomic != o->is_atomic) {
      o->is_atomic = m->looks_atomic;
      write_about(o->is_atomic ? kRawAtomic : kRawTrack, o);
    }
    if (o->was_resized) scan_write_resize(o, births);
  }
}

// -- What is garbage
// --------------------------------------------------------------------------------------------

// An object found to be garbage. Those that hang together form a component, a tree up to its first one. Its
// youngest ones may have been garbage for long, and seemed alive because older ones referred to them that
// were not looked at: only what is known of the oldest one counts.
struct piece {
  uint32_t slot;
  uint32_t parent;
  uint32_t next;         // of the component
  uint32_t last;         // first ones only: of the component
  uint32_t count;        // first ones only
  uint32_t oldest;       // first ones only: the ID of the oldest of them
  uint32_t seen_tick;    // first ones only: when that was seen alive
  uint32_t released_at;  // first ones only: the last such birth of them
  size_t edge_at, edge_end;
};
static struct {
  struct piece* at;
  size_t count, capacity;
} pieces;
static struct slots edges;  // slots of the targets

// What was garbage before may be reached by a weak reference once more; a replay may have collected it.
static void add_edge(struct object* to) {
  if (to->is_over) return;
  to->is_pinned = true;
  push(&edges, slot_number(to));
}

static int collect_edge(PyObject* child, void* unused) {
  (void)unused;
  struct object* o = object_of(child);
  if (o != NULL) add_edge(o);
  return 0;
}

static void collect_edges(const struct object* o) {
  traverse(o, collect_edge, NULL);
  if (o->has_companion) add_edge(object_at(details_of(o)->companion));
}

static uint32_t first_of(uint32_t k) {
  while (pieces.at[k].parent != k) {
    pieces.at[k].parent = pieces.at[pieces.at[k].parent].parent;
    k = pieces.at[k].parent;
  }
  return k;
}

static void join(uint32_t a, uint32_t b) {
  a = first_of(a), b = first_of(b);
  if (a == b) return;
  struct piece *first = &pieces.at[a], *second = &pieces.at[b];
  pieces.at[first->last].next = b;
  first->last = second->last;
  first->count += second->count;
  if (second->oldest < first->oldest) {
    first->oldest = second->oldest;
    first->seen_tick = second->seen_tick;
  }
  if (second->released_at > first->released_at) first->released_at = second->released_at;
  second->parent = a;
}

// Of those it hangs together with, what is known of the one with the lowest ID counts.
static void add_piece(struct member* m, uint32_t id) {
  const struct object* o = object_at(m->slot);
  const uint32_t n = m->piece = (uint32_t)pieces.count;
  GROW(&pieces);
  pieces.at[pieces.count++] = (struct piece){.slot = m->slot,
                                             .parent = n,
                                             .next = kNone,
                                             .last = n,
                                             .count = 1,
                                             .oldest = id,
                                             .seen_tick = o->seen_tick,
                                             .released_at = o->was_released ? details_of(o)->released_at : 0};
}

static void find_garbage(void) {
  pieces.count = edges.count = 0;
  for (size_t k = 0; k < members.count; ++k) {
    struct member* m = &members.at[k];
    if (m->is_reached || m->was_garbage) continue;
    struct object* o = object_at(m->slot);
    details_of(o)->member = (uint32_t)k + 1;
    add_piece(m, o->id);
  }
}

static void follow_object(struct object* o) {
  if (o->is_over) return;
  struct details* d = details_of(o);
  if (d->member == 0) {
    if (o->headers != 0 && is_tracked(op_of(o))) return;
    add_to_look(o);
    d->member = (uint32_t)members.count;
    o->seen_tick = ticks - 1;
  }
  struct member* m = &members.at[d->member - 1];
  if (m->piece == kNone && --m->references == 0) add_piece(m, UINT32_MAX);
}

// Untracked objects are in no generation: they are garbage when nothing but garbage refers to them.
static int follow(PyObject* child, void* unused) {
  (void)unused;
  struct object* o = object_of(child);
  if (o != NULL) follow_object(o);
  return 0;
}

static void follow_from(const struct object* o) {
  traverse(o, follow, NULL);
  if (o->has_companion) follow_object(object_at(details_of(o)->companion));
}

static void find_followers(void) {
  for (size_t k = 0, count = members.count; k < count; ++k) {
    if (members.at[k].was_garbage) follow_from(object_at(members.at[k].slot));
  }
  for (size_t k = 0; k < pieces.count; ++k) follow_from(object_at(pieces.at[k].slot));
}

static void find_edges(struct piece* piece) {
  piece->edge_at = edges.count;
  collect_edges(object_at(piece->slot));
  piece->edge_end = edges.count;
  for (size_t k = piece->edge_at; k < piece->edge_end; ++k) {
    const uint32_t m = details_of(object_at(edges.at[k]))->member - 1;
    if (m != kNone && members.at[m].piece != kNone) join((uint32_t)(piece - pieces.at), members.at[m].piece);
  }
}

static void write_ids(const uint32_t* slots, size_t count) {
  raw_number(count);
  for (size_t k = 0; k < count; ++k) raw_number(births - object_at(slots[k])->id);
}

// Those of one object that do not fit into its record; returns how many they are.
static size_t write_many_ids(const uint32_t* slots, size_t count) {
  size_t done = 0;
  for (; count - done > kMostEdges; done += kMostEdges) {
    raw_record(kRawEdges);
    write_ids(slots + done, kMostEdges);
    raw_end();
  }
  return done;
}

static void write_member(const struct piece* piece) {
  struct object* o = object_at(piece->slot);
  const uint32_t* slots = edges.at + piece->edge_at;
  const size_t count = piece->edge_end - piece->edge_at;
  const size_t done = write_many_ids(slots, count);
  const uint32_t own = details_of(o)->own = bytes_held_by(o);
  raw_record(kRawMember);
  raw_number(births - o->id);
  raw_number(own);
  write_ids(slots + done, count - done);
  raw_end();
}

static void write_component(uint32_t first) {
  raw_record(kRawGarbage);
  raw_number(pieces.at[first].count);
  raw_number(ticks - pieces.at[first].seen_tick);
  raw_number(births - pieces.at[first].released_at);
  raw_end();
  for (uint32_t k = first; k != kNone; k = pieces.at[k].next) write_member(&pieces.at[k]);
}

static void write_garbage(void) {
  const size_t looked_at = members.count;
  find_garbage();
  find_followers();
  for (size_t k = 0; k < pieces.count; ++k) find_edges(&pieces.at[k]);
  for (uint32_t k = 0; k < pieces.count; ++k) {
    if (first_of(k) == k) write_component(k);
  }
  for (size_t k = 0; k < pieces.count; ++k) {
    struct object* o = object_at(pieces.at[k].slot);
    o->is_garbage = o->is_over = true;
    details_of(o)->member = 0;
  }
  for (size_t k = looked_at; k < members.count; ++k) details_of(object_at(members.at[k].slot))->member = 0;
}

void scan_heap(int generation, uint32_t births_now) {
  births = births_now;
  ++ticks;
  births_at[ticks % kRing] = births;
  choose_members(generation);
  subtract_references();
  reach_the_living();
  note_the_living();
  raw_record(kRawTick);
  raw_end();
  write_garbage();
}

// Of what nobody else refers to the death will be told next.
static int release(PyObject* child, void* unused) {
  (void)unused;
  if (Py_REFCNT(child) == 1) return 0;
  struct object* o = known_object(child);
  if (o == NULL || o->is_garbage) return 0;
  o->was_released = true;
  details_of(o)->released_at = births;
  return 0;
}

void scan_note_release(const struct object* o, uint32_t births_now) {
  births = births_now;
  if (is_traversable(o)) traverse(o, release, NULL);
}

void scan_write_references(const struct object* o, uint32_t births_now) {
  births = births_now;
  edges.count = 0;
  const bool was_tracked = o->headers != 0 && is_tracked(op_of(o));
  if (is_traversable(o)) collect_edges(o);
  const size_t done = write_many_ids(edges.at, edges.count);
  const uint32_t own = bytes_held_by(o);
  raw_record(kRawDeath | kRawIsPinned | (was_tracked ? kRawWasTracked : 0u));
  raw_number(births - o->id);
  raw_number(own);
  write_ids(edges.at + done, edges.count - done);
  raw_end();
  gcsim_record_other_bytes += own;
}
