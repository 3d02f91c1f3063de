// CPython 3.8 = 3.7 and these changes. Measured on 3.8.18.
#pragma once

#include "cpython_3_7.h"

namespace gcsim::profile {
namespace cpython_3_8 {

// The collector header shrank to 16 bytes.
inline constexpr auto kTypes = [] {
  auto types = resized(cpython_3_7::kTypes, {{"list", 56},
                                             {"tuple", 40},
                                             {"dict", 64},
                                             {"set", 216},
                                             {"weakref", 72},
                                             {"slice", 56},
                                             {"generator", 112},
                                             {"coroutine", 120},
                                             {"async_generator", 136},
                                             {"module", 72},
                                             {"function", 136},
                                             {"code", 176}});
  rules_of(types, "function").is_clearable = true;  // funcobject.c: func_clear
  return types;
}();

// import.c: PyImport_Cleanup
inline constexpr ExitStep kExit[] = {ExitStep::collect_if_enabled, ExitStep::drop_modules, ExitStep::collect,
                                     ExitStep::clear_modules_backwards, ExitStep::collect};

// BaseException and those with fields of their own (exceptions.c).
inline constexpr TypeRules kExceptions[] = {
    {.name = "Exception", .size = 80},
    {.name = "SystemExit", .size = 88},
    {.name = "StopIteration", .size = 88},
    {.name = "ImportError", .size = 104},
    {.name = "ModuleNotFoundError", .size = 104},
    {.name = "OSError", .size = 120},
    {.name = "FileNotFoundError", .size = 120},
    {.name = "FileExistsError", .size = 120},
    {.name = "PermissionError", .size = 120},
    {.name = "TimeoutError", .size = 120},
    {.name = "SyntaxError", .size = 128},
};

constexpr Profile changed_from_3_7() {
  Profile p = kCpython37;
  p.name = "cpython-3.8";
  p.summary = "CPython 3.8: instances empty the trashcan like all others, and all can be tracked";
  p.source =
      "measured on CPython 3.8.18; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.exit = kExit;
  p.modules.import_error = ImportError::circular;     // ceval.c: import_from
  p.clears_trash_weakrefs = true;                     // gcmodule.c: handle_weakrefs
  p.interned.constants_shared_by_compilation = true;  // compile.c: merge_const_one
  p.collector_module.get_objects_by_generation = true;
  p.collector_module.says_found_nothing = true;                                    // gcmodule.c: collect
  p.trashcan = {.limit = 50, .instance_limit = 50, .emptied_by_instances = true};  // Py_TRASHCAN_BEGIN
  p.hashing.tuples = TupleHash::xxhash;                                            // tupleobject.c: tuplehash
  p.calls.frame.size = 376;
  p.calls.traceback.size = 56;
  p.calls.exceptions = kExceptions;
  p.types = kTypes;
  p.instance.size = 48;
  p.slotted.size = 32;
  p.slotless = {
      .name = "instance with empty slots", .is_gc = true, .size = 32, .item_size = 0, .in_trashcan = true};
  p.heap.collector_header = 16;
  return p;
}

}  // namespace cpython_3_8

inline constexpr Profile kCpython38 = cpython_3_8::changed_from_3_7();

}  // namespace gcsim::profile
