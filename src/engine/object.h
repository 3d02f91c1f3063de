// One simulated object: 32 bytes in one array, so that a collection walks memory and not pointers.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/large_pages.h"
#include "gcsim/types.h"

namespace gcsim::engine {

struct EdgeBlock;

// The list an object is in. The first three are the generations.
enum class ListId : std::uint8_t {
  generation0,
  generation1,
  generation2,
  permanent,          // gc.freeze()
  unreachable,        // trash of the collection that is running
  still_unreachable,  // trash that resurrection left trash
  callbacks,          // weak references whose callback is due
  uncollectable,      // unreachable, but a finalizer forbids clearing them
  none = 15,          // untracked
};
inline constexpr std::uint32_t kLists = 8;

// How the references of an object are kept: up to two words inside it, or in a block of their own.
enum class EdgeMode : std::uint8_t { inline0, inline1, inline2, block };

struct Object {
  enum Flag : std::uint16_t {
    kFinalized = 1 << 6,   // its finalizer has run
    kCollecting = 1 << 7,  // belongs to the set the running collection looks at
    kHasWeakrefs = 1 << 8,
    kOutside = 1 << 9,    // holds a container older than the trace: never untracked
    kInterned = 1 << 10,  // exists once, is never freed
    kMaterialised =
        1 << 11,  // instance: has a __dict__ object. dict: shares its class's keys (a split table)
    kInternedString = 1 << 11,  // str: in the table of interned strings
    kRunning = 1 << 11,     // frame: its call goes on, its locals are names; generator: runs, or has called
    kAliased = 1 << 12,     // more IDs than its own name it
    kAlive = 1 << 13,       // the slot is in use
    kResurrects = 1 << 14,  // its finalizer binds a name
    kEmbedded = 1 << 15,    // dict: its values lie in an instance, which visits them
    kStarted = 1 << 15,     // generator: has run
    kValuesGone = 1 << 15,  // instance: was cleared, keeps no attributes in itself any more
    // What makes a death more than the release of some words.
    kSpecialDeath = kHasWeakrefs | kMaterialised | kAliased | kResurrects,
  };

  std::uint32_t refcount;
  std::uint32_t gc_refs;   // only meaningful while a collection looks at it
  std::uint32_t position;  // in its list
  SymbolId id;             // kNoSymbol: the trace gave it no ID
  TypeId type;
  std::uint16_t bits;  // ListId, EdgeMode, flags
  std::uint32_t size;  // bytes
  union {
    std::uint32_t words[2];
    EdgeBlock* block;
  };

  bool has(Flag f) const { return (bits & f) != 0; }
  void set(Flag f) { bits = static_cast<std::uint16_t>(bits | f); }
  void reset(Flag f) { bits = static_cast<std::uint16_t>(bits & ~f); }

  ListId list() const { return static_cast<ListId>(bits & 15); }
  void set_list(ListId l) { bits = static_cast<std::uint16_t>((bits & ~15) | static_cast<int>(l)); }
  bool tracked() const { return list() != ListId::none; }

  EdgeMode edge_mode() const { return static_cast<EdgeMode>((bits >> 4) & 3); }
  void set_edge_mode(EdgeMode m) {
    bits = static_cast<std::uint16_t>((bits & ~0x30) | (static_cast<int>(m) << 4));
  }
};
static_assert(sizeof(Object) == 32);

// Makes a slot an object with one reference, without contents, in no list unless told. Field by field: a
// whole object copied from the stack would wait for the narrower stores that made it.
inline void become_newborn(Object& o, TypeId type, SymbolId id, std::uint32_t size,
                           ListId list = ListId::none, std::uint32_t position = 0) {
  o.refcount = 1;
  o.gc_refs = 0;
  o.position = position;
  o.id = id;
  o.type = type;
  o.bits = static_cast<std::uint16_t>(Object::kAlive | static_cast<int>(list));
  o.size = size;
  o.words[0] = 0;
  o.words[1] = 0;
}

using ObjectArray = std::vector<Object, LargePages<Object>>;

// The object None: always in slot 0, never freed.
inline constexpr std::uint32_t kNoneIndex = 0;
// Marks a hole: a removed entry of a list of objects, a deleted entry of a dict.
inline constexpr std::uint32_t kHole = 0xffffffffu;

}  // namespace gcsim::engine
