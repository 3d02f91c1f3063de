#include "fast.h"

#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "raw.h"
#include "scan.h"

#if COLLECTS_AT_CHECKS
#include <internal/pycore_frame.h>
#elif PY_VERSION_HEX < 0x030b0000
#include <frameobject.h>
#endif

static const int kThresholds[3] = {100, 10, 10}, kUsualThresholds[3] = {700, 10, 10};
enum { kFlushAt = 8192 };  // bytes of other memory

static uint32_t births;  // the number of the last object
static uint64_t checks;  // that have been told with births
static bool has_scans = true;
static struct gc_generation_stats stats_at_begin[3];

// Objects that no tick has seen yet, and others that have died since they were born.
static struct newborn {
  uint32_t slot;
  uint32_t id;
} * newborns;
static uint32_t newborn_count, newborn_capacity;

const int* fast_thresholds(void) {
  return has_scans ? kThresholds : kUsualThresholds;
}

void fast_without_scans(void) {
  has_scans = false;
}

static void begin(void) {
  raw_reset();
  scan_reset();
  births = 0;
  checks = 0;
  newborn_count = 0;
  gcsim_record_other_bytes = 0;
  memcpy(stats_at_begin, collector()->generation_stats, sizeof stats_at_begin);
}

static void write_about(unsigned code, const struct object* o) {
  raw_record(code);
  raw_number(births - o->id);
  raw_end();
}

static void write_memory(int64_t at_least) {
  const int64_t grown = gcsim_record_other_bytes;
  if (grown < at_least && -grown < at_least) return;
  gcsim_record_other_bytes = 0;
  raw_record(kRawMemory);
  raw_number(grown < 0 ? (uint64_t)-grown * 2 - 1 : (uint64_t)grown * 2);
  raw_end();
}

// Inside a collection blocks go that garbage owned, before it is told: the sum is right again at its end.
static void catch_up(void) {
  const int64_t grown = gcsim_record_other_bytes;
  if (grown < kFlushAt && -grown < kFlushAt) return;
  if (collector()->collecting == 0) write_memory(kFlushAt);
}

// -- Births
// -----------------------------------------------------------------------------------------------------

static bool is_still_new(struct newborn n) {
  const struct object* o = object_at(n.slot);
  return o->id == n.id && !o->is_over;
}

static void close_gaps(void) {
  uint32_t kept = 0;
  for (uint32_t k = 0; k < newborn_count; ++k) {
    if (is_still_new(newborns[k])) newborns[kept++] = newborns[k];
  }
  newborn_count = kept;
}

static void make_room_for_newborns(void) {
  close_gaps();
  if (newborn_count < newborn_capacity / 2) return;
  newborn_capacity = newborn_capacity == 0 ? 4096 : 2 * newborn_capacity;
  newborns = realloc(newborns, newborn_capacity * sizeof *newborns);
  if (newborns == NULL) abort();
}

static void add_newborn(struct object* o) {
  if (newborn_count == newborn_capacity) make_room_for_newborns();
  o->is_newborn = true;
  newborns[newborn_count++] = (struct newborn){slot_number(o), o->id};
}

static void moved(struct object* o, uint32_t from) {
  (void)from;
  if (o->is_newborn) add_newborn(o);
}

// From 3.12 on. Whoever is at another instruction than at the last birth, or in another call, has met a check
// in between, or will soon. At the same one it may be the same call of a function in C, which makes many
// objects without a check, or the next round of a loop: only a pending call can tell.
#if COLLECTS_AT_CHECKS
static struct place {
  const void* frame;
  const void* instruction;
} last_place;
static bool is_same_place, was_checked;

static struct place place_in(const PyThreadState* thread) {
#if PY_VERSION_HEX >= 0x030d0000
  const struct _PyInterpreterFrame* frame = thread->current_frame;
  return (struct place){frame, frame == NULL ? NULL : frame->instr_ptr};
#else
  const struct _PyInterpreterFrame* frame = thread->cframe->current_frame;
  return (struct place){frame, frame == NULL ? NULL : frame->prev_instr};
#endif
}

static bool is_check_passed(const PyThreadState* thread) {
  const struct place here = place_in(thread);
  is_same_place = here.frame == last_place.frame && here.instruction == last_place.instruction;
  last_place = here;
  const bool is_passed = was_checked || !is_same_place;
  was_checked = false;
  return is_passed;
}

static bool awaits_check(void) {
  return is_same_place;
}
static void check(void) {
  was_checked = true;
}
#else
static bool is_check_passed(const PyThreadState* thread) {
  (void)thread;
  return false;
}
static bool awaits_check(void) {
  return false;
}
static void check(void) {}
#endif

// A record of what the object is.
static inline void write_kind(unsigned code, const struct object* o, struct known_type* type) {
  const uint32_t number = raw_type(type);  // may have a record of its own
  raw_record(code);
  raw_number(number);
  raw_number(o->size);
  raw_end();
}

