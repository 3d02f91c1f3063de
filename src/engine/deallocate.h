// Death by reference count: subtype_dealloc and its siblings, without recursion.
//
// Deallocations in progress are frames on a vector. Releasing an object's contents pauses when a member's
// count reaches zero; the member's frame goes on top and runs first: the order of CPython's recursion.
// The trashcan keeps CPython's own bound on that nesting, because it changes the order of deaths.
#pragma once

#include "engine.h"

namespace gcsim::engine {

// Takes one reference away, and does all that follows.
template <bool W>
[[gnu::always_inline]] inline void Engine<W>::decref(Index i) {
  if (drop(i) && !die_at_once(i)) die(i);
}

// Takes one reference away; true if that was the last, and its deallocation waits on top of the frames.
template <bool W>
bool Engine<W>::release(Index i) {
  if (!drop(i) || die_at_once(i)) return false;
  frames_.push_back({i, Stage::begin, 0});
  return true;
}

// Takes one reference away and nothing more; true if that was the last.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::drop(Index i) {
  if constexpr (W) {
    released_[i] = std::max(released_[i], clock_);
    ++count_operations_.decrements;
  }
  return --heap_[i].refcount == 0;
}

template <bool W>
[[gnu::noinline]] void Engine<W>::die(Index i) {
  frames_.push_back({i, Stage::begin, 0});
  run(frames_.size() - 1);
}

// The common death, without a frame: whatever the object refers to survives it, and nobody is told. True if
// it is done; else nothing has changed.
template <bool W>
[[gnu::noinline]] bool Engine<W>::die_at_once(Index i) {
  constexpr std::uint32_t kMostWords = 8;
  const Object& o = heap_[i];
  const TypeState& type = heap_.type(o);
  if (!type.has_plain_death || (o.bits & Object::kSpecialDeath) != 0) return die_elsewhere(i);
  if (type.in_trashcan) {
    if (nesting_ >= static_cast<std::int32_t>(type.trashcan_limit) || !heap_.trashcan.empty()) return false;
  }
  const Words w = words_of(o);
  if (w.count > kMostWords) return false;
  const std::uint32_t step = type.words_per_reference;
  for (std::uint32_t k = step - 1; k < w.count; k += step) {
    // All may be to the same object.
    if (w.data[k] != kHole && heap_[w.data[k]].refcount <= w.count) return false;
  }
  if (o.tracked()) heap_.untrack(i);
  [[maybe_unused]] EventIndex clock = clock_;
  if constexpr (W) {
    clock_ = released_[i];
    observer_->on_freed(heap_.ref(i), collecting_, released_[i]);
  }
  forget_id(o, i);
  for (std::uint32_t k = step - 1; k < w.count; k += step) {
    if (w.data[k] != kHole) drop(w.data[k]);
  }
  free_memory(type, i);
  if constexpr (W) clock_ = clock;
  return true;
}

// A collector that marks and sweeps finds the dead itself.
template <bool W>
bool Engine<W>::die_elsewhere(Index i) {
  if (!heap_.marks_and_sweeps()) return false;
  abandon(i);
  return true;
}

template <bool W>
void Engine<W>::run(std::size_t base) {
  [[maybe_unused]] EventIndex clock = clock_;
  while (frames_.size() > base) {
    Frame top = frames_.back();
    switch (top.stage) {
      case Stage::begin: begin_dealloc(top.object); break;
      case Stage::contents: release_contents(); break;
      case Stage::drain:
        // _PyTrash_thread_destroy_chain: itself one level, while deferred objects die one by one.
        if (heap_.trashcan.empty()) {
          --nesting_;
          frames_.pop_back();
        } else {
          frames_.push_back({heap_.trashcan.back(), Stage::begin, 0});
          heap_.trashcan.pop_back();
        }
        break;
    }
  }
  if constexpr (W) clock_ = clock;
}

