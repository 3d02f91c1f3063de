// CPython 2.7: measured on 2.7.18 (x86-64, release build) through the C API unless a function is named.
#pragma once

#include "changes.h"

namespace gcsim::profile {
namespace cpython_2_7 {

// Sizes are sys.getsizeof's: with the 32 bytes of the collector header as built here, without item arrays and
// hash tables. A full collection clears the free list of tuples only (gcmodule.c: clear_freelists).
inline constexpr TypeTable<13> kTypes = {{
    {.name = "NoneType", .is_gc = false, .size = 16},
    {.name = "int", .is_gc = false, .size = 28},
    {.name = "float", .is_gc = false, .size = 24},
    {.name = "str", .is_gc = false, .size = 37},
    {.name = "list",
     .size = 72,
     .free_list_capacity = 80,
     .emptied_by_full_collection = false,
     .in_trashcan = true},
    // tupleobject.c: PyTuple_MAXSAVESIZE is 20, the first length that is not kept.
    {.name = "tuple",
     .size = 56,
     .item_size = 8,
     .free_list_capacity = 2000,
     .free_list_max_length = 19,
     .in_trashcan = true},
    {.name = "dict",
     .size = 280,
     .free_list_capacity = 80,
     .emptied_by_full_collection = false,
     .in_trashcan = true},
    {.name = "set",
     .size = 232,
     .free_list_capacity = 80,
     .emptied_by_full_collection = false,
     .in_trashcan = true,
     .weakly_referenceable = true},
    {.name = "weakref", .size = 88},
    {.name = "slice", .size = 72},
    {.name = "generator", .size = 80},
    {.name = "module", .size = 56, .is_clearable = false},
    {.name = "function", .size = 120, .weakly_referenceable = true, .is_clearable = false},
}};

inline constexpr std::string_view kFreeListsEmptied[] = {"frame", "tuple"};

// gcmodule.c: collect
inline constexpr TeardownStep kTeardown[] = {
    TeardownStep::set_aside_uncollectable, TeardownStep::count_garbage,      TeardownStep::handle_weakrefs,
    TeardownStep::delete_garbage,          TeardownStep::keep_uncollectable,
};

// typeobject.c: subtype_dealloc
inline constexpr DyingStep kDying[] = {DyingStep::clear_weakrefs, DyingStep::finalize};

// pythonrun.c: Py_Finalize; import.c: PyImport_Cleanup
inline constexpr ExitStep kExit[] = {ExitStep::collect, ExitStep::clear_main,
                                     ExitStep::clear_unshared_modules, ExitStep::clear_other_modules};

// BaseException and those with fields of their own (exceptions.c).
inline constexpr TypeRules kExceptions[] = {
    {.name = "Exception", .size = 72},       {.name = "SystemExit", .size = 80},
    {.name = "OSError", .size = 96},         {.name = "FileNotFoundError", .size = 96},
    {.name = "FileExistsError", .size = 96}, {.name = "PermissionError", .size = 96},
    {.name = "TimeoutError", .size = 96},    {.name = "SyntaxError", .size = 120},
};

}  // namespace cpython_2_7

inline constexpr Profile kCpython27 = {
    .name = "cpython-2.7",
    .summary = "CPython 2.7: cycles with __del__ are uncollectable, dicts are ordered by hash",
    .source =
        "measured on CPython 2.7.18; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c",
    .threshold = {700, 10, 10},  // gcmodule.c: generations
    .trigger = TriggerRule::exceeds,
    .collection_point = CollectionPoint::in_allocation,  // _PyObject_GC_Malloc
    .full_collection_divisor = 4,                        // collect_generations
    .teardown = cpython_2_7::kTeardown,
    .clears_trash_weakrefs = false,
    .has_freeze = false,
    // gcmodule.c: GcMethods, collect, debug_cycle
    .collector_module = {.callbacks = false,
                         .callback_takes_argument_tuple = false,
                         .get_stats = false,
                         .get_objects_by_generation = false,
                         .is_finalized = false,
                         .says_found_nothing = false,
                         .debug_objects_flag = 16},
    .dying = cpython_2_7::kDying,
    .finalizes_once = false,  // slot_tp_del runs at every death
    .exit = cpython_2_7::kExit,
    // import.c: import_from; moduleobject.c: module_dealloc
    .modules = {.import_error = ImportError::name, .cleared_by_death = true, .loaded_at_start = 45},
    .untrack_tuples = UntrackRule::every_collection,
    .untrack_dicts = UntrackRule::full_collections,
    // object.h: PyTrash_UNWIND_LEVEL; subtype_dealloc raises the nesting by one around either macro.
    .trashcan = {.limit = 50, .instance_limit = 49, .emptied_by_instances = false},
    .callback_tuple_from = 2,
    .callback_takes_argument_tuple = true,  // PyObject_CallFunctionObjArgs
    .attribute_storage = AttributeStorage::dict,
    .inline_attributes = {.shared_keys = 0, .kept_for_late_names = 0},
    .interned = {.smallest_int = -5,
                 .largest_int = 256,
                 .character_limit = 0x80,
                 .empty_tuple = true,
                 .strings_are_immortal = false,
                 .constants_shared_by_compilation = false,
                 .negative_constants_are_shared = true,
                 .immortal_refcount = 0},
    .leaf_sizes = {.non_ascii_header = 0, .str_is_bytes = true, .machine_int = 24},
    .dict_order = DictOrder::hash_slots,
    .dict_traverses_keys = true,  // dictobject.c: dict_traverse
    // setobject.c: set_lookkey, set_add_key
    .sets = {.linear_probes = 0,
             .shifts_before_jump = false,
             .reused = DiscardedSlot::first_met,
             .full_numerator = 2,
             .full_denominator = 3,
             .counts_last_slot = true},
    // stringobject.c: string_hash; intobject.c: int_hash; object.c: _Py_HashDouble; tupleobject.c: tuplehash
    .hashing = {.strings = StringHash::multiply_xor,
                .numbers = NumberHash::by_word,
                .tuples = TupleHash::multiply_xor},
    // frameobject.c: PyFrame_New, frame_dealloc; ceval.c: call_function, set_exc_info (which sets
    // sys.exc_value, too)
    .calls = {.frames = FrameStorage::objects,
              .keeps_frame_per_code = true,
              .tracks_running_frames = true,
              .caller_keeps_arguments = true,
              .handler_end = HandlerEnd::with_the_call,
              .handler_references = 2,
              .exception_keeps_traceback = false,
              .frame = {.name = "frame", .size = 408, .free_list_capacity = 200, .in_trashcan = true},
              .traceback = {.name = "traceback", .size = 72, .in_trashcan = true},
              .exceptions = cpython_2_7::kExceptions},
    .types = cpython_2_7::kTypes,
    .free_lists_emptied = cpython_2_7::kFreeListsEmptied,
    .instance = {.name = "instance", .size = 64, .in_trashcan = true, .weakly_referenceable = true},
    .slotted = {.name = "instance with slots", .size = 48, .item_size = 8, .in_trashcan = true},
    .slotless = {.name = "instance with empty slots", .is_gc = false, .size = 16},
    .opaque = {.name = "other"},
    .heap = {},  // obmalloc.c: as built here with blocks at multiples of 16; older releases have 8
};

}  // namespace gcsim::profile
