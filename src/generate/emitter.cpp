#include "emitter.h"

#include <array>
#include <charconv>
#include <stdexcept>

namespace gcsim::generate {

using trace::Event;
using trace::Op;

Id Emitter::new_id() {
  std::array<char, 20> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), next_++).ptr;
  return Id{words_.symbols.intern({digits.data(), static_cast<std::size_t>(end - digits.data())})};
}

Event Emitter::event(Op op, Id subject, Id value) {
  Event e;
  e.op = op;
  e.subject = subject;
  e.value = value;
  return e;
}

Event Emitter::birth(Op op, Id id) {
  Event e = event(op, id);
  e.name = id;
  return e;
}

Id Emitter::alloc(TypeId type) {
  const Id id = new_id();
  Event e = birth(Op::alloc, id);
  e.type = type;
  write(e);
  return id;
}

Id Emitter::alloc_tuple(std::span<const Id> elements) {
  const Id id = new_id();
  Event e = birth(Op::alloc, id);
  e.type = TypeId{trace::kTupleType};
  add_operands(e, elements);
  write(e);
  return id;
}

Id Emitter::weakref(Id referent, bool with_callback) {
  const Id id = new_id();
  Event e = birth(Op::weakref, id);
  e.value = referent;
  if (with_callback) e.flags = trace::kCallback;
  write(e);
  return id;
}

void Emitter::set_item(Id dict, std::string_view key, Id value) {
  Event e = event(Op::set_item, dict, value);
  e.key = KeyId{words_.keys.intern(key)};
  e.number = trace::kNoIndex;
  write(e);
}

void Emitter::set_attr(Id object, std::string_view name, Id value) {
  Event e = event(Op::set_attr, object, value);
  e.key = KeyId{words_.keys.intern(name)};
  write(e);
}

void Emitter::del(Id name) {
  if (is_over()) return;
  Event e = event(Op::del, kNoSymbol);
  add_operands(e, {&name, 1});
  write(e);
  unbound_.push_back(name);
}

void Emitter::add_operands(Event& e, std::span<const Id> operands) {
  e.operand_begin = static_cast<std::uint32_t>(batch_.operands.size());
  e.operand_count = static_cast<std::uint32_t>(operands.size());
  for (const Id operand : operands) batch_.operands.push_back(raw(operand));
}

void Emitter::collect() {
  Event e;
  e.op = trace::Op::collect;
  e.number = 2;
  write(e);
}

void Emitter::write(const Event& e) {
  constexpr std::size_t kBatch = 4096;
  if (is_over()) return;
  batch_.events.push_back(e);
  if (batch_.events.size() == kBatch) flush();
}

void Emitter::flush() {
  // The lines that the events have in JSON Lines, behind the header.
  for (std::size_t i = 0; i < batch_.events.size(); ++i)
    batch_.sources.push_back({.offset = 0, .length = 0, .line = batch_.first + i + 1});
  if (writer_.write(batch_)) throw std::logic_error("a workload wrote what its format can't say");
  batch_.clear();
  for (const Id id : unbound_) words_.symbols.release(raw(id));
  unbound_.clear();
}

}  // namespace gcsim::generate
