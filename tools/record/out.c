#define _GNU_SOURCE 1
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// The file is written through a mapping: what stands there is the system's, even if the process is killed.
// Behind the last line it has zeros then.
enum { kWindow = 8 * 1024 * 1024 };

static int file = -1;
static char* file_path;
static struct stat identity;
static char* window;
static size_t used_before;  // of the window there was, where there is none
static off_t window_at;
struct out_place gcsim_record_out;
#define place gcsim_record_out

static size_t used(void) {
  return window == NULL ? used_before : (size_t)(place.next - window);
}

static void use_window(char* new_window, size_t bytes_used) {
  window = new_window;
  place.next = window + bytes_used;
  place.edge = window + kWindow - kLongestLine + 1;
}

static void leave_window(void) {
  used_before = used();
  window = NULL;
  place.next = place.edge = NULL;
}

static void close_window(void) {
  if (window == NULL) return;
  char* const old = window;
  leave_window();
  munmap(old, kWindow);
}

// A recording that can't go on must not take the program with it.
static void give_up(const char* what) {
  fprintf(stderr, "gcsim record: the recording ends here: %s: %s\n", what, strerror(errno));
  place.has_failed = true;
  out_abandon();
}

static bool is_ours(int descriptor) {
  struct stat now;
  return descriptor >= 0 && fstat(descriptor, &now) == 0 && now.st_dev == identity.st_dev &&
         now.st_ino == identity.st_ino;
}

// Programs close descriptors that are not theirs, and then the number is another file's.
static bool reach_file(void) {
  if (is_ours(file)) return true;
  file = open(file_path, O_RDWR | O_CLOEXEC);
  if (is_ours(file)) return true;
  if (file >= 0) close(file);
  file = -1;
  errno = ENOENT;
  return false;
}

static bool next_window(void) {
  if (!reach_file() || ftruncate(file, window_at + kWindow) != 0) return false;
  // A full disk is an error here, and a fatal signal later.
  const int refused = posix_fallocate(file, window_at, kWindow);
  if (refused != 0) {
    errno = refused;
    return false;
  }
  void* got = mmap(NULL, kWindow, PROT_READ | PROT_WRITE, MAP_SHARED, file, window_at);
  if (got == MAP_FAILED) return false;
  use_window(got, 0);
  return true;
}

// Never a file that is there already: it may be another recording.
static bool create(const char* path) {
  file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  free(file_path);
  file_path = strdup(path);
  return file >= 0 && file_path != NULL && fstat(file, &identity) == 0;
}

bool out_open(const char* path) {
  window_at = 0;
  return create(path) && next_window();
}

void out_leave_to_parent(void) {
  close_window();
}

static bool copy_beginning(int from, int to, off_t length) {
  static char block[64 * 1024];
  for (off_t at = 0; at < length;) {
    const size_t wanted = length - at < (off_t)sizeof block ? (size_t)(length - at) : sizeof block;
    const ssize_t got = pread(from, block, wanted, at);
    if (got <= 0 || pwrite(to, block, (size_t)got, at) != got) return false;
    at += got;
  }
  return true;
}

bool out_branch(const char* path) {
  const size_t used_by_parent = used();
  if (!reach_file()) return false;
  const int parents = file;
  const bool is_fine =
      create(path) && copy_beginning(parents, file, window_at + (off_t)used_by_parent) && next_window();
  close(parents);
  if (is_fine) use_window(window, used_by_parent);
  if (!is_fine) give_up("that of a child process can't be made");
  return is_fine;
}

uint64_t out_bytes(void) {
  return (uint64_t)window_at + used();
}

// Lines and records may stand across two windows.
static char spill[2 * kLongestLine];

char* out_room_at_edge(void) {
  return spill;
}

// The first byte comes last: a process may be killed in between.
static void copy_backwards(char* to, const char* from, size_t length) {
  while (length-- > 0) {
    to[length] = from[length];
    __atomic_signal_fence(__ATOMIC_RELEASE);
  }
}

static void spill_over(size_t length) {
  char* const end = place.next;
  const size_t room = kWindow - used();
  const size_t first = length < room ? length : room;
  if (first < room) {
    copy_backwards(end, spill, first);
    place.next += first;
    return;
  }
  char* const full = window;
  window_at += kWindow;
  if (next_window()) {
    copy_backwards(window, spill + first, length - first);
    place.next += length - first;
  } else {
    leave_window();
    give_up("its file can't grow");
  }
  copy_backwards(end, spill, first);
  munmap(full, kWindow);
}

void out_advance_at_edge(char* end) {
  if (window != NULL) spill_over((size_t)(end - spill));
}

void out_text(const char* text) {
  out_advance(put_text(out_room(), text));
}

void out_close(void) {
  if (file < 0) return;
  const off_t length = window_at + (off_t)used();
  if (window != NULL && (!reach_file() || ftruncate(file, length) != 0))
    give_up("its file can't be cut to its length");
  out_abandon();
}

void out_abandon(void) {
  close_window();
  if (is_ours(file)) close(file);
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
