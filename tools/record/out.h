// The raw recording: lines of a text trace, as a file that survives whatever happens to the process.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// The path should be absolute: programs change their folder.
bool out_open(const char* path);
// Room for at most kLongestLine bytes; out_advance says how many were written.
enum { kLongestLine = 4096 };
static inline char* out_room(void);
static inline void out_advance(char* end);
void out_text(const char* text);
// What was written until now is in the file behind its window: a child process finds it there.
void out_settle(void);
void out_close(void);
// Nothing more is written, whatever was.
void out_abandon(void);
// In a child process, at once: the file is the parent's, and nothing of this process may reach it.
void out_leave_to_parent(void);
// After that: goes on in a new file, which begins with all that was in the parent's at the fork.
bool out_branch(const char* path);
uint64_t out_bytes(void);  // that were written, whatever else the file has
// Whether it had to give up, with a message.
static inline bool out_has_failed(void);

// Append to a line; they return its new end.
char* put_text(char* at, const char* text);
char* put_number(char* at, uint64_t number);
// A word of a text trace, in quotes if need be, cut off if it is very long.
char* put_word(char* at, const char* word);

// Where the next line comes, and the end of those places that have room behind them.
extern struct out_place {
  char* next;
  char* edge;
  bool has_failed;
} gcsim_record_out;
char* out_room_at_edge(void);

static inline char* out_room(void) {
  const struct out_place* place = &gcsim_record_out;
  return place->next < place->edge ? place->next : out_room_at_edge();
}

static inline void out_advance(char* end) {
  gcsim_record_out.next = end;
}

static inline bool out_has_failed(void) {
  return gcsim_record_out.has_failed;
}
