// The module gcsim_record of recorded programs, which says where a recording begins and ends. Elsewhere a
// module of that name in Python does nothing.
#pragma once

#include <stdbool.h>

// Each answers whether it did what its name says.
typedef bool (*api_call)(void);
// Before the interpreter starts. False: no memory.
bool offer_api(api_call start, api_call stop);
