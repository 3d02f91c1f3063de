// Events: operands are checked first, then one function per kind of event changes the heap.
#pragma once

#include "engine.h"
#include "quick.h"

namespace gcsim::engine {

template <bool W>
Engine<W>::Engine(const Settings& settings, Observer* observer)
    : heap_(settings),
      observer_(observer),
      shows_phases_(W && observer->wants_phases()),
      counts_(settings.count),
      threshold_(settings.threshold),
      enabled_(settings.enabled),
      long_lived_base_(settings.long_lived_total),
      long_lived_total_(settings.long_lived_total),
      blocks_(heap_.profile, heap_.free_lists, W && observer->wants_heap()),
      slots_(settings.slots),
      slots_to_add_(settings.slots.initial) {
  if (heap_.marks_and_sweeps()) add_slots();
  if constexpr (W) released_.resize(heap_.objects.size());
}

template <bool W>
std::uint64_t Engine<W>::alive() const {
  return heap_.objects.size() - 1 - heap_.free_slots.size() - heap_.interned_alive;
}

template <bool W>
SlotStats Engine<W>::slot_stats() const {
  if (!heap_.marks_and_sweeps()) return {};
  return {heap_.objects.size() - 1 - heap_.interned_alive, heap_.free_slots.size()};
}

template <bool W>
std::uint64_t Engine<W>::tracked() const {
  std::uint64_t n = 0;
  for (Generation g = 0; g < kGenerations; ++g) n += heap_.generation(g).live();
  return n;
}

template <bool W>
Snapshot Engine<W>::snapshot() const {
  Snapshot snapshot = take_snapshot(heap_, released_);
  if constexpr (W) {
    for (SnapshotObject& o : snapshot.objects) o.address = address_of(raw(o.object));
  }
  return snapshot;
}

template <bool W>
std::optional<HeapStats> Engine<W>::heap_stats() const {
  if constexpr (W) {
    if (!heap_.marks_and_sweeps() && blocks_.are_kept()) return blocks_.stats();
  }
  return std::nullopt;
}

template <bool W>
std::vector<SizeClassStats> Engine<W>::size_classes() const {
  if constexpr (W) {
    if (!heap_.marks_and_sweeps() && blocks_.are_kept()) return blocks_.size_classes();
  }
  return {};
}

template <bool W>
std::vector<std::string> Engine<W>::check_invariants() const {
  std::vector<std::string> found = find_violations(heap_, counts_);
  if constexpr (W) {
    for (std::string& v : blocks_.violations(heap_.objects, heap_.free_lists)) found.push_back(std::move(v));
  }
  return found;
}

template <bool W>
Simulator::Applied Engine<W>::apply(const trace::EventBatch& batch, std::size_t begin,
                                    const trace::Vocabulary& vocabulary) {
  heap_.learn(vocabulary);
  heap_.scope.renumber_from();
  vocabulary_ = &vocabulary;
  if (!batch.globals.empty()) learn_globals(batch);
  const bool looks_ahead = leads_far_off(heap_, batch);
  const std::span<const trace::Event> events = batch.events;
  event_ = batch.first + begin - 1;
  for (std::size_t k = begin; k < events.size(); ++k) {
    if (looks_ahead) look_ahead(heap_, batch, k);
    const trace::Event& e = events[k];
    ++event_;
    if constexpr (W) clock_ = event_;
    if constexpr (W) observer_->on_event(event_, e);
    const bool done = step(e, batch);
    if constexpr (W) {
      if (!done) observer_->on_refused(*fault_);
    }
    if (is_pending_ && !checks_are_events_) run_pending_collection();
    if constexpr (W) observer_->on_event_end(event_, counts_);
    if (!done) return {k + 1, fault_};
  }
  return {events.size(), std::nullopt};
}

// What most events are. Each has a function of its own that is not inlined, so that none pays for the
// registers of another.
template <bool W>
bool Engine<W>::step(const trace::Event& e, const trace::EventBatch& batch) {
  using trace::Op;
  if (exited_) [[unlikely]]
    return refuse(trace::Fault::behind_exit, trace::Operand::whole, kNoSymbol);
  switch (e.op) {
    case Op::alloc: return apply_alloc(e, batch);
    case Op::bind: return apply_bind(e);
    case Op::add: return apply_add(e);
    case Op::set_item: return apply_set_item(e);
    case Op::del_item: return apply_del_item(e);
    case Op::pop: return apply_pop(e);
    case Op::remove: return apply_remove(e);
    case Op::del: return apply_del(e, batch);
    case Op::set_attr: return apply_set_attr(e);
    case Op::weakref: return apply_weakref(e);
    default: return step_rarer(e, batch.operands_of(e));
  }
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::step_rarer(const trace::Event& e, std::span<const std::uint32_t> operands) {
  using trace::Op;
  switch (e.op) {
    case Op::alloc:
    case Op::bind:
    case Op::add:
    case Op::set_item:
    case Op::del_item:
    case Op::pop:
    case Op::remove:
    case Op::del:
    case Op::set_attr:
    case Op::weakref: return true;  // step
    case Op::clear: return apply_clear(e);
    case Op::del_attr: return apply_del_attr(e);
    case Op::dict: return apply_dict(e);
    case Op::collect:
    case Op::enable:
    case Op::disable:
    case Op::set_threshold:
    case Op::freeze:
    case Op::unfreeze:
    case Op::set_debug:
    case Op::get_count: return apply_collector(e, operands);
    case Op::inspect_refcount:
    case Op::inspect_generations: return apply_inspect(e);
    case Op::inspect_is: return apply_is(e);
    case Op::gc_is_enabled:
    case Op::gc_get_threshold:
    case Op::gc_get_stats:
    case Op::gc_get_objects:
    case Op::gc_get_referrers:
    case Op::gc_get_referents:
    case Op::gc_is_tracked:
    case Op::gc_is_finalized:
    case Op::gc_freeze_count:
    case Op::gc_garbage:
    case Op::gc_clear_garbage:
    case Op::gc_add_callback:
    case Op::gc_remove_callback: return apply_introspection(e, operands);
    case Op::unit_begin:
    case Op::unit_end:
    case Op::load_constant:
    case Op::add_in_place:
    case Op::intern:
    case Op::inspect_id:
    case Op::inspect_getrefcount: return apply_shared_value(e);
    case Op::track:
    case Op::untrack:
    case Op::own:
    case Op::atomic:
    case Op::resize: return apply_recorded(e);
    case Op::die:
    case Op::garbage: return refuse(trace::Fault::other_recording, trace::Operand::whole, kNoSymbol);
    case Op::memory:
      if constexpr (W) observer_->on_memory(static_cast<std::int32_t>(operands[0]));
      return true;
    case Op::tick: return true;
    case Op::exit: return apply_exit();
    case Op::import_module:
    case Op::import_from: return apply_import(e);
    case Op::loaded:
    case Op::failed: return apply_import_end(e);
    case Op::hold:
    case Op::release: return apply_hold(e);
    case Op::call: return apply_call(e, operands);
    case Op::return_: return apply_return(e);
    case Op::frame: return apply_frame(e);
    case Op::raise: return apply_raise(e, operands);
    case Op::generator: return apply_generator(e, operands);
    case Op::next: return apply_next(e);
    case Op::yield_: return apply_yield(e);
    case Op::check:
      checks_are_events_ = true;
      run_pending_collection();
      return true;
  }
  return true;
}

template <bool W>
[[gnu::cold]] bool Engine<W>::refuse(trace::Fault fault, trace::Operand operand, SymbolId symbol,
                                     std::uint32_t ordinal) {
  fault_ = HeapFault{fault, operand, ordinal, symbol, TypeId{0}, 0, {}};
  return false;
}

template <bool W>
[[gnu::cold]] bool Engine<W>::refuse_type(const Object& o, trace::Operand operand, SymbolId symbol) {
  refuse(trace::Fault::unsupported_operation, operand, symbol);
  fault_->type = o.type;
  return false;
}

template <bool W>
[[gnu::cold]] bool Engine<W>::refuse_dead(trace::Operand operand, SymbolId symbol, std::uint32_t ordinal) {
  bool never = heap_.scope.was_never_an_id(symbol);
  refuse(never ? trace::Fault::unknown_id : trace::Fault::dead_object, operand, symbol, ordinal);
  if (!never && !heap_.scope.is_live(symbol)) fault_->related = heap_.scope.died_in(symbol);
  return false;
}

// An operand is a local name of the innermost call, or the ID of a live object; a word that was never an ID
// stands for what it is bound to.
template <bool W>
[[gnu::always_inline]] inline bool Engine<W>::resolve(SymbolId symbol, trace::Operand operand, Index& object,
                                                      std::uint32_t ordinal) {
  if (heap_.scope.depth() == 0 && heap_.scope.is_live(symbol)) [[likely]] {
    object = heap_.scope.object(symbol);
    if (heap_[object].refcount > 0) [[likely]]
      return true;
  }
  return resolve_any(symbol, operand, object, ordinal);
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::resolve_any(SymbolId symbol, trace::Operand operand, Index& object,
                                              std::uint32_t ordinal) {
  if (heap_.scope.is_local(symbol)) {
    object = heap_.scope.own_binding(symbol);
    return true;
  }
  if (heap_.scope.is_live(symbol)) {
    object = heap_.scope.object(symbol);
    // Without a reference it waits, in the trashcan or for a sweep: dead for the program.
    return heap_[object].refcount > 0 || refuse_dead(operand, symbol, ordinal);
  }
  if (!heap_.scope.was_never_an_id(symbol)) return refuse_dead(operand, symbol, ordinal);
  object = heap_.look_up(symbol);
  return object != kHole || refuse_dead(operand, symbol, ordinal);
}

template <bool W>
bool Engine<W>::check_new_id(SymbolId symbol, trace::Operand operand) {
  return !heap_.scope.is_live(symbol) || check_live_id(symbol, operand);
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::check_live_id(SymbolId symbol, trace::Operand operand) {
  if (heap_[heap_.scope.object(symbol)].id != symbol) return true;
  // What waits for a sweep gives its ID up to a new object.
  if (heap_.marks_and_sweeps() && !is_reachable(heap_.scope.object(symbol))) return true;
  return refuse(trace::Fault::duplicate_id, operand, symbol);
}

// After an allocation, whose collection may have taken an operand that nothing referred to.
template <bool W>
bool Engine<W>::still_alive(SymbolId symbol, Index object, trace::Operand operand, std::uint32_t ordinal) {
  Index now = kHole;
  return resolve(symbol, operand, now, ordinal) && now == object;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_bind(const trace::Event& e) {
  Index object = kHole;
  if (!resolve(e.value, trace::Operand::value, object)) return false;
  incref(object);
  bind(e.name, object);
  return true;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::apply_del(const trace::Event& e, const trace::EventBatch& batch) {
  if constexpr (!W) {
    Index object = kHole;
    if (e.operand_count == 1 && unbind_quickly(SymbolId{batch.operands[e.operand_begin]}, object)) {
      return --heap_[object].refcount != 0 || die_quickly(object);
    }
  }
  return delete_names(batch.operands_of(e));
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::die_somehow(Index i) {
  if (!die_at_once(i)) die(i);
  return true;
}

template <bool W>
[[gnu::noinline]] bool Engine<W>::delete_names(std::span<const std::uint32_t> names) {
  for (std::uint32_t k = 0; k < names.size(); ++k) {
    const SymbolId name{names[k]};
    if (Index dict = heap_.dict_of_global(name); dict != kHole) [[unlikely]] {
      if (!delete_global(name, dict))
        return refuse(trace::Fault::unbound_name, trace::Operand::item, name, k);
      continue;
    }
    const std::uint32_t object = heap_.scope.own_binding(name);
    if (object == Scope::kUnbound) [[unlikely]]
      return refuse(trace::Fault::unbound_name, trace::Operand::item, name, k);
    heap_.scope.unbind(name);
    if (!heap_.calls.handled.empty()) [[unlikely]]
      end_named_handler(name);
    decref(object);
  }
  return true;
}

template <bool W>
bool Engine<W>::apply_collector(const trace::Event& e, std::span<const std::uint32_t> operands) {
  using trace::Op;
  switch (e.op) {
    case Op::collect: {
      auto depth = static_cast<std::int32_t>(heap_.profile.trashcan.explicit_collection_depth);
      nesting_ += depth;
      [[maybe_unused]] std::int64_t found = collect_garbage(e.number, {});
      nesting_ -= depth;
      if constexpr (W) observer_->on_return(found);
      break;
    }
    case Op::enable: enabled_ = true; break;
    case Op::disable: enabled_ = false; break;
    case Op::set_threshold:
      for (std::size_t k = 0; k < operands.size(); ++k)
        threshold_[k] = static_cast<std::int32_t>(operands[k]);
      break;
    case Op::freeze: freeze(); break;
    case Op::unfreeze: unfreeze(); break;
    case Op::set_debug: debug_ = e.number; break;
    default: return apply_get_count();
  }
  return true;
}

// gc.get_count() itself takes a 3-tuple, which may count and even collect; it reads the counts before.
template <bool W>
bool Engine<W>::apply_get_count() {
  [[maybe_unused]] Counts before = counts_;
  Index tuple = create_internal_tuple(3);
  if constexpr (W) observer_->on_count(before);
  decref(tuple);  // may empty the trashcan
  return true;
}

template <bool W>
void Engine<W>::freeze() {
  if (!heap_.profile.has_freeze) return;
  for (Generation g = 0; g < kGenerations; ++g) {
    heap_.list(ListId::permanent).take_all(heap_.objects, heap_.generation(g));
    counts_[g] = 0;
  }
}

template <bool W>
void Engine<W>::unfreeze() {
  heap_.generation(kOldest).take_all(heap_.objects, heap_.list(ListId::permanent));
}

template <bool W>
bool Engine<W>::apply_inspect(const trace::Event& e) {
  if (e.op == trace::Op::inspect_refcount) {
    Index object = kHole;
    if (!resolve(e.subject, trace::Operand::subject, object)) return false;
    if constexpr (W)
      observer_->on_refcount(heap_.ref(object), heap_[object].refcount, heap_[object].tracked());
    return true;
  }
  if constexpr (W) {
    std::array<std::vector<ObjectRef>, kGenerations> lists;
    for (Generation g = 0; g < kGenerations; ++g) {
      for (Index i : heap_.generation(g).items()) {
        if (i != kHole) lists[g].push_back(heap_.ref(i));
      }
    }
    observer_->on_generations(lists[0], lists[1], lists[2], long_lived_total_, long_lived_pending_);
  }
  return true;
}

template <bool W>
bool Engine<W>::apply_is(const trace::Event& e) {
  Index a = kHole;
  Index b = kHole;
  if (!resolve(e.subject, trace::Operand::subject, a)) return false;
  if (!resolve(e.value, trace::Operand::value, b)) return false;
  answer(AnswerKind::is, {a == b ? 1 : 0});
  return true;
}

template <bool W>
void Engine<W>::answer([[maybe_unused]] AnswerKind kind,
                       [[maybe_unused]] std::initializer_list<std::int64_t> numbers) {
  if constexpr (W) observer_->on_answer({kind, {numbers.begin(), numbers.size()}, {}, {}});
}

// What only recordings say.
template <bool W>
bool Engine<W>::apply_recorded(const trace::Event& e) {
  using trace::Op;
  Index i = kHole;
  if (!resolve(e.subject, trace::Operand::subject, i)) return false;
  Object& o = heap_[i];
  if (e.op == Op::resize) {
    [[maybe_unused]] const std::uint32_t old = heap_.ref(i).size;
    o.size = e.number;
    if constexpr (W) {
      blocks_.resize(i, e.number);
      observer_->on_resized(heap_.ref(i), old);
    }
    return true;
  }
  if (e.op == Op::own) {
    if constexpr (W) heap_.own(i, e.number);
    return true;
  }
  // Only the generational collector has lists.
  if (heap_.reclamation != profile::Reclamation::counting_and_cycles) return true;
  if (!heap_.type(o).is_gc) return refuse_type(o, trace::Operand::subject, e.subject);
  if (e.op == Op::atomic) {
    o.reset(Object::kOutside);
    return true;
  }
  if ((e.flags & trace::kOutside) != 0) o.set(Object::kOutside);
  bool track = e.op == Op::track;
  if (track == o.tracked()) return true;
  if (track) {
    heap_.track(i);
  } else {
    heap_.untrack(i);
  }
  return true;
}

}  // namespace gcsim::engine
