// Events made by hand: for tests that need so many that text would be too slow, or that choose them at
// random. Also gives the events of a batch to a simulator.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gcsim/engine/simulator.h"
#include "gcsim/profile/profile.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::test {

inline engine::Settings settings_of(std::string_view profile) {
  engine::Settings settings;
  settings.profile = profile::find(profile);
  settings.threshold = settings.profile->threshold;
  settings.reclamation = settings.profile->reclamation;
  settings.slots = settings.profile->slots;
  return settings;
}

class EventMaker {
 public:
  trace::Vocabulary words;
  trace::EventBatch batch;

  SymbolId symbol(std::string_view word) { return SymbolId{words.symbols.intern(word)}; }
  KeyId key(std::string_view word) { return KeyId{words.keys.intern(word)}; }
  TypeId declare(std::string name, trace::Finalizer finalizer = trace::Finalizer::none,
                 bool has_slots = false, std::vector<KeyId> slots = {},
                 trace::Kind kind = trace::Kind::instance) {
    return words.declare({std::move(name), kind, finalizer, has_slots, std::move(slots)});
  }

  trace::Event& add(trace::Op op) {
    trace::Event& e = batch.events.emplace_back();
    e.op = op;
    e.operand_begin = static_cast<std::uint32_t>(batch.operands.size());
    return e;
  }
  // A finalizer that resurrects binds R_<id>.
  trace::Event& alloc(SymbolId id, TypeId type) {
    trace::Event& e = add(trace::Op::alloc);
    e.type = type;
    e.subject = e.name = id;
    if (words.types()[raw(type)].finalizer == trace::Finalizer::resurrects)
      e.value = symbol("R_" + std::string(words.symbols.word(raw(id))));
    return e;
  }
  trace::Event& alloc(SymbolId id, trace::BuiltinType type) { return alloc(id, TypeId{type}); }
  void tuple(SymbolId id, std::span<const SymbolId> elements) {
    give_operands(alloc(id, trace::kTupleType), elements);
  }
  void bind(SymbolId name, SymbolId value) {
    trace::Event& e = add(trace::Op::bind);
    e.name = name;
    e.value = value;
  }
  void del(std::span<const SymbolId> names) { give_operands(add(trace::Op::del), names); }
  void del(SymbolId name) { del(std::span(&name, 1)); }
  // Operations on one object and, for most, a second one.
  trace::Event& on(trace::Op op, SymbolId subject, SymbolId value = kNoSymbol, KeyId with = kNoKey) {
    trace::Event& e = add(op);
    e.subject = subject;
    e.value = value;
    e.key = with;
    e.number = trace::kNoIndex;
    return e;
  }
  void weakref(SymbolId id, SymbolId referent, bool callback) {
    trace::Event& e = on(trace::Op::weakref, id, referent);
    e.name = id;
    e.flags = callback ? trace::kCallback : 0;
  }
  void collect(Generation generation = kOldest) { add(trace::Op::collect).number = generation; }
  void thresholds(std::initializer_list<std::int32_t> values) {
    trace::Event& e = add(trace::Op::set_threshold);
    for (std::int32_t v : values) batch.operands.push_back(static_cast<std::uint32_t>(v));
    e.operand_count = static_cast<std::uint32_t>(values.size());
  }

  // Applies what was made since the last time, and starts afresh. Answers the first fault.
  std::optional<engine::HeapFault> apply_to(engine::Simulator& simulator) {
    engine::Simulator::Applied applied = simulator.apply(batch, 0, words);
    batch.clear();
    return applied.fault;
  }

 private:
  void give_operands(trace::Event& e, std::span<const SymbolId> symbols) {
    for (SymbolId s : symbols) batch.operands.push_back(raw(s));
    e.operand_count = static_cast<std::uint32_t>(symbols.size());
  }
};

}  // namespace gcsim::test
