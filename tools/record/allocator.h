// Hooks around the object allocator, which keep the shadow table.
#pragma once

void hook_allocator(void);
