#include "engine.h"

namespace gcsim::engine {
namespace {

SnapshotObject describe(const Heap& heap, std::uint32_t i, const std::vector<EventIndex>& released) {
  const Object& o = heap[i];
  SnapshotObject s;
  s.object = ObjectIndex{i};
  s.id = o.id;
  s.type = o.type;
  s.size = heap.ref(i).size;
  s.refcount = o.refcount;
  s.is_gc = heap.type(o).is_gc;
  s.tracked = o.tracked();
  s.frozen = o.list() == ListId::permanent;
  s.immortal = o.has(Object::kInterned);
  s.generation = s.tracked && !s.frozen ? static_cast<Generation>(o.list()) : 0;
  s.last_released = i < released.size() ? released[i] : 0;
  return s;
}

}  // namespace

Snapshot take_snapshot(const Heap& heap, const std::vector<EventIndex>& released) {
  Snapshot snapshot;
  snapshot.garbage_waits_for_sweep = heap.marks_and_sweeps();
  // The module's frame is there as None is, unless the trace gave it an ID.
  std::uint32_t frame = heap.calls.module_frame;
  bool hides_frame = frame != kHole && heap[frame].id == kNoSymbol;
  auto is_hidden = [=](std::uint32_t i) { return i == kNoneIndex || (hides_frame && i == frame); };
  std::vector<std::uint32_t> number(heap.objects.size(), kHole);
  snapshot.objects.reserve(heap.objects.size() - heap.free_slots.size());
  for (std::uint32_t i = 1; i < heap.objects.size(); ++i) {
    if (!heap[i].has(Object::kAlive) || is_hidden(i)) continue;
    number[i] = static_cast<std::uint32_t>(snapshot.objects.size());
    snapshot.objects.push_back(describe(heap, i, released));
  }
  for (SnapshotObject& s : snapshot.objects) {
    s.edge_begin = static_cast<std::uint32_t>(snapshot.edges.size());
    heap.for_each_reference(raw(s.object), [&](std::uint32_t child) {
      if (!is_hidden(child)) snapshot.edges.push_back(number[child]);
    });
    s.edge_count = static_cast<std::uint32_t>(snapshot.edges.size()) - s.edge_begin;
  }
  heap.scope.for_each_binding([&](SymbolId name, std::uint32_t object) {
    if (!is_hidden(object)) snapshot.names.push_back({name, number[object]});
  });
  heap.calls.for_each_reference(1, [&](std::uint32_t object) {
    if (!is_hidden(object)) snapshot.calls.push_back(number[object]);
  });
  for (std::uint32_t i : heap.garbage) snapshot.garbage.push_back(number[i]);
  for (const ModuleTable::Entry& entry : heap.modules.entries)
    snapshot.modules.push_back(number[entry.object]);
  if (heap.modules.main_dict != kHole) snapshot.modules.push_back(number[heap.modules.main_dict]);
  for (std::uint32_t i : heap.held_by_c) {
    if (i != kNoneIndex) snapshot.held_by_c.push_back(number[i]);
  }
  for (std::uint32_t i : heap.constants) snapshot.constants.push_back(number[i]);
  return snapshot;
}

}  // namespace gcsim::engine
