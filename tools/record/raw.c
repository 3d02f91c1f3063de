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

// A type is known by its name: the address may be another type's later. Few types have most of the births.
enum { kRecent = 1 << 10, kMostNames = 60000, kNameSlots = 1 << 17 };
static struct recent {
  const PyTypeObject* type;
  const char* name;
  Py_ssize_t basic_size;
  uint32_t number;
} recent[kRecent];
static char** names;          // by number
static uint32_t* name_slots;  // numbers + 1, by hash of the name
static uint32_t name_count;

void raw_reset(void) {
  gcsim_record_raw.count = 0;
  memset(recent, 0, sizeof recent);
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

uint32_t raw_type(const PyTypeObject* type) {
  struct recent* r = &recent[((uintptr_t)type >> 4) * 0x9e3779b97f4a7c15u >> 54];
  if (r->type == type && r->name == type->tp_name && r->basic_size == type->tp_basicsize) return r->number;
  *r = (struct recent){type, type->tp_name, type->tp_basicsize, number_of_name(name_of_type(type))};
  return r->number;
}
