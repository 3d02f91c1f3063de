// Plain graph searches over snapshots.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "gcsim/engine/snapshot.h"
#include "random_events.h"

namespace gcsim::test {

// By index into Snapshot::objects: whether a name reaches the object.
inline std::vector<bool> reachable_from_names(const engine::Snapshot& snapshot) {
  std::vector<bool> found(snapshot.objects.size());
  std::vector<std::uint32_t> open;
  for (const auto& name : snapshot.names) open.push_back(name.object);
  while (!open.empty()) {
    std::uint32_t i = open.back();
    open.pop_back();
    if (found[i]) continue;
    found[i] = true;
    for (std::uint32_t child : snapshot.edges_of(snapshot.objects[i])) open.push_back(child);
  }
  return found;
}

// What random events may use: everything that lives, or only what names reach, as in a real program.
inline Usable usable_in(const engine::Snapshot& snapshot, const std::vector<SymbolId>& ids,
                        bool only_reachable) {
  Usable usable;
  std::vector<bool> reachable = reachable_from_names(snapshot);
  std::set<SymbolId> live;
  for (std::size_t i = 0; i < snapshot.objects.size(); ++i) {
    const engine::SnapshotObject& o = snapshot.objects[i];
    if (o.id == kNoSymbol) continue;
    live.insert(o.id);
    if (reachable[i] || !only_reachable) usable.objects.push_back({o.id, o.type});
  }
  for (const auto& name : snapshot.names) usable.names.push_back(name.name);
  for (SymbolId id : ids) {
    if (!live.contains(id)) usable.free_ids.push_back(id);
  }
  return usable;
}

}  // namespace gcsim::test
