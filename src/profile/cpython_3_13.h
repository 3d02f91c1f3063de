// CPython 3.13 = 3.12 and these changes. Measured on 3.13.0.
#pragma once

#include "cpython_3_12.h"

namespace gcsim::profile {
namespace cpython_3_13 {

inline constexpr auto kTypes = [] {
  auto types = resized(cpython_3_12::kTypes, {{"code", 200}});
  // tupleobject.c: maybe_freelist_pop looks for all lengths that are kept.
  rules_of(types, "tuple").free_list_max_length = 20;
  rules_of(types, "tuple").free_list_kept_length = 0;
  return types;
}();

inline constexpr std::string_view kFreeListsEmptied[] = {"float", "tuple", "list", "dict"};

constexpr Profile changed_from_3_12() {
  Profile p = kCpython312;
  p.name = "cpython-3.13";
  p.summary = "CPython 3.13: threshold 2000, attributes embedded in the instance, a far deeper trashcan";
  p.source =
      "measured on CPython 3.13.0; Python/gc.c, Python/ceval_gil.c, "
      "Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.threshold = {2000, 10, 10};                                  // pycore_runtime_init.h
  p.collection_point = CollectionPoint::at_check_while_enabled;  // gc.c: _Py_RunGC
  // object.h: Py_TRASHCAN_BEGIN. Of the 10000 levels of C recursion a C function called by a script has 9997
  // left; an object waits when 50 are left, and the chain is emptied when more than 100 are.
  p.trashcan = {.limit = 9947,
                .instance_limit = 9947,
                .emptied_by_instances = true,
                .emptied_below = 9897,
                .explicit_collection_depth = 1};
  p.modules.tracked_after_dict = true;                      // moduleobject.c: new_module_notrack
  p.callback_tuple_from = 1;                                // weakrefobject.c: PyObject_ClearWeakRefs
  p.attribute_storage = AttributeStorage::embedded_values;  // dictobject.c: _PyObject_MaterializeManagedDict
  p.calls.generator_close = GeneratorClose::releases_locals;  // genobject.c: gen_close, _PyFrame_ClearLocals
  p.calls.frame.size = 152;
  p.types = kTypes;
  p.free_lists_emptied = kFreeListsEmptied;  // object.c: _PyObject_ClearFreeLists
  p.interned.strings_are_immortal = false;   // unicodeobject.c: intern_constants
  return p;
}

}  // namespace cpython_3_13

inline constexpr Profile kCpython313 = cpython_3_13::changed_from_3_12();

}  // namespace gcsim::profile
