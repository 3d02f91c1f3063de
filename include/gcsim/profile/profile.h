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

// When a count starts an automatic collection.
enum class TriggerRule : std::uint8_t {
  exceeds,  // count > threshold; the older generations' counts as they stand (gcmodule.c:
            // gc_collect_generations)
  reaches,  // count >= threshold, the collection that is about to run counted in (the textbook reading)
};

// What happens to unreachable objects once the survivors have been promoted. A profile lists its steps in
// order.
enum class TeardownStep : std::uint8_t {
  handle_weakrefs,   // clear all weak references to the trash, then call the callbacks of those that are not
                     // trash
  finalize_garbage,  // run the finalizers, in list order, once per object
  handle_resurrected,  // analyse again; what finalizers made reachable joins the survivors
  delete_garbage,      // clear the rest, first to last
};

// What happens when the interpreter exits, as far as a trace's objects see it. A profile lists its steps in order.
enum class ExitStep : std::uint8_t {
  collect_if_enabled,  // a full collection, unless gc.disable() was called
  release_names,       // the module's names go, in the order in which they were bound
  collect,             // a full collection in any case
};

// Which collections look for containers that no longer need tracking.
enum class UntrackRule : std::uint8_t { never, every_collection, full_collections };

// How sets order their elements: the hash of str, and the growth of the table.
enum class StringHash : std::uint8_t { siphash_1_3 };

// What finalize_garbage does to an unreachable object of a type, apart from a class's `__del__`.
enum class Closing : std::uint8_t {
  none,
  drops_references,  // generators and coroutines are closed: their frame lets go of everything
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
  Closing closing = Closing::none;
};

// The values that exist once and are never freed.
struct InternedValues {
  std::int32_t smallest_int = -5;
  std::int32_t largest_int = 256;
  bool latin1_characters = true;  // str of one character below U+0100, and the empty str
  bool empty_tuple = true;
};

// Where instances keep their attributes until a `__dict__` is asked for.
struct InlineAttributes {
  std::uint32_t shared_keys = 30;  // attribute names a class has room for (SHARED_KEYS_MAX_SIZE)
  std::uint32_t kept_for_late_names =
      1;  // each new instance takes one away while more than this many are left
};

struct Profile {
  std::string_view name;     // "cpython-3.11"
  std::string_view summary;  // one line for people
  std::string_view source;   // where the values were read or measured

  // Generation 0 in objects, 1 and 2 in collections of the next younger one.
  std::array<std::int32_t, kGenerations> threshold;
  TriggerRule trigger;
  // A due full collection is skipped while long_lived_pending < long_lived_total / divisor; 0: never skipped.
  std::uint32_t full_collection_divisor;
  std::span<const TeardownStep> teardown;
  std::span<const ExitStep> exit;
  UntrackRule untrack_tuples;
  UntrackRule untrack_dicts;
  // Deallocations may nest this deep; deeper ones wait in the trashcan (_PyTrash_UNWIND_LEVEL).
  std::uint32_t trashcan_limit;
  // A dying object with at least this many weak references with callbacks takes a tuple of two entries
  // for each (weakrefobject.c: PyObject_ClearWeakRefs).
  std::uint32_t callback_tuple_from;
  InlineAttributes inline_attributes;
  InternedValues interned;
  StringHash string_hash;
  std::span<const TypeRules> types;  // built-in types by name
  TypeRules instance;                // of a class the trace declares
  TypeRules slotted;                 // of one declared with slots=; item_size is for each slot
  TypeRules opaque;                  // any type not listed
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
