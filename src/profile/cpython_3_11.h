// CPython 3.11 = 3.10 and these changes. Measured on 3.11.7.
#pragma once

#include "cpython_3_10.h"

namespace gcsim::profile {
namespace cpython_3_11 {

inline constexpr auto kTypes = [] {
  auto types = resized(cpython_3_10::kTypes, {{"weakref", 80},
                                              {"generator", 176},
                                              {"coroutine", 176},
                                              {"async_generator", 176},
                                              {"function", 152},
                                              {"code", 184}});
  // tupleobject.c keeps dead tuples of up to 20 items, but PyTuple_New only looks for up to 19.
  rules_of(types, "tuple").free_list_kept_length = 20;
  return types;
}();

// BaseException and those with fields of their own (exceptions.c).
inline constexpr TypeRules kExceptions[] = {
    {.name = "Exception", .size = 88, .in_trashcan = true},
    {.name = "SystemExit", .size = 96, .in_trashcan = true},
    {.name = "StopIteration", .size = 96, .in_trashcan = true},
    {.name = "NameError", .size = 96, .in_trashcan = true},
    {.name = "UnboundLocalError", .size = 96, .in_trashcan = true},
    {.name = "AttributeError", .size = 104, .in_trashcan = true},
    {.name = "ImportError", .size = 112, .in_trashcan = true},
    {.name = "ModuleNotFoundError", .size = 112, .in_trashcan = true},
    {.name = "OSError", .size = 128, .in_trashcan = true},
    {.name = "FileNotFoundError", .size = 128, .in_trashcan = true},
    {.name = "FileExistsError", .size = 128, .in_trashcan = true},
    {.name = "PermissionError", .size = 128, .in_trashcan = true},
    {.name = "TimeoutError", .size = 128, .in_trashcan = true},
    {.name = "SyntaxError", .size = 152, .in_trashcan = true},
};

constexpr Profile changed_from_3_10() {
  Profile p = kCpython310;
  p.name = "cpython-3.11";
  p.summary = "CPython 3.11: thresholds 700/10/10, collection inside the allocation, inline attributes";
  p.source =
      "measured on CPython 3.11.7; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.attribute_storage = AttributeStorage::inline_values;  // dictobject.c: _PyObject_InitializeDict
  p.inline_attributes = {.shared_keys = 30, .kept_for_late_names = 1};  // SHARED_KEYS_MAX_SIZE
  p.hashing.strings = StringHash::siphash_1_3;                          // pyhash.c
  // ceval.c: _PyEvalFramePushAndInit; frame.c: take_ownership
  p.calls.frames = FrameStorage::on_demand;
  p.calls.keeps_frame_per_code = false;
  p.calls.caller_keeps_arguments = false;
  p.calls.generator_frame_keeps_caller = false;  // genobject.c: gen_send_ex2, its frame has no previous one
  p.calls.frame = {.name = "frame", .size = 136, .in_trashcan = true};
  p.calls.exceptions = kExceptions;
  p.types = kTypes;
  p.instance.size = 56;
  return p;
}

}  // namespace cpython_3_11

inline constexpr Profile kCpython311 = cpython_3_11::changed_from_3_10();

}  // namespace gcsim::profile
