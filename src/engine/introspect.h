// The gc module's questions, gc.garbage and gc.callbacks: gcmodule.c, gc_get_objects and its neighbours.
//
// What a function returns takes memory as in CPython, and so moves counts and may start a collection, before
// it looks. The result is dropped at the end of the event.
#pragma once

#include "engine.h"

namespace gcsim::engine {

template <bool W>
bool Engine<W>::apply_introspection(const trace::Event& e, std::span<const std::uint32_t> operands) {
  using trace::Op;
  const profile::CollectorModule& has = heap_.profile.collector_module;
  switch (e.op) {
    case Op::gc_is_enabled: answer(AnswerKind::is_enabled, {enabled_ ? 1 : 0}); return true;
    case Op::gc_get_threshold: return apply_get_threshold();
    case Op::gc_get_stats: return has.get_stats ? apply_get_stats() : refuse_function();
    case Op::gc_get_objects:
      return e.number == trace::kNoIndex || has.get_objects_by_generation ? apply_get_objects(e.number)
                                                                          : refuse_function();
    case Op::gc_get_referrers: return apply_neighbours(operands, AnswerKind::referrers);
    case Op::gc_get_referents: return apply_neighbours(operands, AnswerKind::referents);
    case Op::gc_is_tracked: return apply_object_question(e, AnswerKind::is_tracked);
    case Op::gc_is_finalized:
      return has.is_finalized ? apply_object_question(e, AnswerKind::is_finalized) : refuse_function();
    case Op::gc_freeze_count:
      if (!heap_.profile.has_freeze) return refuse_function();
      answer(AnswerKind::freeze_count, {heap_.list(ListId::permanent).live()});
      return true;
    case Op::gc_garbage: show_objects(AnswerKind::garbage, heap_.garbage); return true;
    case Op::gc_clear_garbage: clear_garbage(); return true;
    default: return has.callbacks ? apply_callbacks(e) : refuse_function();
  }
}

// The profile's version has no such function.
template <bool W>
bool Engine<W>::refuse_function() {
  refuse(trace::Fault::unsupported_operation, trace::Operand::whole, kNoSymbol);
  fault_->profile = heap_.profile.name;
  return false;
}

// A container the interpreter makes for itself, empty.
template <bool W>
typename Engine<W>::Index Engine<W>::create_internal(trace::BuiltinType builtin) {
  TypeId id{builtin};
  const TypeState& type = heap_.types[raw(id)];
  bool reused = take_memory(type, 0, type.rules->size, false);
  Index i = create(id, kNoSymbol, type.rules->size, reused);
  if (type.is_gc && type.kind != trace::Kind::dict) heap_.track(i);
  return i;
}

template <bool W>
bool Engine<W>::apply_get_threshold() {
  answer(AnswerKind::thresholds, {threshold_[0], threshold_[1], threshold_[2]});
  decref(create_internal_tuple(kGenerations));
  return true;
}

// The figures are read before the list of dicts is made, which may collect.
template <bool W>
bool Engine<W>::apply_get_stats() {
  std::array<std::int64_t, 3 * kGenerations> figures{};
  for (Generation g = 0; g < kGenerations; ++g) {
    figures[3 * g] = static_cast<std::int64_t>(stats_[g].collections);
    figures[3 * g + 1] = static_cast<std::int64_t>(stats_[g].collected);
    figures[3 * g + 2] = static_cast<std::int64_t>(stats_[g].uncollectable);
  }
  if (heap_.marks_and_sweeps()) find_slots(1 + kGenerations);
  Index list = create_internal(trace::kListType);
  for (Generation g = 0; g < kGenerations; ++g) {
    Index dict = create_internal(trace::kDictType);
    push_word(heap_.pool, heap_[list], dict);
  }
  if constexpr (W) observer_->on_answer({AnswerKind::stats, figures, {}, {}});
  decref(list);
  return true;
}

// All generations in list order, or one; neither the list that is returned nor what is frozen.
template <bool W>
bool Engine<W>::apply_get_objects(std::uint32_t generation) {
  Index list = create_internal(trace::kListType);
  std::vector<Index> found;
  for (Generation g = 0; W && g < kGenerations; ++g) {
    if (generation != trace::kNoIndex && generation != g) continue;
    for (Index i : heap_.generation(g).items()) {
      if (i != kHole && i != list) found.push_back(i);
    }
  }
  show_objects(AnswerKind::get_objects, found);
  decref(list);
  return true;
}

// get_referrers, get_referents: both take their arguments in a tuple and return a list.
template <bool W>
bool Engine<W>::apply_neighbours(std::span<const std::uint32_t> operands, AnswerKind kind) {
  std::vector<Index> arguments;
  for (std::uint32_t k = 0; k < operands.size(); ++k) {
    arguments.push_back(kNoneIndex);
    if (!resolve(SymbolId{operands[k]}, trace::Operand::item, arguments[k], k)) return false;
  }
  for (Index i : arguments) incref(i);
  if (heap_.marks_and_sweeps()) find_slots(2);
  Index tuple = create_internal_tuple(static_cast<std::uint32_t>(arguments.size()));
  std::copy(arguments.begin(), arguments.end(), mutable_words_of(heap_[tuple]));
  heap_[kNoneIndex].refcount -= static_cast<std::uint32_t>(arguments.size());
  Index list = create_internal(trace::kListType);
  if constexpr (W) {
    if (kind == AnswerKind::referrers) {
      show_objects(kind, referrers_of(arguments, tuple));
    } else {
      show_referents(arguments);
    }
  }
  decref(tuple);
  decref(list);
  return true;
}

// gc_referrers_for: every tracked object whose tp_traverse visits one of them, once.
template <bool W>
std::vector<std::uint32_t> Engine<W>::referrers_of(const std::vector<Index>& sought, Index except) const {
  std::vector<Index> found;
  for (Generation g = 0; g < kGenerations; ++g) {
    for (Index i : heap_.generation(g).items()) {
      if (i == kHole || i == except) continue;
      bool refers = false;
      heap_.traverse(i, [&](Index child) {
        refers = refers || std::find(sought.begin(), sought.end(), child) != sought.end();
      });
      if (refers) found.push_back(i);
    }
  }
  return found;
}

// What tp_traverse visits, in its order, each time it does. That includes what has no object of its own here:
// an instance's class, a weak reference's callback and, where the profile says so, a dict's keys.
template <bool W>
void Engine<W>::show_referents(const std::vector<Index>& arguments) {
  std::vector<ObjectRef> found;
  for (Index i : arguments) {
    const Object& o = heap_[i];
    const TypeState& type = heap_.type(o);
    if (!type.is_gc) continue;
    bool shows_keys = type.layout == Layout::dict && heap_.profile.dict_traverses_keys;
    heap_.traverse(i, [&](Index child) {
      if (shows_keys) found.push_back({.type = TypeId{trace::kStrType}});
      found.push_back(heap_.ref(child));
    });
    bool calls_back = type.layout == Layout::weakref && heap_.weakrefs.has_callback(o);
    if (type.kind == trace::Kind::instance || calls_back) found.push_back({.type = o.type});
  }
  observer_->on_answer({AnswerKind::referents, {}, found, {}});
}

template <bool W>
void Engine<W>::show_objects([[maybe_unused]] AnswerKind kind,
                             [[maybe_unused]] const std::vector<Index>& objects) {
  if constexpr (W) {
    std::vector<ObjectRef> refs;
    for (Index i : objects) refs.push_back(heap_.ref(i));
    observer_->on_answer({kind, {}, refs, {}});
  }
}

template <bool W>
bool Engine<W>::apply_object_question(const trace::Event& e, AnswerKind kind) {
  Index object = kHole;
  if (!resolve(e.subject, trace::Operand::subject, object)) return false;
  const Object& o = heap_[object];
  bool is_finalized = o.has(Object::kFinalized) && heap_.type(o).is_gc;
  answer(kind, {(kind == AnswerKind::is_tracked ? o.tracked() : is_finalized) ? 1 : 0});
  return true;
}

// list_clear: the list is empty before the first object is released; the last goes first.
template <bool W>
void Engine<W>::clear_garbage() {
  std::vector<Index> taken;
  taken.swap(heap_.garbage);
  for (std::size_t k = taken.size(); k-- > 0;) decref(taken[k]);
}

// gc.callbacks.append, gc.callbacks.remove
template <bool W>
bool Engine<W>::apply_callbacks(const trace::Event& e) {
  if (e.op == trace::Op::gc_add_callback) {
    callbacks_.push_back(e.name);
    heap_.scope.pin(e.name);
    return true;
  }
  auto callback = std::find(callbacks_.begin(), callbacks_.end(), e.name);
  if (callback == callbacks_.end()) return refuse(trace::Fault::missing_key, trace::Operand::name, e.name);
  callbacks_.erase(callback);
  return true;
}

// invoke_gc_callback: a dict with the figures is made for them, if there are any. They do nothing themselves.
template <bool W>
void Engine<W>::invoke_callbacks([[maybe_unused]] AnswerKind kind, const Trigger& trigger) {
  if (callbacks_.empty() || !trigger.calls_back) return;
  Index info = create_internal(trace::kDictType);
  if constexpr (W) observer_->on_answer({kind, {}, {}, callbacks_});
  if (heap_.profile.collector_module.callback_takes_argument_tuple) {
    for (std::size_t k = 0; k < callbacks_.size(); ++k) decref(create_internal_tuple(2));
  }
  decref(info);
}

// gc.set_debug(DEBUG_STATS), as the collection begins: what the generations hold.
template <bool W>
void Engine<W>::show_generation_sizes([[maybe_unused]] Generation generation) {
  if constexpr (W) {
    if ((debug_ & kDebugStats) == 0) return;
    DebugCollecting notice{.generation = generation};
    for (Generation g = 0; g < kGenerations; ++g) notice.objects[g] = heap_.generation(g).live();
    notice.frozen = heap_.list(ListId::permanent).live();
    notice.shows_frozen = heap_.profile.has_freeze;
    observer_->on_debug_collecting(notice);
  }
}

template <bool W>
void Engine<W>::show_done([[maybe_unused]] const CollectionEnd& end) {
  if constexpr (W) {
    if ((debug_ & kDebugStats) == 0) return;
    bool found = end.collected + end.uncollectable > 0;
    observer_->on_debug_done({.unreachable = end.collected + end.uncollectable,
                              .uncollectable = end.uncollectable,
                              .shows_figures = found || heap_.profile.collector_module.says_found_nothing});
  }
}

}  // namespace gcsim::engine
