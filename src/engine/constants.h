// Values that are shared: constants of a code unit, interned strings; and `a += 1`, which binds another
// object.
//
// compile.c: compiler_add_const, merge_const_one; codeobject.c: intern_strings. A constant is made where a
// trace loads it first. Compiling takes more (tuples, dicts, code objects), which is not simulated.
#pragma once

#include "engine.h"

namespace gcsim::engine {

template <bool W>
bool Engine<W>::apply_shared_value(const trace::Event& e) {
  using trace::Op;
  switch (e.op) {
    case Op::unit_begin: units_.emplace_back(); return true;
    case Op::unit_end:
      if (units_.empty()) return refuse(trace::Fault::no_open_unit, trace::Operand::whole, kNoSymbol);
      units_.pop_back();
      // An inner unit is itself a constant of the outer one, and lives as long.
      if (units_.empty()) release_constants();
      return true;
    case Op::load_constant: return apply_constant(e);
    case Op::intern: return apply_intern(e);
    case Op::inspect_id: return apply_id(e);
    case Op::inspect_getrefcount: return apply_getrefcount(e);
    default: return apply_add_in_place(e);
  }
}

// code_dealloc: the tuple of constants lets go of the last first.
template <bool W>
void Engine<W>::release_constants() {
  units_.clear();
  compiled_.clear();
  std::vector<Index> taken;
  taken.swap(heap_.constants);
  for (std::size_t k = taken.size(); k-- > 0;) decref(taken[k]);
}

template <bool W>
bool Engine<W>::apply_constant(const trace::Event& e) {
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  if (Index* place = interned_place(e)) return alloc_interned(e, *place);
  Index i = find_constant(e);
  if (i == kHole) {
    const TypeState& type = heap_.types[raw(e.type)];
    std::uint32_t size = natural_size(e, type, 0);
    bool reused = take_memory(type, 0, size, false);
    i = create(e.type, e.subject, size, reused);
    ++creations_;
    set_leaf_value(heap_[i], e.literal);
    if (is_name_like(type, e.literal)) add_interned_string(i);
  } else {
    incref(i);
    if constexpr (W) observer_->on_same(e.subject, heap_.ref(i));
  }
  hold_constant(e.literal, i);
  give_birth(e.subject, e.name, i);
  return true;
}

// codeobject.c: all_name_chars
template <bool W>
bool Engine<W>::is_name_like(const TypeState& type, LiteralId literal) const {
  if (type.kind != trace::Kind::string) return false;
  std::string_view text = heap_.literals[raw(literal)].text;
  return text.find_first_not_of("0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
         std::string_view::npos;
}

// Whether equal constants of a code unit are one object.
template <bool W>
bool Engine<W>::is_shared(LiteralId literal) const {
  const Heap::Literal& value = heap_.literals[raw(literal)];
  bool is_negative = value.kind != trace::Kind::string && value.text.front() == '-';
  return !is_negative || heap_.profile.interned.negative_constants_are_shared;
}

// The object that this value is in the code unit, in what is compiled with it, or among interned strings.
template <bool W>
typename Engine<W>::Index Engine<W>::find_constant(const trace::Event& e) const {
  if (!units_.empty() && is_shared(e.literal)) {
    auto own = units_.back().find(raw(e.literal));
    if (own != units_.back().end()) return own->second;
    auto merged = compiled_.find(raw(e.literal));
    bool merges = heap_.profile.interned.constants_shared_by_compilation;
    if (merges && merged != compiled_.end()) return merged->second;
  }
  if (!is_name_like(heap_.types[raw(e.type)], e.literal)) return kHole;
  auto interned = heap_.interned_strings.find(heap_.literals[raw(e.literal)].text);
  return interned == heap_.interned_strings.end() ? kHole : interned->second;
}

// Each code unit that uses a constant holds it; outside of one, the statement's code is gone at once.
template <bool W>
void Engine<W>::hold_constant(LiteralId literal, Index i) {
  if (units_.empty() || (is_shared(literal) && !units_.back().emplace(raw(literal), i).second)) return;
  compiled_.emplace(raw(literal), i);
  incref(i);
  heap_.constants.push_back(i);
}

// The table of interned strings holds no counted reference; where they are immortal, they stay.
template <bool W>
void Engine<W>::add_interned_string(Index i) {
  heap_.interned_strings.emplace(heap_.text_of_leaf(heap_[i]), i);
  heap_[i].set(Object::kInternedString);
  if (!heap_.profile.interned.strings_are_immortal) return;
  heap_[i].set(Object::kInterned);
  incref(i);
}

// sys.intern
template <bool W>
bool Engine<W>::apply_intern(const trace::Event& e) {
  Index i = kHole;
  if (!resolve(e.value, trace::Operand::value, i)) return false;
  if (heap_.type(heap_[i]).kind != trace::Kind::string)
    return refuse_type(heap_[i], trace::Operand::value, e.value);
  bool is_pooled = heap_[i].has(Object::kInterned);
  auto known = heap_.interned_strings.find(heap_.text_of_leaf(heap_[i]));
  if (known != heap_.interned_strings.end()) {
    i = known->second;
  } else if (!is_pooled) {
    add_interned_string(i);
  }
  incref(i);
  bind(e.name, i);
  return true;
}

template <bool W>
bool Engine<W>::apply_id(const trace::Event& e) {
  Index i = kHole;
  if (!resolve(e.subject, trace::Operand::subject, i)) return false;
  if constexpr (W) {
    std::uint64_t address = blocks_.address(i, heap_.type(heap_[i]).is_gc);
    answer(AnswerKind::id, {static_cast<std::int64_t>(address)});
  }
  return true;
}

// The call's own argument is one more reference. How many the interpreter itself holds to the values that
// exist once is not in the trace; only where they are immortal their figure is known.
template <bool W>
bool Engine<W>::apply_getrefcount(const trace::Event& e) {
  Index i = kHole;
  if (!resolve(e.subject, trace::Operand::subject, i)) return false;
  std::uint32_t immortal = heap_.profile.interned.immortal_refcount;
  if (!heap_[i].has(Object::kInterned)) {
    answer(AnswerKind::getrefcount, {std::int64_t{heap_[i].refcount} + 1});
  } else if (immortal != 0) {
    answer(AnswerKind::getrefcount, {immortal});
  } else {
    answer(AnswerKind::getrefcount, {});
  }
  return true;
}

// `a += 1`: the sum is another object, unless it exists already. The ID that the name was goes with the name.
template <bool W>
bool Engine<W>::apply_add_in_place(const trace::Event& e) {
  Index old = heap_.look_up(e.name);
  // Inside a call only a local can be added to: the assignment makes the name one.
  bool is_own = heap_.dict_of_global(e.name) != kHole || heap_.scope.own_binding(e.name) != Scope::kUnbound;
  if (old == kHole || !is_own) return refuse(trace::Fault::unbound_name, trace::Operand::name, e.name);
  const Heap::Literal& added = heap_.literals[raw(e.literal)];
  std::optional<Heap::Literal> sum = heap_.sum(heap_[old], added.kind, added.text);
  if (!sum) return refuse_type(heap_[old], trace::Operand::name, e.name);
  Index i = object_of_value(*sum);
  bool is_known = heap_[i].id != kNoSymbol || i == old;
  if constexpr (W) {
    if (is_known) observer_->on_same(e.name, heap_.ref(i));
  }
  if (heap_.dict_of_global(e.name) != kHole) {
    bind(e.name, i);
    return true;
  }
  heap_.scope.bind(e.name, i);
  bool survives = heap_[old].refcount > 1;
  decref(old);
  if (i == old) return true;
  bool was_its_id = heap_.scope.is_live(e.name) && heap_.scope.object(e.name) == old;
  if (survives && was_its_id) take_id_away(old, e.name);
  if (heap_.scope.is_live(e.name) && !was_its_id) return true;
  incref(i);
  give_birth(e.name, e.name, i);  // binds it once more: releases the reference above
  return true;
}

// A new reference to an object of that value: the one there is, or a new one.
template <bool W>
typename Engine<W>::Index Engine<W>::object_of_value(const Heap::Literal& value) {
  TypeId type_id{value.kind == trace::Kind::integer ? trace::kIntType : trace::kFloatType};
  const TypeState& type = heap_.types[raw(type_id)];
  if (value.is_interned) {
    Index& place = heap_.pooled_place(value);
    if (place == kHole) {
      if constexpr (W) next_block_ = blocks_.take_interned(value.size);
      if (heap_.marks_and_sweeps()) heap_.add_slots(1);  // beside those that count
      place = new_object(type_id, kNoSymbol, value.size);
      heap_[place].set(Object::kInterned);
      heap_[place].words[0] = heap_.literal_word(value);
      ++heap_.interned_alive;
    }
    incref(place);
    return place;
  }
  bool reused = take_memory(type, 0, value.size, false);
  Index i = create(type_id, kNoSymbol, value.size, reused);
  ++creations_;
  heap_[i].words[0] = heap_.literal_word(value);
  return i;
}

// The object lives on under another of its IDs, or without one.
template <bool W>
void Engine<W>::take_id_away(Index i, SymbolId id) {
  Object& o = heap_[i];
  auto is_of = [i](const auto& alias) { return alias.first == i; };
  if (o.id == id) {
    auto other = std::find_if(heap_.aliases.begin(), heap_.aliases.end(), is_of);
    o.id = other == heap_.aliases.end() ? kNoSymbol : other->second;
    id = o.id;
  }
  std::erase_if(heap_.aliases, [i, id](const auto& alias) { return alias.first == i && alias.second == id; });
  if (std::none_of(heap_.aliases.begin(), heap_.aliases.end(), is_of)) o.reset(Object::kAliased);
}

}  // namespace gcsim::engine
