// What an object refers to.
#pragma once

#include "objects.h"

bool is_exactly_tuple_or_dict(const struct object* o);
int traverse(const struct object* o, visitproc visit, void* arg);
// Others may be under construction, or in use by C code, while they are not tracked.
bool is_traversable(const struct object* o);
// As the collector asks before it untracks a tuple or dict.
bool may_be_tracked(PyObject* op);
