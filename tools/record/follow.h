// Processes that come of the recorded one: each has a recording of its own, RAW.<pid>.
//
// A child made by fork goes on in a file that begins with all that its parent did, as its memory does. An
// exec of the interpreter that is recorded becomes one of this program, with the same options; all others are
// what they were. Children that programs like the shell start in between are not seen.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// `options` are those of this program, `count` words, and `interpreter` is whose exec is followed. False if
// that can't be: then no exec is.
bool follow_programs(char** options, size_t count, const char* interpreter);
// Where this process, which is not the first one, may write: a name that is free.
void path_of_child(const char* raw, char* path, size_t size);
// Becomes the interpreter itself, without a recorder, as the program asked for it. Returns only on failure.
void become_unrecorded(const char* path, char** words);

// Called when os._exit or the like is about to end this process.
extern void (*on_sudden_exit)(void);
