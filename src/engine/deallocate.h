// Death by reference count: subtype_dealloc and its siblings, without recursion.
//
// Deallocations that wait for others are frames on a vector. Releasing an object's contents pauses when a
// member's count reaches zero, and goes on when that is gone: the order of CPython's recursion.
// The trashcan keeps CPython's own bound on that nesting, because it changes the order of deaths.
#pragma once

#include "engine.h"

namespace gcsim::engine {

// Takes one reference away, and does all that follows.
template <bool W>
[[gnu::always_inline]] inline void Engine<W>::decref(Index i) {
  if (drop(i) && !die_at_once(i)) die(i);
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

// The deallocation of an object without references, and all those it leads to.
template <bool W>
[[gnu::noinline]] void Engine<W>::die(Index i) {
  [[maybe_unused]] const EventIndex clock = clock_;
  const std::size_t base = frames_.size();
  std::uint32_t cursor = 0;
  bool is_open = begin_dealloc(i, cursor);
  for (;;) {
    Index child = kNoneIndex;
    if (is_open && release_contents(i, cursor, child)) {
      frames_.push_back({i, cursor});
      i = child;
      is_open = begin_dealloc(i, cursor);
      continue;
    }
    if (is_open) finish_dealloc(i);
    if (frames_.size() == base) break;
    is_open = resume_dealloc(i, cursor);
  }
  if constexpr (W) clock_ = clock;
}

// The common death, without a frame: whatever the object refers to survives it, and nobody is told. True if
// it is done; else nothing has changed.
template <bool W>
[[gnu::noinline]] bool Engine<W>::die_at_once(Index i) {
  constexpr std::uint32_t kMostWords = 8;
  constexpr std::uint16_t kMay = Object::kHasWeakrefs | Object::kAliased;
  const Object& o = heap_[i];
  const TypeState& type = heap_.type(o);
  const auto special = static_cast<std::uint16_t>(o.bits & Object::kSpecialDeath);
  if (!type.has_plain_death || (special & ~kMay) != 0) return die_elsewhere(i);
  if (type.in_trashcan) {
    if (nesting_ >= static_cast<std::int32_t>(type.trashcan_limit) || !heap_.trashcan.empty()) return false;
  }
  const Words w = words_of(o);
  if (w.count > kMostWords) return false;
  const std::uint32_t step = type.words_per_reference;
  const std::uint32_t references = w.count >> (step - 1);
  for (std::uint32_t k = step - 1; k < w.count; k += step) {
    // All may be to the same object.
    if (w.data[k] != kHole && heap_[w.data[k]].refcount <= references) return false;
  }
  if (o.has(Object::kHasWeakrefs) && !clear_weakrefs_quietly(i)) return false;
  if (o.tracked()) heap_.untrack(i);
  [[maybe_unused]] EventIndex clock = clock_;
  if constexpr (W) {
    clock_ = released_[i];
    observer_->on_freed(heap_.ref(i), collecting_, released_[i]);
  }
  forget_id(o, i);
  if (o.has(Object::kAliased)) forget_other_words(i);
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

// Goes on with what waits on top of the frames. False if that has nothing left to release.
template <bool W>
bool Engine<W>::resume_dealloc(Index& i, std::uint32_t& cursor) {
  const Frame top = frames_.back();
  if (top.object != kTrashcan) {
    frames_.pop_back();
    i = top.object;
    cursor = top.cursor;
    return true;
  }
  // _PyTrash_thread_destroy_chain: itself one level, while deferred objects die one by one.
  if (heap_.trashcan.empty()) {
    --nesting_;
    frames_.pop_back();
    return false;
  }
  i = heap_.trashcan.back();
  heap_.trashcan.pop_back();
  return begin_dealloc(i, cursor);
}

// All that comes before the release of the contents; the cursor is before the first of them. False if it goes
// no further: the object waits in the trashcan, or was resurrected.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::begin_dealloc(Index i, std::uint32_t& cursor) {
  Object& o = heap_[i];
  const TypeState& type = heap_.type(o);
  if (o.tracked()) heap_.untrack(i);
  if (type.in_trashcan) {
    if (nesting_ >= static_cast<std::int32_t>(type.trashcan_limit)) {
      heap_.trashcan.push_back(i);
      return false;
    }
    ++nesting_;
  }
  if constexpr (W) clock_ = released_[i];
  if (type.has_plain_death && (o.bits & Object::kSpecialDeath) == 0) [[likely]] {
    if constexpr (W) observer_->on_freed(heap_.ref(i), collecting_, released_[i]);
    forget_id(o, i);
  } else if (!begin_special_dealloc(type, i)) {
    return false;
  }
  cursor = type.layout == Layout::sequence ? words_of(heap_[i]).count : 0;
  return true;
}

// Where somebody is told, or more goes than words. False if the object's finalizer resurrected it.
template <bool W>
[[gnu::noinline]] bool Engine<W>::begin_special_dealloc(const TypeState& type, Index i) {
  bool has_run = type.remembers_finalizer && heap_[i].has(Object::kFinalized);
  bool finalizes = type.finalizer != trace::Finalizer::none && !has_run;
  if (!finalizes && !type.closes_first) note_death(i);
  if ((finalizes || heap_[i].has(Object::kHasWeakrefs)) && !run_dying_steps(i, finalizes)) {
    leave_trashcan(type);
    return false;
  }
  if (type.layout == Layout::instance) {
    if (type.clears_globals) clear_globals(i);
    detach_dict(i);
  }
  if (type.closes_first && !keeps_frame_when_closed()) leave_locals_to_frame(i);
  return true;
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
  if (!heap_.profile.callback_takes_argument_tuple || pass_tuples(1, 1)) {
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

// Tuples of the interpreter's own that hold what others hold, too, and go while nobody looks: from a free
// list, and back to it. False if one would do more than that.
template <bool W>
bool Engine<W>::pass_tuples(std::uint32_t length, std::uint32_t n) {
  FreeLists::List* list = W ? nullptr : list_of_passing_tuples(length);
  return list != nullptr && list->pass(n);
}

template <bool W>
FreeLists::List* Engine<W>::list_of_passing_tuples(std::uint32_t length) {
  const TypeState& type = heap_.types[trace::kTupleType];
  const bool may_wait = !heap_.trashcan.empty() || nesting_ >= static_cast<std::int32_t>(type.trashcan_limit);
  return may_wait ? nullptr : heap_.free_lists.find(type.free_list, length);
}

// The tuple of n weak references that are to be called, and those they are called with.
template <bool W>
bool Engine<W>::pass_callback_tuples(std::uint32_t n) {
  if constexpr (W) return false;
  const bool takes_arguments = heap_.profile.callback_takes_argument_tuple;
  FreeLists::List* const arguments = takes_arguments ? list_of_passing_tuples(1) : nullptr;
  if (takes_arguments && (arguments == nullptr || !arguments->can_take())) return false;
  if (n >= heap_.profile.callback_tuple_from && !pass_tuples(2 * n, 1)) return false;
  if (takes_arguments) arguments->pass(n);
  return true;
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
  if (clear_weakrefs_quietly(i)) return;
  Weakrefs& weakrefs = heap_.weakrefs;
  std::uint32_t w = weakrefs.first(i);
  if (!weakrefs.has_callback(heap_[w])) weakrefs.clear(heap_.objects, w);
  const std::uint32_t n = weakrefs.callbacks(heap_.objects, i);
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

// The same where nothing can come of it: nobody is called, or nobody sees it and no tuple is really
// allocated. False if that is not so; then nothing has changed.
template <bool W>
bool Engine<W>::clear_weakrefs_quietly(Index i) {
  const std::uint32_t n = heap_.weakrefs.callbacks(heap_.objects, i);
  if (n != 0 && !pass_callback_tuples(n)) return false;
  heap_.weakrefs.clear_all(heap_.objects, i);
  return true;
}

// next_content of what holds nothing but words.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::next_word(const TypeState& type, Index i, std::uint32_t& cursor,
                                                        Index& child) const {
  const Words w = words_of(heap_[i]);
  if (type.layout == Layout::sequence) {
    if (cursor == 0) return false;
    child = w.data[--cursor];
    return true;
  }
  const std::uint32_t step = type.words_per_reference;
  do {
    if (cursor == w.count) return false;
    cursor += step;
    child = w.data[cursor - 1];
  } while (child == kHole);
  return true;
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

// Releases members until one has lost its last reference and can't die at once: that is the child. False if
// all are released.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::release_contents(Index i, std::uint32_t& cursor, Index& child) {
  if constexpr (W) clock_ = released_[i];
  const TypeState& type = heap_.type(heap_[i]);
  const bool has_words = type.has_plain_contents && !heap_[i].has(Object::kMaterialised);
  while (has_words ? next_word(type, i, cursor, child) : next_content(i, cursor, child)) {
    if (drop(child) && (leads_on(child) || !die_at_once(child))) return true;
  }
  return false;
}

// Whether it is plain to see that something dies with the object, as in a chain: no more than a hint.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::leads_on(Index i) const {
  const Object& o = heap_[i];
  const bool has_one = o.edge_mode() == EdgeMode::inline1 && heap_.type(o).words_per_reference == 1;
  return has_one && heap_[o.words[0]].refcount == 1;
}

template <bool W>
void Engine<W>::finish_dealloc(Index i) {
  const TypeState& type = heap_.type(heap_[i]);
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
    case Layout::weakref: heap_.weakrefs.forget(heap_.objects, i); return false;
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

// False if the type's free lists have no room for the block, or there are none.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::keep_block(const TypeState& type, std::uint32_t length) {
  if (type.only_list != nullptr) return type.only_list->keep();
  return heap_.free_lists.keep(type.free_list, length);
}

// The block goes to its type's free list, or back: only then the young count falls (PyObject_GC_Del).
template <bool W>
[[gnu::always_inline]] inline void Engine<W>::free_memory(const TypeState& type, Index i) {
  Object& o = heap_[i];
  const std::uint32_t length = type.only_list == nullptr ? heap_.length_of(o) : 0;
  bool is_spare = !type.has_plain_contents && forget_contents(type, i);
  drop_words(heap_.pool, o);
  bool kept = !is_spare && keep_block(type, length);
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
[[gnu::always_inline]] inline void Engine<W>::leave_trashcan(const TypeState& type) {
  if (!type.in_trashcan) return;
  --nesting_;
  if (!heap_.trashcan.empty() && type.empties_trashcan) [[unlikely]]
    empty_trashcan();
}

template <bool W>
[[gnu::noinline]] void Engine<W>::empty_trashcan() {
  if (nesting_ >= static_cast<std::int32_t>(heap_.profile.trashcan.emptied_below)) return;
  ++nesting_;
  frames_.push_back({kTrashcan, 0});
}

}  // namespace gcsim::engine
