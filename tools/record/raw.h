// Records of the fast mode's raw recording: see raw_codes.h.
#pragma once

#include "python.h"
#include "raw_codes.h"

// A record: its code, its numbers, its end. Only then it is there.
void raw_record(unsigned code);
void raw_bytes(const char* bytes, size_t length);  // with their length; cut off if they are very many
void raw_end(void);
// How many there are.
uint64_t raw_records(void);
// The most references in one record.
enum { kMostEdges = 256 };

extern char* gcsim_record_raw_end;
static inline void raw_number(uint64_t number) {
  char* at = gcsim_record_raw_end;
  while (number >= 0x80) {
    *at++ = (char)(number | 0x80);
    number >>= 7;
  }
  *at++ = (char)number;
  gcsim_record_raw_end = at;
}

// Forgets the types.
void raw_reset(void);
// The number of a type, which gets its record if it has none yet. Not inside another record.
uint32_t raw_type(const PyTypeObject* type);
