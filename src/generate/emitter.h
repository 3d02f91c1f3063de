// What a workload gives its events to: it names objects, and stops at the length that was asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "gcsim/trace/writer.h"

namespace gcsim::generate {

// An object and the name it is bound to; in the trace a decimal number, never used twice.
using Id = SymbolId;

class Emitter {
 public:
  // REQUIRES: `words` are those of the writer, which has begun, and declare the class of all instances.
  Emitter(trace::Vocabulary& words, trace::Writer& writer, TypeId instance, std::uint64_t length)
      : words_(words), writer_(writer), instance_(instance), length_(length) {}

  // From here on the events count that were asked for.
  void live_set_is_built() { warm_up_ = events(), is_built_ = true; }
  // Nothing is written any more. A workload looks now and then, at least once per object.
  bool is_over() const { return is_built_ && events() - warm_up_ >= length_; }
  std::uint64_t events() const { return batch_.first - 1 + batch_.events.size(); }
  std::uint64_t warm_up() const { return warm_up_; }
  Id none() const { return words_.none(); }

  Id alloc_list() { return alloc(TypeId{trace::kListType}); }
  Id alloc_dict() { return alloc(TypeId{trace::kDictType}); }
  Id alloc_instance() { return alloc(instance_); }
  Id alloc_tuple(std::span<const Id> elements);
  Id weakref(Id referent, bool with_callback);
  void append(Id list, Id value) { write(event(trace::Op::add, list, value)); }
  void set_item(Id dict, std::string_view key, Id value);
  void set_attr(Id object, std::string_view name, Id value);
  void pop(Id list) { write(event(trace::Op::pop, list)); }
  void del(Id name);
  void collect();  // all generations
  // Writes what was put together so far.
  void flush();

 private:
  static trace::Event event(trace::Op op, Id subject, Id value = kNoSymbol);
  static trace::Event birth(trace::Op op, Id id);
  Id alloc(TypeId type);
  Id new_id();
  void write(const trace::Event& e);
  void add_operands(trace::Event& e, std::span<const Id> operands);

  trace::Vocabulary& words_;
  trace::Writer& writer_;
  TypeId instance_;
  std::uint64_t length_;
  std::uint64_t warm_up_ = 0;
  bool is_built_ = false;
  std::uint64_t next_ = 1;
  trace::EventBatch batch_;
  std::vector<Id> unbound_;  // by events of the batch: their words are needed until it is written
};

}  // namespace gcsim::generate
