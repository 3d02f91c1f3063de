// CPython 3.6 = 2.7 and these changes. Measured on 3.6.15.
#pragma once

#include "cpython_2_7.h"

namespace gcsim::profile {
namespace cpython_3_6 {

inline constexpr TypeTable<16> kTypes = {{
    {.name = "NoneType", .is_gc = false, .size = 16},
    {.name = "int", .is_gc = false, .size = 28},
    {.name = "float", .is_gc = false, .size = 24, .free_list_capacity = 100},
    {.name = "str", .is_gc = false, .size = 49},
    {.name = "list", .size = 72, .free_list_capacity = 80, .in_trashcan = true},
    {.name = "tuple",
     .size = 56,
     .item_size = 8,
     .free_list_capacity = 2000,
     .free_list_max_length = 19,
     .in_trashcan = true},
    {.name = "dict", .size = 248, .free_list_capacity = 80, .in_trashcan = true},
    {.name = "set", .size = 232, .in_trashcan = true, .weakly_referenceable = true},
    {.name = "weakref", .size = 88},
    // sliceobject.c keeps one; clear_freelists leaves it alone.
    {.name = "slice", .size = 72, .free_list_capacity = 1, .emptied_by_full_collection = false},
    // genobject.c: _PyGen_Finalize closes an unfinished one.
    {.name = "generator", .size = 96, .closing = Closing::drops_references},
    {.name = "coroutine", .size = 96, .closing = Closing::drops_references},
    {.name = "async_generator", .size = 112, .closing = Closing::drops_references},
    {.name = "module", .size = 88, .weakly_referenceable = true},
    {.name = "function", .size = 144, .weakly_referenceable = true, .is_clearable = false},
    // Recordings: it has no header, so what it refers to is alive for the collector as long as it is itself.
    {.name = "code", .is_gc = false, .size = 144, .weakly_referenceable = true},
}};

inline constexpr std::string_view kFreeListsEmptied[] = {"frame", "tuple", "float", "list", "dict"};

// gcmodule.c: collect. The trash is counted before anything can save it.
inline constexpr TeardownStep kTeardown[] = {
    TeardownStep::count_garbage,           TeardownStep::handle_weakrefs, TeardownStep::finalize_garbage,
    TeardownStep::keep_all_if_resurrected, TeardownStep::delete_garbage,
};

// typeobject.c: subtype_dealloc (PEP 442)
inline constexpr DyingStep kDying[] = {DyingStep::finalize, DyingStep::clear_weakrefs};

// pylifecycle.c: Py_FinalizeEx; import.c: PyImport_Cleanup
inline constexpr ExitStep kExit[] = {ExitStep::collect_if_enabled, ExitStep::drop_modules, ExitStep::collect,
                                     ExitStep::clear_modules, ExitStep::collect};

// BaseException and those with fields of their own (exceptions.c).
inline constexpr TypeRules kExceptions[] = {
    {.name = "Exception", .size = 96},
    {.name = "SystemExit", .size = 104},
    {.name = "StopIteration", .size = 104},
    {.name = "ImportError", .size = 120},
    {.name = "ModuleNotFoundError", .size = 120},
    {.name = "OSError", .size = 136},
    {.name = "FileNotFoundError", .size = 136},
    {.name = "FileExistsError", .size = 136},
    {.name = "PermissionError", .size = 136},
    {.name = "TimeoutError", .size = 136},
    {.name = "SyntaxError", .size = 144},
};

constexpr Profile changed_from_2_7() {
  Profile p = kCpython27;
  p.name = "cpython-3.6";
  p.summary = "CPython 3.6: finalizers run once, in cycles too; one resurrected object saves all trash";
  p.source =
      "measured on CPython 3.6.15; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c";
  p.teardown = kTeardown;
  p.dying = kDying;
  p.finalizes_once = true;  // gcmodule.c: _PyGC_FINALIZED
  p.exit = kExit;
  p.modules = {.import_error = ImportError::quoted_name};   // ceval.c: import_from
  p.callback_takes_argument_tuple = false;                  // _PyObject_FastCallDict
  p.interned.character_limit = 0x100;                       // unicodeobject.c: unicode_latin1
  p.collector_module.callbacks = true;                      // gcmodule.c: invoke_gc_callback
  p.collector_module.callback_takes_argument_tuple = true;  // PyObject_CallFunction
  p.collector_module.get_stats = true;
  p.collector_module.debug_objects_flag = 0;
  p.interned.negative_constants_are_shared = false;  // peephole.c: fold_unaryops_on_constants
  p.leaf_sizes = {.non_ascii_header = 24, .str_is_bytes = false, .machine_int = 0};
  p.dict_order = DictOrder::insertion;
  p.dict_traverses_keys = false;  // dictobject.c: dict_traverse
  // setobject.c: set_add_entry
  p.sets = {.linear_probes = 9,
            .shifts_before_jump = true,
            .reused = DiscardedSlot::first_met,
            .full_numerator = 2,
            .full_denominator = 3,
            .counts_last_slot = false};
  p.hashing.strings = StringHash::siphash_2_4;  // pyhash.c
  p.hashing.numbers = NumberHash::modular;      // pyhash.c: _Py_HashDouble; longobject.c: long_hash
  // ceval.c: an except block deletes its name; errors.c: PyErr_SetObject
  p.calls.handler_end = HandlerEnd::with_the_name;
  p.calls.handler_references = 1;
  p.calls.exception_keeps_traceback = true;
  p.calls.exceptions = kExceptions;
  p.types = kTypes;
  p.free_lists_emptied = kFreeListsEmptied;  // gcmodule.c: clear_freelists
  return p;
}

}  // namespace cpython_3_6

inline constexpr Profile kCpython36 = cpython_3_6::changed_from_2_7();

}  // namespace gcsim::profile
