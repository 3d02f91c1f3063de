#include "exact.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "out.h"
#include "traverse.h"
#include "types.h"

// The slots of living objects in the order of their births; 0 where one has died.
static uint32_t* births;
static uint32_t birth_count, birth_capacity;
static bool has_gaps;

struct edge {
  uint32_t id;
  uint32_t slot;  // of the object, if that still has this ID
};

// What each object referred to at the last comparison. The arrays stay with the slot, whatever object it has.
static struct references {
  uint32_t place;      // in the order of births
  uint32_t in_degree;  // references from young objects
  uint32_t edge_count, edge_capacity;
  uint32_t child_count, child_capacity;
  struct edge* edges;   // to young objects, as written
  PyObject** children;  // everything it referred to
} * references;

static struct references* references_in(uint32_t slot) {
  return &references[slot / 2];
}

static struct references* references_of(const struct object* o) {
  return references_in(slot_number(o));
}

struct ids {
  uint32_t* at;
  size_t count, capacity;
};
struct edges {
  struct edge* at;
  size_t count, capacity;
};
struct pointers {
  PyObject** at;
  size_t count, capacity;
};

static uint64_t events;
static struct edges seen;         // the edges of one object, as of now
static struct pointers children;  // everything it refers to
static struct edges sorted;       // edges of before and of now, in order
static struct ids removed;        // pairs: from, to

// Objects that have died since the last comparison.
struct dead {
  uint32_t id;
  bool has_name;             // in the trace
  bool by_collector;         // with what it referred to: a replay collects it itself
  uint32_t in_degree;        // references from other dead ones
  size_t edge_at, edge_end;  // in dead_edges: what it referred to at that comparison
};
static struct {
  struct dead* at;
  size_t count, capacity;
} dead;
static struct edges dead_edges;

static void append(struct ids* list, uint32_t id) {
  GROW(list);
  list->at[list->count++] = id;
}

static void append_edge(struct edges* list, struct edge edge) {
  GROW(list);
  list->at[list->count++] = edge;
}

// Addresses at which an object was born or died since the last comparison: what refers to one of them may
// mean another object than before. A small filter, with false alarms.
enum { kFilterBits = 1 << 14 };
static uint64_t filter[kFilterBits / 64];
static bool is_filter_used;

static unsigned filter_bit(const PyObject* op) {
  return (unsigned)(((uintptr_t)op >> 4) * 0x9e3779b97f4a7c15u >> 50);
}

static void note_address(const PyObject* op) {
  const unsigned bit = filter_bit(op);
  filter[bit / 64] |= (uint64_t)1 << bit % 64;
  is_filter_used = true;
}

static bool may_have_changed(const PyObject* op) {
  const unsigned bit = filter_bit(op);
  return (filter[bit / 64] >> bit % 64 & 1) != 0;
}

static void clear_filter(void) {
  if (is_filter_used) memset(filter, 0, sizeof filter);
  is_filter_used = false;
}

static void event(const char* line) {
  ++events;
  out_text(line);
}

static void write_one(const char* before, uint32_t id, const char* behind) {
  char* at = put_text(out_room(), before);
  at = put_number(at, id);
  out_advance(put_text(at, behind));
  ++events;
}

static void write_pair(const char* before, uint32_t a, const char* between, uint32_t b) {
  char* at = put_text(out_room(), before);
  at = put_number(at, a);
  at = put_text(at, between);
  at = put_number(at, b);
  out_advance(put_text(at, "\n"));
  ++events;
}

static void write_alloc(const struct object* o, const char* options, bool is_raising) {
  char* at = put_text(out_room(), "alloc ");
  at = put_number(at, o->id);
  at = put_text(at, " ");
  at = put_word(at, name_of_type(type_of(o)));
  at = put_text(at, " size=");
  at = put_number(at, o->size);
  at = put_text(at, options);
  if (is_raising) at = put_text(at, " error");
  out_advance(put_text(at, "\n"));
  ++events;
}

static bool is_visible(const struct object* o) {
  if (Py_REFCNT(op_of(o)) <= 0) return false;
  return o->is_companion || (o->state == kAlive && is_traversable(o));
}

static int collect_child(PyObject* child, void* holder) {
  struct object* o = holder;
  GROW(&children);
  children.at[children.count++] = child;
  const uint32_t slot = slot_of(child);
  if (slot != 0) {
    append_edge(&seen, (struct edge){object_at(slot)->id, slot});
  } else if (!o->is_outside && is_exactly_tuple_or_dict(o) && may_be_tracked(child)) {
    o->is_outside = true;
    char* at = put_text(out_room(), "outside ");
    at = put_number(at, o->id);
    out_advance(put_text(at, "\n"));
  }
  return 0;
}

