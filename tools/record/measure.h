// Figures of a run of the program that a plain run can't tell: what its collections walked, and how many
// bytes its objects and their memory had at most.
#pragma once

#include "objects.h"

extern const struct mode kMeasureMode;

// At the beginning of a collection.
void measure_collection(int generation);

// Objects younger than the run, by generation.
extern uint64_t measured_visits[3];
// In terms of a replay: blocks on free lists are none.
int64_t measured_peak_bytes(void);
