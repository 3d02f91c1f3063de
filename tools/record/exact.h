// Exact mode: what the program did with its references, found by comparing the reference graph of the young
// objects before every birth with what was written last.
//
// That is enough for a replay: a collection can start only where an object is born (from 3.12 on at checks,
// where the graph is compared too), and between two births only the number of deaths matters, not their
// order.
#pragma once

#include "objects.h"

extern const struct mode kExactMode;

// Before the mode is set. False: there is no memory for it.
bool exact_open(void);
// What it keeps of each, besides what the objects have in common.
size_t exact_bytes_of_object(void);
