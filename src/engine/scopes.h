// Calls, frames, generators and exceptions: what holds local names, and for how long.
//
// The names bound in a call are kept by Scope. What holds them besides is a frame object: up to 3.10 every
// call has one; later one is made when a traceback or the program asks for it, and takes the locals over when
// its call ends. A generator that waits keeps its locals as pairs of name and value, in its frame object or
// in itself.
#pragma once

#include "engine.h"

namespace gcsim::engine {

template <bool W>
bool Engine<W>::has_frame_objects() const {
  return heap_.profile.calls.frames == profile::FrameStorage::objects;
}

template <bool W>
bool Engine<W>::keeps_frame_when_closed() const {
  return heap_.profile.calls.generator_close == profile::GeneratorClose::releases_locals;
}

// --- Frame objects

template <bool W>
typename Engine<W>::Index Engine<W>::create_frame(KeyId function, Index back) {
  constexpr TypeId kType{trace::kFrameType};
  const TypeState& type = heap_.types[raw(kType)];
  bool reused = take_spare_frame(function) || take_memory(type, 0, type.rules->size, false);
  Index i = create(kType, kNoSymbol, type.rules->size, reused);
  push_word(heap_.pool, heap_[i], raw(function));
  push_word(heap_.pool, heap_[i], back);
  if (back != kHole) incref(back);
  if (heap_.profile.calls.tracks_running_frames) heap_.track_if_gc(i);
  return i;
}

// The frame object of the call at that depth (0: of the module); made if there is none.
template <bool W>
typename Engine<W>::Index Engine<W>::frame_at(std::uint32_t depth) {
  if (depth == 0) return module_frame();
  if (heap_.calls.stack[depth - 1].frame != kHole) return heap_.calls.stack[depth - 1].frame;
  Index i = create_frame(heap_.calls.stack[depth - 1].function, kHole);
  heap_[i].set(Object::kRunning);
  mutable_words_of(heap_[i])[0] = depth;
  Call& call = heap_.calls.stack[depth - 1];
  call.frame = i;
  if (call.generator != kHole) mutable_words_of(heap_[call.generator])[1] = i;
  return i;
}

// The module's code runs as long as the interpreter does, and so does its frame. Where all calls have frame
// objects it is older than the trace. Its locals are the module's names: nothing it holds itself.
template <bool W>
typename Engine<W>::Index Engine<W>::module_frame() {
  Index& frame = heap_.calls.module_frame;
  if (frame != kHole) return frame;
  constexpr TypeId kType{trace::kFrameType};
  if (!has_frame_objects() && heap_.types[raw(kType)].is_gc) count_allocation();
  if (heap_.marks_and_sweeps()) heap_.add_slots(1);  // beside those that count
  if constexpr (W) next_block_ = blocks_.take_interned(heap_.types[raw(kType)].rules->size);
  frame = new_object(kType, kNoSymbol, heap_.types[raw(kType)].rules->size);
  push_word(heap_.pool, heap_[frame], raw(kNoKey));
  push_word(heap_.pool, heap_[frame], kHole);
  heap_[frame].set(Object::kInterned);
  ++heap_.interned_alive;
  return frame;
}

// frameobject.c: frame_dealloc. The first frame of a function to die waits for its next call
// (co_zombieframe).
template <bool W>
bool Engine<W>::keep_spare_frame(const TypeState& type, Index i) {
  if (!heap_.profile.calls.keeps_frame_per_code || type.closes_first) return false;
  std::vector<bool>& spare = heap_.calls.has_spare_frame;
  std::uint32_t function = words_of(heap_[i]).data[0];
  if (function >= spare.size()) spare.resize(function + 1 + spare.size() / 2);
  if (spare[function]) return false;
  spare[function] = true;
  if constexpr (W) blocks_.keep_spare(i, function);
  return true;
}

template <bool W>
bool Engine<W>::take_spare_frame(KeyId function) {
  std::vector<bool>& spare = heap_.calls.has_spare_frame;
  if (raw(function) >= spare.size() || !spare[raw(function)]) return false;
  spare[raw(function)] = false;
  if constexpr (W) next_block_ = blocks_.take_spare(raw(function));
  return true;
}

template <bool W>
void Engine<W>::drop_name_holds(const Object& o) {
  Words w = words_of(o);
  for (std::uint32_t k = 2; k < w.count; k += 2) {
    if (SymbolId name{w.data[k]}; name != kNoSymbol) heap_.scope.drop_hold(name);
  }
}

// A generator that ends while something else refers to its frame object leaves its locals to that
// (frame.c: take_ownership). An exception is on its way then: nothing is collected. To a collector that
// closed the generator they may be reachable again.
template <bool W>
void Engine<W>::leave_locals_to_frame(Index generator) {
  Words own = words_of(heap_[generator]);
  if (has_frame_objects() || own.count == 0 || own.data[1] == kHole) return;
  Index frame = own.data[1];
  if (heap_[frame].refcount == 1) return;
  if (heap_.profile.calls.generator_frame_keeps_caller) {
    bool was_raising = std::exchange(is_raising_, true);
    link_to_caller(frame);
    is_raising_ = was_raising;
  }
  own = words_of(heap_[generator]);
  for (std::uint32_t k = 2; k < own.count; ++k) push_word(heap_.pool, heap_[frame], own.data[k]);
  remove_words(heap_[generator], 2, own.count - 2);
  if (!heap_[frame].tracked()) heap_.track_if_gc(frame);
  resurrected_ = true;
}

// f_back, for a frame that outlives its call: the caller's frame object is made if there is none.
template <bool W>
void Engine<W>::link_to_caller(Index frame) {
  Index back = frame_at(heap_.scope.depth());
  incref(back);
  mutable_words_of(heap_[frame])[1] = back;
}

// The locals of a generator die, first to last; it keeps its frame object.
template <bool W>
void Engine<W>::release_waiting_locals(Index generator) {
  drop_name_holds(heap_[generator]);
  while (words_of(heap_[generator]).count > 2) {
    Index local = words_of(heap_[generator]).data[3];
    remove_words(heap_[generator], 2, 2);
    if (local != kHole) decref(local);
  }
}

// gen_dealloc: a frame object that lives on is on its own now.
template <bool W>
void Engine<W>::release_frame_of(Index generator) {
  Words own = words_of(heap_[generator]);
  if (own.count == 0 || own.data[1] == kHole) return;
  Index frame = own.data[1];
  if (heap_[frame].refcount > 1 && !heap_[frame].tracked()) heap_.track_if_gc(frame);
  decref(frame);
}

// frame_tp_clear: the locals go, the caller's frame stays. Of a generator, which is closed: everything.
template <bool W>
void Engine<W>::clear_frame(Index i) {
  bool is_generator = heap_.type(heap_[i]).closes_first;
  if (heap_[i].has(Object::kRunning)) return;
  if (is_generator && keeps_frame_when_closed()) return release_waiting_locals(i);
  if (is_generator) leave_locals_to_frame(i);
  Object& o = heap_[i];
  Object taken = o;
  Words w = words_of(taken);
  o.set_edge_mode(EdgeMode::inline0);
  if (!is_generator) {
    for (std::uint32_t k = 0; k < 2; ++k) push_word(heap_.pool, heap_[i], w.data[k]);
  }
  drop_name_holds(taken);
  for (std::uint32_t k = is_generator ? 1 : 3; k < w.count; k += 2) {
    if (w.data[k] != kHole) decref(w.data[k]);
  }
  drop_words(heap_.pool, taken);
}

template <bool W>
bool Engine<W>::apply_frame(const trace::Event& e) {
  std::uint32_t depth = heap_.scope.depth();
  Index existing = depth == 0 ? heap_.calls.module_frame : heap_.calls.stack[depth - 1].frame;
  bool is_its_own =
      existing != kHole && heap_.scope.is_live(e.subject) && heap_.scope.object(e.subject) == existing;
  if (!is_its_own && !check_new_id(e.subject, trace::Operand::subject)) return false;
  Index frame = frame_at(depth);
  incref(frame);
  if constexpr (W) {
    if (heap_[frame].id != kNoSymbol) observer_->on_same(e.subject, heap_.ref(frame));
  }
  give_birth(e.subject, e.name, frame);
  return true;
}

// --- Calls

// Takes a reference to each argument, in order, before the call can allocate anything.
template <bool W>
bool Engine<W>::take_arguments(std::span<const std::uint32_t> operands) {
  passed_.clear();
  for (std::uint32_t k = 1; k < operands.size(); k += 2) {
    Index argument = kNoneIndex;
    if (!resolve(SymbolId{operands[k]}, trace::Operand::item, argument, k)) return false;
    passed_.push_back(argument);
  }
  for (Index argument : passed_) incref(argument);
  return true;
}

template <bool W>
bool Engine<W>::apply_call(const trace::Event& e, std::span<const std::uint32_t> operands) {
  std::uint32_t depth = heap_.scope.depth();
  if (depth == Scope::kMaxDepth)
    return refuse(trace::Fault::calls_too_deep, trace::Operand::whole, kNoSymbol);
  if (!take_arguments(operands)) return false;
  Calls& calls = heap_.calls;
  Call call{.function = e.key, .first_argument = static_cast<std::uint32_t>(calls.arguments.size())};
  if (heap_.profile.calls.caller_keeps_arguments) {
    for (Index argument : passed_) {
      incref(argument);
      calls.arguments.push_back(argument);
    }
  }
  if (has_frame_objects()) {
    call.frame = create_frame(e.key, frame_at(depth));
    heap_[call.frame].set(Object::kRunning);
    mutable_words_of(heap_[call.frame])[0] = depth + 1;
  }
  calls.stack.push_back(call);
  heap_.scope.enter();
  for (std::size_t k = 0; k < passed_.size(); ++k) heap_.scope.bind(SymbolId{operands[2 * k]}, passed_[k]);
  return true;
}

// What the caller gets; kHole: nothing that anybody looks at.
template <bool W>
bool Engine<W>::take_result(const trace::Event& e, Index& result) {
  result = e.name == kNoSymbol ? kHole : kNoneIndex;
  if (e.value != kNoSymbol && !resolve(e.value, trace::Operand::value, result)) return false;
  if (result != kHole) incref(result);
  return true;
}

template <bool W>
void Engine<W>::hand_over(SymbolId name, Index result) {
  if (result == kHole) return;
  if (name == kNoSymbol) {
    decref(result);
  } else {
    bind(name, result);
  }
}

template <bool W>
bool Engine<W>::apply_return(const trace::Event& e) {
  if (heap_.scope.depth() == 0) return refuse(trace::Fault::no_call, trace::Operand::whole, kNoSymbol);
  Index result = kHole;
  if (!take_result(e, result)) return false;
  leave_call();
  hand_over(e.name, result);
  return true;
}

// The locals of the call that ends become references of `holder`. With names, if it lives on.
template <bool W>
void Engine<W>::keep_locals(Index holder, bool with_names) {
  for (const Scope::Local& local : leaving_) {
    SymbolId name = with_names ? local.name : kNoSymbol;
    if (with_names) heap_.scope.hold(name);
    push_word(heap_.pool, heap_[holder], raw(name));
    push_word(heap_.pool, heap_[holder], local.object);
  }
}

template <bool W>
void Engine<W>::release_locals() {
  for (const Scope::Local& local : leaving_) {
    if (local.object != Scope::kUnbound) decref(local.object);
  }
}

template <bool W>
void Engine<W>::release_arguments(std::uint32_t first) {
  std::vector<Index>& arguments = heap_.calls.arguments;
  while (arguments.size() > first) {
    Index last = arguments.back();
    arguments.pop_back();
    decref(last);
  }
}

// The innermost call ends. If nobody else refers to its frame the locals die with it: first to last; else
// they live on in it (up to 3.10: it is tracked from now on; later: frame.c: take_ownership, which also asks
// for the caller's frame object). Then go the arguments that the caller kept, last to first.
template <bool W>
void Engine<W>::leave_call() {
  if (heap_.marks_and_sweeps()) find_slots(1);  // for a frame object, while the locals still have names
  end_handlers();
  Call call = heap_.calls.stack.back();
  leaving_.clear();
  heap_.scope.leave(leaving_);
  heap_.calls.stack.pop_back();
  Index frame = call.frame;
  if (call.generator != kHole) {
    heap_[call.generator].reset(Object::kRunning);
    drop_words(heap_.pool, heap_[call.generator]);
    if (has_frame_objects()) {
      // gen_send_ex: Py_CLEAR(f->f_back)
      Index back = std::exchange(mutable_words_of(heap_[frame])[1], kHole);
      decref(back);
    }
  }
  bool lives_on = frame != kHole && heap_[frame].refcount > 1;
  if (frame != kHole) {
    heap_[frame].reset(Object::kRunning);
    mutable_words_of(heap_[frame])[0] = raw(call.function);
  }
  bool keeps_caller = call.generator == kHole || heap_.profile.calls.generator_frame_keeps_caller;
  if (lives_on && !has_frame_objects() && keeps_caller) link_to_caller(frame);
  bool takes_over = lives_on || has_frame_objects();
  if (takes_over) keep_locals(frame, lives_on);
  if (lives_on && !heap_[frame].tracked()) heap_.track_if_gc(frame);
  if (frame != kHole) decref(frame);
  if (!takes_over) release_locals();
  release_arguments(call.first_argument);
  if (call.generator != kHole) decref(call.generator);
}

// --- Exceptions

template <bool W>
typename Engine<W>::Index Engine<W>::create_traceback(Index next, Index frame) {
  constexpr TypeId kType{trace::kTracebackType};
  const TypeState& type = heap_.types[raw(kType)];
  take_memory(type, 0, type.rules->size, false);
  Index i = create(kType, kNoSymbol, type.rules->size, false);
  if (next != kHole) push_word(heap_.pool, heap_[i], next);
  push_word(heap_.pool, heap_[i], frame);
  incref(frame);
  heap_.track_if_gc(i);
  return i;
}

// BaseException_new: it keeps the tuple of its arguments.
template <bool W>
typename Engine<W>::Index Engine<W>::create_exception(const trace::Event& e,
                                                      std::span<const std::uint32_t> operands) {
  if (heap_.marks_and_sweeps()) find_slots(2);
  Index arguments = kHole;
  if (!operands.empty()) {
    arguments = create_internal_tuple(static_cast<std::uint32_t>(operands.size()));
    for (std::size_t k = 0; k < passed_.size(); ++k) {
      mutable_words_of(heap_[arguments])[k] = passed_[k];
      --heap_[kNoneIndex].refcount;
    }
  }
  const TypeState& type = heap_.types[raw(e.type)];
  take_memory(type, 0, type.rules->size, false);
  Index i = create(e.type, e.subject, type.rules->size, false);
  ++creations_;
  if (arguments != kHole) push_word(heap_.pool, heap_[i], arguments);
  heap_.track_if_gc(i);
  return i;
}

// From the call that raises to the one that catches, each frame passed adds a traceback, and each call but
// the last ends. No collection starts meanwhile: an exception is pending (_PyErr_Occurred).
template <bool W>
bool Engine<W>::apply_raise(const trace::Event& e, std::span<const std::uint32_t> operands) {
  std::uint32_t depth = heap_.scope.depth();
  std::uint32_t passed = e.number == trace::kNoIndex ? std::min(depth, 1u) : e.number;
  if (passed > depth) return refuse(trace::Fault::no_call, trace::Operand::number, kNoSymbol);
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  passed_.clear();
  for (std::uint32_t k = 0; k < operands.size(); ++k) {
    Index argument = kNoneIndex;
    if (!resolve(SymbolId{operands[k]}, trace::Operand::item, argument, k)) return false;
    passed_.push_back(argument);
  }
  for (Index argument : passed_) incref(argument);
  Index exception = create_exception(e, operands);
  const profile::CallRules& rules = heap_.profile.calls;
  is_raising_ = true;
  Index context = kHole;
  if (rules.exception_keeps_traceback && !heap_.calls.handled.empty()) {
    context = heap_.calls.handled.back().exception;
    incref(context);
  }
  Index traceback = create_traceback(kHole, frame_at(heap_.scope.depth()));
  for (std::uint32_t k = 0; k < passed; ++k) {
    leave_call();
    traceback = create_traceback(traceback, frame_at(heap_.scope.depth()));
  }
  is_raising_ = false;
  if (rules.handler_end == profile::HandlerEnd::with_the_call) end_handlers();
  Handled handled{.exception = exception, .name = e.name, .depth = heap_.scope.depth()};
  if (rules.exception_keeps_traceback) {
    push_word(heap_.pool, heap_[exception], traceback);
  } else {
    handled.traceback = traceback;
    heap_[traceback].refcount += rules.handler_references - 1;
  }
  if (context != kHole) push_word(heap_.pool, heap_[exception], context);
  heap_.calls.handled.push_back(handled);
  heap_[exception].refcount += rules.handler_references;  // one of them is the name's
  bind(e.name, exception);
  return true;
}

// The interpreter lets go of an exception it has handled.
template <bool W>
void Engine<W>::end_handler(std::size_t at) {
  std::vector<Handled>& all = heap_.calls.handled;
  Handled handled = all[at];
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(at));
  for (std::uint32_t k = 0; k < heap_.profile.calls.handler_references; ++k) {
    decref(handled.exception);
    if (handled.traceback != kHole) decref(handled.traceback);
  }
}

