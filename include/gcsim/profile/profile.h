// Profiles: the rules of one CPython version (or of another reading of them) as constant data.
//
// The engine reads these fields and never asks which version it simulates. A field that selects between
// behaviours is an enum named after the behaviour. Every value says where it was read or measured.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gcsim/trace/types.h"
#include "gcsim/types.h"

namespace gcsim::profile {

// How memory is taken back.
enum class Reclamation : std::uint8_t {
  counting_and_cycles,  // at reference count 0; a collector looks for cycles, generation by generation
  counting_only,        // at reference count 0 and never else: cycles stay
  mark_and_sweep,       // when no slot is available: all that marking from the names does not reach
};

// When a count starts an automatic collection.
enum class TriggerRule : std::uint8_t {
  exceeds,  // count > threshold; the older generations' counts as they stand (gcmodule.c:
            // gc_collect_generations)
  reaches,  // count >= threshold, the collection that is about to run counted in (the textbook reading)
};

// Where a collection that became due runs.
enum class CollectionPoint : std::uint8_t {
  in_allocation,  // inside the allocation, before the newborn exists
  at_check,       // at the next check of the interpreter (its eval breaker), with the counts as they are then
  at_check_while_enabled,  // likewise, but not if gc.disable() was called in between
};

// What happens to unreachable objects once the survivors have been promoted. A profile lists its steps in
// order.
enum class TeardownStep : std::uint8_t {
  set_aside_uncollectable,  // objects with a finalizer, and all they reach, are not trash (move_finalizers)
  count_garbage,            // what is trash now is what the collection reports as collected
  handle_weakrefs,   // clear all weak references to the trash, then call the callbacks of those that are not
                     // trash
  finalize_garbage,  // run the finalizers, in list order, once per object
  keep_all_if_resurrected,  // one resurrected object saves all of the trash (check_garbage)
  handle_resurrected,       // analyse again; what finalizers made reachable joins the survivors
  delete_garbage,           // clear the rest, first to last
  keep_uncollectable,       // count them, refer to those with a finalizer from gc.garbage (handle_garbage)
};

// What happens to an instance whose last reference went, before its contents are released.
enum class DyingStep : std::uint8_t {
  finalize,        // `__del__`
  clear_weakrefs,  // and call their callbacks
};

// What happens when the interpreter exits, as far as a trace's objects see it. A profile lists its steps in
// order.
enum class ExitStep : std::uint8_t {
  collect_if_enabled,  // a full collection, unless gc.disable() was called
  collect,             // a full collection in any case
  drop_modules,   // sys.modules lets go of __main__, then of the others as they were imported: those that
                  // nobody else holds die, and their globals go as they were bound
  clear_modules,  // those still alive, as they were imported: None takes the place of each global, first
                  // of those with one leading underscore
  clear_modules_backwards,  // likewise, but last imported first
  clear_main,               // likewise of __main__ alone, by hash
  clear_unshared_modules,   // likewise, by hash, those that only sys.modules holds, until there are none
  clear_other_modules,      // likewise of all others
};

// What an ImportError says when a module does not have a name.
enum class ImportError : std::uint8_t {
  name,            // cannot import name y
  quoted_name,     // cannot import name 'y'
  name_of_module,  // cannot import name 'y' from 'a'
  circular,        // cannot import name 'y' from partially initialized module 'a' (most likely ..)
};

struct ModuleRules {
  ImportError import_error = ImportError::circular;
  bool tracked_after_dict = false;  // a new module joins the collector's lists behind its dict
  bool cleared_by_death = false;    // a dying module sets its globals to None
  std::uint32_t loaded_at_start =
      0;  // modules in sys.modules when a script begins; where that is ordered by hash
};

// Which collections look for containers that no longer need tracking.
enum class UntrackRule : std::uint8_t { never, every_collection, full_collections };

// How a dict orders its entries.
enum class DictOrder : std::uint8_t {
  insertion,
  hash_slots,  // by the hash of the key and what was there before
};

// How values are hashed: decides the order of sets, and that of dicts in hash slots.
enum class StringHash : std::uint8_t { multiply_xor, siphash_2_4, siphash_1_3 };
enum class NumberHash : std::uint8_t {
  by_word,  // an int is its own hash
  modular,  // modulo 2**61 - 1, the same for equal numbers of all types
};
enum class TupleHash : std::uint8_t { multiply_xor, xxhash };
struct HashRules {
  StringHash strings = StringHash::siphash_1_3;
  NumberHash numbers = NumberHash::modular;
  TupleHash tuples = TupleHash::xxhash;
};

// A discarded element leaves a slot that a new one may take.
enum class DiscardedSlot : std::uint8_t { never, first_met, last_met };

// The hash table of sets (setobject.c).
struct SetRules {
  std::uint32_t linear_probes = 9;  // slots tried next to a taken one before jumping on (LINEAR_PROBES)
  bool shifts_before_jump = true;   // perturb is shifted before it is added to the slot's number, not after
  DiscardedSlot reused = DiscardedSlot::last_met;
  // The table grows when entries * full_denominator >= slots * full_numerator, the last slot counted or not.
  std::uint32_t full_numerator = 3;
  std::uint32_t full_denominator = 5;
  bool counts_last_slot = false;
};

// Deallocations nest; those that would nest too deep wait in the trashcan (object.h: Py_TRASHCAN_BEGIN).
struct TrashcanRules {
  std::uint32_t limit = 50;                     // a container at this depth waits
  std::uint32_t instance_limit = 50;            // an instance of a declared class at this depth waits
  bool emptied_by_instances = true;             // an instance's end empties it as any other's does
  std::uint32_t emptied_below = 1;              // a deallocation that ends at a depth below this empties it
  std::uint32_t explicit_collection_depth = 0;  // what the call of gc.collect() itself takes
};

// Where an instance keeps its attributes.
enum class AttributeStorage : std::uint8_t {
  dict,             // in a dict of its own, from the first attribute on
  inline_values,    // in itself, by its class's keys; they move into a `__dict__` that is asked for
  embedded_values,  // in itself, by its class's keys; a `__dict__` that is asked for refers to them there
};

// What finalize_garbage does to an unreachable object of a type, apart from a class's `__del__`.
enum class Closing : std::uint8_t {
  none,
  drops_references,               // generators and coroutines are closed: their frame lets go of everything
  drops_references_once_started,  // likewise, but not one that has never run
};

inline constexpr std::uint32_t kNoFreeList = 0;

// The rules of one type. Sizes in bytes, collector header included, without separately allocated item
// arrays and hash tables.
struct TypeRules {
  std::string_view name;
  bool is_gc = true;  // has a collector header: counted, can be tracked
  std::uint32_t size = 0;
  std::uint32_t item_size = 0;                     // per element fixed at birth (tuples)
  std::uint32_t free_list_capacity = kNoFreeList;  // blocks kept for reuse, per length if by_length
  std::uint32_t free_list_max_length =
      0;  // of reusable blocks, for a list per length (tuple); 0: one list for the type
  std::uint32_t free_list_kept_length = 0;  // up to here blocks are kept, even if never used again (3.11: 20)
  bool emptied_by_full_collection = true;
  bool in_trashcan = false;  // its deallocator takes part in the trashcan
  bool weakly_referenceable = false;
  bool is_clearable = true;  // delete_garbage can make it let go of its references (tp_clear); not so tuples
  Closing closing = Closing::none;
};

// The values that exist once and are never freed.
struct InternedValues {
  std::int32_t smallest_int = -5;
  std::int32_t largest_int = 256;
  std::uint32_t character_limit = 0x100;  // str of one character below this, and the empty str
  bool empty_tuple = true;
  bool strings_are_immortal = false;  // an interned str is never freed
  bool constants_shared_by_compilation =
      true;                                   // equal constants of functions compiled together are one object
  bool negative_constants_are_shared = true;  // like all others; if not, each is an object of its own
  std::uint32_t immortal_refcount =
      0;  // what sys.getrefcount() shows of a value that is never freed; 0: it varies
};

// Bytes of leaves beyond their type's rules.
struct LeafSizes {
  std::uint32_t non_ascii_header = 24;  // what the header of a str that is not ASCII has more (PEP 393)
  bool str_is_bytes = false;            // one byte per byte of UTF-8
  std::uint32_t machine_int = 0;        // an int of up to 64 bits; 0: all ints are made of 30-bit digits
  bool value_is_outside = false;        // the size is the type's whatever the value
};

// How attributes kept inside instances share the keys of their class.
struct InlineAttributes {
  std::uint32_t shared_keys = 30;  // attribute names a class has room for (SHARED_KEYS_MAX_SIZE)
  std::uint32_t kept_for_late_names =
      1;  // each new instance takes one away while more than this many are left
};

// The private heap for small requests (obmalloc.c): arenas from the system, divided into pools, each for
// blocks of one size class. All in bytes.
struct HeapRules {
  std::uint32_t request_limit = 512;    // larger requests, and those of 0 bytes, go to the system
  std::uint32_t alignment = 16;         // of blocks; also the step from one size class to the next
  std::uint32_t collector_header = 32;  // in front of an object that has one; part of its size
  std::uint32_t pool_header = 48;
  std::uint32_t pool = 4 * 1024;
  std::uint32_t arena = 256 * 1024;
  // How far behind a pool's boundary the system places an arena: if not there, it has room for one pool less.
  std::uint32_t arena_offset = 0;
  // An arena without any block in use stays while it is the last of those with free pools
  // (insert_to_freepool).
  bool keeps_last_arena = false;
};
inline constexpr std::uint32_t kPoolsPerArena = 64;
inline constexpr std::uint32_t kMaxSizeClasses = 64;

// Whether a private heap can be laid out like that: a pool that is full and gets a block back is used, not
// free, and a block's place in its pool is a 16-bit number above 0.
constexpr bool is_sound(const HeapRules& r) {
  auto is_power = [](std::uint32_t n) { return n != 0 && (n & (n - 1)) == 0; };
  if (!is_power(r.alignment) || !is_power(r.pool) || r.arena != kPoolsPerArena * r.pool) return false;
  bool is_aligned = r.pool_header % r.alignment == 0 && r.request_limit % r.alignment == 0;
  bool has_places = r.pool_header > 0 && r.pool / r.alignment <= 0xffff;
  bool has_classes = r.request_limit > 0 && r.request_limit / r.alignment <= kMaxSizeClasses;
  return is_aligned && has_places && has_classes && r.arena_offset < r.pool &&
         r.pool >= r.pool_header + 2 * r.request_limit;
}

// What a version's gc module has, and what it prints.
struct CollectorModule {
  bool callbacks = true;                       // gc.callbacks
  bool callback_takes_argument_tuple = false;  // each call of one takes a tuple of two entries
  bool get_stats = true;                       // gc.get_stats()
  bool get_objects_by_generation = true;       // gc.get_objects(generation)
  bool is_finalized = true;                    // gc.is_finalized()
  bool says_found_nothing = true;  // DEBUG_STATS gives the figures of a collection that found nothing, too
  std::uint32_t debug_objects_flag =
      0;  // DEBUG_COLLECTABLE, DEBUG_UNCOLLECTABLE only name objects with this flag
};

// mark_and_sweep: objects live in slots that are created ahead of time and chained in a list of available
// ones. Allocation takes the first; a sweep builds the list anew. (MRI 1.8, gc.c: add_heap, gc_sweep)
struct SlotRules {
  std::uint32_t initial = 10'000;  // HEAP_MIN_SLOTS
  // Each addition has this many times the slots of the one before.
  std::uint32_t growth_numerator = 9;
  std::uint32_t growth_denominator = 5;
  // Slots are added if a sweep leaves fewer available than the larger of the two.
  std::uint32_t least_available = 4'096;        // FREE_MIN
  std::uint32_t least_available_percent = 20;   // of all slots
  bool collects_on_request_if_disabled = true;  // the program may ask for a collection that is disabled
};

// What a call is made of.
enum class FrameStorage : std::uint8_t {
  objects,    // each call takes a frame object, which holds its locals
  on_demand,  // a frame object is made when a traceback or the program asks for it; a call that ends while it
              // is referred to hands it the locals
};

// How long the interpreter itself keeps an exception that was caught.
enum class HandlerEnd : std::uint8_t {
  with_the_name,  // until the `except` block ends, which deletes the name
  with_the_call,  // until the call that caught it ends or catches another one
};

// genobject.c: gen_close, of a generator that waits outside any `try`.
enum class GeneratorClose : std::uint8_t {
  ends_its_call,    // by an exception; a frame object that lives on takes the locals over
  releases_locals,  // at once, whoever refers to its frame object, which it keeps until it dies
};

struct CallRules {
  FrameStorage frames = FrameStorage::on_demand;
  bool keeps_frame_per_code = false;   // a function's first frame to die is kept for its next call
  bool tracks_running_frames = false;  // else a frame is tracked when its call ends and it lives on
  bool caller_keeps_arguments =
      false;  // until the call is over, the last one longest; else the callee owns them
  GeneratorClose generator_close = GeneratorClose::ends_its_call;
  bool generator_frame_keeps_caller = true;  // on demand, once the generator has ended: its f_back
  HandlerEnd handler_end = HandlerEnd::with_the_name;
  std::uint32_t handler_references = 1;  // of the interpreter's own to an exception that was caught
  bool exception_keeps_traceback =
      true;         // and the exception that was being handled; else the handler keeps it
  TypeRules frame;  // without its locals and stack
  TypeRules traceback;
  std::span<const TypeRules> exceptions;  // by name, the first for all others
};

// What memory management itself adds to an object beside the collector's header
// (HeapRules::collector_header). The count is part of the types' sizes.
struct OverheadRules {
  std::uint32_t count_bytes = 8;  // the reference count (object.h: ob_refcnt)
  std::uint32_t mark_bits = 0;
};

struct Profile {
  std::string_view name;     // "cpython-3.11"
  std::string_view summary;  // one line for people
  std::string_view source;   // where the values were read or measured

