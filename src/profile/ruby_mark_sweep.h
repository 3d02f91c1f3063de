// Mark and sweep with available slots, as in the classic Ruby: read in gc.c of MRI 1.8.7 unless another place
// is named. A Python program's trace is replayed as if Ruby's memory management had served it.
#pragma once

#include <limits>

#include "cpython_3_13.h"

namespace gcsim::profile {
namespace ruby_mark_sweep {

// Every object is one slot (RVALUE: 5 words); what does not fit into it lies outside, as do contents of
// arrays.
inline constexpr std::uint32_t kSlot = 40;

// is_gc is for whoever replays the same sizes under another collector.
constexpr TypeRules type(std::string_view name, bool is_gc = true) {
  return {.name = name, .is_gc = is_gc, .size = kSlot, .weakly_referenceable = true};
}

inline constexpr TypeTable<14> kTypes = {{{.name = "NoneType", .is_gc = false, .size = 0},
                                          {.name = "int", .is_gc = false, .size = kSlot},
                                          type("float", false),
                                          type("str", false),
                                          type("list"),
                                          type("tuple"),
                                          type("dict"),
                                          type("set"),
                                          type("weakref"),
                                          type("slice"),
                                          type("generator"),
                                          type("coroutine"),
                                          type("module"),
                                          type("function")}};

// rb_gc_call_finalizer_at_exit: all finalizers run. That the memory is swept then stands for its return to
// the system.
inline constexpr ExitStep kExit[] = {ExitStep::drop_modules, ExitStep::collect};

constexpr Profile classic() {
  Profile p = kCpython311;
  p.name = "ruby-mark-sweep";
  p.summary = "mark and sweep with a list of available slots, as in the classic Ruby";
  p.source = "MRI 1.8.7, gc.c: rb_newobj, add_heap, garbage_collect, gc_sweep, finalize_list";
  p.reclamation = Reclamation::mark_and_sweep;
  p.slots = {.initial = 10'000,      // HEAP_MIN_SLOTS
             .growth_numerator = 9,  // add_heap: heap_slots *= 1.8
             .growth_denominator = 5,
             .least_available = 4'096,  // FREE_MIN
             .least_available_percent = 20,
             .collects_on_request_if_disabled = false};  // rb_gc_start: "unless manually disabled"
  p.overhead = {.count_bytes = 0, .mark_bits = 1};       // FL_MARK, in the slot's flags
  p.threshold = {0, 0, 0};
  p.exit = kExit;
  p.has_freeze = false;
  p.callback_takes_argument_tuple = false;
  // Attributes are in a table of their own outside, and share no keys: room for all names.
  p.inline_attributes = {.shared_keys = 0xfff0, .kept_for_late_names = 0xfff0};
  // Ints are no objects if they fit into a word (Fixnum); nothing else exists once.
  p.interned = {.smallest_int = std::numeric_limits<std::int32_t>::min(),
                .largest_int = std::numeric_limits<std::int32_t>::max(),
                .character_limit = 0,
                .empty_tuple = false};
  p.leaf_sizes = {.non_ascii_header = 0, .str_is_bytes = false, .machine_int = 0, .value_is_outside = true};
  p.types = kTypes;
  p.free_lists_emptied = {};
  p.instance = type("instance");
  p.slotted = type("instance with slots");
  p.slotless = type("instance with empty slots");
  p.opaque = type("other");
  return p;
}

}  // namespace ruby_mark_sweep

inline constexpr Profile kRubyMarkSweep = ruby_mark_sweep::classic();

}  // namespace gcsim::profile
