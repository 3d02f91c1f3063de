// Blocks without an object of the recording in them that go when an object goes.
#pragma once

#include "objects.h"

// Bytes of its item array or table, and of strings, numbers and the like that nothing else refers to.
uint32_t bytes_held_by(const struct object* o);
