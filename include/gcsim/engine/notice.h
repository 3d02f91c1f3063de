// Notices: what the engine tells the outside while it applies events. Reports are observers.
//
// Within one event notices come in the order in which things happen in CPython. An engine without an
// observer is compiled without these calls.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "gcsim/engine/fault.h"
#include "gcsim/trace/event.h"
#include "gcsim/types.h"

namespace gcsim::engine {

using Counts = std::array<std::int32_t, kGenerations>;

// An object as notices name it. Where only CPython has an object (`object` is kNoObject), the type says
// which: a declared class, the class itself; weakref, its callback; str, the key of a dict.
struct ObjectRef {
  ObjectIndex object = kNoObject;  // its slot while it lives
  SymbolId id =
      kNoSymbol;  // kNoSymbol: an object the trace gave no ID (an instance's dict, a callback tuple)
  TypeId type{0};
  std::uint32_t size = 0;  // bytes
};

enum class CollectionReason : std::uint8_t {
  threshold,
  explicit_call,
  exit,
  no_slot,  // mark and sweep: no slot was available
};

struct CollectionStart {
  Generation generation = 0;
  CollectionReason reason = CollectionReason::explicit_call;
  // With reason threshold: the count of `generation` and what it exceeded (or reached), before the reset.
  std::int32_t count = 0;
  std::int32_t threshold = 0;
};

// A full collection was due but long-lived objects had not grown enough; a younger one runs instead, or none.
struct FullCollectionRefused {
  std::uint64_t long_lived_pending = 0;
  std::uint64_t long_lived_total = 0;
};

struct CollectionEnd {
  Generation generation = 0;
  std::uint64_t visited = 0;    // objects the collection walked: its generation and all younger ones
  std::uint64_t survivors = 0;  // of those, still tracked and reachable
  std::uint64_t untracked = 0;  // found not to need tracking
  std::uint64_t collected = 0;
  std::uint64_t uncollectable = 0;
  std::uint64_t long_lived_pending = 0;
  std::uint64_t long_lived_total = 0;
  std::uint64_t heap_in_use = 0;  // bytes of blocks, at its end
  std::uint64_t heap_held = 0;    // bytes of arenas and of blocks too large for them
  std::uint64_t references = 0;   // walked; each once for each walk over its holder
  // Mark and sweep: all slots there are, each looked at by the sweep. 0 for the other collectors.
  // There `generation` is the oldest, and `visited` and `survivors` are the objects marked.
  std::uint64_t slots = 0;
};

// The phases of a collection in order, named as in gcmodule.c.
enum class Phase : std::uint8_t {
  merge_younger,     // the list that will be walked
  update_refs,       // gc_refs = reference count
  subtract_refs,     // minus the references from inside: above 0 means held from outside
  move_unreachable,  // the survivors, in their new order
  unreachable,       // the trash
  handle_weakrefs,
  finalize_garbage,
  handle_resurrected,  // the trash that stays trash
  delete_garbage,
  // Mark and sweep has two of its own.
  mark,   // what the names lead to, in the order of marking
  sweep,  // all others, in the order of their slots
};

// gc.set_debug(DEBUG_STATS), as a collection begins and ends.
struct DebugCollecting {
  Generation generation = 0;
  std::array<std::uint64_t, kGenerations> objects{};  // in each generation
  std::uint64_t frozen = 0;
  bool shows_frozen = true;  // the version tells of the permanent generation
};
struct DebugDone {
  std::uint64_t unreachable = 0;
  std::uint64_t uncollectable = 0;
  bool shows_figures = true;  // some versions leave them out when there are none
};

struct PhaseEntry {
  ObjectRef object;
  std::uint32_t gc_refs = 0;  // meaningful after update_refs and subtract_refs
};

// A question the trace asks, whose answer is a plain value.
enum class AnswerKind : std::uint8_t {
  is,      // numbers: 1 if both operands are one object
  module,  // of an import. numbers: 0 the module is executed now, 1 it was there, 2 it was there and is being
           // executed
  import_error,  // a name that is to be imported is not there. names: it, the module; numbers: 1 if
                 // CPython's message puts the name into quotes; names the module; says it is not initialised
  // What functions of the gc module return
  is_enabled,    // numbers: 1 or 0
  thresholds,    // numbers: three
  stats,         // numbers: collections, collected, uncollectable of generation 0, of 1, of 2
  get_objects,   // objects
  referrers,     // objects
  referents,     // objects; see ObjectRef for those that the trace has no object for
  is_tracked,    // numbers: 1 or 0
  is_finalized,  // numbers: 1 or 0
  freeze_count,  // numbers: one
  garbage,       // objects: gc.garbage
  // names: those of gc.callbacks that were called, as a collection began or ended
  callbacks_start,
  callbacks_stop,
  id,           // numbers: one
  getrefcount,  // numbers: one; none: only the interpreter knows
};

struct Answer {
  AnswerKind kind;
  std::span<const std::int64_t> numbers;
  std::span<const ObjectRef> objects;
  std::span<const SymbolId> names;
};

class Observer {
 public:
  virtual ~Observer() = default;

