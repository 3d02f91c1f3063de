// Fast mode: births, deaths by reference count, sizes; and at each collection of the interpreter a look at a
// part of the heap, which finds what became garbage since the last look (scan.c).
#pragma once

#include "objects.h"

extern const struct mode kFastMode;

// The recorder's own thresholds: they bound the garbage there is at a time, and give the looks.
const int* fast_thresholds(void);
// At the beginning of a collection.
void fast_tick(int generation);

// Measures hooks only: no looks at the heap, and the usual thresholds.
void fast_without_scans(void);
