// The functions of the gc module, as the program calls them through whatever name.
#pragma once

#include "python.h"

// What a recorder does at such a call: with NULL before it happens; then with the event, a line with its end.
// That of a collection comes behind it: objects that finalizers made or touched in it are mentioned before.
typedef void (*gc_call)(const char* line);

// Keeps the recorder's own thresholds in force and shows the program its own. With NULL: the calls go
// through, and the program's thresholds hold again.
bool watch_gc_calls(gc_call call, const int thresholds[3]);