  virtual void on_event(EventIndex, const trace::Event&) {}
  // After the event, refused or not.
  virtual void on_event_end(EventIndex, const Counts&) {}
  virtual void on_refused(const HeapFault&) {}

  // `reused`: the block came from a free list, so it moved no count.
  virtual void on_allocated(const ObjectRef&, bool /*reused*/) {}
  // The allocation returned an existing object: `id` now also names it.
  virtual void on_same(SymbolId /*id*/, const ObjectRef& /*existing*/) {}
  // The object's deallocator begins: after its finalizer, before what dies with it. `collecting`: inside a
  // collection. `unreachable_since`: the event that cut it off from all names (this one, unless it was
  // garbage).
  virtual void on_freed(const ObjectRef&, bool /*collecting*/, EventIndex /*unreachable_since*/) {}
  virtual void on_resized(const ObjectRef&, std::uint32_t /*old_size*/) {}
  // Recordings: memory without GC header grew by so many bytes. What an object owns of it is in its size.
  virtual void on_memory(std::int64_t /*delta*/) {}
  virtual void on_finalizer(const ObjectRef&) {}
  // A finalizer made the object reachable again, bound to `name`.
  virtual void on_resurrected(const ObjectRef&, SymbolId /*name*/) {}
  virtual void on_callback(const ObjectRef& /*weakref*/) {}

  // Asked when the engine is made. False: nobody will ask where objects lie. Then the engine keeps no private
  // heap: addresses are 0, and there are no figures of it.
  virtual bool wants_heap() const { return true; }

  virtual void on_full_collection_refused(const FullCollectionRefused&) {}
  virtual void on_collection_start(const CollectionStart&) {}
  virtual void on_collection_end(const CollectionEnd&) {}
  // Mark and sweep: slots were added to the list of available ones.
  virtual void on_slots_added(std::uint64_t /*added*/, std::uint64_t /*slots in all*/) {}
  // Only called if wants_phases() says so when the engine is made.
  virtual bool wants_phases() const { return false; }
  virtual void on_phase(Phase, std::span<const PhaseEntry>) {}
  // gc.set_debug: the object was found collectable / uncollectable (DEBUG_COLLECTABLE, DEBUG_UNCOLLECTABLE).
  virtual void on_debug_object(bool /*collectable*/, const ObjectRef&) {}
  virtual void on_debug_collecting(const DebugCollecting&) {}
  virtual void on_debug_done(const DebugDone&) {}
  // An exception raised by the object's `__del__`, or by the callback of the weak reference, was printed and
  // ignored.
  virtual void on_ignored_exception(const ObjectRef&) {}

  // Answers to questions the trace asks.
  virtual void on_return(std::int64_t /*collected plus uncollectable*/) {}  // gc.collect()
  virtual void on_count(const Counts&) {}                                   // gc.get_count()
  virtual void on_answer(const Answer&) {}
  virtual void on_refcount(const ObjectRef&, std::uint32_t /*refcount*/, bool /*tracked*/) {}
  // The lists in order, then the two long-lived figures. Objects without ID have id == kNoSymbol.
  virtual void on_generations(std::span<const ObjectRef> /*0*/, std::span<const ObjectRef> /*1*/,
                              std::span<const ObjectRef> /*2*/, std::uint64_t /*long_lived_total*/,
                              std::uint64_t /*long_lived_pending*/) {}
};

}  // namespace gcsim::engine
