// CPython 3.10 = 3.9 and these changes. Measured on 3.10.13.
#pragma once

#include "cpython_3_9.h"

namespace gcsim::profile {
namespace cpython_3_10 {

inline constexpr auto kTypes =
    resized(cpython_3_8::kTypes,
            {{"generator", 104}, {"coroutine", 112}, {"async_generator", 128}, {"function", 144}});

// BaseException and those with fields of their own (exceptions.c).
inline constexpr TypeRules kExceptions[] = {
    {.name = "Exception", .size = 80, .in_trashcan = true},
    {.name = "SystemExit", .size = 88, .in_trashcan = true},
    {.name = "StopIteration", .size = 88, .in_trashcan = true},
    {.name = "NameError", .size = 88, .in_trashcan = true},
    {.name = "UnboundLocalError", .size = 88, .in_trashcan = true},
    {.name = "AttributeError", .size = 96, .in_trashcan = true},
    {.name = "ImportError", .size = 104, .in_trashcan = true},
    {.name = "ModuleNotFoundError", .size = 104, .in_trashcan = true},
    {.name = "OSError", .size = 120, .in_trashcan = true},
    {.name = "FileNotFoundError", .size = 120, .in_trashcan = true},
    {.name = "FileExistsError", .size = 120, .in_trashcan = true},
    {.name = "PermissionError", .size = 120, .in_trashcan = true},
    {.name = "TimeoutError", .size = 120, .in_trashcan = true},
    {.name = "SyntaxError", .size = 144, .in_trashcan = true},
};

constexpr Profile changed_from_3_9() {
  Profile p = kCpython39;
  p.name = "cpython-3.10";
  p.summary = "CPython 3.10: sets take up discarded slots again";
  p.source =
      "measured on CPython 3.10.13; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.sets.reused = DiscardedSlot::last_met;  // setobject.c: set_add_entry
  p.calls.frame.size = 368;
  p.calls.exceptions = kExceptions;
  p.types = kTypes;
  // obmalloc.c: POOL_BITS, ARENA_BITS. mmap places arenas at any page: one in four at a pool's boundary.
  p.heap.pool = 16 * 1024;
  p.heap.arena = 1024 * 1024;
  p.heap.arena_offset = 4 * 1024;
  return p;
}

}  // namespace cpython_3_10

inline constexpr Profile kCpython310 = cpython_3_10::changed_from_3_9();

}  // namespace gcsim::profile
