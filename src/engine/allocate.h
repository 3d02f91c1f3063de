// Allocation: counts and triggers, free lists, birth and names.
#pragma once

#include <charconv>

#include "engine.h"
#include "quick.h"

namespace gcsim::engine {

// gcmodule.c: gc_alloc. Counts a real allocation. A collection that is due runs before the newborn exists, or
// at the next check (gc.c: _PyObject_GC_Link).
template <bool W>
void Engine<W>::count_allocation() {
  if (++counts_[kYoungest] >= threshold_[kYoungest]) start_due_collection();  // below it none is due
}

template <bool W>
bool Engine<W>::may_collect() const {
  return enabled_ && threshold_[kYoungest] != 0 && !collecting_ && !is_raising_;
}

template <bool W>
[[gnu::noinline]] void Engine<W>::start_due_collection() {
  if (!may_collect() || !is_due(kYoungest)) return;
  if (heap_.profile.collection_point == profile::CollectionPoint::in_allocation) {
    collect_generations();
  } else {
    is_pending_ = true;
  }
}

// _Py_RunGC: what is due is decided anew; it may be nothing.
template <bool W>
void Engine<W>::run_pending_collection() {
  if (!is_pending_) return;
  is_pending_ = false;
  using profile::CollectionPoint;
  if (heap_.profile.collection_point == CollectionPoint::at_check_while_enabled && !enabled_) return;
  collect_generations();
}

// Whether the generation's own count is reason enough to collect it.
template <bool W>
bool Engine<W>::is_due(Generation g) const {
  if (heap_.profile.trigger == profile::TriggerRule::exceeds) return counts_[g] > threshold_[g];
  // Reaching is enough, and the collection about to run counts: one of the next younger generation, if that
  // is due itself, is as good as done.
  std::int32_t about_to_run = g > kYoungest && is_due(g - 1) ? 1 : 0;
  return counts_[g] + about_to_run >= threshold_[g];
}

// gcmodule.c: gc_collect_generations. The oldest generation that is due.
template <bool W>
void Engine<W>::collect_generations() {
  for (Generation g = kGenerations; g-- > 0;) {
    if (!is_due(g)) continue;
    std::uint32_t divisor = heap_.profile.full_collection_divisor;
    if (g == kOldest && divisor != 0 && long_lived_pending_ < long_lived_total_ / divisor) {
      if constexpr (W) observer_->on_full_collection_refused({long_lived_pending_, long_lived_total_});
      continue;
    }
    collect(g, {CollectionReason::threshold, counts_[g], threshold_[g]});
    return;
  }
}

// Takes memory for an object; true if it came from a free list. A collection it starts finds the memory
// taken.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::take_memory(const TypeState& type, std::uint32_t length,
                                                          [[maybe_unused]] std::uint32_t size,
                                                          bool bypass_free_list) {
  bool has_list = type.free_list != FreeLists::kNone && !bypass_free_list;
  if (has_list && heap_.free_lists.take(type.free_list, length)) {
    if constexpr (W) next_block_ = blocks_.take_kept(type.free_list, length);
    return true;
  }
  [[maybe_unused]] Blocks::Block block;
  if constexpr (W) block = blocks_.take(size);
  if (type.allocation != Allocation::uncounted) ask_for_memory(type);
  if constexpr (W) next_block_ = block;
  return false;
}

template <bool W>
void Engine<W>::ask_for_memory(const TypeState& type) {
  if (type.allocation == Allocation::counted) {
    count_allocation();
  } else {
    find_slots(1);
  }
}

// Of an object that will not be made after all.
template <bool W>
void Engine<W>::give_back_memory() {
  if constexpr (W) blocks_.give_back(next_block_);
}

// An object with one reference and without contents, not tracked yet.
template <bool W>
[[gnu::always_inline]] inline typename Engine<W>::Index Engine<W>::new_object(TypeId type, SymbolId id,
                                                                              std::uint32_t size) {
  Index i = heap_.take_slot();
  Object& o = heap_[i];
  become_newborn(o, type, id, size);
  if (heap_.types[raw(type)].layout == Layout::set) o.words[0] = heap_.take_set();
  if (id != kNoSymbol) heap_.scope.set_object(id, i);
  if constexpr (W) {
    blocks_.put(i, next_block_);
    if (released_.size() <= i) released_.resize(heap_.objects.capacity());
    released_[i] = event_;
  }
  return i;
}

template <bool W>
[[gnu::always_inline]] inline typename Engine<W>::Index Engine<W>::create(TypeId type, SymbolId id,
                                                                          std::uint32_t size,
                                                                          [[maybe_unused]] bool reused) {
  Index i = new_object(type, id, size);
  if constexpr (W) observer_->on_allocated(heap_.ref(i), reused);
  return i;
}