// Those of the innermost call. An `except .. as e` block deletes its name on every way out.
template <bool W>
void Engine<W>::end_handlers() {
  std::vector<Handled>& all = heap_.calls.handled;
  while (!all.empty() && all.back().depth == heap_.scope.depth()) {
    SymbolId name = all.back().name;
    end_handler(all.size() - 1);
    Index bound = heap_.scope.own_binding(name);
    if (heap_.profile.calls.handler_end == profile::HandlerEnd::with_the_call || bound == Scope::kUnbound)
      continue;
    heap_.scope.unbind(name);
    decref(bound);
  }
}

// `del e` ends the block that caught e.
template <bool W>
void Engine<W>::end_named_handler(SymbolId name) {
  if (heap_.profile.calls.handler_end == profile::HandlerEnd::with_the_call) return;
  const std::vector<Handled>& all = heap_.calls.handled;
  for (std::size_t at = all.size(); at-- > 0 && all[at].depth == heap_.scope.depth();) {
    if (all[at].name == name) return end_handler(at);
  }
}

// --- Generators

template <bool W>
bool Engine<W>::apply_generator(const trace::Event& e, std::span<const std::uint32_t> operands) {
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  if (!take_arguments(operands)) return false;
  if (heap_.marks_and_sweeps()) find_slots(2);
  leaving_.clear();
  for (std::size_t k = 0; k < passed_.size(); ++k)
    leaving_.push_back({SymbolId{operands[2 * k]}, passed_[k]});
  Index frame = kHole;
  if (has_frame_objects()) {
    frame = create_frame(e.key, kHole);
    keep_locals(frame, true);
  }
  constexpr TypeId kType{trace::kGeneratorType};
  const TypeState& type = heap_.types[raw(kType)];
  bool reused = take_memory(type, 0, type.rules->size, false);
  Index generator = create(kType, e.subject, type.rules->size, reused);
  ++creations_;
  push_word(heap_.pool, heap_[generator], raw(e.key));
  push_word(heap_.pool, heap_[generator], frame);
  if (frame == kHole) keep_locals(generator, true);
  heap_.track_if_gc(generator);
  if (frame != kHole && !heap_[frame].tracked()) heap_.track_if_gc(frame);
  bind(e.name, generator);
  return true;
}

