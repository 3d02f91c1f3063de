// The cycle collector: one collection from start to end, phase by phase, with CPython's list orders.
// The page "How the collector works" (README.md in this folder) carries an example through it.
#pragma once

#include "engine.h"

namespace gcsim::engine {

// As the program, or its end, asks for it. Answers how many objects were found to be garbage.
template <bool W>
std::int64_t Engine<W>::collect_garbage(Generation generation, const Trigger& trigger) {
  switch (heap_.reclamation) {
    case profile::Reclamation::counting_and_cycles: return collect(generation, trigger);
    case profile::Reclamation::counting_only: return 0;
    case profile::Reclamation::mark_and_sweep: break;
  }
  bool is_forbidden = !enabled_ && !slots_.collects_on_request_if_disabled;
  if (trigger.reason == CollectionReason::explicit_call && is_forbidden) return 0;
  return mark_and_sweep(trigger.reason);
}

// gc_collect_main. Returns what gc.collect() returns: objects collected plus uncollectable ones.
template <bool W>
std::int64_t Engine<W>::collect(Generation generation, const Trigger& trigger) {
  collecting_ = true;
  [[maybe_unused]] EventIndex clock = clock_;
  if constexpr (W)
    observer_->on_collection_start({generation, trigger.reason, trigger.count, trigger.threshold});
  ObjectList& young = heap_.generation(generation);
  ObjectList& old = heap_.generation(std::min(generation + 1, kOldest));
  ObjectList& unreachable = heap_.list(ListId::unreachable);
  CollectionEnd end{.generation = generation};
  if constexpr (W) references_walked_ = 0;

  invoke_callbacks(AnswerKind::callbacks_start, trigger);
  show_generation_sizes(generation);
  reset_counts(generation);
  merge_younger(generation);
  end.visited = young.live();
  Untrackable present = deduce_unreachable(young, unreachable);
  show_phase(Phase::unreachable, unreachable);
  promote(generation, present, end);
  if constexpr (W) date_garbage(unreachable);
  // After this each object of `unreachable` is trash, and no object in a generation refers to it.
  resurrected_ = false;
  for (profile::TeardownStep step : heap_.profile.teardown) {
    switch (step) {
      case profile::TeardownStep::set_aside_uncollectable: set_aside_uncollectable(unreachable); break;
      case profile::TeardownStep::count_garbage: end.collected += unreachable.live(); break;
      case profile::TeardownStep::handle_weakrefs:
        show_debug(unreachable);
        end.collected += handle_weakrefs(unreachable, old);
        break;
      case profile::TeardownStep::finalize_garbage: finalize_garbage(unreachable); break;
      case profile::TeardownStep::keep_all_if_resurrected: keep_all_if_resurrected(unreachable, old); break;
      case profile::TeardownStep::handle_resurrected: handle_resurrected(unreachable, old); break;
      case profile::TeardownStep::delete_garbage: delete_garbage(unreachable, old); break;
      case profile::TeardownStep::keep_uncollectable: end.uncollectable += keep_uncollectable(old); break;
    }
  }
  show_done(end);
  if (generation == kOldest) {
    // Each block given back lowers the count, as any freed object does (PyObject_GC_Del).
    std::uint64_t freed = heap_.free_lists.empty();
    std::int32_t& count = counts_[kYoungest];
    count -= static_cast<std::int32_t>(std::min<std::uint64_t>(freed, static_cast<std::uint64_t>(count)));
    if constexpr (W) blocks_.empty_free_lists();
  }

  GenerationStats& stats = stats_[generation];
  ++stats.collections;
  stats.collected += end.collected;
  stats.uncollectable += end.uncollectable;
  stats.visited += end.visited;
  end.long_lived_pending = long_lived_pending_;
  end.long_lived_total = long_lived_total_;
  invoke_callbacks(AnswerKind::callbacks_stop, trigger);
  if constexpr (W) {
    clock_ = clock;
    end.heap_in_use = blocks_.stats().in_use();
    end.heap_held = blocks_.stats().held();
    end.references = references_walked_;
    observer_->on_collection_end(end);
  }
  collecting_ = false;
  return static_cast<std::int64_t>(end.collected + end.uncollectable);
}

template <bool W>
void Engine<W>::reset_counts(Generation generation) {
  if (generation < kOldest) ++counts_[generation + 1];
  for (Generation g = 0; g <= generation; ++g) counts_[g] = 0;
}

// Generation 0's objects come first, then generation 1's, behind those that were there.
template <bool W>
void Engine<W>::merge_younger(Generation generation) {
  for (Generation g = 0; g < generation; ++g) {
    heap_.generation(generation).take_all(heap_.objects, heap_.generation(g));
  }
  show_phase(Phase::merge_younger, heap_.generation(generation));
}

// After this `young` holds what is reachable from outside it, and `unreachable` the rest, flagged collecting.
template <bool W>
typename Engine<W>::Untrackable Engine<W>::deduce_unreachable(ObjectList& young, ObjectList& unreachable) {
  Untrackable present = update_refs(young);
  show_phase(Phase::update_refs, young);
  subtract_refs(young);
  show_phase(Phase::subtract_refs, young);
  move_unreachable(young, unreachable);
  show_phase(Phase::move_unreachable, young);
  return present;
}

template <bool W>
typename Engine<W>::Untrackable Engine<W>::update_refs(ObjectList& young) {
  Untrackable present;
  IndexArray& items = young.walk();
  std::uint32_t kept = 0;
  look_ahead_objects(heap_, items, [&](Index i) {
    if (i == kHole) return;
    Object& o = heap_[i];
    o.position = kept;
    items[kept++] = i;
    o.gc_refs = o.refcount;
    o.set(Object::kCollecting);
    present.tuples |= raw(o.type) == trace::kTupleType;
    present.dicts |= raw(o.type) == trace::kDictType;
  });
  young.end_walk(kept);
  return present;
}

// After this gc_refs counts the references from outside the list.
template <bool W>
void Engine<W>::subtract_refs(ObjectList& young) {
  look_ahead_references(heap_, young.items(), [this](Index i) {
    heap_.traverse(i, [this](Index child) {
      if constexpr (W) ++references_walked_;
      if (heap_[child].has(Object::kCollecting)) --heap_[child].gc_refs;
    });
  });
}

// Walks `young` once, and what joins its end meanwhile. Left of the cursor every object is reachable and no
// longer collecting, or has moved to `unreachable`; whatever is reached later comes back to the end.
template <bool W>
void Engine<W>::move_unreachable(ObjectList& young, ObjectList& unreachable) {
  IndexArray& items = young.walk();
  std::uint32_t kept = 0;
  LookAhead ahead(heap_, items);
  for (std::size_t cursor = 0; cursor < items.size(); ++cursor) {
    ahead.at(cursor);
    Index i = items[cursor];
    Object& o = heap_[i];
    if (o.gc_refs == 0) {
      unreachable.append_in_place(heap_.objects, i);
      continue;
    }
    o.reset(Object::kCollecting);
    o.position = kept;
    items[kept++] = i;
    heap_.traverse(i, [&](Index c) {
      if constexpr (W) ++references_walked_;
      Object& child = heap_[c];
      if (!child.has(Object::kCollecting)) return;
      if (child.list() == unreachable.id()) {
        unreachable.remove(heap_.objects, c);
        child.set_list(young.id());
        items.push_back(c);
        child.gc_refs = 1;
      } else if (child.gc_refs == 0) {
        child.gc_refs = 1;
      }
    });
  }
  young.end_walk(kept);
  unreachable.squeeze(heap_.objects);
}

template <bool W>
bool Engine<W>::holds_only_untracked(Index i) const {
  if (heap_[i].has(Object::kOutside)) return false;
  bool none = true;
  heap_.for_each_reference(i, [&](Index child) { none = none && !heap_.may_be_tracked(child); });
  return none;
}

// Untracks the list's objects that `keep` does not want, in list order.
template <bool W>
template <class Keep>
std::uint64_t Engine<W>::untrack_if(ObjectList& young, Keep keep) {
  IndexArray& items = young.walk();
  std::uint32_t kept = 0;
  std::uint64_t untracked = 0;
  look_ahead_objects(heap_, items, [&](Index i) {
    if (keep(i)) {
      heap_[i].position = kept;
      items[kept++] = i;
    } else {
      heap_[i].set_list(ListId::none);
      ++untracked;
    }
  });
  young.end_walk(kept);
  return untracked;
}

// _PyTuple_MaybeUntrack. A tuple of tuples waits until those inside have been untracked.
template <bool W>
std::uint64_t Engine<W>::untrack_tuples(ObjectList& young) {
  return untrack_if(
      young, [this](Index i) { return !heap_.type(heap_[i]).is_exact_tuple || !holds_only_untracked(i); });
}

// _PyDict_MaybeUntrack
template <bool W>
std::uint64_t Engine<W>::untrack_dicts(ObjectList& young) {
  return untrack_if(young, [this](Index i) {
    return heap_.type(heap_[i]).kind != trace::Kind::dict || !holds_only_untracked(i);
  });
}

// The survivors move to the next generation, before anything else can happen to the trash.
template <bool W>
void Engine<W>::promote(Generation generation, Untrackable present, CollectionEnd& end) {
  using profile::UntrackRule;
  ObjectList& young = heap_.generation(generation);
  bool is_full = generation == kOldest;
  auto applies = [is_full](UntrackRule rule) {
    return rule == UntrackRule::every_collection || (rule == UntrackRule::full_collections && is_full);
  };
  if (present.tuples && applies(heap_.profile.untrack_tuples)) end.untracked += untrack_tuples(young);
  if (generation == kOldest - 1) long_lived_pending_ += young.live();
  if (present.dicts && applies(heap_.profile.untrack_dicts)) end.untracked += untrack_dicts(young);
  end.survivors = young.live();
  if (is_full) {
    long_lived_pending_ = 0;
    long_lived_total_ = long_lived_base_ + young.live();
  } else {
    heap_.generation(generation + 1).take_all(heap_.objects, young);
  }
}

// The garbage clock: trash became garbage when the last reference on any path to it was released. Objects are
// taken latest first, and each hands its date to all trash it reaches that has none yet.
template <bool W>
void Engine<W>::date_garbage(ObjectList& unreachable) {
  std::vector<Index>& order = scratch_;
  order.assign(unreachable.items().begin(), unreachable.items().end());
  std::stable_sort(order.begin(), order.end(),
                   [this](Index a, Index b) { return released_[a] > released_[b]; });
  for (Index i : order) heap_[i].gc_refs = 0;  // 1: dated
  std::vector<Index> open;
  for (Index first : order) {
    if (heap_[first].gc_refs != 0) continue;
    heap_[first].gc_refs = 1;
    open.assign(1, first);
    while (!open.empty()) {
      Index i = open.back();
      open.pop_back();
      released_[i] = released_[first];
      heap_.traverse(i, [&](Index child) {
        if (heap_[child].list() != unreachable.id() || heap_[child].gc_refs != 0) return;
        heap_[child].gc_refs = 1;
        open.push_back(child);
      });
    }
  }
}

// All weak references to the trash are cleared before the first callback runs; callbacks of weak references
// that are trash themselves never run. Returns how many of the called ones died of it.
template <bool W>
std::uint64_t Engine<W>::handle_weakrefs(ObjectList& unreachable, ObjectList& old) {
  Weakrefs& weakrefs = heap_.weakrefs;
  ObjectList& callbacks = heap_.list(ListId::callbacks);
  for (Index i : unreachable.items()) {
    bool is_weakref = heap_.type(heap_[i]).layout == Layout::weakref;
    if (is_weakref && heap_.profile.clears_trash_weakrefs) weakrefs.clear(heap_.objects, i);
    std::uint32_t w = Weakrefs::kNone;
    while (heap_[i].has(Object::kHasWeakrefs) && (w = weakrefs.first(i)) != Weakrefs::kNone) {
      weakrefs.clear(heap_.objects, w);
      if (!weakrefs.has_callback(heap_[w]) || heap_[w].has(Object::kCollecting)) continue;
      incref(w);
      heap_.untrack(w);
      callbacks.append(heap_.objects, w);
    }
  }
  std::uint64_t freed = 0;
  scratch_.assign(callbacks.items().begin(), callbacks.items().end());
  for (Index w : scratch_) {
    call_back(w);
    bool dies = heap_[w].refcount == 1;
    decref(w);
    if (dies) {
      ++freed;
    } else {
      callbacks.remove(heap_.objects, w);
      old.append(heap_.objects, w);
    }
  }
  show_phase(Phase::handle_weakrefs, unreachable);
  return freed;
}

// Each finalizer runs once in an object's life, in list order. Nothing is cleared yet: finalizers see the
// trash whole.
template <bool W>
void Engine<W>::finalize_garbage(ObjectList& unreachable) {
  for (std::size_t k = 0; k < unreachable.items().size(); ++k) {
    Index i = unreachable.items()[k];
    if (i == kHole || heap_[i].has(Object::kFinalized)) continue;
    const TypeState& type = heap_.type(heap_[i]);
    if (is_closed(type, heap_[i])) {
      close(i);
    } else if (type.finalizer != trace::Finalizer::none) {
      incref(i);
      call_finalizer(i);
      --heap_[i].refcount;  // never the last: the trash refers to it
    }
  }
  unreachable.squeeze(heap_.objects);
  show_phase(Phase::finalize_garbage, unreachable);
}

template <bool W>
bool Engine<W>::is_closed(const TypeState& type, const Object& o) const {
  using profile::Closing;
  if (type.rules->closing != Closing::drops_references_once_started)
    return type.rules->closing == Closing::drops_references;
  return type.layout != Layout::frame || o.has(Object::kStarted);
}

// gen_close: the frame lets go of everything. What dies of that is not counted as collected.
template <bool W>
void Engine<W>::close(Index i) {
  heap_[i].set(Object::kFinalized);
  if constexpr (W) clock_ = released_[i];
  incref(i);
  clear_contents(i);
  decref(i);
}

// move_finalizers, move_finalizer_reachable: objects with a finalizer, and all trash they reach, stay.
template <bool W>
void Engine<W>::set_aside_uncollectable(ObjectList& unreachable) {
  ObjectList& uncollectable = heap_.list(ListId::uncollectable);
  auto set_aside = [&](Index i) {
    unreachable.remove(heap_.objects, i);
    heap_[i].reset(Object::kCollecting);
    uncollectable.append(heap_.objects, i);
  };
  scratch_.assign(unreachable.items().begin(), unreachable.items().end());
  for (Index i : scratch_) {
    if (heap_.type(heap_[i]).finalizer != trace::Finalizer::none) set_aside(i);
  }
  for (std::size_t k = 0; k < uncollectable.items().size(); ++k) {
    heap_.traverse(uncollectable.items()[k], [&](Index child) {
      if (heap_[child].list() == unreachable.id()) set_aside(child);
    });
  }
  unreachable.squeeze(heap_.objects);
}

// handle_garbage: gc.garbage refers to those with a finalizer; all join the old generation. Returns how many
// there are; the deletion of the trash may have freed some.
template <bool W>
std::uint64_t Engine<W>::keep_uncollectable(ObjectList& old) {
  ObjectList& uncollectable = heap_.list(ListId::uncollectable);
  uncollectable.squeeze(heap_.objects);
  for (Index i : uncollectable.items()) {
    if ((debug_ & kDebugUncollectable) != 0) show_debug_object(false, i);
    bool has_finalizer = heap_.type(heap_[i]).finalizer != trace::Finalizer::none;
    if (!has_finalizer && (debug_ & kDebugSaveAll) == 0) continue;
    incref(i);
    heap_.garbage.push_back(i);
  }
  std::uint64_t n = uncollectable.live();
  old.take_all(heap_.objects, uncollectable);
  return n;
}

// check_garbage: if a finalizer made any of the trash reachable, all of it joins the survivors.
template <bool W>
void Engine<W>::keep_all_if_resurrected(ObjectList& unreachable, ObjectList& old) {
  if (!resurrected_) return;
  update_refs(unreachable);
  subtract_refs(unreachable);
  const IndexArray& items = unreachable.items();
  if (std::all_of(items.begin(), items.end(), [this](Index i) { return heap_[i].gc_refs == 0; })) return;
  for (Index i : items) heap_[i].reset(Object::kCollecting);
  old.take_all(heap_.objects, unreachable);
}

// Analyses the trash again if a finalizer made some of it reachable; what is reached joins the survivors.
template <bool W>
void Engine<W>::handle_resurrected(ObjectList& unreachable, ObjectList& old) {
  if (!resurrected_) return;
  ObjectList& still = heap_.list(ListId::still_unreachable);
  deduce_unreachable(unreachable, still);
  old.take_all(heap_.objects, unreachable);
  unreachable.take_all(heap_.objects, still);
  show_phase(Phase::handle_resurrected, unreachable);
}

// Takes the first object, clears it while holding it, lets go; whatever survives its clearing goes to the old
// generation, empty, and dies when a partner is cleared. Tuples, and some more, cannot be cleared.
template <bool W>
void Engine<W>::delete_garbage(ObjectList& unreachable, ObjectList& old) {
  show_phase(Phase::delete_garbage, unreachable);
  for (std::size_t k = 0; k < unreachable.items().size(); ++k) {
    Index i = unreachable.items()[k];
    if (i == kHole) continue;
    if ((debug_ & kDebugSaveAll) != 0) {
      incref(i);
      heap_.garbage.push_back(i);
    } else if (heap_.type(heap_[i]).is_clearable || heap_.explicit_tracking) {
      if constexpr (W) clock_ = released_[i];
      incref(i);
      clear_contents(i);
      decref(i);
    }
    if (k < unreachable.items().size() && unreachable.items()[k] == i) {
      unreachable.remove(heap_.objects, i);
      heap_[i].reset(Object::kCollecting);
      old.append(heap_.objects, i);
    }
  }
}

template <bool W>
void Engine<W>::show_phase(Phase phase, const ObjectList& list) {
  if constexpr (W) {
    if (!shows_phases_) return;
    phase_entries_.clear();
    for (Index i : list.items()) {
      if (i != kHole) phase_entries_.push_back({heap_.ref(i), heap_[i].gc_refs});
    }
    observer_->on_phase(phase, phase_entries_);
  }
}

template <bool W>
void Engine<W>::show_debug(const ObjectList& unreachable) {
  if ((debug_ & kDebugCollectable) == 0) return;
  for (Index i : unreachable.items()) {
    if (i != kHole) show_debug_object(true, i);
  }
}

// debug_cycle
template <bool W>
void Engine<W>::show_debug_object([[maybe_unused]] bool collectable, [[maybe_unused]] Index i) {
  if constexpr (W) {
    std::uint32_t needed = heap_.profile.collector_module.debug_objects_flag;
    if ((debug_ & needed) == needed) observer_->on_debug_object(collectable, heap_.ref(i));
  }
}

}  // namespace gcsim::engine
