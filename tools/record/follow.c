#define _GNU_SOURCE 1
#include "follow.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kMostOptions = 32 };

static bool is_following;
static char launcher[PATH_MAX];
static struct stat interpreter;
static char* launch[kMostOptions];  // the launcher and its options
static size_t launch_count;

void (*on_sudden_exit)(void);

bool follow_programs(char** options, size_t count, const char* path) {
  const ssize_t length = readlink("/proc/self/exe", launcher, sizeof launcher - 1);
  if (length <= 0 || count + 1 >= kMostOptions || stat(path, &interpreter) != 0) return false;
  launch[launch_count++] = launcher;
  for (size_t k = 0; k < count; ++k) launch[launch_count++] = options[k];
  is_following = true;
  return true;
}

void path_of_child(const char* raw, char* path, size_t size) {
  snprintf(path, size, "%s.%d", raw, (int)getpid());
  // A process that becomes another program by exec keeps its number.
  for (int k = 2; access(path, F_OK) == 0; ++k) snprintf(path, size, "%s.%d.%d", raw, (int)getpid(), k);
}

void become_unrecorded(const char* path, char** words) {
  is_following = false;
  execv(path, words);
}

// The first line of a script, taken apart as the system does it.
struct script {
  char line[256];
  char* interpreter;  // NULL: it is none
  char* argument;     // NULL: none
};

static void read_script(const char* path, struct script* script) {
  script->interpreter = script->argument = NULL;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const ssize_t got = read(file, script->line, sizeof script->line - 1);
  close(file);
  if (got < 3 || script->line[0] != '#' || script->line[1] != '!') return;
  script->line[got] = '\0';
  char* end = strchr(script->line, '\n');
  if (end == NULL) return;
  while (end > script->line && strchr(" \t\r\n", *end) != NULL) *end-- = '\0';
  script->interpreter = script->line + 2 + strspn(script->line + 2, " \t");
  char* blank = strpbrk(script->interpreter, " \t");
  if (blank == NULL) return;
  *blank = '\0';
  script->argument = blank + 1 + strspn(blank + 1, " \t");
}

static bool is_interpreter(const char* path) {
  struct stat file;
  return stat(path, &file) == 0 && file.st_dev == interpreter.st_dev && file.st_ino == interpreter.st_ino;
}

static size_t length_of(char* const* words) {
  size_t count = 0;
  while (words != NULL && words[count] != NULL) ++count;
  return count;
}

// What stands in front of and behind the words of a command that is followed.
enum { kMostAdded = kMostOptions + 8 };

// Fills `words` with the command that takes the place of this one, if it starts the interpreter. All of this
// may run between vfork and exec, in the memory of the parent: it changes nothing but its own stack.
static bool is_followed(const char* path, char* const argv[], struct script* script, char** words) {
  if (!is_following || path == NULL || strchr(path, '/') == NULL || access(path, X_OK) != 0) return false;
  if (argv == NULL || argv[0] == NULL) return false;
  script->interpreter = NULL;
  if (!is_interpreter(path)) {
    read_script(path, script);
    if (script->interpreter == NULL || !is_interpreter(script->interpreter)) return false;
  }
  for (size_t k = 0; k < launch_count; ++k) *words++ = launch[k];
  *words++ = "--child";
  *words++ = script->interpreter != NULL ? script->interpreter : (char*)path;
  *words++ = "--";
  *words++ = script->interpreter != NULL ? script->interpreter : argv[0];
  if (script->interpreter != NULL) {
    if (script->argument != NULL) *words++ = script->argument;
    *words++ = (char*)path;
  }
  while (*++argv != NULL) *words++ = *argv;
  *words = NULL;
  return true;
}

// -- Functions of the C library, which the interpreter and its modules find here first.

int execve(const char* path, char* const argv[], char* const envp[]) {
  struct script script;
  char* words[kMostAdded + length_of(argv)];
  // Where that can't be started, for want of room say, the program is.
  if (is_followed(path, argv, &script, words)) syscall(SYS_execve, launcher, words, envp);
  return (int)syscall(SYS_execve, path, argv, envp);
}

int execv(const char* path, char* const argv[]) {
  return execve(path, argv, environ);
}

typedef int (*spawn_function)(pid_t*, const char*, const posix_spawn_file_actions_t*,
                              const posix_spawnattr_t*, char* const[], char* const[]);

static int spawn(const char* name, pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const argv[], char* const envp[]) {
  spawn_function original;
  *(void**)&original = dlsym(RTLD_NEXT, name);
  if (original == NULL) return ENOSYS;
  struct script script;
  char* words[kMostAdded + length_of(argv)];
  if (is_followed(path, argv, &script, words))
    return original(pid, launcher, actions, attributes, words, envp);
  return original(pid, path, actions, attributes, argv, envp);
}

int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                const posix_spawnattr_t* attributes, char* const argv[], char* const envp[]) {
  return spawn("posix_spawn", pid, path, actions, attributes, argv, envp);
}

int posix_spawnp(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const argv[], char* const envp[]) {
  return spawn("posix_spawnp", pid, path, actions, attributes, argv, envp);
}

void _exit(int status) {
  if (on_sudden_exit != NULL) on_sudden_exit();
  for (;;) syscall(SYS_exit_group, status);
}