// Stops at the first child that is not, or may not be, the same object as last time.
struct recheck {
  const struct references* last;
  uint32_t at;
};
static int recheck_child(PyObject* child, void* argument) {
  struct recheck* r = argument;
  if (r->at == r->last->child_count || r->last->children[r->at] != child || may_have_changed(child)) return 1;
  ++r->at;
  return 0;
}

static bool is_unchanged(struct object* o) {
  struct recheck r = {references_of(o), 0};
  return traverse(o, recheck_child, &r) == 0 && r.at == r.last->child_count;
}

static int by_id(const void* a, const void* b) {
  const uint32_t x = ((const struct edge*)a)->id, y = ((const struct edge*)b)->id;
  return x < y ? -1 : x > y;
}

static void* grown(void* array, uint32_t* capacity, size_t count, size_t size) {
  if (*capacity >= count) return array;
  *capacity = (uint32_t)(count + count / 2 + 4);
  array = realloc(array, *capacity * size);
  if (array == NULL) abort();
  return array;
}

static void keep(struct object* o) {
  struct references* r = references_of(o);
  r->edges = grown(r->edges, &r->edge_capacity, seen.count, sizeof *r->edges);
  if (seen.count > 0) memcpy(r->edges, seen.at, seen.count * sizeof *seen.at);
  r->edge_count = (uint32_t)seen.count;
  r->children = grown(r->children, &r->child_capacity, children.count, sizeof *r->children);
  if (children.count > 0) memcpy(r->children, children.at, children.count * sizeof *children.at);
  r->child_count = (uint32_t)children.count;
}

static void add_edge(const struct object* o, struct edge e) {
  ++references_in(e.slot)->in_degree;
  write_pair("ref ", o->id, "[] ", e.id);
}

static void take_from_degree(struct edge e) {
  if (object_at(e.slot)->id == e.id) --references_in(e.slot)->in_degree;
}

static void remove_edge(const struct object* o, struct edge e) {
  take_from_degree(e);
  append(&removed, o->id);
  append(&removed, e.id);
}

// Compares the edges in `seen` with those written: new ones are written, those that are gone are noted.
static void compare_edges(struct object* o) {
  const struct edge *old = references_of(o)->edges, *new = seen.at;
  size_t old_count = references_of(o)->edge_count, new_count = seen.count;
  while (old_count > 0 && new_count > 0 && old->id == new->id) ++old, ++new, --old_count, --new_count;
  while (old_count > 0 && new_count > 0 && old[old_count - 1].id == new[new_count - 1].id)
    --old_count, --new_count;
  sorted.count = 0;
  for (size_t k = 0; k < old_count; ++k) append_edge(&sorted, old[k]);
  for (size_t k = 0; k < new_count; ++k) append_edge(&sorted, new[k]);
  if (sorted.count == 0) return;
  struct edge *a = sorted.at, *const a_end = a + old_count, *b = a_end, *const b_end = b + new_count;
  qsort(a, old_count, sizeof *a, by_id);
  qsort(b, new_count, sizeof *b, by_id);
  while (a < a_end || b < b_end) {
    if (a < a_end && b < b_end && a->id == b->id) {
      ++a, ++b;
    } else if (b == b_end || (a < a_end && a->id < b->id)) {
      remove_edge(o, *a++);
    } else {
      add_edge(o, *b++);
    }
  }
}

static void enter(struct object* o) {
  if (birth_count == birth_capacity) {
    birth_capacity = birth_capacity == 0 ? 1 << 16 : 2 * birth_capacity;
    births = realloc(births, birth_capacity * sizeof *births);
    if (births == NULL) abort();
  }
  struct references* r = references_of(o);
  r->place = birth_count;
  r->in_degree = r->edge_count = r->child_count = 0;
  births[birth_count++] = slot_number(o);
  o->has_name = true;
}