template <bool W>
void Engine<W>::begin_dealloc(Index i) {
  const TypeState& type = heap_.type(heap_[i]);
  if (heap_[i].tracked()) heap_.untrack(i);
  if (type.in_trashcan) {
    if (nesting_ >= static_cast<std::int32_t>(type.trashcan_limit)) {
      frames_.pop_back();
      heap_.trashcan.push_back(i);
      return;
    }
    ++nesting_;
  }
  if constexpr (W) clock_ = released_[i];
  bool has_run = type.remembers_finalizer && heap_[i].has(Object::kFinalized);
  bool finalizes = type.finalizer != trace::Finalizer::none && !has_run;
  if (!finalizes && !type.closes_first) note_death(i);
  if ((finalizes || heap_[i].has(Object::kHasWeakrefs)) && !run_dying_steps(i, finalizes)) {
    frames_.pop_back();
    leave_trashcan(type);
    return;
  }
  if (type.layout == Layout::weakref) heap_.weakrefs.clear(heap_.objects, i);
  if (type.layout == Layout::instance) {
    if (type.clears_globals) clear_globals(i);
    detach_dict(i);
  }
  if (type.closes_first && !keeps_frame_when_closed()) leave_locals_to_frame(i);
  frames_.back().stage = Stage::contents;
  frames_.back().cursor = type.layout == Layout::sequence ? words_of(heap_[i]).count : 0;
}

// subtype_dealloc, before anything is released. False if the finalizer resurrected the object.
template <bool W>
bool Engine<W>::run_dying_steps(Index i, bool finalizes) {
  for (profile::DyingStep step : heap_.profile.dying) {
    if (step == profile::DyingStep::clear_weakrefs) {
      if (heap_[i].has(Object::kHasWeakrefs)) clear_weakrefs_of(i);
    } else if (finalizes) {
      if (!finalize_dying(i)) return false;
      note_death(i);
    }
  }
  return true;
}

// PyObject_CallFinalizerFromDealloc: the object is alive and tracked again, at the end of generation 0,
// while its finalizer runs. False if that resurrected it.
template <bool W>
bool Engine<W>::finalize_dying(Index i) {
  bool is_gc = heap_.type(heap_[i]).is_gc;
  if (is_gc) heap_.track(i);
  heap_[i].refcount = 1;
  call_finalizer(i);
  if (--heap_[i].refcount > 0) return false;
  if (is_gc) heap_.untrack(i);
  return true;
}

template <bool W>
void Engine<W>::call_finalizer(Index i) {
  bool is_first = !heap_[i].has(Object::kFinalized);
  heap_[i].set(Object::kFinalized);
  if constexpr (W) {
    observer_->on_finalizer(heap_.ref(i));
    if (heap_.type(heap_[i]).finalizer == trace::Finalizer::raises)
      observer_->on_ignored_exception(heap_.ref(i));
  }
  if (!heap_[i].has(Object::kResurrects) || !is_first) return;
  SymbolId name = heap_.resurrect_names[i];
  if (heap_.scope.module_binding(name) != Scope::kUnbound) return;
  incref(i);
  heap_.scope.bind_in_module(name, i);
  resurrected_ = true;
  if constexpr (W) observer_->on_resurrected(heap_.ref(i), name);
}

template <bool W>
void Engine<W>::note_death(Index i) {
  if constexpr (W) observer_->on_freed(heap_.ref(i), collecting_, released_[i]);
  forget_words(i);
}

// From here on no ID names the object.
template <bool W>
void Engine<W>::forget_words(Index i) {
  forget_id(heap_[i], i);
  if ((heap_[i].bits & (Object::kResurrects | Object::kAliased)) != 0) forget_other_words(i);
}

template <bool W>
[[gnu::always_inline]] inline void Engine<W>::forget_id(const Object& o, Index i) {
  // What waited for a sweep may have given its ID up to a new object.
  if (o.id != kNoSymbol && heap_.scope.object(o.id) == i) heap_.scope.set_dead(o.id, event_);
}

