// The tally: how many objects and bytes came and went, and how much garbage lay about.
//
// Garbage is what no name can reach but still lies in memory. That an object was garbage is known only
// when it is freed: on_freed says since which event it was unreachable, and it was garbage after that
// event and after each one up to the event before its death. So the garbage of past moments grows later
// on, and its peak seems to need the whole time line. It does not: every addition covers a run of events
// up to now, so one that covers an event covers all later ones too. An event whose level is not above that
// of some later event can never get above it again, and is forgotten. What is kept is the staircase of
// suffix maxima: events with falling levels, of which the first is the peak.
//
// The staircase has at most one step for each event that freed garbage, and never more than the peak has
// objects (bytes); programs whose garbage does not shrink from collection to collection need a handful.
// The areas (object-events, byte-events) are plain sums over the same intervals.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gcsim/engine/notice.h"

namespace gcsim::report {

// The peak of a sum of intervals, each added when it ends.
class PeakOfIntervals {
 public:
  // The events begin .. end - 1 get `amount` more. Amortised O(log steps).
  // REQUIRES: begin < end, and end is not below that of earlier calls.
  void add(EventIndex begin, EventIndex end, std::uint64_t amount);
  std::uint64_t peak() const { return peak_; }
  std::size_t steps() const { return steps_.size(); }

 private:
  // Levels are kept as differences, so that an addition touches two steps instead of all it covers.
  struct Step {
    EventIndex event = 0;
    std::int64_t drop = 0;  // the level here minus that of the next step (of nothing, behind the last)
  };
  std::vector<Step> steps_;  // drops are positive: the levels fall
  std::uint64_t peak_ = 0;   // the sum of all drops
};

struct Totals {
  std::uint64_t allocated = 0;  // objects
  std::uint64_t freed_by_refcount = 0;
  std::uint64_t freed_by_collector = 0;  // inside a collection, what died with its garbage included
  std::uint64_t alive = 0;
  std::uint64_t peak_alive = 0;
  std::uint64_t peak_garbage = 0;
  std::uint64_t garbage_area = 0;  // object-events
  std::uint64_t finalizers = 0;
  std::uint64_t resurrected = 0;
  std::uint64_t callbacks = 0;
  std::uint64_t refused_full_collections = 0;
  Bytes bytes_allocated = 0;  // growth of blocks included
  Bytes bytes_freed = 0;      // shrinking of blocks included
  Bytes bytes_freed_by_collector = 0;
  Bytes bytes_alive = 0;
  Bytes peak_bytes = 0;
  Bytes peak_garbage_bytes = 0;
  std::uint64_t garbage_area_bytes = 0;  // byte-events
};

// One collection, for tables.
struct CollectionRow {
  EventIndex event = 0;
  engine::CollectionStart start;
  engine::CollectionEnd end;
  std::uint64_t alive = 0;  // objects afterwards
  Bytes bytes_alive = 0;
};

class Tally : public engine::Observer {
 public:
  // Rows cost memory in proportion to the number of collections.
  explicit Tally(bool keep_rows) : keep_rows_(keep_rows) {}

  // An object that is still there after the last event, unreachable since then. Call it at the end.
  void add_remaining_garbage(std::uint32_t size, EventIndex unreachable_since);

  const Totals& totals() const { return totals_; }
  const std::vector<CollectionRow>& collections() const { return rows_; }

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_allocated(const engine::ObjectRef& object, bool reused) override;
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) override;
  void on_resized(const engine::ObjectRef& object, std::uint32_t old_size) override;
  void on_memory(std::int64_t delta) override;
  void on_finalizer(const engine::ObjectRef& object) override;
  void on_resurrected(const engine::ObjectRef& object, SymbolId name) override;
  void on_callback(const engine::ObjectRef& weakref) override;
  void on_full_collection_refused(const engine::FullCollectionRefused& refused) override;
  void on_collection_start(const engine::CollectionStart& start) override;
  void on_collection_end(const engine::CollectionEnd& end) override;

 private:
  void add_garbage(std::uint32_t size, EventIndex begin, EventIndex end);
  void grow(Bytes bytes);
  void shrink(Bytes bytes);

  bool keep_rows_;
  EventIndex event_ = 0;
  Totals totals_;
  std::int64_t bytes_now_ = 0;  // below 0 where memory from before the trace is given back
  PeakOfIntervals objects_;
  PeakOfIntervals bytes_;
  engine::CollectionStart start_;
  std::vector<CollectionRow> rows_;
};

}  // namespace gcsim::report
