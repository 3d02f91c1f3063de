// The recorder's own Python: an interpreter that is started as `python` would be, with the same arguments,
// and whose objects are watched from the moment at which the program begins.
//
//   gcsim-record-VERSION --record RAW --mode exact -- /path/to/python app.py ..
//   gcsim-record-VERSION --truth 700,10,10 --output FILE -- /path/to/python app.py ..
//
// `gcsim record` and `gcsim truth` run it; nobody has to type this.
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "exact.h"
#include "gc_calls.h"
#include "jumps.h"
#include "objects.h"
#include "out.h"
#include "python.h"
#include "selftest.h"
#include "types.h"

enum { kRefused = 3 };

static struct {
  const char* record;
  const char* mode;
  const char* truth;
  const char* output;
  char** command;  // argv as of python
  int count;
} options;

static bool is_recording, is_program_running;
static int truth_thresholds[3];

static int refuse(const char* why) {
  fprintf(stderr, "gcsim record: error: %s\n", why);
  return kRefused;
}

static bool parse(int argc, char** argv) {
  int k = 1;
  for (; k + 1 < argc && strcmp(argv[k], "--") != 0; k += 2) {
    const char** target = strcmp(argv[k], "--record") == 0   ? &options.record
                          : strcmp(argv[k], "--mode") == 0   ? &options.mode
                          : strcmp(argv[k], "--truth") == 0  ? &options.truth
                          : strcmp(argv[k], "--output") == 0 ? &options.output
                                                             : NULL;
    if (target == NULL) return false;
    *target = argv[k + 1];
  }
  options.command = argv + k + 1;
  options.count = argc - k - 1;
  if (options.count < 1) return false;
  if (options.truth == NULL) return options.record != NULL;
  int* t = truth_thresholds;
  return options.output != NULL && sscanf(options.truth, "%d,%d,%d", &t[0], &t[1], &t[2]) == 3;
}

static PyStatus start_python(void) {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  PyStatus status = PyConfig_SetBytesArgv(&config, options.count, options.command);
  if (!PyStatus_Exception(status))
    status = PyConfig_SetBytesString(&config, &config.program_name, options.command[0]);
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  return status;
}

// -- The end of the program
// -------------------------------------------------------------------------------------

static long tracked_objects(void) {
  long count = 0;
  for (int g = 0; g < 3; ++g) {
    const PyGC_Head* head = &collector()->generations[g].head;
    for (const PyGC_Head* at = (const PyGC_Head*)head->_gc_next; at != head; ++count)
      at = (const PyGC_Head*)at->_gc_next;
  }
  return count;
}

static long tracked_at_start;
static struct gc_generation_stats stats_at_start[3];

static void put_triple(FILE* f, const char* name, long a, long b, long c) {
  fprintf(f, ",\"%s\":[%ld,%ld,%ld]", name, a, b, c);
}

static void write_truth(void) {
  FILE* f = fopen(options.output, "w");
  if (f == NULL) {
    fprintf(stderr, "gcsim truth: %s: %s\n", options.output, strerror(errno));
    return;
  }
  const struct _gc_runtime_state* gc = collector();
  struct gc_generation_stats s[3];
  for (int g = 0; g < 3; ++g) {
    s[g].collections = gc->generation_stats[g].collections - stats_at_start[g].collections;
    s[g].collected = gc->generation_stats[g].collected - stats_at_start[g].collected;
    s[g].uncollectable = gc->generation_stats[g].uncollectable - stats_at_start[g].uncollectable;
  }
  fprintf(f, "{\"python\":\"%s\"", PY_VERSION);
  put_triple(f, "threshold", truth_thresholds[0], truth_thresholds[1], truth_thresholds[2]);
  put_triple(f, "collections", s[0].collections, s[1].collections, s[2].collections);
  put_triple(f, "collected", s[0].collected, s[1].collected, s[2].collected);
  put_triple(f, "uncollectable", s[0].uncollectable, s[1].uncollectable, s[2].uncollectable);
  put_triple(f, "count", gc->generations[0].count, gc->generations[1].count, gc->generations[2].count);
  fprintf(f, ",\"tracked\":%ld,\"tracked_at_start\":%ld}\n", tracked_objects(), tracked_at_start);
  fclose(f);
}

static void end_recording(void) {
  exact_compare();
  char* at = put_text(out_room(), "end ");
  at = put_number(at, exact_events());
  out_advance(put_text(at, "\n"));
  is_recording = false;
  out_close();
  watch_gc_calls(NULL, NULL);
  if (missed_deaths() > 0)
    fprintf(stderr, "gcsim record: warning: %lu deaths were not seen; please report this\n",
            (unsigned long)missed_deaths());
}

static void at_collection_from_c(void* unused, void** stack) {
  (void)unused, (void)stack;
  if (!is_program_running) return;
  if (!is_finalizing()) {
    if (!is_recording) return;
    exact_compare();
    exact_event("gc collect 2\n");
    return;
  }
  is_program_running = false;
  if (options.truth != NULL) write_truth();
  if (is_recording) end_recording();
}

// -- While it runs
// ----------------------------------------------------------------------------------------------

#if COLLECTS_AT_CHECKS
static bool is_check_awaited;

