// Hooks around the allocators of objects and of their memory, which keep the shadow table.
#pragma once

#include <stdint.h>

void hook_allocator(void);

// Bytes of the blocks allocated since the recording began that are no recorded object, less those of them
// that are gone.
extern int64_t gcsim_record_other_bytes;