// A tuple the interpreter makes for itself: popitem's result, the list of callbacks to call.
template <bool W>
typename Engine<W>::Index Engine<W>::create_internal_tuple(std::uint32_t length) {
  constexpr TypeId kType{trace::kTupleType};
  const TypeState& type = heap_.types[raw(kType)];
  std::uint32_t size = type.rules->size + type.rules->item_size * length;
  bool reused = take_memory(type, length, size, false);
  Index i = create(kType, kNoSymbol, size, reused);
  if (type.is_gc) heap_.track(i);
  for (std::uint32_t k = 0; k < length; ++k) push_word(heap_.pool, heap_[i], kNoneIndex);
  heap_[kNoneIndex].refcount += length;
  return i;
}

template <bool W>
[[gnu::always_inline]] inline void Engine<W>::bind(SymbolId name, Index object) {
  if (Index dict = heap_.dict_of_global(name); dict != kHole) [[unlikely]]
    return bind_global(name, dict, object);
  const std::uint32_t old = heap_.scope.bind(name, object);
  if (old != Scope::kUnbound) decref(old);
}

// Names the new reference: it may be to an object that existed before (`same`).
template <bool W>
void Engine<W>::give_birth(SymbolId id, SymbolId name, Index object) {
  Object& o = heap_[object];
  if (o.id == kNoSymbol) {
    o.id = id;
    heap_.scope.set_object(id, object);
  } else if (heap_.scope.object(id) != object || o.id != id) {
    heap_.scope.set_object(id, object);
    heap_.aliases.emplace_back(object, id);
    o.set(Object::kAliased);
  }
  bind(name, object);
}

template <bool W>
std::uint32_t Engine<W>::natural_size(const trace::Event& e, const TypeState& type,
                                      std::uint32_t length) const {
  if (e.number != 0) return e.number;
  if (type.has_plain_birth) return type.rules->size + type.rules->item_size * length;
  return size_of_value(e, type, length);
}

template <bool W>
[[gnu::noinline]] std::uint32_t Engine<W>::size_of_value(const trace::Event& e, const TypeState& type,
                                                         std::uint32_t length) const {
  bool is_leaf = type.layout == Layout::leaf;
  if (is_leaf && e.literal != kNoLiteral) return heap_.literals[raw(e.literal)].size;
  std::uint32_t size = type.rules->size + type.rules->item_size * length;
  if (type.kind != trace::Kind::string || heap_.profile.leaf_sizes.value_is_outside) return size;
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, event_).ptr;
  return size + 3 + static_cast<std::uint32_t>(end - digits);  // "str<event>"
}

template <bool W>
void Engine<W>::set_leaf_value(Object& o, LiteralId literal) {
  o.words[0] = literal != kNoLiteral ? raw(literal) : 0x80000000u | static_cast<std::uint32_t>(event_ >> 32);
  o.words[1] = static_cast<std::uint32_t>(event_);
}

// Where the one object of a value that exists once is kept (kHole before its first use); nullptr if the event
// asks for an object of its own.
template <bool W>
typename Engine<W>::Index* Engine<W>::interned_place(const trace::Event& e) {
  if (heap_.explicit_tracking) return nullptr;
  const TypeState& type = heap_.types[raw(e.type)];
  if (type.is_exact_tuple && e.operand_count == 0 && heap_.profile.interned.empty_tuple)
    return &heap_.empty_tuple;
  if (type.layout != Layout::leaf || e.literal == kNoLiteral) return nullptr;
  Heap::Literal& literal = heap_.literals[raw(e.literal)];
  return literal.is_interned ? &literal.object : nullptr;
}

// Interned values are no allocations: they are there from the start, and the interpreter keeps a reference.
template <bool W>
[[gnu::noinline]] bool Engine<W>::alloc_interned(const trace::Event& e, Index& place) {
  if (place != kHole) {
    incref(place);
    if constexpr (W) observer_->on_same(e.subject, heap_.ref(place));
    give_birth(e.subject, e.name, place);
    return true;
  }
  const TypeState& type = heap_.types[raw(e.type)];
  std::uint32_t size = natural_size(e, type, 0);
  if constexpr (W) next_block_ = blocks_.take_interned(size);
  if (heap_.marks_and_sweeps()) heap_.add_slots(1);  // beside those that count
  place = new_object(e.type, e.subject, size);
  heap_[place].set(Object::kInterned);
  if (type.layout == Layout::leaf) set_leaf_value(heap_[place], e.literal);
  incref(place);
  ++heap_.interned_alive;
  bind(e.name, place);
  return true;
}

