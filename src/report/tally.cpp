#include "gcsim/report/tally.h"

#include <algorithm>

namespace gcsim::report {

void PeakOfIntervals::add(EventIndex begin, EventIndex end, std::uint64_t amount) {
  if (amount == 0) return;
  const auto rise = static_cast<std::int64_t>(amount);
  if (steps_.empty() || steps_.back().event < end - 1) {
    steps_.push_back({end - 1, rise});
  } else {
    steps_.back().drop += rise;
  }
  const auto starts_before = [](const Step& step, EventIndex event) { return step.event < event; };
  auto covered = std::lower_bound(steps_.begin(), steps_.end(), begin, starts_before);

  // All covered steps rise; the drop onto the first of them shrinks. Steps it does not tower over any
  // more are dominated, and what is missing there goes to the one before them.
  const auto first_covered = covered;
  std::int64_t shortfall = rise;
  while (covered != steps_.begin() && shortfall > 0) {
    Step& before = *std::prev(covered);
    if (before.drop > shortfall) {
      before.drop -= shortfall;
      shortfall = 0;
    } else {
      shortfall -= before.drop;
      --covered;
    }
  }
  peak_ += static_cast<std::uint64_t>(shortfall);
  steps_.erase(covered, first_covered);
}

void Tally::add_garbage(std::uint32_t size, EventIndex begin, EventIndex end) {
  if (begin >= end) return;
  objects_.add(begin, end, 1);
  bytes_.add(begin, end, size);
  totals_.peak_garbage = objects_.peak();
  totals_.peak_garbage_bytes = bytes_.peak();
  totals_.garbage_area += end - begin;
  totals_.garbage_area_bytes += (end - begin) * size;
}

void Tally::add_remaining_garbage(std::uint32_t size, EventIndex unreachable_since) {
  add_garbage(size, unreachable_since, event_ + 1);
}

void Tally::on_event(EventIndex index, const trace::Event&) {
  event_ = index;
}

void Tally::grow(Bytes bytes) {
  totals_.bytes_allocated += bytes;
  bytes_now_ += static_cast<std::int64_t>(bytes);
  totals_.bytes_alive = static_cast<Bytes>(std::max<std::int64_t>(bytes_now_, 0));
  totals_.peak_bytes = std::max(totals_.peak_bytes, totals_.bytes_alive);
}

void Tally::shrink(Bytes bytes) {
  totals_.bytes_freed += bytes;
  bytes_now_ -= static_cast<std::int64_t>(bytes);
  totals_.bytes_alive = static_cast<Bytes>(std::max<std::int64_t>(bytes_now_, 0));
}

void Tally::on_allocated(const engine::ObjectRef& object, bool) {
  ++totals_.allocated;
  ++totals_.alive;
  totals_.peak_alive = std::max(totals_.peak_alive, totals_.alive);
  grow(object.size);
}

void Tally::on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) {
  ++(collecting ? totals_.freed_by_collector : totals_.freed_by_refcount);
  --totals_.alive;
  shrink(object.size);
  if (collecting) totals_.bytes_freed_by_collector += object.size;
  add_garbage(object.size, unreachable_since, event_);
}

void Tally::on_resized(const engine::ObjectRef& object, std::uint32_t old_size) {
  if (object.size >= old_size) {
    grow(object.size - old_size);
  } else {
    shrink(old_size - object.size);
  }
}

void Tally::on_memory(std::int64_t delta) {
  if (delta >= 0) {
    grow(static_cast<Bytes>(delta));
  } else {
    shrink(static_cast<Bytes>(-delta));
  }
}

void Tally::on_finalizer(const engine::ObjectRef&) {
  ++totals_.finalizers;
}

void Tally::on_resurrected(const engine::ObjectRef&, SymbolId) {
  ++totals_.resurrected;
}

void Tally::on_callback(const engine::ObjectRef&) {
  ++totals_.callbacks;
}

void Tally::on_full_collection_refused(const engine::FullCollectionRefused&) {
  ++totals_.refused_full_collections;
}

void Tally::on_collection_start(const engine::CollectionStart& start) {
  start_ = start;
}

void Tally::on_collection_end(const engine::CollectionEnd& end) {
  if (keep_rows_) rows_.push_back({event_, start_, end, totals_.alive, totals_.bytes_alive});
}

}  // namespace gcsim::report
