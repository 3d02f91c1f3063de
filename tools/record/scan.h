// Looks at the heap: what of a part of it is alive, what is garbage. They change nothing but the recorder's
// notes; marks in the collector's headers are gone when a look is over.
#pragma once

#include "objects.h"

void scan_reset(void);
// Looks at the generations up to `generation`, and at the younger objects of the older ones: see scan.c.
// Objects that are found to be garbage are written, with what they refer to.
void scan_heap(int generation, uint32_t births);
// How many looks there were.
uint32_t scan_ticks(void);
// An object dies of which nobody said that it is garbage: what it refers to was alive until now.
void scan_note_release(const struct object* o, uint32_t births);
// An object that garbage refers to, or did, dies: the end of its record, with its references.
void scan_write_references(const struct object* o, uint32_t births);
// The size of its block has changed.
void scan_write_resize(struct object* o, uint32_t births);