template <bool W>
bool Engine<W>::apply_next(const trace::Event& e) {
  Index generator = kHole;
  if (!resolve(e.subject, trace::Operand::subject, generator)) return false;
  const Object& g = heap_[generator];
  if (heap_.type(g).kind != trace::Kind::generator) return refuse_type(g, trace::Operand::subject, e.subject);
  bool waits = words_of(g).count > 0 && !g.has(Object::kRunning) && !g.has(Object::kFinalized);
  if (!waits) return refuse(trace::Fault::not_resumable, trace::Operand::subject, e.subject);
  if (heap_.scope.depth() == Scope::kMaxDepth)
    return refuse(trace::Fault::calls_too_deep, trace::Operand::whole, kNoSymbol);
  resume(generator);
  return true;
}

// gen_send_ex: the waiting locals are names again.
template <bool W>
void Engine<W>::resume(Index generator) {
  if (heap_.marks_and_sweeps()) find_slots(1);  // likewise
  incref(generator);
  heap_[generator].set(Object::kRunning);
  heap_[generator].set(Object::kStarted);
  std::uint32_t depth = heap_.scope.depth();
  Words own = words_of(heap_[generator]);
  KeyId function{own.data[0]};
  Index frame = own.data[1];
  Index holder = has_frame_objects() ? frame : generator;
  leaving_.clear();
  Words w = words_of(heap_[holder]);
  for (std::uint32_t k = 2; k < w.count; k += 2) leaving_.push_back({SymbolId{w.data[k]}, w.data[k + 1]});
  remove_words(heap_[holder], 2, w.count - 2);
  if (frame != kHole) {
    heap_[frame].set(Object::kRunning);
    mutable_words_of(heap_[frame])[0] = depth + 1;
  }
  if (has_frame_objects()) {
    Index back = frame_at(depth);
    incref(back);
    mutable_words_of(heap_[frame])[1] = back;
  }
  heap_.calls.stack.push_back({.function = function,
                               .frame = frame,
                               .generator = generator,
                               .first_argument = static_cast<std::uint32_t>(heap_.calls.arguments.size())});
  heap_.scope.enter();
  for (const Scope::Local& local : leaving_) {
    heap_.scope.bind(local.name, local.object);
    heap_.scope.drop_hold(local.name);
  }
}

template <bool W>
bool Engine<W>::apply_yield(const trace::Event& e) {
  std::uint32_t depth = heap_.scope.depth();
  if (depth == 0 || heap_.calls.stack[depth - 1].generator == kHole)
    return refuse(trace::Fault::no_generator, trace::Operand::whole, kNoSymbol);
  Index result = kHole;
  if (!take_result(e, result)) return false;
  Index generator = heap_.calls.stack.back().generator;
  suspend(generator);
  decref(generator);
  hand_over(e.name, result);
  return true;
}

template <bool W>
void Engine<W>::suspend(Index generator) {
  end_handlers();
  Call call = heap_.calls.stack.back();
  leaving_.clear();
  heap_.scope.leave(leaving_);
  heap_.calls.stack.pop_back();
  heap_[generator].reset(Object::kRunning);
  if (call.frame != kHole) {
    heap_[call.frame].reset(Object::kRunning);
    mutable_words_of(heap_[call.frame])[0] = raw(call.function);
  }
  keep_locals(has_frame_objects() ? call.frame : generator, true);
  if (!has_frame_objects()) return;
  Index back = std::exchange(mutable_words_of(heap_[call.frame])[1], kHole);
  decref(back);
}

}  // namespace gcsim::engine
