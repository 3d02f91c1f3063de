// Modules: imports, globals, references that C code holds, and the interpreter's exit.
//
// The globals of `__main__` are the scope's names; those of any other module are items of its dict. A module
// is an instance with nothing but a `__dict__`.
#pragma once

#include "engine.h"

namespace gcsim::engine {

template <bool W>
void Engine<W>::learn_globals(const trace::EventBatch& batch) {
  for (const trace::GlobalName& global : batch.globals) {
    if (heap_.modules.globals.size() <= raw(global.symbol)) heap_.modules.globals.resize(heap_.scope.size());
    heap_.modules.globals[raw(global.symbol)] = {global.module, global.key};
    heap_.scope.mark_global(global.symbol);
  }
}

template <bool W>
bool Engine<W>::apply_import(const trace::Event& e) {
  if (heap_.explicit_tracking) {
    refuse(trace::Fault::unsupported_operation, trace::Operand::subject, e.subject);
    fault_->type = TypeId{trace::kModuleType};
    return false;
  }
  const ModuleTable::Import import = {e.subject, e.value, e.name, e.key, e.op == trace::Op::import_from};
  std::size_t at = heap_.modules.find(e.subject);
  if (at == heap_.modules.entries.size()) return begin_import(e, import);
  answer(AnswerKind::module, {heap_.modules.entries[at].is_executing ? 2 : 1});
  finish_import(import);
  return true;
}

// What follows, up to `loaded` or `failed`, is the module's execution. Its spec and its loader are not
// simulated.
template <bool W>
bool Engine<W>::begin_import(const trace::Event& e, const ModuleTable::Import& import) {
  if (heap_.scope.is_global(e.subject)) {
    SymbolId package = heap_.modules.globals[raw(e.subject)].module;
    if (!heap_.modules.has(package))
      return refuse(trace::Fault::unknown_module, trace::Operand::subject, package);
  }
  if (!check_new_id(e.subject, trace::Operand::subject)) return false;
  answer(AnswerKind::module, {0});
  Index m = create_module(e.subject);
  heap_.modules.entries.push_back({e.subject, m, KeyId{e.number}, true});
  heap_.modules.imports.push_back(import);
  heap_.scope.pin(import.value);
  if (import.name != kNoSymbol) heap_.scope.pin(import.name);
  return true;
}

// PyModule_NewObject
template <bool W>
typename Engine<W>::Index Engine<W>::create_module(SymbolId id) {
  constexpr TypeId kModule{trace::kModuleType};
  constexpr TypeId kDict{trace::kDictType};
  const TypeState& module_type = heap_.types[raw(kModule)];
  const TypeState& dict_type = heap_.types[raw(kDict)];
  if (heap_.marks_and_sweeps()) find_slots(2);
  bool reused = take_memory(module_type, 0, module_type.rules->size, false);
  Index m = create(kModule, id, module_type.rules->size, reused);
  ++creations_;
  bool after_dict = heap_.profile.modules.tracked_after_dict;
  if (!after_dict) heap_.track_if_gc(m);
  reused = take_memory(dict_type, 0, dict_type.rules->size, false);
  Index dict = create(kDict, kNoSymbol, dict_type.rules->size, reused);
  heap_.track_if_gc(dict);
  heap_[dict].set(Object::kOutside);  // it holds the module's loader
  if (after_dict) heap_.track_if_gc(m);
  heap_[m].words[0] = dict;
  heap_[m].set_edge_mode(EdgeMode::inline1);
  heap_[m].set(Object::kMaterialised);
  if (heap_.profile.dict_order == profile::DictOrder::hash_slots) {
    for (std::uint32_t key = 0; key < trace::kModuleKeys; ++key) set_item(dict, KeyId{key}, kNoneIndex);
  }
  return m;
}

// The statement's own part: what the importer binds.
template <bool W>
void Engine<W>::finish_import(const ModuleTable::Import& import) {
  SymbolId module = import.is_from || import.name != kNoSymbol ? import.module : import.value;
  std::size_t at = heap_.modules.find(module);
  if (at == heap_.modules.entries.size()) return;
  const ModuleTable::Entry& entry = heap_.modules.entries[at];
  Index value = entry.object;
  if (import.is_from) {
    std::uint32_t word = find_global(value, import.key);
    if (word == kHole) {
      import_error(entry, import.value);
      return;
    }
    value = word;
  }
  if (import.name == kNoSymbol && !heap_.modules.imports.empty()) {
    Index importer = heap_.scope.object(heap_.modules.imports.back().module);
    if (heap_.holds_dict_object(heap_[importer])) set_item(heap_[importer].words[0], import.key, value);
    return;
  }
  incref(value);
  bind(import.name != kNoSymbol ? import.name : import.value, value);
}

// The value of a module's global, or kHole.
template <bool W>
typename Engine<W>::Index Engine<W>::find_global(Index module, KeyId key) const {
  if (!heap_.holds_dict_object(heap_[module])) return kHole;
  const Object& dict = heap_[heap_[module].words[0]];
  std::uint32_t at = find_item(heap_, dict, key);
  return at == kHole ? kHole : words_of(dict).data[at];
}

template <bool W>
void Engine<W>::import_error([[maybe_unused]] const ModuleTable::Entry& from,
                             [[maybe_unused]] SymbolId missing) {
  if constexpr (W) {
    using profile::ImportError;
    ImportError error = heap_.profile.modules.import_error;
    const std::int64_t how[] = {error >= ImportError::quoted_name, error >= ImportError::name_of_module,
                                error == ImportError::circular && from.is_executing};
    const SymbolId names[] = {missing, from.id};
    observer_->on_answer({AnswerKind::import_error, how, {}, names});
  }
}

// _find_and_load_unlocked: the module is in sys.modules while it is executed, becomes a global of its package
// when that went well, and leaves sys.modules if not.
template <bool W>
bool Engine<W>::apply_import_end(const trace::Event& e) {
  ModuleTable& modules = heap_.modules;
  bool is_innermost = !modules.imports.empty() && modules.imports.back().module == e.subject;
  if (!is_innermost) return refuse(trace::Fault::not_executing, trace::Operand::subject, e.subject);
  end_import(e.op == trace::Op::loaded);
  return true;
}

template <bool W>
void Engine<W>::end_import(bool is_loaded) {
  ModuleTable& modules = heap_.modules;
  const ModuleTable::Import import = modules.imports.back();
  modules.imports.pop_back();
  std::size_t at = modules.find(import.module);
  Index m = modules.entries[at].object;
  if (is_loaded) {
    modules.entries[at].is_executing = false;
    Index package_dict = heap_.dict_of_global(import.module);
    if (package_dict != kHole) set_item(package_dict, modules.globals[raw(import.module)].key, m);
    finish_import(import);
  } else {
    modules.entries.erase(modules.entries.begin() + static_cast<std::ptrdiff_t>(at));
    decref(m);
  }
  unpin_unless_awaited(import.value);
  if (import.name != kNoSymbol) unpin_unless_awaited(import.name);
}

// An outer import may go on to bind the same name.
template <bool W>
void Engine<W>::unpin_unless_awaited(SymbolId name) {
  for (const ModuleTable::Import& import : heap_.modules.imports) {
    if (import.value == name || import.name == name) return;
  }
  heap_.scope.unpin(name);
}

// Binds a global of a module other than `__main__`. Takes over one reference.
template <bool W>
void Engine<W>::bind_global(SymbolId name, Index dict, Index object) {
  set_item(dict, heap_.modules.globals[raw(name)].key, object);
  decref(object);
}

template <bool W>
bool Engine<W>::delete_global(SymbolId name, Index dict) {
  KeyId key = heap_.modules.globals[raw(name)].key;
  std::uint32_t at = find_item(heap_, heap_[dict], key);
  if (at == kHole) return false;
  Index old = words_of(heap_[dict]).data[at];
  remove_item(heap_, dict, key, at);
  decref(old);
  return true;
}

// A function refers to the dict of the module it is defined in: func_globals.
template <bool W>
void Engine<W>::refer_to_globals(SymbolId name, Index function) {
  Index dict = heap_.dict_of_global(name);
  if (dict == kHole) dict = main_dict();
  incref(dict);
  push_word(heap_.pool, heap_[function], dict);
}

// The dict of `__main__`, older than the trace. It comes into view when a function refers to it; its items
// are the scope's names until the interpreter exits.
template <bool W>
typename Engine<W>::Index Engine<W>::main_dict() {
  Index& dict = heap_.modules.main_dict;
  if (dict == kHole) {
    constexpr TypeId kDict{trace::kDictType};
    std::uint32_t size = heap_.types[raw(kDict)].rules->size;
    if constexpr (W) next_block_ = blocks_.take(size);
    dict = create(kDict, kNoSymbol, size, false);
    heap_[dict].set(Object::kOutside);
  }
  return dict;
}

template <bool W>
bool Engine<W>::apply_hold(const trace::Event& e) {
  Index object = kHole;
  if (!resolve(e.subject, trace::Operand::subject, object)) return false;
  auto& held = heap_.held_by_c;
  if (e.op == trace::Op::hold) {
    incref(object);
    held.push_back(object);
    return true;
  }
  auto at = std::find(held.begin(), held.end(), object);
  if (at == held.end()) return refuse(trace::Fault::not_held, trace::Operand::subject, e.subject);
  held.erase(at);
  decref(object);
  return true;
}

// --- the interpreter's exit

// Py_FinalizeEx, as far as the trace's objects see it. Modules that are being executed fail first: SystemExit
// leaves them.
template <bool W>
bool Engine<W>::apply_exit() {
  if (heap_.scope.depth() != 0) return refuse(trace::Fault::inside_call, trace::Operand::whole, kNoSymbol);
  end_handlers();
  release_constants();
  while (!heap_.modules.imports.empty()) end_import(false);
  std::vector<ModuleTable::Entry> modules;  // what sys.modules held, as by weak references
  using profile::ExitStep;
  for (ExitStep step : heap_.profile.exit) {
    switch (step) {
      case ExitStep::collect_if_enabled:
        if (enabled_) collect_garbage(kOldest, {.reason = CollectionReason::exit});
        break;
      case ExitStep::collect:
        collect_garbage(kOldest, {.reason = CollectionReason::exit, .calls_back = false});
        break;
      case ExitStep::drop_modules:
        drop_main();
        modules.swap(heap_.modules.entries);
        for (const ModuleTable::Entry& entry : modules) decref(entry.object);
        break;
      case ExitStep::clear_modules: clear_modules(modules, false); break;
      case ExitStep::clear_modules_backwards: clear_modules(modules, true); break;
      case ExitStep::clear_main: clear_main(); break;
      case ExitStep::clear_unshared_modules: clear_unshared_modules(); break;
      case ExitStep::clear_other_modules: clear_other_modules(); break;
    }
  }
  exited_ = true;
  return true;
}

// `__main__` leaves sys.modules, and nobody else holds it. Its names go in the order in which they were
// bound, unless functions keep its dict alive: then they go with the dict.
template <bool W>
void Engine<W>::drop_main() {
  Index dict = heap_.modules.main_dict;
  bool survives = dict != kHole && heap_[dict].refcount > 1;
  std::uint32_t n = 0;
  for (SymbolId name : heap_.scope.names_in_order()) {
    // A finalizer may have bound more names meanwhile; they stay.
    Index object = heap_.scope.binding(name);
    heap_.scope.unbind(name);
    if (survives) {
      insert_item(heap_, dict, KeyId{n++}, object);
    } else {
      decref(object);
    }
  }
  if (dict == kHole) return;
  // Older than all that the trace made, so first in the oldest generation.
  if (survives && heap_.type(heap_[dict]).is_gc) put_first(dict);
  heap_.modules.main_dict = kHole;
  decref(dict);
}

template <bool W>
void Engine<W>::put_first(Index i) {
  ObjectList& oldest = heap_.generation(kOldest);
  ObjectList others{oldest.id()};
  others.take_all(heap_.objects, oldest);
  oldest.append(heap_.objects, i);
  oldest.take_all(heap_.objects, others);
}

// PyImport_Cleanup, finalize_modules_clear_weaklist: those that somebody still holds lose their globals.
template <bool W>
void Engine<W>::clear_modules(std::vector<ModuleTable::Entry>& modules, bool backwards) {
  if (backwards) std::reverse(modules.begin(), modules.end());
  for (const ModuleTable::Entry& entry : modules) {
    bool is_alive = heap_.scope.is_live(entry.id) && heap_.scope.object(entry.id) == entry.object;
    if (!is_alive) continue;
    incref(entry.object);
    clear_globals(entry.object);
    decref(entry.object);
  }
}

// _PyModule_Clear: None takes the place of each global, first of those whose name begins with one underscore.
template <bool W>
void Engine<W>::clear_globals(Index module) {
  if (!heap_.holds_dict_object(heap_[module])) return;
  Index dict = heap_[module].words[0];
  for (bool is_private : {true, false}) {
    for (std::uint32_t at = 0; at + 1 < words_of(heap_[dict]).count; at += 2) {
      const std::uint32_t* w = words_of(heap_[dict]).data;
      if (w[at + 1] == kHole || w[at + 1] == kNoneIndex) continue;
      if (is_private && !begins_with_one_underscore(vocabulary_->keys.word(w[at]))) continue;
      replace_word(dict, at + 1, kNoneIndex);
    }
  }
}

// PyImport_Cleanup of 2.7: the names of `__main__` go first, in the same two passes.
template <bool W>
void Engine<W>::clear_main() {
  std::vector<SymbolId> names = names_by_hash(heap_.scope.names_in_order());
  for (bool is_private : {true, false}) {
    for (SymbolId name : names) {
      Index object = heap_.scope.binding(name);
      if (object == Scope::kUnbound) continue;
      if (is_private && !begins_with_one_underscore(vocabulary_->symbols.word(raw(name)))) continue;
      heap_.scope.unbind(name);
      decref(object);
    }
  }
  Index dict = heap_.modules.main_dict;
  heap_.modules.main_dict = kHole;
  if (dict != kHole) decref(dict);
}

// .. then, again and again, those that only sys.modules holds ..
template <bool W>
void Engine<W>::clear_unshared_modules() {
  put_modules_in_hash_order();
  std::vector<ModuleTable::Entry>& entries = heap_.modules.entries;
  for (bool found = true; found;) {
    found = false;
    for (std::size_t at = 0; at < entries.size();) {
      Index m = entries[at].object;
      if (heap_[m].refcount > 1) {
        ++at;
        continue;
      }
      found = true;
      clear_globals(m);
      entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(at));
      decref(m);
    }
  }
}