  // Generation 0 in objects, 1 and 2 in collections of the next younger one.
  std::array<std::int32_t, kGenerations> threshold;
  TriggerRule trigger;
  CollectionPoint collection_point;
  // A due full collection is skipped while long_lived_pending < long_lived_total / divisor; 0: never
  // skipped.
  std::uint32_t full_collection_divisor;
  std::span<const TeardownStep> teardown;
  bool clears_trash_weakrefs;  // handle_weakrefs also clears weak references that are trash themselves
  bool has_freeze;             // gc.freeze() and gc.unfreeze() exist; if not, the events do nothing
  CollectorModule collector_module;
  std::span<const DyingStep> dying;
  bool finalizes_once;  // an object with a collector header remembers that its finalizer has run
  std::span<const ExitStep> exit;
  ModuleRules modules;
  UntrackRule untrack_tuples;
  UntrackRule untrack_dicts;
  TrashcanRules trashcan;
  // A dying object with at least this many weak references with callbacks takes a tuple of two entries
  // for each (weakrefobject.c: PyObject_ClearWeakRefs).
  std::uint32_t callback_tuple_from;
  bool callback_takes_argument_tuple;  // each call of a callback takes a tuple of one entry
  AttributeStorage attribute_storage;
  InlineAttributes inline_attributes;
  InternedValues interned;
  LeafSizes leaf_sizes;
  DictOrder dict_order;
  bool dict_traverses_keys;  // the collector visits a dict's keys even if all are str
  SetRules sets;
  HashRules hashing;
  CallRules calls;
  std::span<const TypeRules> types;  // built-in types by name
  std::span<const std::string_view>
      free_lists_emptied;  // by a full collection, in this order (clear_freelists)
  TypeRules instance;      // of a class the trace declares
  TypeRules slotted;       // of one declared with slots=; item_size is for each slot
  TypeRules slotless;      // of one declared with empty slots=
  TypeRules opaque;        // any type not listed
  HeapRules heap;
  Reclamation reclamation = Reclamation::counting_and_cycles;
  SlotRules slots = {};
  OverheadRules overhead = {};
};

// All profiles, oldest version first, the readings that are no version last.
std::span<const Profile> catalog();
// The profile of that name, or nullptr.
const Profile* find(std::string_view name);
// The profile used when neither the trace nor the command line names one.
const Profile& default_profile();
// Versions that are known to exist but not simulated yet ("cpython-3.8"): an error message can say so.
std::span<const std::string_view> planned();

// The rules for a type of a trace: that of its exact name if it is built in, else instance or opaque.
const TypeRules& rules_for(const Profile& profile, const trace::TypeDecl& type);

// Bytes of an int, float or str object with that literal value.
std::uint32_t size_of_literal(const Profile& profile, trace::Kind kind, std::string_view text);

}  // namespace gcsim::profile