static int at_check(void* unused) {
  (void)unused;
  is_check_awaited = false;
  if (!is_recording || !is_program_running) return 0;
  exact_compare();
  exact_event("check\n");
  return 0;
}

static void await_check(void) {
  if (!is_check_awaited && Py_AddPendingCall(at_check, NULL) == 0) is_check_awaited = true;
}
#else
static void await_check(void) {}
#endif

static void on_create(void* op, void** stack) {
  if (!is_recording) return;
  object_created(op, stack);
  await_check();
}

static void on_destroy(void* op, void** stack) {
  if (is_recording) object_destroyed(op, stack);
}

static void on_gc_call(const char* line) {
  if (!is_recording) return;
  if (line == NULL) {
    exact_compare();
  } else {
    exact_event(line);
  }
}

static void in_child(void) {
  if (!is_recording) return;
  is_recording = false;
  out_abandon();
}

// -- The start
// --------------------------------------------------------------------------------------------------

static void no_birth(void) {}
static void count_birth(struct object* o, bool counts, bool bypasses) {
  (void)o, (void)counts, (void)bypasses;
}
static void count_death(struct object* o) {
  (void)o;
}
static const struct mode kTestMode = {no_birth, count_birth, count_death};

static bool patch_exported(const char* name, enum handler handler, char* problem, size_t size) {
  void* function = dlsym(RTLD_DEFAULT, name);
  const char* why = "it is not there";
  if (function != NULL && patch_function(function, handler, &why)) return true;
  snprintf(problem, size, "%s can't be patched: %s", name, why);
  return false;
}

static bool patch_end(char* problem, size_t size) {
  set_handler(kOnEndOfProgram, at_collection_from_c);
#if PY_VERSION_HEX < 0x030a0000
  if (!patch_exported("_PyGC_CollectIfEnabled", kOnEndOfProgram, problem, size)) return false;
#endif
  return patch_exported("PyGC_Collect", kOnEndOfProgram, problem, size);
}

static bool watch_objects(char* problem, size_t size) {
  snprintf(problem, size, "out of memory");
  if (!objects_open()) return false;
  set_mode(&kTestMode);
  objects_reset();
  set_handler(kOnCreate, on_create);
  set_handler(kOnDestroy, on_destroy);
  hook_allocator();
  return patch_exported("_Py_NewReference", kOnCreate, problem, size) &&
         patch_exported("_Py_Dealloc", kOnDestroy, problem, size) && patch_all_types(problem, size);
}

// A program begins with a heap without garbage, all of it in the oldest generation, empty free lists but for
// one slice, and counts of zero: so a recording and a run without a recorder begin alike.
static void settle_heap(void) {
  memcpy(stats_at_start, collector()->generation_stats, sizeof stats_at_start);
  Py_XDECREF(PySlice_New(NULL, NULL, NULL));
  PyGC_Collect();
  memcpy(collector()->generation_stats, stats_at_start, sizeof stats_at_start);
  tracked_at_start = tracked_objects();
}

static void write_header(void) {
  char text[256];
  snprintf(text, sizeof text,
           "trace 1\nprofile cpython-%d.%d\ntracking explicit\ncount 0 0 0\nfree_lists slice=1\n"
           "long_lived_total %ld\n",
           PY_MAJOR_VERSION, PY_MINOR_VERSION, tracked_at_start);
  out_text(text);
}

static int start_recording(void) {
  static const int kOff[3] = {0, 0, 0};
  char problem[1024];
  if (!patch_end(problem, sizeof problem)) return refuse(problem);
  if (!watch_objects(problem, sizeof problem)) return refuse(problem);
  is_recording = true;
  const bool is_seen = self_test(problem, sizeof problem);
  is_recording = false;
  if (!is_seen) return refuse(problem);
  if (!out_open(options.record)) {
    snprintf(problem, sizeof problem, "%s: %s", options.record, strerror(errno));
    return refuse(problem);
  }
  pthread_atfork(NULL, NULL, in_child);
  if (!watch_gc_calls(on_gc_call, kOff)) return refuse("the functions of the gc module can't be watched");
  settle_heap();
  write_header();
  set_mode(&kExactMode);
  objects_reset();
  is_recording = is_program_running = true;
  return 0;
}

// The same steps, but nothing is watched.
static int start_truth(void) {
  char problem[1024];
  if (!patch_end(problem, sizeof problem)) return refuse(problem);
  self_test(problem, sizeof problem);
  Py_XDECREF(PyImport_ImportModule("gc"));
  settle_heap();
  for (int g = 0; g < 3; ++g) collector()->generations[g].threshold = truth_thresholds[g];
  is_program_running = true;
  return 0;
}

// The library this program was built for, so that nobody records another one with it.
static int print_library(void) {
  Dl_info info;
  char path[PATH_MAX];
  if (dladdr((void*)Py_GetVersion, &info) == 0 || realpath(info.dli_fname, path) == NULL) return kRefused;
  puts(path);
  return 0;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--library") == 0) return print_library();
  if (!parse(argc, argv)) return refuse("this program is started by `gcsim record`");
  const PyStatus status = start_python();
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
  const int refused = options.truth != NULL ? start_truth() : start_recording();
  if (refused != 0) return refused;
  return Py_RunMain();
}
