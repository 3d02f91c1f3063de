#define _GNU_SOURCE 1
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// The file is written through a mapping: what stands there is the system's, even if the process is killed.
// Behind the last line it has zeros then.
enum { kWindow = 8 * 1024 * 1024 };

static int file = -1;
static char* window;
static size_t used;
static off_t window_at;

// A recording that can't go on must not take the program with it.
static void give_up(const char* what) {
  fprintf(stderr, "gcsim record: the recording ends here: %s: %s\n", what, strerror(errno));
  out_abandon();
}

static bool next_window(void) {
  if (ftruncate(file, window_at + kWindow) != 0) return false;
  // A full disk is an error here, and a fatal signal later.
  const int refused = posix_fallocate(file, window_at, kWindow);
  if (refused != 0) {
    errno = refused;
    return false;
  }
  void* got = mmap(NULL, kWindow, PROT_READ | PROT_WRITE, MAP_SHARED, file, window_at);
  if (got == MAP_FAILED) return false;
  window = got;
  used = 0;
  return true;
}

bool out_open(const char* path) {
  file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  window_at = 0;
  return file >= 0 && next_window();
}

// Lines may stand across two windows: the first part is copied up to the end of the old one.
static char spill[2 * kLongestLine];

char* out_room(void) {
  if (window == NULL) return spill;
  return kWindow - used >= kLongestLine ? window + used : spill;
}

static void spill_over(size_t length) {
  const size_t first = length < kWindow - used ? length : kWindow - used;
  memcpy(window + used, spill, first);
  used += first;
  if (used < kWindow) return;
  munmap(window, kWindow);
  window = NULL;
  window_at += kWindow;
  if (!next_window()) {
    give_up("its file can't grow");
    return;
  }
  memcpy(window, spill + first, length - first);
  used = length - first;
}

void out_advance(char* end) {
  if (window == NULL) return;
  if (end >= spill && end < spill + sizeof spill) {
    spill_over((size_t)(end - spill));
  } else {
    used = (size_t)(end - window);
  }
}

void out_text(const char* text) {
  out_advance(put_text(out_room(), text));
}

void out_close(void) {
  if (file < 0) return;
  const off_t length = window_at + (off_t)used;
  if (window != NULL && ftruncate(file, length) != 0) give_up("its file can't be cut to its length");
  out_abandon();
}

void out_abandon(void) {
  if (window != NULL) munmap(window, kWindow);
  window = NULL;
  if (file >= 0) close(file);
  file = -1;
}

char* put_text(char* at, const char* text) {
  const size_t length = strlen(text);
  memcpy(at, text, length);
  return at + length;
}

char* put_number(char* at, uint64_t number) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) *at++ = digits[--count];
  return at;
}

static bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

char* put_word(char* at, const char* word) {
  bool needs_quotes = *word == '\0';
  for (const char* p = word; *p != '\0'; ++p) needs_quotes = needs_quotes || !is_plain(*p);
  if (needs_quotes) *at++ = '"';
  const size_t longest = 200;
  for (size_t k = 0; k < longest && word[k] != '\0'; ++k) {
    const unsigned char c = (unsigned char)word[k];
    if (c < 0x20 || c == 0x7f) {
      *at++ = '?';
      continue;
    }
    if (c == '"' || c == '\\') *at++ = '\\';
    *at++ = (char)c;
  }
  if (needs_quotes) *at++ = '"';
  return at;
}