// What the collector is not told that a type refers to is still there until the type is collected.
static void add_companion_of(struct object* type) {
  struct object* o = add_companion(type);
  if (o == NULL) return;
  births = o->id;
  write_kind(kRawBirth, o, known_type(&PyCode_Type));
  o->seen_tick = scan_ticks();
}

static void born(struct object* o, struct known_type* type, bool counts, bool bypasses_free_list) {
  births = o->id;
  const bool is_kept_block = !counts && o->list == kNoFreeList;
  const PyThreadState* thread = current_thread();
  const bool is_error = counts && has_exception(thread);
  const bool is_checked = is_check_passed(thread);
  checks += is_checked;
  write_kind(kRawBirth | (counts || is_kept_block ? 0u : kRawReuse) | (bypasses_free_list ? kRawBypass : 0u) |
                 (is_kept_block ? kRawKept : 0u) | (is_error ? kRawError : 0u) |
                 (is_checked ? kRawCheckBefore : 0u),
             o, type);
  o->seen_tick = scan_ticks();
  if (has_scans) add_newborn(o);
  if ((type->type->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) != 0) add_companion_of(o);
}

// -- Deaths
// -----------------------------------------------------------------------------------------------------

// Up to 3.10 the code of a function keeps a block for its frames, which are not told one from another: each
// call would be a birth and a death otherwise.
static bool is_kept_by_code(const struct object* o) {
#if PY_VERSION_HEX < 0x030b0000
  return Py_TYPE(op_of(o)) == &PyFrame_Type && !o->is_pinned;
#else
  (void)o;
  return false;
#endif
}

static void write_death(struct object* o, bool is_whole) {
  if (o->is_elder) {
    births = o->id;
    write_kind(kRawElder, o, known_type(type_of(o)));
  }
  if (o->was_resized) scan_write_resize(o, births);
  const bool was_tracked = is_whole && o->headers != 0 && is_tracked(op_of(o));
  const bool has_references = is_whole && o->is_pinned;
  o->is_over = true;
  if (has_references) {
    scan_write_references(o, births);
  } else {
    raw_record(kRawDeath | (was_tracked ? kRawWasTracked : 0u));
    raw_number(births - o->id);
    raw_end();
  }
}

static void write_deaths(struct object* o, bool is_whole) {
  write_death(o, is_whole);
  if (o->has_companion) write_death(object_at(details_of(o)->companion), is_whole);
}

static void dying(struct object* o) {
  if (o->is_garbage) {
    // What it owned was told of with it; that the blocks go is told again.
    struct details* d = details_of(o);
    gcsim_record_other_bytes += d->own;
    d->own = 0;
    return;
  }
  // What the collector breaks up may have been dead for long.
  if (has_scans && collector()->collecting == 0) scan_note_release(o, births);
  if (!is_kept_by_code(o)) {
    write_deaths(o, true);
  } else if (o->is_tracked) {
    o->is_tracked = false;
    write_about(kRawUntrack, o);
  }
}

static void died(struct object* o) {
  if (!o->is_over) write_deaths(o, false);
  if (o->has_companion) remove_companion(o);
}

// -- Ticks
// ------------------------------------------------------------------------------------------------------

static void look_at_newborns(void) {
  for (uint32_t k = 0; k < newborn_count; ++k) {
    if (!is_still_new(newborns[k])) continue;
    struct object* o = object_at(newborns[k].slot);
    o->is_newborn = false;
    if (o->headers == 0) continue;
    o->is_tracked = is_tracked(op_of(o));
    if (!o->is_tracked) write_about(kRawUntracked, o);
  }
  newborn_count = 0;
}

void fast_tick(int generation) {
  write_memory(kFlushAt);
  if (!has_scans) return;
  look_at_newborns();
  scan_heap(generation, births);
}

static void event(const char* line) {
  raw_record(kRawEvent);
  raw_bytes(line, strlen(line) - 1);
  raw_end();
}

static void end(const char* reason) {
  write_memory(1);
  if (has_scans) {
    look_at_newborns();
    scan_heap(2, births);
  }
  if (reason != NULL) {
    raw_record(kRawStopped);
    raw_bytes(reason, strlen(reason));
    raw_end();
  }
  raw_record(kRawEnd);
  raw_number(missed_deaths());
  const struct gc_generation_stats* now = collector()->generation_stats;
  for (int g = 0; g < 3; ++g) raw_number((uint64_t)fast_thresholds()[g]);
  for (int g = 0; g < 3; ++g) raw_number((uint64_t)(now[g].collections - stats_at_begin[g].collections));
  for (int g = 0; g < 3; ++g) raw_number((uint64_t)(now[g].collected - stats_at_begin[g].collected));
  raw_end();
}

// As many as a trace of this has, nearly: most births also say that the object is tracked.
static uint64_t events(void) {
  return raw_records() + births + checks;
}

const struct mode kFastMode = {.begin = begin,
                               .catch_up = catch_up,
                               .born = born,
                               .dying = dying,
                               .has_deaths_at_begin = true,
                               .died = died,
                               .moved = moved,
                               .event = event,
                               .awaits_check = awaits_check,
                               .check = check,
                               .end = end,
                               .events = events};
