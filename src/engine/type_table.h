// The types of a trace as the engine uses them: a profile's rules, looked up once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "free_lists.h"
#include "gcsim/profile/profile.h"
#include "gcsim/trace/types.h"
#include "object.h"

namespace gcsim::engine {

// How the references of an object of a type are laid out, and so in which order they are visited.
enum class Layout : std::uint8_t {
  leaf,      // none; the words hold the value's literal
  sequence,  // list, tuple: visited last to first
  bag,       // unknown types, and all containers of a recording: first to last
  dict,      // pairs of key and value, in entry order
  instance,  // pairs of attribute number and value, by number; or one word, its __dict__
  set,       // in a SetTable
  weakref,   // no counted references
  row,       // traceback, exception: first to last, fixed
  frame,     // frame, generator: pairs; first the function and the caller's frame (generator: its own frame),
             // then each local's name and value
};

// What an allocation has to ask for before it takes memory.
enum class Allocation : std::uint8_t {
  uncounted,
  counted,  // by generation 0's count
  slot,     // an available slot
};

struct TypeState {
  const profile::TypeRules* rules = nullptr;
  trace::Kind kind = trace::Kind::opaque;
  Layout layout = Layout::leaf;
  trace::Finalizer finalizer = trace::Finalizer::none;
  bool is_gc = false;  // the collector has generations, and this type a header for them
  Allocation allocation = Allocation::uncounted;
  bool in_trashcan = false;
  bool is_exact_tuple = false;
  bool is_clearable = true;            // delete_garbage can make it let go of its references
  bool clears_globals = false;         // a module whose death sets them to None
  bool has_dict = false;               // instances without slots: `__dict__` can be asked for
  bool has_inline_attributes = false;  // its instances keep their values inside, by the class's keys
  bool remembers_finalizer = false;    // an instance's finalizer runs once
  bool empties_trashcan = true;        // when its deallocation ends
  bool closes_first = false;           // lets go of everything before it counts as dead
  bool is_tracked_at_birth = false;    // dicts wait until they hold something worth tracking
  bool may_exist_once = false;         // some values of it do
  bool is_empty_at_birth = false;      // unless the event says more: no elements, no value, one size for all
  bool has_plain_birth = false;        // no value, no names to share, no name to come back under
  bool has_quick_birth = false;        // unless the event says more, and there is room for everything
  bool has_quick_death = false;        // likewise
  bool has_plain_death = false;     // no finalizer, nobody to tell; unless the object's flags say otherwise
  bool has_plain_contents = false;  // nothing but words
  bool grows_by_words = false;      // each is a reference; a new one comes last
  std::uint8_t words_per_reference = 1;       // pairs: the reference comes second
  std::uint32_t trashcan_limit = 0x7fffffff;  // it waits at this depth
  std::uint32_t free_list = FreeLists::kNone;
  FreeLists::List* only_list = nullptr;  // FreeLists::only_list
  std::uint32_t keys_left = 0;           // names that can still join the shared keys
  // Each birth leaves room for one less, down to this.
  std::uint32_t keys_kept = 0xffffffff;
  std::vector<KeyId> keys;  // the shared keys, or the slots sorted by name
};
static_assert(sizeof(TypeState) == 80, "an index times 80 is cheap");

// An attribute's number among its class's keys, or kHole.
inline std::uint32_t key_number(const TypeState& type, KeyId key) {
  const auto n = static_cast<std::uint32_t>(type.keys.size());
  for (std::uint32_t i = 0; i < n; ++i) {
    if (type.keys[i] == key) return i;
  }
  return kHole;
}
// The same, adding the name to the shared keys if there is room (insert_into_dictkeys).
std::uint32_t claim_new_key_number(TypeState& type, KeyId key);
inline std::uint32_t claim_key_number(TypeState& type, KeyId key) {
  const std::uint32_t number = key_number(type, key);
  return number != kHole ? number : claim_new_key_number(type, key);
}

TypeState make_type(const trace::TypeDecl& declared, const profile::Profile& profile, bool explicit_tracking,
                    FreeLists& free_lists, profile::Reclamation reclamation);

}  // namespace gcsim::engine