template <bool W>
bool Engine<W>::fill_tuple(Index tuple, std::span<const std::uint32_t> operands) {
  bool all_alive = true;
  for (std::uint32_t k = 0; k < operands.size(); ++k) {
    Index element = kNoneIndex;
    // The collection this allocation started may have taken an element that nothing referred to.
    if (!resolve(SymbolId{operands[k]}, trace::Operand::item, element, k)) all_alive = false;
    incref(element);
    push_word(heap_.pool, heap_[tuple], element);
  }
  return all_alive;
}

// How many elements the object has room for from its birth: what a free list goes by, and its size.
template <bool W>
std::uint32_t Engine<W>::birth_length(const trace::Event& e, const TypeState& type) const {
  if (type.rules->item_size == 0) return 0;
  if (type.kind == trace::Kind::instance) return static_cast<std::uint32_t>(type.keys.size());
  if (!heap_.explicit_tracking) return e.operand_count;
  // Recordings tell the size and leave the elements to later events.
  return e.number > type.rules->size ? (e.number - type.rules->size) / type.rules->item_size : 0;
}

// Elements, a size of its own, or a flag.
inline bool says_more(const trace::Event& e) {
  return (e.operand_count | e.number | e.flags) != 0;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_alloc(const trace::Event& e, const trace::EventBatch& batch) {
  TypeState& type = heap_.types[raw(e.type)];
  // Most are born empty, and of their type's own size.
  if (!type.is_empty_at_birth || says_more(e)) return alloc_specially(e, batch.operands_of(e));
  if constexpr (!W) {
    if (type.has_quick_birth && be_born_quickly(e, e.type, type) != kHole) return true;
  }
  return alloc_empty(e, type);
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::alloc_empty(const trace::Event& e, TypeState& type) {
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  const std::uint32_t size = type.rules->size;
  const bool reused = take_memory(type, 0, size, false);
  const Index i = create(e.type, e.subject, size, reused);
  ++creations_;
  set_up(e, type, i);
  bind(e.name, i);
  return true;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::alloc_specially(const trace::Event& e,
                                                  std::span<const std::uint32_t> operands) {
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  for (std::uint32_t k = 0; k < operands.size(); ++k) {
    Index element = kNoneIndex;
    if (!resolve(SymbolId{operands[k]}, trace::Operand::item, element, k)) return false;
  }
  TypeState& type = heap_.types[raw(e.type)];
  if (type.may_exist_once) {
    if (Index* place = interned_place(e)) return alloc_interned(e, *place);
  }
  std::uint32_t length = birth_length(e, type);
  bool before = (e.flags & trace::kBefore) != 0;
  std::uint32_t size = natural_size(e, type, length);
  if constexpr (W) {
    if (before) next_block_ = blocks_.take(size);
  }
  if ((e.flags & trace::kError) != 0) [[unlikely]]
    is_raising_ = true;
  bool reused = !before && take_memory(type, length, size, (e.flags & trace::kBypassFreeList) != 0);
  if ((e.flags & trace::kError) != 0) [[unlikely]]
    is_raising_ = false;
  Index i = create(e.type, e.subject, size, reused);
  if (!before) ++creations_;
  set_up(e, type, i);
  bool elements_alive = fill_tuple(i, operands);
  bind(e.name, i);
  return elements_alive;
}

// What a newborn has besides its elements: a value, a place in generation 0, a name to resurrect under.
template <bool W>
inline void Engine<W>::set_up(const trace::Event& e, TypeState& type, Index i) {
  if ((e.flags & trace::kOutside) != 0) heap_[i].set(Object::kOutside);
  if (type.is_tracked_at_birth) heap_.track(i);
  // _PyObject_InitializeDict: each instance leaves one less room for late attribute names.
  if (type.keys_left > type.keys_kept) --type.keys_left;
  if (!type.has_plain_birth) set_up_special(e, type, i);
}

template <bool W>
[[gnu::noinline]] void Engine<W>::set_up_special(const trace::Event& e, TypeState& type, Index i) {
  if (type.layout == Layout::leaf) set_leaf_value(heap_[i], e.literal);
  if (type.kind == trace::Kind::function && !heap_.explicit_tracking) refer_to_globals(e.name, i);
  if (type.finalizer != trace::Finalizer::resurrects || e.value == kNoSymbol) return;
  if (heap_.resurrect_names.size() <= i) heap_.resurrect_names.resize(heap_.objects.capacity(), kNoSymbol);
  heap_.resurrect_names[i] = e.value;
  heap_[i].set(Object::kResurrects);
  heap_.scope.pin(e.value);
}

}  // namespace gcsim::engine
