// The recorder's own Python: an interpreter that is started as `python` would be, with the same arguments,
// and whose objects are watched from the moment at which the program begins.
//
//   gcsim-record-VERSION --record RAW --mode exact|fast|hooks --python /path/to/python -- python app.py ..
//   gcsim-record-VERSION --truth 700,10,10 --output FILE [--measure yes] -- /path/to/python app.py ..
//
// `gcsim record` and `gcsim truth` run it; nobody has to type this.
#define _GNU_SOURCE 1
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocator.h"
#include "api.h"
#include "collections.h"
#include "exact.h"
#include "fast.h"
#include "follow.h"
#include "gc_calls.h"
#include "jumps.h"
#include "measure.h"
#include "objects.h"
#include "out.h"
#include "pauses.h"
#include "python.h"
#include "raw_codes.h"
#include "raw_file.h"
#include "scan.h"
#include "selftest.h"
#include "types.h"

enum { kRefused = 3 };
static const char kNoAddresses[] = "there are too few addresses for its tables (ulimit -v)";

static struct {
  const char* record;
  const char* mode;
  const char* truth;
  const char* output;
  const char* measure;     // "yes": with hooks, for more figures
  const char* python;      // sys.executable, if argv[0] is not to say it
  const char* max_events;  // 0: no limit
  const char* max_bytes;
  const char* paused;  // "yes": the program says where the recording begins
  const char* pauses;  // "yes": a truth run measures them, too
  const char* child;   // what was to be executed, if this process comes of a recorded one
  char** command;      // argv as of python
  int count;
} options;

static const struct {
  const char* name;
  const char** value;
} kOptions[] = {
    {"--record", &options.record},       {"--mode", &options.mode},     {"--truth", &options.truth},
    {"--output", &options.output},       {"--python", &options.python}, {"--max-events", &options.max_events},
    {"--max-bytes", &options.max_bytes}, {"--paused", &options.paused}, {"--child", &options.child},
    {"--measure", &options.measure},     {"--pauses", &options.pauses},
};

struct _gc_runtime_state* gcsim_record_collector;

static bool is_recording, is_program_running, has_begun, is_forked;
static const struct mode* mode;
static pid_t process;  // that is recorded
static bool has_limits;
static uint64_t most_events = UINT64_MAX, most_bytes = UINT64_MAX;
static int truth_thresholds[3];
static char truth_path[PATH_MAX];  // of a child by fork it is OUTPUT.<pid>

static int refuse(const char* why) {
  // Nobody asked for a recorder where the program starts another Python.
  if (options.child != NULL) become_unrecorded(options.child, options.command);
  fprintf(stderr, "gcsim record: error: %s\n", why);
  return kRefused;
}

static bool set_option(const char* name, const char* value) {
  for (size_t k = 0; k < sizeof kOptions / sizeof kOptions[0]; ++k) {
    if (strcmp(name, kOptions[k].name) != 0) continue;
    *kOptions[k].value = value;
    return true;
  }
  return false;
}

// "hooks" is the fast mode without its looks at the heap, for measuring what those cost.
static bool choose_mode(void) {
  if (options.mode == NULL) return false;
  if (strcmp(options.mode, "hooks") == 0) fast_without_scans();
  mode = strcmp(options.mode, "exact") == 0                                        ? &kExactMode
         : strcmp(options.mode, "fast") == 0 || strcmp(options.mode, "hooks") == 0 ? &kFastMode
                                                                                   : NULL;
  return mode != NULL;
}

static bool parse(int argc, char** argv) {
  int k = 1;
  for (; k + 1 < argc && strcmp(argv[k], "--") != 0; k += 2) {
    if (!set_option(argv[k], argv[k + 1])) return false;
  }
  options.command = argv + k + 1;
  options.count = argc - k - 1;
  if (options.count < 1) return false;
  has_limits = options.max_events != NULL || options.max_bytes != NULL;
  if (options.max_events != NULL) most_events = strtoull(options.max_events, NULL, 10);
  if (options.max_bytes != NULL) most_bytes = strtoull(options.max_bytes, NULL, 10);
  if (options.truth == NULL) return options.record != NULL && options.python != NULL && choose_mode();
  int* t = truth_thresholds;
  return options.output != NULL && sscanf(options.truth, "%d,%d,%d", &t[0], &t[1], &t[2]) == 3;
}

// The options of this process for those that come of it.
static void follow_children(char** argv) {
  char* passed[2 * sizeof kOptions / sizeof kOptions[0]];
  size_t count = 0;
  for (char** at = argv + 1; at + 1 < options.command; at += 2) {
    if (strcmp(at[0], "--child") == 0) continue;
    passed[count++] = at[0];
    passed[count++] = at[1];
  }
  follow_programs(passed, count, options.python);
}

