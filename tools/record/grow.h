// Lists that grow: a struct with `at`, `count` and `capacity`.
#pragma once

#include <stdlib.h>

// Makes room for one more.
#define GROW(list)                                                           \
  do {                                                                       \
    if ((list)->count < (list)->capacity) break;                             \
    (list)->capacity = (list)->capacity == 0 ? 1024 : 2 * (list)->capacity;  \
    (list)->at = realloc((list)->at, (list)->capacity * sizeof *(list)->at); \
    if ((list)->at == NULL) abort();                                         \
  } while (0)
