// Leaks: why each object that is still alive is alive, and which cycle holds what no name can reach.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/engine/snapshot.h"

namespace gcsim::inspect {

enum class Reason : std::uint8_t {
  uncollected_cycle,     // no name reaches it; it waits for a collection of its generation
  frozen,                // likewise, but gc.freeze() put it, or what holds it, where no collection looks
  deferred,              // its deallocation waits in the trashcan, or that of what holds it
  held_by_garbage_list,  // only gc.garbage holds it
  held_by_name,          // a name is bound to it
  held_by_container,     // reachable from a name, a module or what C code holds
  held_by_call,          // a call that has not returned, or a handler, keeps it
  immortal,              // an interned value: never freed
  held_by_modules,       // sys.modules holds it
  held_by_c,             // C code took a reference and never gave it back
  held_by_code,          // only a code unit, whose constant it is
  unswept,               // no name reaches it; it waits for mark and sweep
};

struct Leak {
  std::uint32_t object = 0;  // index into Snapshot::objects
  Reason reason = Reason::held_by_name;
  std::uint32_t cycle = 0;           // the cycle it is in or hangs on, from 1; 0: none
  EventIndex unreachable_since = 0;  // the event that cut it off from all names; 0: it is reachable
};

// A strongly connected set of objects that no name reaches.
struct Cycle {
  std::vector<std::uint32_t> members;  // indices into Snapshot::objects, ascending
  std::vector<std::uint32_t>
      path;  // a shortest way round through the first member, which stands only at the front
};

struct Leaks {
  std::vector<Leak> objects;  // one for each object of the snapshot, in its order
  std::vector<Cycle> cycles;
};

// O(objects log objects + references).
Leaks find_leaks(const engine::Snapshot& snapshot);

}  // namespace gcsim::inspect
