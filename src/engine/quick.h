// The commonest events the quick way: the birth of an empty object, the deletion of a name, the death of an
// object that frees nothing else. Each is one run of loads and stores without a call, so that no register has
// to be saved. What is not so simple, or has no room in some array, changes nothing here and goes the general
// way, which alone is watched.
#pragma once

#include "engine.h"

namespace gcsim::engine {

// Of an empty object, for types that have a quick birth; kHole if nothing is done.
template <bool W>
[[gnu::always_inline]] inline typename Engine<W>::Index Engine<W>::be_born_quickly(const trace::Event& e,
                                                                                   TypeId type_id,
                                                                                   TypeState& type) {
  Scope& scope = heap_.scope;
  ObjectList& youngest = heap_.generation(kYoungest);
  if (e.name != e.subject || !scope.is_new_here(e.subject)) return kHole;
  if (heap_.free_slots.empty() || !youngest.has_room()) return kHole;
  if (counts_[kYoungest] + 1 >= threshold_[kYoungest] && may_collect()) return kHole;
  if (!type.only_list->take() && type.is_gc) ++counts_[kYoungest];
  const Index i = heap_.free_slots.back();
  heap_.free_slots.pop_back();
  if (type.is_tracked_at_birth) {
    become_newborn(heap_[i], type_id, e.subject, type.rules->size, ListId::generation0,
                   youngest.push_newborn(i));
  } else {
    become_newborn(heap_[i], type_id, e.subject, type.rules->size);
  }
  // As in set_up.
  if (type.keys_left > type.keys_kept) --type.keys_left;
  ++creations_;
  scope.be_born(e.subject, i);
  return i;
}

// apply_del of one name. False if nothing is done.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::unbind_quickly(SymbolId name, Index& object) {
  object = heap_.scope.plain_binding(name);
  if (object == Scope::kUnbound || !heap_.calls.handled.empty()) return false;
  heap_.scope.unbind(name);
  return true;
}

// The death of what has lost its last reference in this event, while no deallocation is in progress. It goes
// the general way from here on if that is needed, so that its caller has nothing left to do.
template <bool W>
[[gnu::noinline]] bool Engine<W>::die_quickly(Index i) {
  Object& o = heap_[i];
  const TypeState& type = heap_.type(o);
  const bool is_plain = type.has_quick_death && (o.bits & Object::kSpecialDeath) == 0 && o.id != kNoSymbol;
  if (!is_plain || !heap_.trashcan.empty()) return die_somehow(i);
  const auto n = static_cast<std::uint32_t>(o.edge_mode());
  if (n > 2) return die_somehow(i);
  if (type.layout == Layout::leaf && Heap::has_value_to_forget(o)) return die_somehow(i);
  // Both words may be to the same object.
  const bool has_first = n != 0 && type.words_per_reference == 1;
  const bool has_second = n == 2 && o.words[1] != kHole;
  if (has_first && heap_[o.words[0]].refcount <= n) return die_somehow(i);
  if (has_second && heap_[o.words[1]].refcount <= (has_first ? 2u : 1u)) return die_somehow(i);
  if (has_first) --heap_[o.words[0]].refcount;
  if (has_second) --heap_[o.words[1]].refcount;
  if (o.tracked()) heap_.list(o.list()).remove_at(o.position);
  if (heap_.scope.object(o.id) == i) heap_.scope.set_dead_in_place(o.id, event_);
  if (!type.only_list->keep() && type.is_gc && counts_[kYoungest] > 0) --counts_[kYoungest];
  o.bits = 0;
  heap_.free_slots.push_in_place(i);
  if (type.layout == Layout::weakref) heap_.weakrefs.forget(heap_.objects, i);
  return true;
}

// apply_add, of words that are IDs, to what keeps words in their order and has room for one more. False if
// nothing is done.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::add_quickly(const trace::Event& e) {
  const Scope& scope = heap_.scope;
  if (scope.depth() != 0 || !scope.is_live(e.subject) || !scope.is_live(e.value)) return false;
  Object& container = heap_[scope.object(e.subject)];
  const Index i = scope.object(e.value);
  Object& value = heap_[i];
  if (container.refcount == 0 || value.refcount == 0 || !heap_.type(container).grows_by_words) return false;
  if (!push_word_in_place(container, i)) return false;
  ++value.refcount;
  return true;
}

}  // namespace gcsim::engine
