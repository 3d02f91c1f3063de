#include "raw.h"

#include <stdlib.h>
#include <string.h>

#include "types.h"

struct raw_record gcsim_record_raw;
#define at gcsim_record_raw.at

void raw_bytes(const char* bytes, size_t length) {
  if (length > kLongestLine / 2) length = kLongestLine / 2;
  raw_number(length);
  memcpy(at, bytes, length);
  at += length;
}

// The recording knows types by their names.
enum { kMostNames = 60000, kNameSlots = 1 << 17 };
static char** names;          // by number
static uint32_t* name_slots;  // numbers + 1, by hash of the name
static uint32_t name_count;

void raw_reset(void) {
  gcsim_record_raw.count = 0;
  forget_numbers_of_types();
  for (uint32_t k = 0; k < name_count; ++k) free(names[k]);
  name_count = 0;
  if (names == NULL) names = malloc(kMostNames * sizeof *names);
  free(name_slots);
  name_slots = calloc(kNameSlots, sizeof *name_slots);
  if (names == NULL || name_slots == NULL) abort();
}

static uint32_t hash_of(const char* name) {
  uint32_t hash = 2166136261u;
  for (; *name != '\0'; ++name) hash = (hash ^ (unsigned char)*name) * 16777619u;
  return hash;
}

static uint32_t number_of_name(const char* name) {
  uint32_t slot = hash_of(name) % kNameSlots;
  for (; name_slots[slot] != 0; slot = (slot + 1) % kNameSlots) {
    if (strcmp(names[name_slots[slot] - 1], name) == 0) return name_slots[slot] - 1;
  }
  if (name_count == kMostNames) return kMostNames - 1;  // a trace has no more types
  names[name_count] = strdup(name);
  if (names[name_count] == NULL) abort();
  name_slots[slot] = ++name_count;
  raw_record(kRawType);
  raw_bytes(name, strlen(name));
  raw_end();
  return name_count - 1;
}

uint32_t raw_new_type(struct known_type* type) {
  return type->number = number_of_name(name_of_type(type->type));
}
