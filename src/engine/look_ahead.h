// Asks for memory before it is needed. A heap larger than the processor's cache makes a walk over it wait at
// each object; requests that run ahead of the walk let those waits overlap. They change nothing but time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gcsim/prefetch.h"
#include "gcsim/trace/event.h"
#include "heap.h"

namespace gcsim::engine {

// From so many slots on a heap does not fit the cache next to the processor (objects: 1 MiB).
inline constexpr std::size_t kLookAheadFrom = 32'768;

// What is born together lies together, and where it is used together, too, the processor foresees each access
// by itself: requests would only cost time. So a few samples say whether a walk leads far off.
class Samples {
 public:
  static constexpr std::size_t kOfList = 8, kOfBatch = 16;

  explicit Samples(const Heap& heap) : heap_(heap) {}

  void add(std::uint32_t from, std::uint32_t to) {
    if (std::max(from, to) >= heap_.objects.size()) return;
    ++all_;
    if ((from < to ? to - from : from - to) > kFar) ++far_;
  }
  // An object, and what it refers to first.
  void add_reference(std::uint32_t i) {
    if (i >= heap_.objects.size()) return;
    const Object& o = heap_.objects[i];
    const Words w = words_of(o);
    const std::uint32_t at = heap_.type(o).words_per_reference - 1;
    if (at < w.count) add(i, w.data[at]);
  }
  // An object that is used soon behind the one of the last call.
  void add_next(std::uint32_t i) {
    if (i >= heap_.objects.size()) return;
    add(last_, i);
    last_ = i;
  }
  bool lead_far_off() const { return far_ != 0 && far_ * 8 >= all_; }

 private:
  static constexpr std::uint32_t kFar = 8'192;  // objects: 256 KiB

  const Heap& heap_;
  std::size_t all_ = 0, far_ = 0;
  std::uint32_t last_ = kHole;
};

// Whether it is worth it to look ahead in a walk over these objects and what they refer to. Holes are
// entries, too.
inline bool leads_far_off(const Heap& heap, const IndexArray& items) {
  if (heap.objects.size() < kLookAheadFrom || items.size() < 2 * Samples::kOfList) return false;
  Samples samples(heap);
  const std::size_t step = items.size() / Samples::kOfList;
  for (std::size_t k = 0; k + 1 < items.size(); k += step) {
    samples.add(items[k], items[k + 1]);
    samples.add_reference(items[k]);
  }
  return samples.lead_far_off();
}

// Of an event's words the one that says what it is about: what is deleted, or the subject.
inline SymbolId first_word(const trace::EventBatch& batch, const trace::Event& e) {
  return e.operand_count == 0 ? e.subject : SymbolId{batch.operands[e.operand_begin]};
}

// Likewise, over what the words of these events stand for.
inline bool leads_far_off(const Heap& heap, const trace::EventBatch& batch) {
  const std::vector<trace::Event>& events = batch.events;
  if (heap.objects.size() < kLookAheadFrom || events.size() < 2 * Samples::kOfBatch) return false;
  Samples samples(heap);
  const auto add = [&](SymbolId word) {
    if (word != kNoSymbol) samples.add_next(heap.scope.object_ahead(word));
  };
  const std::size_t step = events.size() / Samples::kOfBatch;
  for (std::size_t k = 0; k < events.size(); k += step) {
    const trace::Event& e = events[k];
    add(first_word(batch, e));
    add(e.value);
  }
  return samples.lead_far_off();
}

// Runs ahead of a walk over the objects of a list, which may grow meanwhile: asks for the objects first, then
// for the blocks that hold their references, then for what those lead to.
class LookAhead {
 public:
  LookAhead(const Heap& heap, const IndexArray& items)
      : heap_(heap), items_(items), is_worth_it_(leads_far_off(heap, items)) {}

  // The walk is at this entry.
  void at(std::size_t cursor) const {
    if (!is_worth_it_) return;
    const std::size_t n = items_.size();
    const Object* const objects = heap_.objects.data();
    if (cursor + kObject < n) prefetch(objects + items_[cursor + kObject]);
    if (cursor + kBlock < n) {
      const Object& o = objects[items_[cursor + kBlock]];
      if (o.edge_mode() == EdgeMode::block) prefetch(o.block);
    }
    if (cursor + kReferences < n) prefetch_references(objects[items_[cursor + kReferences]]);
  }

 private:
  static constexpr std::size_t kObject = 32, kBlock = 20, kReferences = 10;
  static constexpr std::uint32_t kMostReferences = 8;

  // Words that are keys lead nowhere, at no risk: a request for memory that does not exist is ignored.
  void prefetch_references(const Object& o) const {
    Words w = words_of(o);
    for (std::uint32_t k = 0; k < w.count && k < kMostReferences; ++k)
      prefetch(heap_.objects.data() + w.data[k]);
  }

  const Heap& heap_;
  const IndexArray& items_;
  bool is_worth_it_;
};

// Calls visit(object) for each entry, which may be overwritten then. For walks that look at the references.
template <class Visit>
void look_ahead_references(const Heap& heap, const IndexArray& items, Visit visit) {
  LookAhead ahead(heap, items);
  for (std::size_t k = 0; k < items.size(); ++k) {
    ahead.at(k);
    visit(items[k]);
  }
}

// Likewise, for walks that look at the objects alone. Holes are entries, too.
template <class Visit>
void look_ahead_objects(const Heap& heap, const IndexArray& items, Visit visit) {
  constexpr std::size_t kAhead = 24;
  const std::size_t n = items.size();
  const std::size_t asked = heap.objects.size() < kLookAheadFrom ? 0 : n;
  for (std::size_t k = 0; k < n; ++k) {
    if (k + kAhead < asked) prefetch(heap.objects.data() + items[k + kAhead]);
    visit(items[k]);
  }
}

// Runs ahead of event k: asks for what the words of events to come stand for, then for those objects, then
// for what they refer to. Without branches where it can be: what an event is, nobody can foretell.
[[gnu::always_inline]] inline void look_ahead(const Heap& heap, const trace::EventBatch& batch,
                                              std::size_t k) {
  constexpr std::size_t kWords = 24, kObjects = 16, kReferences = 8;
  if (k + kWords >= batch.events.size()) return;
  const trace::Event* const events = batch.events.data() + k;
  const Object* const objects = heap.objects.data();
  const std::size_t n = heap.objects.size();
  const auto object = [&](SymbolId word) {
    const std::uint32_t i = heap.scope.object_ahead(word);
    return objects + (i < n ? i : kNoneIndex);
  };
  prefetch(heap.scope.entry_ahead(first_word(batch, events[kWords])));
  prefetch(heap.scope.entry_ahead(events[kWords].value));
  prefetch(object(first_word(batch, events[kObjects])));
  prefetch(object(events[kObjects].value));
  const Object& o = *object(first_word(batch, events[kReferences]));
  // It may die, and leave its list.
  if (o.tracked()) prefetch(heap.list(o.list()).items().data() + o.position);
  const bool has_block = o.edge_mode() == EdgeMode::block;
  const void* const first = objects + (o.words[0] < n ? o.words[0] : kNoneIndex);
  prefetch(has_block ? o.block : first);
  prefetch(objects + (o.words[1] < n ? o.words[1] : kNoneIndex));
}

}  // namespace gcsim::engine