static bool should_have_companion(const struct object* o) {
  PyObject* op = op_of(o);
  return PyType_Check(op) && !o->is_companion && (((PyTypeObject*)op)->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0;
}

static void add_companion_of(struct object* type) {
  struct object* o = add_companion(type);
  if (o == NULL) return;
  enter(o);
  write_alloc(o, "", false);
}

static void append_companion_of(struct object* type) {
  if (!type->has_companion) add_companion_of(type);
  if (!type->has_companion) return;
  const uint32_t slot = details_of(type)->companion;
  append_edge(&seen, (struct edge){object_at(slot)->id, slot});
}

static void compare_object(struct object* o) {
  // A collection that is going on has cleared the weak reference, which still goes with the type.
  if (o->is_companion && collector()->collecting != 0) return;
  const bool has_children = is_visible(o);
  if (has_children ? is_unchanged(o) : references_of(o)->child_count == 0) return;
  seen.count = children.count = 0;
  if (has_children) traverse(o, collect_child, o);
  if (has_children && should_have_companion(o)) append_companion_of(o);
  compare_edges(o);
  keep(o);
}

static void close_gaps(void) {
  uint32_t kept = 0;
  for (uint32_t k = 0; k < birth_count; ++k) {
    if (births[k] == 0) continue;
    references_in(births[k])->place = kept;
    births[kept++] = births[k];
  }
  birth_count = kept;
  has_gaps = false;
}

// A reference count of 0 is that of an object whose deallocator is running, or whose type keeps the block.
static bool is_held_from_outside(const struct object* o) {
  const uint32_t in_degree = references_of(o)->in_degree;
  if (o->is_companion) return in_degree == 0;
  const Py_ssize_t count = Py_REFCNT(op_of(o));
  return count == 0 || count > (Py_ssize_t)in_degree;
}

static bool is_filled(PyObject* tuple) {
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(tuple); ++k) {
    if (PyTuple_GET_ITEM(tuple, k) == NULL) return false;
  }
  return true;
}

// A collection does not untrack a tuple that is still being filled (_PyTuple_MaybeUntrack). In a trace it
// refers to itself meanwhile.
static void write_hole(struct object* o) {
  if (o->list != kTupleFreeList || o->is_filled || !o->is_tracked) return;
  o->is_filled = is_filled(op_of(o));
  if (o->has_hole != o->is_filled) return;
  o->has_hole = !o->is_filled;
  write_pair(o->has_hole ? "ref " : "unref ", o->id, "[] ", o->id);
}

static void write_state(struct object* o) {
  if (!o->has_name && is_held_from_outside(o)) {
    o->has_name = true;
    write_pair("ref ", o->id, " ", o->id);
  }
  PyObject* op = op_of(o);
  const bool tracked = o->headers != 0 && is_tracked(op) && Py_REFCNT(op) > 0;
  if (tracked != o->is_tracked) {
    o->is_tracked = tracked;
    write_one(tracked ? "track " : "untrack ", o->id, "\n");
  }
  if (o->was_resized) {
    o->was_resized = false;
    write_pair("resize ", o->id, " ", o->size);
  }
  write_hole(o);
}

static int dead_by_id(const void* a, const void* b) {
  const uint32_t x = ((const struct dead*)a)->id, y = ((const struct dead*)b)->id;
  return x < y ? -1 : x > y;
}

static struct dead* find_dead(uint32_t id) {
  const struct dead key = {.id = id};
  struct dead* d = bsearch(&key, dead.at, dead.count, sizeof key, dead_by_id);
  return d == NULL || d->by_collector ? NULL : d;
}

static void release_dead(const struct dead* d, struct ids* ready) {
  for (size_t k = d->edge_at; k < d->edge_end; ++k) {
    struct dead* target = find_dead(dead_edges.at[k].id);
    if (target != NULL && --target->in_degree == 0) append(ready, (uint32_t)(target - dead.at));
  }
}

// The references of the dead are those of the last comparison. Where these form a cycle that the program has
// broken since, a replay would not let them die.
static void break_old_cycles(void) {
  static struct ids ready;
  qsort(dead.at, dead.count, sizeof *dead.at, dead_by_id);
  for (size_t k = 0; k < dead_edges.count; ++k) {
    struct dead* target = find_dead(dead_edges.at[k].id);
    if (target != NULL) ++target->in_degree;
  }
  ready.count = 0;
  for (size_t k = 0; k < dead.count; ++k) {
    if (dead.at[k].in_degree == 0) append(&ready, (uint32_t)k);
  }
  while (ready.count > 0) release_dead(&dead.at[ready.at[--ready.count]], &ready);
  // None of them may die of the first reference that goes.
  for (size_t k = 0; k < dead.count; ++k) {
    struct dead* d = &dead.at[k];
    if (d->in_degree == 0 || d->has_name) continue;
    d->has_name = true;
    write_pair("ref ", d->id, " ", d->id);
  }
  for (size_t k = 0; k < dead.count; ++k) {
    const struct dead* d = &dead.at[k];
    if (d->in_degree == 0) continue;
    for (size_t e = d->edge_at; e < d->edge_end; ++e) {
      const struct dead* target = find_dead(dead_edges.at[e].id);
      if (target != NULL && target->in_degree > 0) write_pair("unref ", d->id, "[] ", target->id);
    }
  }
}