template <bool W>
[[gnu::noinline]] void Engine<W>::forget_other_words(Index i) {
  Object& o = heap_[i];
  if (o.has(Object::kResurrects)) heap_.scope.unpin(heap_.resurrect_names[i]);
  if (!o.has(Object::kAliased)) return;
  std::erase_if(heap_.aliases, [this, i](const auto& alias) {
    if (alias.first != i) return false;
    if (heap_.scope.object(alias.second) == i) heap_.scope.set_dead(alias.second, event_);
    return true;
  });
}

template <bool W>
void Engine<W>::call_back(Index weakref) {
  heap_.weakrefs.drop_callback(heap_[weakref]);
  if (!heap_.profile.callback_takes_argument_tuple) {
    show_callback(weakref);
    return;
  }
  Index arguments = create_internal_tuple(1);
  incref(weakref);
  mutable_words_of(heap_[arguments])[0] = weakref;
  --heap_[kNoneIndex].refcount;
  show_callback(weakref);
  decref(arguments);
}

template <bool W>
void Engine<W>::show_callback([[maybe_unused]] Index weakref) {
  if constexpr (W) {
    observer_->on_callback(heap_.ref(weakref));
    if (heap_.weakrefs.raises(heap_[weakref])) observer_->on_ignored_exception(heap_.ref(weakref));
  }
}

// PyObject_ClearWeakRefs: all are cleared before the first callback runs; with several callbacks a tuple
// holds the weak references meanwhile, and taking it may start a collection.
template <bool W>
void Engine<W>::clear_weakrefs_of(Index i) {
  Weakrefs& weakrefs = heap_.weakrefs;
  std::uint32_t w = weakrefs.first(i);
  if (w != Weakrefs::kNone && !weakrefs.has_callback(heap_[w])) weakrefs.clear(heap_.objects, w);
  std::uint32_t n = 0;
  for (w = weakrefs.first(i); w != Weakrefs::kNone; w = weakrefs.next(heap_[w])) ++n;
  if (n == 0) return;
  if (n < heap_.profile.callback_tuple_from) {
    while ((w = weakrefs.first(i)) != Weakrefs::kNone) {
      weakrefs.clear(heap_.objects, w);
      call_back(w);
    }
    return;
  }
  Index tuple = create_internal_tuple(2 * n);
  std::uint32_t at = 0;
  while ((w = weakrefs.first(i)) != Weakrefs::kNone) {
    weakrefs.clear(heap_.objects, w);
    incref(w);
    mutable_words_of(heap_[tuple])[at] = w;
    --heap_[kNoneIndex].refcount;
    at += 2;
  }
  for (std::uint32_t k = 0; k < at; k += 2) call_back(words_of(heap_[tuple]).data[k]);
  decref(tuple);
}

// The next member to release, in the order of the type's deallocator.
template <bool W>
bool Engine<W>::next_content(Index i, std::uint32_t& cursor, Index& child) const {
  const Object& o = heap_[i];
  switch (heap_.type(o).layout) {
    case Layout::leaf:
    case Layout::weakref: return false;
    case Layout::sequence:
      if (cursor == 0) return false;
      child = words_of(o).data[--cursor];
      return true;
    case Layout::row:
    case Layout::bag: {
      Words w = words_of(o);
      if (cursor == w.count) return false;
      child = w.data[cursor++];
      return true;
    }
    case Layout::frame: {
      // frame_dealloc: the locals, then the caller's frame. A generator lets go of its frame object first, or
      // when all else is done.
      Words w = words_of(o);
      bool is_generator = heap_.type(o).closes_first;
      std::uint32_t n = w.count / 2;
      if (is_generator && keeps_frame_when_closed() && n > 0) --n;
      while (cursor < n) {
        std::uint32_t at = is_generator && !keeps_frame_when_closed() ? cursor : (cursor + 1) % (w.count / 2);
        ++cursor;
        child = w.data[2 * at + 1];
        if (child != kHole) return true;
      }
      return false;
    }
    case Layout::instance:
      if (o.has(Object::kMaterialised)) {
        if (cursor++ > 0) return false;
        child = o.words[0];
        return true;
      }
      [[fallthrough]];
    case Layout::dict: {
      Words w = words_of(o);
      while (cursor < w.count && w.data[cursor + 1] == kHole) cursor += 2;
      if (cursor == w.count) return false;
      child = w.data[cursor + 1];
      cursor += 2;
      return true;
    }
    case Layout::set: {
      const auto& slots = heap_.sets[o.words[0]].slots();
      while (cursor < slots.size() && slots[cursor].key >= SetTable::kDummy) ++cursor;
      if (cursor == slots.size()) return false;
      child = slots[cursor++].key;
      return true;
    }
  }
  return false;
}