// .. then all others.
template <bool W>
void Engine<W>::clear_other_modules() {
  std::vector<ModuleTable::Entry>& entries = heap_.modules.entries;
  while (!entries.empty()) {
    Index m = entries.front().object;
    clear_globals(m);
    entries.erase(entries.begin());
    decref(m);
  }
}

// The order of names in the hash slots of their module's dict. What was deleted from it is not known any
// more.
template <bool W>
std::vector<SymbolId> Engine<W>::names_by_hash(const std::vector<SymbolId>& names) {
  Index table = heap_.take_slot();
  become_newborn(heap_[table], TypeId{trace::kDictType}, kNoSymbol, 0);
  for (std::uint32_t key = 0; key < trace::kModuleKeys; ++key)
    insert_item(heap_, table, KeyId{key}, kNoneIndex);
  const auto first = static_cast<std::uint32_t>(heap_.key_hashes.size());
  for (SymbolId name : names) {
    KeyId key{static_cast<std::uint32_t>(heap_.key_hashes.size())};
    heap_.key_hashes.push_back(
        hash_of({true, std::string(vocabulary_->symbols.word(raw(name)))}, heap_.profile.hashing));
    insert_item(heap_, table, key, kNoneIndex);
  }
  std::vector<SymbolId> ordered;
  Words w = words_of(heap_[table]);
  for (std::uint32_t at = 0; at + 1 < w.count; at += 2) {
    if (w.data[at + 1] != kHole && w.data[at] >= first) ordered.push_back(names[w.data[at] - first]);
  }
  heap_.key_hashes.resize(first);
  drop_words(heap_.pool, heap_[table]);
  heap_[table].bits = 0;
  heap_.free_slots.push_back(table);
  return ordered;
}

// sys.modules also holds the interpreter's own modules: they set the number of slots, and where they lie is
// not known.
template <bool W>
void Engine<W>::put_modules_in_hash_order() {
  std::vector<ModuleTable::Entry>& entries = heap_.modules.entries;
  std::uint64_t slots = 8;
  while (slots * 2 <= (heap_.profile.modules.loaded_at_start + entries.size()) * 3) slots *= 4;
  auto slot = [&](const ModuleTable::Entry& entry) {
    return static_cast<std::uint64_t>(heap_.key_hashes[raw(entry.name)]) & (slots - 1);
  };
  std::stable_sort(entries.begin(), entries.end(),
                   [&](const auto& a, const auto& b) { return slot(a) < slot(b); });
}

}  // namespace gcsim::engine
