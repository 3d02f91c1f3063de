// The deallocators of the types with a collector header, patched so that they tell of each death.
#pragma once

#include "python.h"

// All types there are. Returns false with a message for people in `problem`.
bool patch_all_types(char* problem, size_t size);
// A type met later; cheap if it is known. Where its deallocator can't be patched, _Py_Dealloc is.
void patch_type(PyTypeObject* type);
// The name a trace knows the type by.
const char* name_of_type(const PyTypeObject* type);
