// How long the collections of a plain run take, measured by a callback of the gc module. That changes what
// the program does a little, so it has a run of its own.
#pragma once

#include <stdbool.h>
#include <stdio.h>

// Begins to measure. False if the gc module does not let it.
bool measure_pauses(void);
// [[generation, objects walked, objects collected, nanoseconds of processor time], ..], as JSON.
void write_pauses(FILE* file);