template <bool W>
void Engine<W>::release_contents() {
  std::size_t at = frames_.size() - 1;
  Index i = frames_[at].object;
  if constexpr (W) clock_ = released_[i];
  std::uint32_t cursor = frames_[at].cursor;
  Index child = kNoneIndex;
  while (next_content(i, cursor, child)) {
    if (release(child)) {
      frames_[at].cursor = cursor;
      return;
    }
  }
  finish_dealloc(i);
}

template <bool W>
void Engine<W>::finish_dealloc(Index i) {
  const TypeState& type = heap_.type(heap_[i]);
  frames_.pop_back();
  if (type.closes_first) {
    if (keeps_frame_when_closed()) release_frame_of(i);
    note_death(i);
  }
  free_memory(type, i);
  leave_trashcan(type);
}

// What is kept of an object beside its words. True if its block waits for its function's next call.
template <bool W>
[[gnu::noinline]] bool Engine<W>::forget_contents(const TypeState& type, Index i) {
  Object& o = heap_[i];
  switch (type.layout) {
    case Layout::set:
      heap_.sets[o.words[0]].clear();
      heap_.free_sets.push_back(o.words[0]);
      return false;
    case Layout::weakref: heap_.weakrefs.release(o); return false;
    case Layout::dict: drop_index(heap_, o); return false;
    case Layout::leaf:
      if (heap_.has_value_to_forget(o)) heap_.forget_value(o);
      return false;
    case Layout::frame: {
      bool is_spare = keep_spare_frame(type, i);
      drop_name_holds(o);
      return is_spare;
    }
    default: return false;
  }
}

// The block goes to its type's free list, or back: only then the young count falls (PyObject_GC_Del).
template <bool W>
[[gnu::always_inline]] inline void Engine<W>::free_memory(const TypeState& type, Index i) {
  Object& o = heap_[i];
  const bool has_length = type.free_list != FreeLists::kNone && type.rules->item_size != 0;
  const std::uint32_t length = has_length ? heap_.length_of(o) : 0;
  bool is_spare = !type.has_plain_contents && forget_contents(type, i);
  drop_words(heap_.pool, o);
  bool kept =
      !is_spare && type.free_list != FreeLists::kNone && heap_.free_lists.keep(type.free_list, length);
  if (!is_spare && !kept && type.is_gc && counts_[kYoungest] > 0) --counts_[kYoungest];
  if constexpr (W) {
    if (i < heap_.owned.size()) heap_.owned[i] = 0;
    if (kept) {
      blocks_.keep(i, type.free_list, length);
    } else if (!is_spare) {
      blocks_.free(i);
    }
  }
  o.bits = 0;
  heap_.free_slots.push_back(i);
}

// _PyTrash_end
template <bool W>
void Engine<W>::leave_trashcan(const TypeState& type) {
  if (!type.in_trashcan) return;
  --nesting_;
  if (heap_.trashcan.empty() || !type.empties_trashcan) return;
  if (nesting_ >= static_cast<std::int32_t>(heap_.profile.trashcan.emptied_below)) return;
  ++nesting_;
  frames_.push_back({kNoneIndex, Stage::drain, 0});
}

}  // namespace gcsim::engine
