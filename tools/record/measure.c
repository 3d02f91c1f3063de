#include "measure.h"

#include "allocator.h"
#include "collections.h"

uint64_t measured_visits[3];
static int64_t peak;

static void begin(void) {
  gcsim_record_other_bytes = 0;
  peak = 0;
}

static void see_bytes(void) {
  const int64_t bytes = bytes_of_objects() + gcsim_record_other_bytes;
  if (bytes > peak) peak = bytes;
}

static void nothing(void) {}
static void born(struct object* o, struct known_type* type, bool counts, bool bypasses_free_list) {
  (void)o, (void)type, (void)counts, (void)bypasses_free_list;
  see_bytes();
}
static void goes(struct object* o) {
  (void)o;
}
static void moves(struct object* o, uint32_t from) {
  (void)o, (void)from;
}
static void event(const char* line) {
  (void)line;
}
static uint64_t no_events(void) {
  return 0;
}
static bool never(void) {
  return false;
}

const struct mode kMeasureMode = {.begin = begin,
                                  .catch_up = nothing,
                                  .born = born,
                                  .dying = goes,
                                  .has_deaths_at_begin = true,
                                  .died = goes,
                                  .moved = moves,
                                  .event = event,
                                  .awaits_check = never,
                                  .check = nothing,
                                  .events = no_events};

static int expect_the_next(void* unused) {
  (void)unused;
  expect_collections();
  return 0;
}

// A program may collect twice without a birth or a death in between, at which the next collection would be
// expected.
void measure_collection(int generation) {
  Py_AddPendingCall(expect_the_next, NULL);
  see_bytes();
  for (int g = 0; g <= generation; ++g) {
    const PyGC_Head* head = &collector()->generations[g].head;
    for (PyGC_Head* at = (PyGC_Head*)head->_gc_next; at != head; at = (PyGC_Head*)at->_gc_next)
      measured_visits[generation] += slot_of((PyObject*)(at + 1)) != 0;
  }
}

int64_t measured_peak_bytes(void) {
  return peak;
}
