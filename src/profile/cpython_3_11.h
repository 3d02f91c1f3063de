// CPython 3.11 = 3.10 and these changes. Measured on 3.11.7.
#pragma once

#include "cpython_3_10.h"

namespace gcsim::profile {
namespace cpython_3_11 {

inline constexpr auto kTypes = [] {
  auto types = resized(
      cpython_3_10::kTypes,
      {{"weakref", 80}, {"generator", 176}, {"coroutine", 176}, {"async_generator", 176}, {"function", 152}});
  // tupleobject.c keeps dead tuples of up to 20 items, but PyTuple_New only looks for up to 19.
  rules_of(types, "tuple").free_list_kept_length = 20;
  return types;
}();

constexpr Profile changed_from_3_10() {
  Profile p = kCpython310;
  p.name = "cpython-3.11";
  p.summary = "CPython 3.11: thresholds 700/10/10, collection inside the allocation, inline attributes";
  p.source =
      "measured on CPython 3.11.7; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.attribute_storage = AttributeStorage::inline_values;  // dictobject.c: _PyObject_InitializeDict
  p.inline_attributes = {.shared_keys = 30, .kept_for_late_names = 1};  // SHARED_KEYS_MAX_SIZE
  p.hashing.strings = StringHash::siphash_1_3;                          // pyhash.c
  p.types = kTypes;
  p.instance.size = 56;
  return p;
}

}  // namespace cpython_3_11

inline constexpr Profile kCpython311 = cpython_3_11::changed_from_3_10();

}  // namespace gcsim::profile
