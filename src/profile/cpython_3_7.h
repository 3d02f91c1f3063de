// CPython 3.7 = 3.6 and these changes. Measured on 3.7.16.
#pragma once

#include "cpython_3_6.h"

namespace gcsim::profile {
namespace cpython_3_7 {

inline constexpr auto kTypes =
    resized(cpython_3_6::kTypes, {{"generator", 128}, {"coroutine", 136}, {"async_generator", 144}});

// gcmodule.c: collect. Trash that was saved is not counted.
inline constexpr TeardownStep kTeardown[] = {
    TeardownStep::handle_weakrefs, TeardownStep::finalize_garbage, TeardownStep::keep_all_if_resurrected,
    TeardownStep::count_garbage,   TeardownStep::delete_garbage,
};

constexpr Profile changed_from_3_6() {
  Profile p = kCpython36;
  p.name = "cpython-3.7";
  p.summary = "CPython 3.7: gc.freeze(); trash saved by a resurrection is not counted";
  p.source =
      "measured on CPython 3.7.16; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.teardown = kTeardown;
  p.has_freeze = true;
  p.modules.import_error = ImportError::name_of_module;      // ceval.c: import_from
  p.collector_module.callback_takes_argument_tuple = false;  // _PyObject_CallFunctionVa
  p.interned.negative_constants_are_shared = true;           // ast_opt.c: fold_unaryop
  // setobject.c: set_add_entry
  p.sets.reused = DiscardedSlot::last_met;
  p.sets.full_numerator = 3;
  p.sets.full_denominator = 5;
  p.calls.tracks_running_frames = false;  // frameobject.c: _PyFrame_New_NoTrack
  p.calls.frame.size = 392;
  p.types = kTypes;
  return p;
}

}  // namespace cpython_3_7

inline constexpr Profile kCpython37 = cpython_3_7::changed_from_3_6();

}  // namespace gcsim::profile
