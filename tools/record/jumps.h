// Jumps put at the beginning of functions of the interpreter, so that a handler sees each of their calls.
//
// A patched function begins with a jump to a stub, which calls the handler with the function's first argument
// and then does what the replaced instructions did. Patching must happen under the GIL: the functions run
// only there, so no thread can stand in the bytes that change.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// `stack` points to the return address of the patched function's call.
typedef void (*call_handler)(void* argument, void** stack);

// The handlers, fixed once: each gets its own way in. At most kHandlers.
enum handler { kOnCreate, kOnDestroy, kOnEndOfProgram, kOnFork, kOnInterpreter, kHandlers };
void set_handler(enum handler which, call_handler handler);

// Makes the call of a patched function return through the handler, which is told `stack` again and answers
// where the call was to return to: what *stack held before.
typedef void* (*return_handler)(void** stack);
void set_return_handler(return_handler handler);
void* divert_return(void** stack);

// A function that is patched already is fine. On failure, *problem says why (a static text).
bool patch_function(void* function, enum handler which, const char** problem);
// Gives every function its own bytes back, unless somebody else has changed them since.
void restore_functions(void);
size_t patched_functions(void);
