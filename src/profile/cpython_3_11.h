// CPython 3.11: measured on 3.11.7 (x86-64, release build) through the C API unless a function is named.
#pragma once

#include "gcsim/profile/profile.h"

namespace gcsim::profile {
namespace cpython_3_11 {

// Sizes are sys.getsizeof's: with the 16 bytes of the collector header, without item arrays and hash tables.
inline constexpr TypeRules kTypes[] = {
    {.name = "NoneType", .is_gc = false, .size = 16},
    {.name = "int", .is_gc = false, .size = 28},
    {.name = "float", .is_gc = false, .size = 24, .free_list_capacity = 100},
    {.name = "str", .is_gc = false, .size = 49},
    {.name = "list", .size = 56, .free_list_capacity = 80, .in_trashcan = true},
    // tupleobject.c keeps dead tuples of up to 20 items, but PyTuple_New only looks for up to 19.
    {.name = "tuple",
     .size = 40,
     .item_size = 8,
     .free_list_capacity = 2000,
     .free_list_max_length = 19,
     .free_list_kept_length = 20,
     .in_trashcan = true},
    {.name = "dict", .size = 64, .free_list_capacity = 80, .in_trashcan = true},
    {.name = "set", .size = 216, .in_trashcan = true, .weakly_referenceable = true},
    {.name = "weakref", .size = 80},
    // sliceobject.c keeps one; clear_freelists leaves it alone.
    {.name = "slice", .size = 56, .free_list_capacity = 1, .emptied_by_full_collection = false},
    // genobject.c: _PyGen_Finalize closes an unfinished one.
    {.name = "generator", .size = 176, .closing = Closing::drops_references},
    {.name = "coroutine", .size = 176, .closing = Closing::drops_references},
    {.name = "async_generator", .size = 184, .closing = Closing::drops_references},
};

// gcmodule.c: gc_collect_main
inline constexpr TeardownStep kTeardown[] = {
    TeardownStep::handle_weakrefs,
    TeardownStep::finalize_garbage,
    TeardownStep::handle_resurrected,
    TeardownStep::delete_garbage,
};

// pylifecycle.c: Py_FinalizeEx; and finalize_modules, for a module whose dict no function refers to
inline constexpr ExitStep kExit[] = {ExitStep::collect_if_enabled, ExitStep::release_names, ExitStep::collect};

}  // namespace cpython_3_11

inline constexpr Profile kCpython311 = {
    .name = "cpython-3.11",
    .summary = "CPython 3.11: thresholds 700/10/10, collection inside the allocation, inline attributes",
    .source =
        "measured on CPython 3.11.7; Modules/gcmodule.c, Objects/{list,tuple,dict,set,type,weakref}object.c",
    .threshold = {700, 10, 10},
    .trigger = TriggerRule::exceeds,
    .full_collection_divisor = 4,
    .teardown = cpython_3_11::kTeardown,
    .exit = cpython_3_11::kExit,
    .untrack_tuples = UntrackRule::every_collection,
    .untrack_dicts = UntrackRule::full_collections,
    .trashcan_limit = 50,
    .callback_tuple_from = 2,
    .inline_attributes = {.shared_keys = 30, .kept_for_late_names = 1},
    .interned = {.smallest_int = -5, .largest_int = 256, .latin1_characters = true, .empty_tuple = true},
    .string_hash = StringHash::siphash_1_3,
    .types = cpython_3_11::kTypes,
    .instance = {.name = "instance", .size = 56, .in_trashcan = true, .weakly_referenceable = true},
    .slotted = {.name = "instance with slots", .size = 32, .item_size = 8, .in_trashcan = true},
    .opaque = {.name = "other"},
};

}  // namespace gcsim::profile