static void write_deaths(void) {
  for (size_t k = 0; k < dead.count; ++k) {
    if (dead.at[k].has_name) write_one("del ", dead.at[k].id, "\n");
  }
  dead.count = dead_edges.count = 0;
}

static void compare(void) {
  if (has_gaps) close_gaps();
  removed.count = 0;
  for (uint32_t k = 0; k < birth_count; ++k) compare_object(object_at(births[k]));
  clear_filter();
  for (uint32_t k = 0; k < birth_count; ++k) write_state(object_at(births[k]));
  if (dead_edges.count > 0 && dead.count > 1) break_old_cycles();
  for (size_t k = 0; k < removed.count; k += 2) write_pair("unref ", removed.at[k], "[] ", removed.at[k + 1]);
  write_deaths();
  for (uint32_t k = 0; k < birth_count; ++k) {
    struct object* o = object_at(births[k]);
    if (!o->has_name || is_held_from_outside(o)) continue;
    o->has_name = false;
    write_one("del ", o->id, "\n");
  }
}

static void born(struct object* o, struct known_type* type, bool counts, bool bypasses_free_list) {
  (void)type;
  enter(o);
  note_address(op_of(o));
  // A block that was kept since before the recording, by a type whose free list a replay does not know.
  const bool is_kept_block = !counts && o->list == kNoFreeList;
  write_alloc(o,
              is_kept_block        ? " before"
              : bypasses_free_list ? " free_list=no"
                                   : "",
              has_exception(current_thread()));
}

static void died(struct object* o) {
  if (o->has_companion) {
    died(object_at(details_of(o)->companion));
    remove_companion(o);
  }
  if (o->is_elder) {
    write_alloc(o, " before", false);
  } else {
    births[references_of(o)->place] = 0;
    has_gaps = true;
    note_address(op_of(o));  // of a companion: the type's
    if (o->was_resized) write_pair("resize ", o->id, " ", o->size);
    if (o->has_hole) write_pair("unref ", o->id, "[] ", o->id);
  }
  GROW(&dead);
  struct dead* d = &dead.at[dead.count++];
  *d = (struct dead){.id = o->id, .has_name = o->has_name || o->is_elder, .edge_at = dead_edges.count};
  d->by_collector = collector()->collecting != 0;
  struct references* r = references_of(o);
  for (uint32_t k = 0; k < r->edge_count; ++k) {
    take_from_degree(r->edges[k]);
    if (!d->by_collector) append_edge(&dead_edges, r->edges[k]);
  }
  d->edge_end = dead_edges.count;
  r->edge_count = r->child_count = 0;
}

static void redirect(struct references* r, uint32_t id, uint32_t slot) {
  for (uint32_t k = 0; k < r->edge_count; ++k) {
    if (r->edges[k].id == id) r->edges[k].slot = slot;
  }
}

static void moved(struct object* o, uint32_t from) {
  if (o->is_elder) return;
  struct references *old = references_in(from), *new = references_of(o);
  const struct references was = *new;
  *new = *old;
  *old = was;
  births[new->place] = slot_number(o);
  for (uint32_t k = 0; k < birth_count; ++k) {
    if (births[k] != 0) redirect(references_in(births[k]), o->id, slot_number(o));
  }
}

static uint64_t events_written(void) {
  return events;
}

bool exact_open(void) {
  if (references == NULL) references = reserve_for_pairs_of_slots(sizeof *references);
  return references != NULL;
}

size_t exact_bytes_of_object(void) {
  return sizeof *references;
}

static void nothing(void) {}

static void still_as_it_was(struct object* o) {
  (void)o;
}

static bool always(void) {
  return true;
}

static void check(void) {
  compare();
  event("check\n");
}

static void end(const char* reason) {
  compare();
  if (reason != NULL) {
    char* line = put_text(out_room(), "stopped ");
    line = put_text(line, reason);
    out_advance(put_text(line, "\n"));
  }
  char* at = put_text(out_room(), "end ");
  at = put_number(at, events);
  out_advance(put_text(at, "\n"));
}

const struct mode kExactMode = {.begin = nothing,
                                .catch_up = compare,
                                .born = born,
                                .dying = still_as_it_was,
                                .died = died,
                                .moved = moved,
                                .event = event,
                                .awaits_check = always,
                                .check = check,
                                .end = end,
                                .events = events_written};
