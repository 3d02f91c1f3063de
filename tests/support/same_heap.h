// Whether two snapshots show the same heap, down to orders and reference counts.
#pragma once

#include <algorithm>
#include <tuple>

#include "gcsim/engine/snapshot.h"

namespace gcsim::test {

inline bool same_object(const engine::SnapshotObject& a, const engine::SnapshotObject& b) {
  auto fields = [](const engine::SnapshotObject& o) {
    return std::tuple(o.object, o.id, o.type, o.size, o.refcount, o.is_gc, o.tracked, o.frozen, o.immortal,
                      o.generation, o.last_released, o.edge_begin, o.edge_count);
  };
  return fields(a) == fields(b);
}

inline bool same_heap(const engine::Snapshot& a, const engine::Snapshot& b) {
  auto same_name = [](const auto& x, const auto& y) { return x.name == y.name && x.object == y.object; };
  return std::equal(a.objects.begin(), a.objects.end(), b.objects.begin(), b.objects.end(), same_object) &&
         a.edges == b.edges && a.garbage == b.garbage &&
         std::equal(a.names.begin(), a.names.end(), b.names.begin(), b.names.end(), same_name);
}

}  // namespace gcsim::test
