// A snapshot: the heap as plain graph data, for questions that the engine need not know.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gcsim/large_pages.h"
#include "gcsim/types.h"

namespace gcsim::engine {

struct SnapshotObject {
  ObjectIndex object = kNoObject;
  SymbolId id = kNoSymbol;
  TypeId type{0};
  std::uint32_t size = 0;      // bytes
  std::uint32_t refcount = 1;  // 0: its deallocation waits in the trashcan
  bool is_gc = false;
  bool tracked = false;
  bool frozen = false;           // in the permanent generation
  bool immortal = false;         // interned value: never freed
  Generation generation = 0;     // if tracked and not frozen
  EventIndex last_released = 0;  // the last event that took a reference to it away; 0 = none (or not watched)
  std::uint32_t edge_begin = 0;  // references it holds: Snapshot::edges, in traverse order
  std::uint32_t edge_count = 0;
  std::uint64_t address = 0;  // as id() says it; 0: not watched
};

struct Snapshot {
  std::vector<SnapshotObject, LargePages<SnapshotObject>>
      objects;                       // all that are alive (None not included), in order of their slots
  std::vector<std::uint32_t> edges;  // indices into objects
  struct Name {
    SymbolId name = kNoSymbol;
    std::uint32_t object = 0;  // index into objects
  };
  std::vector<Name> names;           // bound names, by symbol; behind them what locals of the same name hide
  std::vector<std::uint32_t> calls;  // held by calls in progress: frames, arguments, caught exceptions
  std::vector<std::uint32_t> garbage;    // gc.garbage, in order; indices into objects
  std::vector<std::uint32_t> modules;    // likewise what sys.modules holds: modules, and the dict of __main__
  std::vector<std::uint32_t> held_by_c;  // likewise what C code holds, once for each reference
  std::vector<std::uint32_t> constants;  // of code units, oldest first; indices into objects
  bool garbage_waits_for_sweep = false;  // no object dies by its reference count, which may be 0

  std::span<const std::uint32_t> edges_of(const SnapshotObject& o) const {
    return {edges.data() + o.edge_begin, o.edge_count};
  }
};

}  // namespace gcsim::engine
