// Mark and sweep, with a list of available slots: the collector of the classic Ruby (MRI 1.8, gc.c).
//
// Nothing dies when its last reference goes. An allocation takes the first available slot; when there is
// none, everything stops: what the names lead to is marked, and all other slots become available again.
//
// The engine goes on counting references here, for one purpose: an object at 0 is one the program can never
// name again, and its ID is free for another. Nothing is freed by that; the collector does not look at
// counts.
#pragma once

#include "engine.h"

namespace gcsim::engine {

// The program has lost the object. What it holds loses a reference each, as if it were gone: so a count is
// that of the references from names and from objects the program has not lost in this way.
template <bool W>
void Engine<W>::abandon(Index i) {
  std::vector<Index>& lost = scratch_;
  lost.assign(1, i);
  while (!lost.empty()) {
    Index next = lost.back();
    lost.pop_back();
    // A weak reference that goes before its object never calls back.
    if (heap_.type(heap_[next]).layout == Layout::weakref) heap_.weakrefs.clear(heap_.objects, next);
    heap_.for_each_reference(next, [&](Index child) {
      if constexpr (W) released_[child] = std::max(released_[child], clock_);
      if (--heap_[child].refcount == 0) lost.push_back(child);
    });
  }
}

// Whether the program can still name the object. Only asked when an ID is used again that was not freed.
template <bool W>
bool Engine<W>::is_reachable(Index i) {
  if (heap_[i].refcount == 0) return false;
  if (heap_[i].has(Object::kInterned)) return heap_[i].refcount > 1;  // one is the interpreter's own
  mark();
  bool reached = heap_[i].has(Object::kCollecting);
  for (Object& o : heap_.objects) {
    if (o.has(Object::kAlive)) o.reset(Object::kCollecting);
  }
  return reached;
}

// gc.c: rb_newobj. After this so many slots are available. Who needs several for one operation asks for all
// at once: what it has made so far is known to nobody yet, and a collection would take it.
template <bool W>
void Engine<W>::find_slots(std::size_t n) {
  if (heap_.free_slots.size() >= n) return;
  if (enabled_ && !collecting_ && !is_raising_) mark_and_sweep(CollectionReason::no_slot);
  while (heap_.free_slots.size() < n) add_slots();
}

// gc.c: add_heap
template <bool W>
void Engine<W>::add_slots() {
  std::uint64_t n = slots_to_add_;
  heap_.add_slots(static_cast<std::uint32_t>(n));
  slots_to_add_ = std::max(n * slots_.growth_numerator / slots_.growth_denominator, n + 1);
  if constexpr (W) {
    if (released_.size() < heap_.objects.size()) released_.resize(heap_.objects.size());
    bool is_first = event_ == 0;
    if (!is_first) observer_->on_slots_added(n, slot_stats().slots);
  }
}

// gc.c: gc_sweep (free_min)
template <bool W>
std::uint64_t Engine<W>::least_available(std::uint64_t slots) const {
  return std::max<std::uint64_t>(slots * slots_.least_available_percent / 100, slots_.least_available);
}

// gc.c: garbage_collect. Returns how many objects were swept.
template <bool W>
std::int64_t Engine<W>::mark_and_sweep(CollectionReason reason) {
  collecting_ = true;
  if constexpr (W) {
    observer_->on_collection_start({.generation = kOldest, .reason = reason});
    references_walked_ = 0;
  }
  ObjectList& dead = heap_.list(ListId::unreachable);
  CollectionEnd end{.generation = kOldest};
  end.visited = end.survivors = mark();
  if constexpr (W) {
    if (shows_phases_) observer_->on_phase(Phase::mark, phase_entries_);
  }
  find_unmarked(dead);
  end.collected = dead.live();
  show_phase(Phase::sweep, dead);
  if constexpr (W) date_garbage(dead);
  sweep(dead);
  chain_slots();
  end.slots = slot_stats().slots;
  if (end.slots - end.visited < least_available(end.slots)) add_slots();
  run_deferred();

  GenerationStats& stats = stats_[kOldest];
  ++stats.collections;
  stats.collected += end.collected;
  stats.visited += end.visited;
  if constexpr (W) {
    end.references = references_walked_;
    observer_->on_collection_end(end);
  }
  collecting_ = false;
  return static_cast<std::int64_t>(end.collected);
}

// After this exactly what the names and the interpreter's own references lead to carries a mark. Returns how
// many slots that fills: interned values have none.
template <bool W>
std::uint64_t Engine<W>::mark() {
  phase_entries_.clear();
  std::uint64_t marked = 0;
  heap_.scope.for_each_binding([&](SymbolId, Index object) { marked += mark_from(object); });
  heap_.for_each_other_root([&](Index i) { marked += mark_from(i); });
  return marked;
}

// Marks the object and what it leads to. Interned values need no mark: they are never freed, and hold
// nothing.
template <bool W>
std::uint64_t Engine<W>::mark_from(Index root) {
  std::uint64_t marked = 0;
  auto reach = [&](Index i) {
    if (heap_[i].has(Object::kCollecting) || heap_[i].has(Object::kInterned)) return;
    heap_[i].set(Object::kCollecting);
    ++marked;
    scratch_.push_back(i);
  };
  scratch_.clear();
  reach(root);
  while (!scratch_.empty()) {
    Index i = scratch_.back();
    scratch_.pop_back();
    if constexpr (W) {
      if (shows_phases_) phase_entries_.push_back({heap_.ref(i), heap_[i].refcount});
    }
    heap_.for_each_reference(i, [&](Index child) {
      if constexpr (W) ++references_walked_;
      reach(child);
    });
  }
  return marked;
}

// Takes the marks away again; what has none is dead, in the order of the slots.
template <bool W>
void Engine<W>::find_unmarked(ObjectList& dead) {
  for (Index i = 1; i < heap_.objects.size(); ++i) {
    Object& o = heap_[i];
    if (!o.has(Object::kAlive) || o.has(Object::kInterned)) continue;
    if (o.has(Object::kCollecting)) {
      o.reset(Object::kCollecting);
    } else {
      dead.append_in_place(heap_.objects, i);
    }
  }
}

// gc.c: gc_sweep. First the dead give up their references; those at 0 have done so already.
template <bool W>
void Engine<W>::sweep(ObjectList& dead) {
  for (Index i : dead.items()) heap_[i].gc_refs = heap_[i].refcount;
  for (Index i : dead.items()) {
    if (heap_[i].gc_refs == 0) continue;
    heap_.for_each_reference(i, [this](Index child) { --heap_[child].refcount; });
  }
  for (Index i : dead.items()) sweep_object(i);
  dead.end_walk(0);
}

template <bool W>
void Engine<W>::sweep_object(Index i) {
  const TypeState& type = heap_.type(heap_[i]);
  if (type.layout == Layout::weakref) heap_.weakrefs.clear(heap_.objects, i);
  if (type.layout == Layout::instance) detach_dict(i);
  while (heap_[i].has(Object::kHasWeakrefs) && heap_.weakrefs.first(i) != Weakrefs::kNone) {
    Index w = heap_.weakrefs.first(i);
    heap_.weakrefs.clear(heap_.objects, w);
    bool is_dead = heap_[w].list() == ListId::unreachable;
    if (heap_.weakrefs.has_callback(heap_[w]) && !is_dead) deferred_.push_back({heap_.ref(w), true, w});
  }
  bool finalizes = type.finalizer != trace::Finalizer::none;
  if (finalizes) deferred_.push_back({heap_.ref(i), false, i});
  if constexpr (W) observer_->on_freed(heap_.ref(i), true, released_[i]);
  Object& o = heap_[i];
  bool has_given_id_up = o.id != kNoSymbol && (!heap_.scope.is_live(o.id) || heap_.scope.object(o.id) != i);
  if (has_given_id_up) o.id = kNoSymbol;
  forget_words(i);
  free_memory(type, i);
  if (finalizes) o.set(Object::kAlive);  // the slot waits for the finalizer
}

// The list of available slots, anew: each goes to the front, in the order of the slots.
template <bool W>
void Engine<W>::chain_slots() {
  heap_.free_slots.clear();
  for (Index i = 1; i < heap_.objects.size(); ++i) {
    if (!heap_[i].has(Object::kAlive)) heap_.free_slots.push_back(i);
  }
}

// gc.c: rb_gc_finalize_deferred, finalize_list: what was swept last goes first. The objects are gone: a
// finalizer is told of its object's end and has nothing it could resurrect.
template <bool W>
void Engine<W>::run_deferred() {
  while (!deferred_.empty()) {
    Deferred d = deferred_.back();
    deferred_.pop_back();
    if (d.is_callback) {
      heap_.weakrefs.drop_callback(heap_[d.slot]);
      show_callback(d.slot);
      continue;
    }
    if constexpr (W) {
      observer_->on_finalizer(d.object);
      bool raises = heap_.types[raw(d.object.type)].finalizer == trace::Finalizer::raises;
      if (raises) observer_->on_ignored_exception(d.object);
    }
    heap_[d.slot].bits = 0;
    heap_.free_slots.push_back(d.slot);
  }
}

}  // namespace gcsim::engine
