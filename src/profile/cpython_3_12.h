// CPython 3.12 = 3.11 and these changes. Measured on 3.12.1.
#pragma once

#include "cpython_3_11.h"

namespace gcsim::profile {
namespace cpython_3_12 {

inline constexpr auto kTypes = [] {
  auto types = resized(cpython_3_11::kTypes, {{"str", 41}, {"function", 160}, {"code", 192}});
  // genobject.c: gen_close has nothing to do for one that has not begun.
  for (std::string_view name : {"generator", "coroutine", "async_generator"})
    rules_of(types, name).closing = Closing::drops_references_once_started;
  return types;
}();

inline constexpr auto kExceptions = [] {
  auto exceptions = std::to_array(cpython_3_11::kExceptions);
  rules_of(exceptions, "ImportError").size = 120;
  rules_of(exceptions, "ModuleNotFoundError").size = 120;
  return exceptions;
}();

constexpr Profile changed_from_3_11() {
  Profile p = kCpython311;
  p.name = "cpython-3.12";
  p.summary = "CPython 3.12: a collection that is due waits for the interpreter's next check";
  p.source =
      "measured on CPython 3.12.1; Modules/gcmodule.c, Python/ceval_gil.c, "
      "Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.collection_point = CollectionPoint::at_check;  // gcmodule.c: _PyObject_GC_Link, _Py_RunGC
  p.leaf_sizes.non_ascii_header = 16;              // PyCompactUnicodeObject lost its wstr_length
  p.calls.generator_frame_keeps_caller = true;     // ceval.c: clear_gen_frame
  p.calls.exceptions = kExceptions;
  p.types = kTypes;
  p.instance.size = 48;
  p.interned.strings_are_immortal = true;     // unicodeobject.c: PyUnicode_InternInPlace
  p.interned.immortal_refcount = 0xffffffff;  // object.h: _Py_IMMORTAL_REFCNT
  return p;
}

}  // namespace cpython_3_12

inline constexpr Profile kCpython312 = cpython_3_12::changed_from_3_11();

}  // namespace gcsim::profile
