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

#include "raw_file.h"

// The newest of what was written stands in a mapping of the file's beginning, which is the system's even if
// the process is killed; from there it goes to the file's end. (Writing through mappings of the end would do
// without the copy, but each page of a file that is touched for the first time costs more than ten copies.)
static int file = -1;
static char* file_path;
static struct stat identity;
static char* window;
static uint64_t settled;  // bytes behind the window
struct out_place gcsim_record_out;
#define place gcsim_record_out

static char* newest(void) {
  return window + kRawNewestAt;
}

static size_t used(void) {
  return window == NULL ? 0 : (size_t)(place.next - newest());
}

static void close_window(void) {
  if (window == NULL) return;
  munmap(window, kRawWindow);
  window = NULL;
  place.next = place.edge = NULL;
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

static bool write_at(int to, off_t at, const char* bytes, size_t length) {
  while (length > 0) {
    const ssize_t done = pwrite(to, bytes, length, at);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes += done;
    at += done;
    length -= (size_t)done;
  }
  return true;
}

static void note_settled(void) {
  __atomic_signal_fence(__ATOMIC_RELEASE);
  memcpy(window + kRawSettledAt, &settled, sizeof settled);
}

static bool open_window(void) {
  // A full disk is an error here, and a fatal signal later.
  const int refused = posix_fallocate(file, 0, kRawWindow);
  if (refused != 0) {
    errno = refused;
    return false;
  }
  void* got = mmap(NULL, kRawWindow, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (got == MAP_FAILED) return false;
  window = got;
  place.next = newest();
  place.edge = window + kRawWindow - kLongestLine;  // the zero has its place, too
  note_settled();
  memcpy(window, RAW_FILE_MARK, kRawSettledAt);
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
  settled = 0;
  return create(path) && open_window();
}

// At each moment the file has all of it: the process may be killed in between.
static bool settle(void) {
  const size_t length = used();
  if (length == 0) return true;
  if (!reach_file() || !write_at(file, (off_t)(kRawWindow + settled), newest(), length)) return false;
  *(volatile char*)newest() = 0;
  __atomic_signal_fence(__ATOMIC_RELEASE);
  memset(newest(), 0, length);
  settled += length;
  note_settled();
  place.next = newest();
  return true;
}

void out_settle(void) {
  const int saved_errno = errno;
  if (!settle()) give_up("its file can't grow");
  errno = saved_errno;
}

char* out_room_at_edge(void) {
  static char nowhere[kLongestLine];
  if (window != NULL) out_settle();
  if (window == NULL) place.next = nowhere;
  return place.next;
}

void out_leave_to_parent(void) {
  close_window();
}

static bool copy_settled(int from, int to) {
  static char block[64 * 1024];
  for (uint64_t at = 0; at < settled;) {
    const size_t wanted = settled - at < sizeof block ? (size_t)(settled - at) : sizeof block;
    const ssize_t got = pread(from, block, wanted, (off_t)(kRawWindow + at));
    if (got <= 0 || !write_at(to, (off_t)(kRawWindow + at), block, (size_t)got)) return false;
    at += (uint64_t)got;
  }
  return true;
}

bool out_branch(const char* path) {
  if (!reach_file()) return false;
  const int parents = file;
  const bool is_fine = create(path) && copy_settled(parents, file) && open_window();
  close(parents);
  if (!is_fine) give_up("that of a child process can't be made");
  return is_fine;
}

uint64_t out_bytes(void) {
  return settled + used();
}

void out_text(const char* text) {
  out_advance(put_text(out_room(), text));
}

void out_close(void) {
  if (window == NULL) return;
  out_settle();
  if (window != NULL) out_abandon();
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
