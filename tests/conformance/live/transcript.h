/* The transcript being written, and which of the trace's IDs an address stands for. No Python object is made.
 */
#ifndef GCSIM_LIVE_TRANSCRIPT_H
#define GCSIM_LIVE_TRANSCRIPT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"

/* --- text */
static char* text;
static size_t text_length, text_capacity;
static int is_in_braces; /* what happens during a collection stands in braces */

static void* checked(void* memory) {
  if (!memory) Py_FatalError("out of memory");
  return memory;
}
static void reserve_text(size_t bytes) {
  if (text_capacity - text_length >= bytes) return;
  text_capacity = text_capacity * 2 + 65536 + bytes;
  text = checked(realloc(text, text_capacity));
}
static void write_text(const char* format, ...) {
  enum { kLongest = 4096 }; /* of what is formatted; words of the trace may be longer */
  va_list arguments;
  int n;
  reserve_text(kLongest);
  va_start(arguments, format);
  n = vsnprintf(text + text_length, kLongest, format, arguments);
  va_end(arguments);
  text_length += n < kLongest ? (size_t)n : kLongest - 1;
}
static void close_braces(void) {
  if (is_in_braces) write_text(" }");
  is_in_braces = 0;
}
static void match_braces(void) {
  if (!IS_COLLECTING) {
    close_braces();
  } else if (!is_in_braces) {
    write_text(" {");
    is_in_braces = 1;
  }
}

/* --- the words of the trace, by number */
static const char** words;
static int word_count;

static void write_word(int word) {
  size_t length = strlen(words[word]);
  reserve_text(length);
  memcpy(text + text_length, words[word], length);
  text_length += length;
}
static void write_token(const char* kind, int word) {
  match_braces();
  write_text(" %s:", kind);
  write_word(word);
}

/* --- addresses: open addressing, removal shifts back */
typedef struct {
  PyObject* object;
  int word;
} Known;
static Known* known;
static size_t known_mask, known_count;

static size_t place_of(PyObject* o) {
  return (size_t)(((uintptr_t)o >> 4) * 0x9E3779B97F4A7C15ull >> 20) & known_mask;
}
static Known* find_known(PyObject* o) {
  size_t i;
  for (i = place_of(o); known[i].object; i = (i + 1) & known_mask) {
    if (known[i].object == o) return &known[i];
  }
  return NULL;
}
static void put_known(PyObject* o, int word) {
  size_t i = place_of(o);
  while (known[i].object) i = (i + 1) & known_mask;
  known[i].object = o;
  known[i].word = word;
  known_count++;
}
static void reserve_known(size_t slots) {
  Known* old = known;
  size_t i, n = known ? known_mask + 1 : 0;
  known = checked(calloc(slots, sizeof *known));
  known_mask = slots - 1;
  known_count = 0;
  for (i = 0; i < n; i++) {
    if (old[i].object) put_known(old[i].object, old[i].word);
  }
  free(old);
}
static void learn(PyObject* o, int word) {
  if (known_count * 2 > known_mask) reserve_known((known_mask + 1) * 2);
  put_known(o, word);
}
static void forget(Known* entry) {
  size_t hole = (size_t)(entry - known), i = hole;
  for (;;) {
    size_t home;
    i = (i + 1) & known_mask;
    if (!known[i].object) break;
    home = place_of(known[i].object);
    if (((i - home) & known_mask) < ((i - hole) & known_mask)) continue;
    known[hole] = known[i];
    hole = i;
  }
  known[hole].object = NULL;
  known_count--;
}

#endif
