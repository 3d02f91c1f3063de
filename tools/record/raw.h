// Records of the fast mode's raw recording: see raw_codes.h.
#pragma once

#include "out.h"
#include "python.h"
#include "raw_codes.h"
#include "types.h"

extern struct raw_record {
  char* begin;
  char* at;
  char code;
  uint64_t count;  // of records
} gcsim_record_raw;

// A record: its code, its numbers, its end. Only then it is there.
static inline void raw_record(unsigned code) {
  char* const begin = out_room();
  gcsim_record_raw.begin = begin;
  gcsim_record_raw.at = begin + 1;
  gcsim_record_raw.code = (char)code;
}

static inline char* put_raw_number(char* at, uint64_t number) {
  while (number >= 0x80) {
    *at++ = (char)(number | 0x80);
    number >>= 7;
  }
  *at++ = (char)number;
  return at;
}

static inline void raw_number(uint64_t number) {
  gcsim_record_raw.at = put_raw_number(gcsim_record_raw.at, number);
}

void raw_bytes(const char* bytes, size_t length);  // with their length; cut off if they are very many

static inline void raw_end(void) {
  ++gcsim_record_raw.count;
  __atomic_signal_fence(__ATOMIC_RELEASE);
  *gcsim_record_raw.begin = gcsim_record_raw.code;
  out_advance(gcsim_record_raw.at);
}

// How many there are.
static inline uint64_t raw_records(void) {
  return gcsim_record_raw.count;
}

// The most references in one record.
enum { kMostEdges = 256 };

// Forgets the types.
void raw_reset(void);
// The number of a type, which gets its record if it has none yet. Not inside another record.
uint32_t raw_new_type(struct known_type* type);
static inline uint32_t raw_type(struct known_type* type) {
  return type->number != kNoNumber ? type->number : raw_new_type(type);
}
