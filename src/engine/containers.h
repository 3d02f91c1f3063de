// Containers: what stores, removes and looks up references. A new value is stored before the old one is
// released, so that whatever dies of it already sees the new state.
#pragma once

#include <cstring>

#include "engine.h"

namespace gcsim::engine {

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_add(const trace::Event& e) {
  if constexpr (!W) {
    if (add_quickly(e)) return true;
  }
  return add_somehow(e);
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::add_somehow(const trace::Event& e) {
  Index container = kHole;
  Index value = kHole;
  if (!resolve(e.subject, trace::Operand::subject, container)) return false;
  if (!resolve(e.value, trace::Operand::value, value)) return false;
  const TypeState& type = heap_.type(heap_[container]);
  if (type.layout == Layout::set) return add_to_set(e, container, value);
  if (!type.grows_by_words) return refuse_type(heap_[container], trace::Operand::subject, e.subject);
  incref(value);
  push_word(heap_.pool, heap_[container], value);
  return true;
}

template <bool W>
bool Engine<W>::add_to_set(const trace::Event& e, Index set, Index value) {
  std::optional<std::int64_t> hash = heap_.hash(value);
  if (!hash) return refuse_type(heap_[value], trace::Operand::value, e.value);
  SetTable& table = heap_.sets[heap_[set].words[0]];
  if (table.add(heap_.profile.sets, value, *hash,
                [this, value](Index other) { return heap_.equal(other, value); }))
    incref(value);
  return true;
}

template <bool W>
bool Engine<W>::remove_from_set(const trace::Event& e, Index set, Index value) {
  std::optional<std::int64_t> hash = heap_.hash(value);
  if (!hash) return refuse_type(heap_[value], trace::Operand::value, e.value);
  SetTable& table = heap_.sets[heap_[set].words[0]];
  SetTable::Entry* entry =
      table.find(heap_.profile.sets, *hash, [this, value](Index other) { return heap_.equal(other, value); });
  if (entry == nullptr) return refuse(trace::Fault::missing_key, trace::Operand::value, e.value);
  Index element = entry->key;
  table.discard(entry);
  decref(element);
  return true;
}

// The event's index must lie inside the list.
template <bool W>
bool Engine<W>::list_slot(const trace::Event& e, const Object& list) {
  if (e.number < words_of(list).count) return true;
  return refuse(trace::Fault::missing_key, trace::Operand::key, e.subject);
}

template <bool W>
void Engine<W>::replace_word(Index object, std::uint32_t at, Index value) {
  std::uint32_t* word = mutable_words_of(heap_[object]) + at;
  Index old = *word;
  incref(value);
  *word = value;
  decref(old);
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_set_item(const trace::Event& e) {
  Index container = kHole;
  Index value = kHole;
  if (!resolve(e.subject, trace::Operand::subject, container)) return false;
  if (!resolve(e.value, trace::Operand::value, value)) return false;
  const TypeState& type = heap_.type(heap_[container]);
  if (type.layout == Layout::dict) {
    set_item(container, e.key, value);
    return true;
  }
  if (type.layout != Layout::sequence || type.is_exact_tuple) {
    return refuse_type(heap_[container], trace::Operand::subject, e.subject);
  }
  if (!list_slot(e, heap_[container])) return false;
  replace_word(container, e.number, value);
  return true;
}

// insertdict
template <bool W>
void Engine<W>::set_item(Index dict, KeyId key, Index value) {
  if (!heap_[dict].tracked() && !heap_.explicit_tracking && heap_.may_be_tracked(value)) heap_.track(dict);
  std::uint32_t at = find_item(heap_, heap_[dict], key);
  if (at != kHole) {
    replace_word(dict, at, value);
    return;
  }
  incref(value);
  insert_item(heap_, dict, key, value);
}

template <bool W>
bool Engine<W>::delete_item(const trace::Event& e, Index dict, trace::Fault missing) {
  std::uint32_t at = find_item(heap_, heap_[dict], e.key);
  if (at == kHole) return refuse(missing, trace::Operand::key, e.subject);
  Index old = words_of(heap_[dict]).data[at];
  remove_item(heap_, dict, e.key, at);
  decref(old);
  return true;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_del_item(const trace::Event& e) {
  Index container = kHole;
  if (!resolve(e.subject, trace::Operand::subject, container)) return false;
  const TypeState& type = heap_.type(heap_[container]);
  if (type.layout == Layout::dict) return delete_item(e, container, trace::Fault::missing_key);
  if (type.layout != Layout::sequence || type.is_exact_tuple) {
    return refuse_type(heap_[container], trace::Operand::subject, e.subject);
  }
  if (!list_slot(e, heap_[container])) return false;
  Index old = words_of(heap_[container]).data[e.number];
  remove_words(heap_[container], e.number, 1);
  decref(old);
  return true;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_pop(const trace::Event& e) {
  Index container = kHole;
  if (!resolve(e.subject, trace::Operand::subject, container)) return false;
  const TypeState& type = heap_.type(heap_[container]);
  bool is_list = type.layout == Layout::sequence && !type.is_exact_tuple;
  if (!is_list && type.layout != Layout::dict)
    return refuse_type(heap_[container], trace::Operand::subject, e.subject);
  std::uint32_t n = is_list ? words_of(heap_[container]).count : item_count(heap_[container]);
  if (n == 0) return refuse(trace::Fault::empty_container, trace::Operand::subject, e.subject);
  if (!is_list) {
    return pop_item(e, container);
  }
  Index old = words_of(heap_[container]).data[n - 1];
  remove_words(heap_[container], n - 1, 1);
  decref(old);
  return true;
}

// dict_popitem: its result is a real tuple, taken first, and the value dies as that tuple's member.
template <bool W>
bool Engine<W>::pop_item(const trace::Event& e, Index dict) {
  Index tuple = create_internal_tuple(2);
  if (!still_alive(e.subject, dict, trace::Operand::subject)) {
    decref(tuple);
    return false;
  }
  make_combined(heap_, dict);
  Object& d = heap_[dict];
  if (item_count(d) > 0) {
    std::uint32_t at = item_to_pop(heap_, dict);
    KeyId key{words_of(d).data[at]};
    mutable_words_of(heap_[tuple])[1] = words_of(d).data[at + 1];
    --heap_[kNoneIndex].refcount;
    remove_item(heap_, dict, key, at + 1);
  }
  decref(tuple);
  return true;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_remove(const trace::Event& e) {
  Index container = kHole;
  Index value = kHole;
  if (!resolve(e.subject, trace::Operand::subject, container)) return false;
  if (!resolve(e.value, trace::Operand::value, value)) return false;
  const TypeState& type = heap_.type(heap_[container]);
  if (type.layout == Layout::set) return remove_from_set(e, container, value);
  bool shrinks = type.layout == Layout::bag || (type.layout == Layout::sequence && !type.is_exact_tuple);
  if (!shrinks) return refuse_type(heap_[container], trace::Operand::subject, e.subject);
  return remove_from_words(e, container, value);
}

// A list gives up its first such element. In a recording order means nothing, and what came last usually
// goes first.
template <bool W>
bool Engine<W>::remove_from_words(const trace::Event& e, Index container, Index value) {
  Words w = words_of(heap_[container]);
  std::uint32_t at = w.count;
  if (heap_.type(heap_[container]).layout == Layout::sequence) {
    at = static_cast<std::uint32_t>(std::find(w.data, w.data + w.count, value) - w.data);
  } else {
    while (at > 0 && w.data[at - 1] != value) --at;
    at = at == 0 ? w.count : at - 1;
  }
  if (at == w.count) return refuse(trace::Fault::missing_key, trace::Operand::value, e.value);
  remove_words(heap_[container], at, 1);
  decref(value);
  return true;
}

template <bool W>
bool Engine<W>::apply_clear(const trace::Event& e) {
  Index container = kHole;
  if (!resolve(e.subject, trace::Operand::subject, container)) return false;
  const TypeState& type = heap_.type(heap_[container]);
  bool can = type.layout == Layout::dict || type.layout == Layout::set || type.layout == Layout::bag ||
             (type.layout == Layout::sequence && !type.is_exact_tuple);
  if (!can) return refuse_type(heap_[container], trace::Operand::subject, e.subject);
  clear_contents(container);
  return true;
}

// list_clear, PyDict_Clear, set_clear_internal, subtype_clear: the container is empty before the first member
// is released. An instance lets go of its `__dict__` as a whole; that is not cleared with it. A `__dict__`
// whose values are embedded goes on sharing them with its instance.
template <bool W>
void Engine<W>::clear_contents(Index i) {
  Object& o = heap_[i];
  Layout layout = heap_.type(o).layout;
  if (layout == Layout::frame) return clear_frame(i);
  if (layout == Layout::set) {
    std::uint32_t old = o.words[0];
    std::uint32_t fresh = heap_.take_set();
    heap_[i].words[0] = fresh;
    for (std::size_t k = 0; k < heap_.sets[old].slots().size(); ++k) {
      Index element = heap_.sets[old].slots()[k].key;
      if (element < SetTable::kDummy) decref(element);
    }
    heap_.sets[old].clear();
    heap_.free_sets.push_back(old);
    return;
  }
  if (layout == Layout::weakref) heap_.weakrefs.clear(heap_.objects, i);  // gc_clear: its callback never runs
  if (layout == Layout::leaf || layout == Layout::weakref) return;
  bool pairs = (layout == Layout::dict || layout == Layout::instance) && !heap_.holds_dict_object(o);
  if (layout == Layout::dict) drop_index(heap_, o);
  if (layout == Layout::instance) detach_dict(i);
  Object taken = o;
  o.set_edge_mode(EdgeMode::inline0);
  if (layout == Layout::dict && o.has(Object::kEmbedded)) {
    force_block(heap_.pool, o)->extra = taken.block->extra;
  } else {
    o.reset(Object::kMaterialised);
  }
  Words w = words_of(taken);
  if (layout == Layout::sequence) {
    for (std::uint32_t k = w.count; k-- > 0;) decref(w.data[k]);
  } else {
    for (std::uint32_t k = pairs ? 1 : 0; k < w.count; k += pairs ? 2 : 1) {
      if (w.data[k] != kHole) decref(w.data[k]);
    }
  }
  drop_words(heap_.pool, taken);
}

// The instance's values, if a `__dict__` was asked for, are its own from now on (_PyDict_DetachFromObject).
template <bool W>
void Engine<W>::detach_dict(Index n) {
  if (heap_[n].has(Object::kMaterialised)) heap_[heap_[n].words[0]].reset(Object::kEmbedded);
  if (heap_.profile.attribute_storage == profile::AttributeStorage::embedded_values)
    heap_[n].set(Object::kValuesGone);
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_set_attr(const trace::Event& e) {
  Index n = kHole;
  Index value = kHole;
  if (!resolve(e.subject, trace::Operand::subject, n)) return false;
  if (!resolve(e.value, trace::Operand::value, value)) return false;
  TypeState& type = heap_.type(heap_[n]);
  if (type.layout != Layout::instance)
    return refuse(trace::Fault::missing_attribute, trace::Operand::key, e.subject);
  if (heap_[n].has(Object::kMaterialised)) {
    set_attribute_in_dict(heap_[n].words[0], e.key, value);
    return true;
  }
  bool has_values = type.has_inline_attributes && !heap_[n].has(Object::kValuesGone);
  std::uint32_t number = has_values ? claim_key_number(type, e.key) : key_number(type, e.key);
  if (type.has_dict && (!has_values || number == kHole)) {
    // No room among the shared keys, or no values inside at all: the attributes go to a dict.
    if (!materialise(e, n, trace::Operand::subject)) return false;
    if (!still_alive(e.value, value, trace::Operand::value)) return false;
    set_item(heap_[n].words[0], e.key, value);
    return true;
  }
  if (number == kHole) return refuse(trace::Fault::missing_attribute, trace::Operand::key, e.subject);
  std::uint32_t at = find_attribute(heap_[n], number);
  if (at != kHole) {
    replace_word(n, at, value);
    return true;
  }
  incref(value);
  insert_attribute(heap_, heap_[n], number, value);
  return true;
}

// _PyObject_StoreInstanceAttribute: what is stored as an attribute does not track a dict whose values are
// embedded, unless there is no room for its name.
template <bool W>
void Engine<W>::set_attribute_in_dict(Index dict, KeyId key, Index value) {
  if (!heap_[dict].has(Object::kEmbedded)) {
    set_item(dict, key, value);
    return;
  }
  std::uint32_t number = claim_key_number(heap_.types[heap_[dict].block->extra], key);
  if (number == kHole) {
    set_item(dict, key, value);
    return;
  }
  std::uint32_t at = find_attribute(heap_[dict], number);
  if (at != kHole) {
    replace_word(dict, at, value);
    return;
  }
  incref(value);
  insert_attribute(heap_, heap_[dict], number, value);
}

template <bool W>
bool Engine<W>::apply_del_attr(const trace::Event& e) {
  Index n = kHole;
  if (!resolve(e.subject, trace::Operand::subject, n)) return false;
  const TypeState& type = heap_.type(heap_[n]);
  if (type.layout != Layout::instance)
    return refuse(trace::Fault::missing_attribute, trace::Operand::key, e.subject);
  if (heap_[n].has(Object::kMaterialised))
    return delete_item(e, heap_[n].words[0], trace::Fault::missing_attribute);
  std::uint32_t number = key_number(type, e.key);
  std::uint32_t at = number == kHole ? kHole : find_attribute(heap_[n], number);
  if (at == kHole) return refuse(trace::Fault::missing_attribute, trace::Operand::key, e.subject);
  Index old = words_of(heap_[n]).data[at];
  remove_attribute(heap_[n], at);
  decref(old);
  return true;
}

// Gives the instance its `__dict__`. REQUIRES: it has none yet. Where attributes lie inside, they move into
// it and it goes on sharing the class's keys (make_dict_from_instance_attributes); whether it is tracked was
// decided before its allocation, which may collect.
template <bool W>
bool Engine<W>::materialise(const trace::Event& e, Index n, trace::Operand operand) {
  using profile::AttributeStorage;
  AttributeStorage storage = heap_.profile.attribute_storage;
  bool track = false;
  if (storage != AttributeStorage::dict) {
    heap_.traverse(n, [&](Index value) { track = track || heap_.may_be_tracked(value); });
  }
  constexpr TypeId kType{trace::kDictType};
  const TypeState& type = heap_.types[raw(kType)];
  bool reused = take_memory(type, 0, type.rules->size, false);
  if (!still_alive(e.subject, n, operand)) {
    give_back_memory();
    return false;
  }
  Index dict = create(kType, kNoSymbol, type.rules->size, reused);
  Object& d = heap_[dict];
  Object& o = heap_[n];
  if (storage != AttributeStorage::dict) {
    EdgeBlock* values = force_block(heap_.pool, o);
    values->extra = raw(o.type);
    d.block = values;
    d.set_edge_mode(EdgeMode::block);
    d.set(Object::kMaterialised);
    if (storage == AttributeStorage::embedded_values && !o.has(Object::kValuesGone)) d.set(Object::kEmbedded);
  }
  o.words[0] = dict;
  o.set_edge_mode(EdgeMode::inline1);
  o.set(Object::kMaterialised);
  if (track) heap_.track(dict);
  return true;
}

template <bool W>
bool Engine<W>::apply_dict(const trace::Event& e) {
  Index n = kHole;
  if (!resolve(e.subject, trace::Operand::subject, n)) return false;
  const TypeState& type = heap_.type(heap_[n]);
  if (!type.has_dict || type.layout != Layout::instance) {
    return refuse(trace::Fault::missing_attribute, trace::Operand::subject, e.subject);
  }
  bool has_dict = heap_[n].has(Object::kMaterialised);
  if (e.name != kNoSymbol && heap_.scope.is_live(e.name)) {
    bool is_its_own = has_dict && heap_.scope.object(e.name) == heap_[n].words[0];
    if (!is_its_own && !check_new_id(e.name, trace::Operand::name)) return false;
  }
  if (!has_dict && !materialise(e, n, trace::Operand::subject)) return false;
  if (e.name == kNoSymbol) return true;
  Index dict = heap_[n].words[0];
  incref(dict);
  if constexpr (W) {
    if (heap_[dict].id != kNoSymbol) observer_->on_same(e.name, heap_.ref(dict));
  }
  give_birth(e.name, e.name, dict);
  return true;
}

// PyWeakref_NewRef: without callback, one weak reference serves all who ask.
template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_weakref(const trace::Event& e) {
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  Index referent = kHole;
  if (!resolve(e.value, trace::Operand::value, referent)) return false;
  const TypeState& referent_type = heap_.type(heap_[referent]);
  if (!referent_type.rules->weakly_referenceable)
    return refuse_type(heap_[referent], trace::Operand::value, e.value);
  bool callback = (e.flags & trace::kCallback) != 0;
  std::uint32_t first = heap_.weakrefs.first(referent);
  if (!callback && first != Weakrefs::kNone && !heap_.weakrefs.has_callback(heap_[first])) {
    incref(first);
    if constexpr (W) observer_->on_same(e.subject, heap_.ref(first));
    give_birth(e.subject, e.name, first);
    return true;
  }
  constexpr TypeId kType{trace::kWeakrefType};
  TypeState& type = heap_.types[raw(kType)];
  const bool raises = (e.flags & trace::kRaises) != 0;
  if constexpr (!W) {
    const Index newborn = type.has_quick_birth ? be_born_quickly(e, kType, type) : kHole;
    if (newborn != kHole) {
      heap_.weakrefs.add(heap_.objects, newborn, referent, callback, raises);
      return true;
    }
  }
  bool reused = take_memory(type, 0, type.rules->size, false);
  if (!still_alive(e.value, referent, trace::Operand::value)) {
    give_back_memory();
    return false;
  }
  Index w = create(kType, e.subject, type.rules->size, reused);
  ++creations_;
  heap_.weakrefs.add(heap_.objects, w, referent, callback, raises);
  if (type.is_gc) heap_.track(w);
  bind(e.name, w);
  return true;
}

}  // namespace gcsim::engine