// Of a child it is argv[0], as ever; of the program itself gcsim has asked the interpreter.
static PyStatus set_program_name(PyConfig* config) {
  if (options.child != NULL || options.python == NULL) return PyStatus_Ok();
  return PyConfig_SetBytesString(config, &config->program_name, options.python);
}

static PyStatus start_python(void) {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  PyStatus status = PyConfig_SetBytesArgv(&config, options.count, options.command);
  if (!PyStatus_Exception(status)) status = set_program_name(&config);
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
  FILE* f = fopen(truth_path, "w");
  if (f == NULL) {
    fprintf(stderr, "gcsim truth: %s: %s\n", truth_path, strerror(errno));
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
  if (options.measure != NULL) {
    put_triple(f, "visited", (long)measured_visits[0], (long)measured_visits[1], (long)measured_visits[2]);
    fprintf(f, ",\"peak_bytes\":%ld", (long)measured_peak_bytes());
  }
  fprintf(f, ",\"tracked\":%ld,\"tracked_at_start\":%ld", tracked_objects(), tracked_at_start);
  if (options.pauses != NULL) {
    fprintf(f, ",\"pauses\":");
    write_pauses(f);
  }
  fprintf(f, "}\n");
  fclose(f);
}

// With a reason if the program goes on without it.
static void end_recording(const char* reason) {
  mode->end(reason);
  is_recording = false;
  watch_collections(NULL);
  out_close();
  watch_gc_calls(NULL, NULL);
  if (missed_deaths() > 0)
    fprintf(stderr, "gcsim record: warning: %lu deaths were not seen; please report this\n",
            (unsigned long)missed_deaths());
}

static void end_program(void) {
  if (!is_program_running) return;
  is_program_running = false;
  if (options.truth != NULL) {
    is_recording = false;
    watch_collections(NULL);
    write_truth();
  }
  if (is_recording) end_recording(NULL);
}

// os._exit is the end of the program, unless a child calls it in its parent's memory, or code without the
// GIL.
static void at_sudden_exit(void) {
  if (getpid() == process && PyGILState_Check()) end_program();
}

// A second interpreter has objects and a collector of its own. From 3.12 on the first one has let go of its
// lock here.
static void at_new_interpreter(void* unused, void** stack) {
  (void)unused, (void)stack;
  if (!is_recording) return;
  const PyGILState_STATE state = PyGILState_Ensure();
  if (is_recording) end_recording("the program created a second interpreter");
  PyGILState_Release(state);
}

// What can't be measured to the end is not told.
static void stop_measuring(void) {
  fprintf(stderr, "gcsim truth: warning: there is no room for more objects; what needs hooks is left out\n");
  is_recording = false;
  watch_collections(NULL);
  options.measure = NULL;
}

// NULL: it can go on.
static const char* reason_to_end(void) {
  if (gcsim_record_is_table_full) return "the recorder has no room for more objects";
  if (mode->events() >= most_events) return "it has as many events as --max-events allows";
  if (out_bytes() >= most_bytes) return "it is as large as --max-size allows";
  return NULL;
}

static void heed_limits(void) {
  if (!has_limits && !out_has_failed() && !gcsim_record_is_table_full) return;
  const char* reason = reason_to_end();
  if (reason == NULL && !out_has_failed()) return;
  if (collector()->collecting != 0) return;  // its lists are not whole
  if (options.truth != NULL) {
    stop_measuring();
  } else if (out_has_failed()) {
    is_recording = false;
    watch_collections(NULL);
    watch_gc_calls(NULL, NULL);
  } else {
    end_recording(reason);
  }
}

static void at_collection_from_c(void* unused, void** stack) {
  (void)unused, (void)stack;
  if (!is_program_running) return;
  if (!is_finalizing()) {
    if (!is_recording) return;
    expect_collections();
    mode->catch_up();
    mode->event("gc collect 2\n");
    return;
  }
  end_program();
}

// -- While it runs
// ----------------------------------------------------------------------------------------------

#if COLLECTS_AT_CHECKS
static bool is_check_awaited;

static int at_check(void* unused) {
  (void)unused;
  is_check_awaited = false;
  if (!is_recording || !is_program_running) return 0;
  mode->check();
  return 0;
}

static void await_check(void) {
  if (!is_check_awaited && mode->awaits_check() && Py_AddPendingCall(at_check, NULL) == 0)
    is_check_awaited = true;
}
#else
static void await_check(void) {}
#endif

static void on_create(void* op, void** stack) {
  PyTypeObject* type = Py_TYPE((PyObject*)op);
  if (!is_recorded(type) || !is_recording || is_born_of_collector()) return;
  expect_collections();
  object_created(op, stack);
  await_check();
  // Code objects are born in the middle of anything: their C code expects no look at the heap.
  if (PyType_IS_GC(type)) heed_limits();
}

static void on_destroy(void* op, void** stack) {
  if (!is_recording || is_of_collector(op)) return;
  expect_collections();
  object_destroyed(op, stack);
}

static void on_gc_call(const char* line) {
  if (!is_recording) return;
  expect_collections();
  if (line == NULL) {
    mode->catch_up();
  } else {
    mode->event(line);
  }
}

static bool is_branch_due;

// Without the lock somebody else may be writing; what is forked then is no Python program.
static void before_fork(void) {
  if (is_recording && PyGILState_Check()) out_settle();
}

static void in_child(void) {
  if (!is_recording) return;
  is_recording = false;
  is_branch_due = true;
  out_leave_to_parent();
}

// A child that goes on as a Python program; others only wait for their exec.
static void in_python_child(void* unused, void** stack) {
  (void)unused, (void)stack;
  process = getpid();
  is_forked = true;
  if (options.truth != NULL) path_of_child(options.output, truth_path, sizeof truth_path);
  if (!is_branch_due) return;
  is_branch_due = false;
  char path[PATH_MAX];
  path_of_child(options.record, path, sizeof path);
  is_recording = out_branch(path);
  if (is_recording) return;
  watch_collections(NULL);
  watch_gc_calls(NULL, NULL);
}

// -- The start
// --------------------------------------------------------------------------------------------------

static void no_birth(void) {}
static bool never(void) {
  return false;
}
static uint64_t no_events(void) {
  return 0;
}
static void count_birth(struct object* o, struct known_type* type, bool counts, bool bypasses) {
  (void)o, (void)type, (void)counts, (void)bypasses;
}
static void count_death(struct object* o) {
  (void)o;
}
static void count_move(struct object* o, uint32_t from) {
  (void)o, (void)from;
}
static const struct mode kTestMode = {.catch_up = no_birth,
                                      .born = count_birth,
                                      .dying = count_death,
                                      .died = count_death,
                                      .moved = count_move,
                                      .events = no_events,
                                      .awaits_check = never};

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

static bool patch_beginnings(char* problem, size_t size) {
  set_handler(kOnFork, in_python_child);
  set_handler(kOnInterpreter, at_new_interpreter);
  return patch_exported("PyOS_AfterFork_Child", kOnFork, problem, size) &&
#if PY_VERSION_HEX >= 0x030c0000
         patch_exported("Py_NewInterpreterFromConfig", kOnInterpreter, problem, size);
#else
         patch_exported("_Py_NewInterpreter", kOnInterpreter, problem, size);
#endif
}

static bool watch_objects(char* problem, size_t size) {
  snprintf(problem, size, "%s", kNoAddresses);
  if (!objects_open(mode == &kExactMode ? exact_bytes_of_object() : 0)) return false;
  objects_reset();
  set_handler(kOnCreate, on_create);
  set_handler(kOnDestroy, on_destroy);
  hook_allocator();
  return patch_exported("_Py_NewReference", kOnCreate, problem, size) && patch_all_types(problem, size);
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

static void write_command(void) {
  char text[160] = "";
  size_t length = 0;
  for (int k = 0; k < options.count && length < sizeof text - 1; ++k)
    length +=
        (size_t)snprintf(text + length, sizeof text - length, "%s%s", k == 0 ? "" : " ", options.command[k]);
  for (char* c = text; *c != '\0'; ++c) {
    if ((unsigned char)*c >= 0x80) *c = '?';  // it may be half a letter
  }
  char* at = put_text(out_room(), "recorded ");
  at = put_word(at, text);
  out_advance(put_text(at, "\n"));
}

static void write_header(bool is_fast) {
  char text[256];
  if (is_fast) out_text(RAW_FAST_MAGIC);
  snprintf(
      text, sizeof text,
      "trace 1\nprofile cpython-%d.%d\npython %d.%d.%d\ntracking explicit\ncount 0 0 0\nfree_lists slice=1\n"
      "long_lived_total %ld\n",
      PY_MAJOR_VERSION, PY_MINOR_VERSION, PY_MAJOR_VERSION, PY_MINOR_VERSION, PY_MICRO_VERSION,
      tracked_at_start);
  out_text(text);
  write_command();
  if (!is_fast) return;
  snprintf(text, sizeof text, "recording approximate\ninterval %d\n\n", fast_thresholds()[0]);
  out_text(text);
}

static bool prepare_recording(char* problem, size_t size) {
  if (!patch_end(problem, size) || !patch_beginnings(problem, size) || !watch_objects(problem, size))
    return false;
  const struct mode* const chosen = mode;
  set_mode(mode = &kTestMode);
  is_recording = true;
  const bool is_seen = self_test(problem, size);
  is_recording = false;
  mode = chosen;
  return is_seen;
}

static bool begin_recording(char* problem, size_t size) {
  static const int kOff[3] = {0, 0, 0};
  char path[PATH_MAX];
  snprintf(problem, size, "%s", kNoAddresses);
  if (mode == &kExactMode && !exact_open()) return false;
  snprintf(path, sizeof path, "%s", options.record);
  if (options.child != NULL || is_forked) path_of_child(options.record, path, sizeof path);
  if (!out_open(path)) {
    snprintf(problem, size, "%.900s: %s", path, strerror(errno));
    return false;
  }
  snprintf(problem, size, "the functions of the gc module can't be watched");
  const bool is_fast = mode == &kFastMode;
  if (!watch_gc_calls(on_gc_call, is_fast ? fast_thresholds() : kOff)) return false;
  pthread_atfork(before_fork, NULL, in_child);
  on_sudden_exit = at_sudden_exit;
  process = getpid();
  if (options.paused != NULL) patch_all_types(problem, size);  // objects of later types may exist
  settle_heap();
  write_header(is_fast);
  set_mode(mode);
  objects_reset();
  mode->begin();
  snprintf(problem, size, "the collector can't be watched");
  if (is_fast && !watch_collections(fast_tick)) return false;
  is_recording = has_begun = true;
  return true;
}

// From the program, in the middle of it.
static bool start_by_api(void) {
  char problem[1024];
  if (has_begun || collector()->collecting != 0) return false;
  if (begin_recording(problem, sizeof problem)) return true;
  fprintf(stderr, "gcsim record: warning: nothing is recorded: %s\n", problem);
  return false;
}

static bool stop_by_api(void) {
  if (!is_recording) return false;
  end_recording("the program asked for it");
  return true;
}

static int start_recording(void) {
  char problem[1024];
  if (!prepare_recording(problem, sizeof problem)) return refuse(problem);
  if (options.paused == NULL && !begin_recording(problem, sizeof problem)) return refuse(problem);
  is_program_running = true;
  return 0;
}

static void start_measuring(void) {
  set_mode(mode = &kMeasureMode);
  objects_reset();
  mode->begin();
  watch_collections(measure_collection);
  is_recording = true;
}

// The same steps, but nothing is watched, unless figures are asked for that a plain run can't tell.
static int start_truth(void) {
  char problem[1024];
  const bool is_measuring = options.measure != NULL;
  if (!patch_end(problem, sizeof problem) || !patch_beginnings(problem, sizeof problem))
    return refuse(problem);
  if (is_measuring && !watch_objects(problem, sizeof problem)) return refuse(problem);
  self_test(problem, sizeof problem);
  Py_XDECREF(PyImport_ImportModule("gc"));
  settle_heap();
  if (is_measuring) start_measuring();
  if (options.pauses != NULL && !measure_pauses()) return refuse("collections can't be measured");
  for (int g = 0; g < 3; ++g) collector()->generations[g].threshold = truth_thresholds[g];
  snprintf(truth_path, sizeof truth_path, "%s", options.output);
  on_sudden_exit = at_sudden_exit;
  process = getpid();
  is_program_running = true;
  return 0;
}

// The library this program was built for, so that nobody records another one with it, and what its recordings
// begin with, so that no other gcsim does.
static int print_library(void) {
  Dl_info info;
  char path[PATH_MAX];
  if (dladdr((void*)Py_GetVersion, &info) == 0 || realpath(info.dli_fname, path) == NULL) return kRefused;
  puts(path);
  puts(RAW_FILE_MARK);
  return 0;
}

// The C library gives the end of its heap back when so much of it is free, and a program whose large buffers
// lie there takes it again each time, page by page. Where they lie is chance, and the recorder's own memory
// changes it: a program may be slower by a tenth for that alone. These are the highest values that the C
// library comes to by itself, as programs free larger blocks.
static void keep_end_of_heap(void) {
  enum { kHighestMmapThreshold = 32 * 1024 * 1024 };
  mallopt(M_MMAP_THRESHOLD, kHighestMmapThreshold);
  mallopt(M_TRIM_THRESHOLD, 2 * kHighestMmapThreshold);
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--library") == 0) return print_library();
  if (!parse(argc, argv)) return refuse("this program is started by `gcsim record`");
  if (options.record != NULL) {
    keep_end_of_heap();
    follow_children(argv);
    if (!offer_api(start_by_api, stop_by_api)) return refuse("out of memory");
  }
  const PyStatus status = start_python();
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
  gcsim_record_collector = &PyInterpreterState_Get()->gc;
  const int refused = options.truth != NULL ? start_truth() : start_recording();
  if (refused != 0) return refused;
  return Py_RunMain();
}
