// CPython 3.9 = 3.8 and these changes. Measured on 3.9.18.
#pragma once

#include "cpython_3_8.h"

namespace gcsim::profile {
namespace cpython_3_9 {

// gcmodule.c: gc_collect_main, handle_resurrected_objects
inline constexpr TeardownStep kTeardown[] = {
    TeardownStep::handle_weakrefs, TeardownStep::finalize_garbage, TeardownStep::handle_resurrected,
    TeardownStep::count_garbage,   TeardownStep::delete_garbage,
};

constexpr Profile changed_from_3_8() {
  Profile p = kCpython38;
  p.name = "cpython-3.9";
  p.summary = "CPython 3.9: only what a resurrected object reaches is saved";
  p.source =
      "measured on CPython 3.9.18; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.teardown = kTeardown;
  p.collector_module.is_finalized = true;
  p.sets.reused = DiscardedSlot::never;  // setobject.c: set_add_entry
  p.heap.keeps_last_arena = true;        // obmalloc.c: insert_to_freepool
  return p;
}

}  // namespace cpython_3_9

inline constexpr Profile kCpython39 = cpython_3_9::changed_from_3_8();

}  // namespace gcsim::profile
