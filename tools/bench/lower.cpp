#include "lower.h"

#include <charconv>
#include <limits>
#include <string_view>

namespace gcsim::bench {
namespace {

using trace::Event;
using trace::Kind;
using trace::Op;

constexpr std::uint32_t kUnbound = 0xffffffffu;

struct Refused {
  std::string why;
};

class Lowering {
 public:
  Lowering(const Decoded& decoded, std::uint64_t warm_up, std::FILE* out)
      : decoded_(decoded), vocabulary_(decoded.reader->vocabulary()), warm_up_(warm_up), out_(out) {
    set_slot(vocabulary_.none(), kBenchNone);
    kinds_.push_back(Kind::none);
    for (const trace::TypeDecl& type : vocabulary_.types()) number_class(type);
  }

  Lowered run() {
    EventIndex index = 0;
    try {
      if (decoded_.reader->header().explicit_tracking) throw Refused{"a recording: its objects are opaque"};
      for (const trace::EventBatch& batch : decoded_.batches) {
        for (const Event& event : batch.events) {
          index = ++events_;
          lower_event(event, batch.operands_of(event));
          finish_event();
        }
      }
    } catch (const Refused& refused) {
      result_.refused = index == 0 ? refused.why : "event " + std::to_string(index) + ": " + refused.why;
    }
    result_.slots = static_cast<std::uint32_t>(kinds_.size());
    for (std::uint32_t key = 0; key < vocabulary_.keys.capacity(); ++key)
      result_.keys.emplace_back(vocabulary_.keys.word(key));
    return std::move(result_);
  }

 private:
  void lower_event(const Event& e, std::span<const std::uint32_t> operands) {
    switch (e.op) {
      case Op::alloc: return allocate(e, operands);
      case Op::bind: return bind(e);
      case Op::weakref:
        return step(kBenchWeakref, born(e.name, Kind::weakref), used(e.value),
                    (e.flags & trace::kCallback) != 0 ? 1 : 0);
      case Op::del:
        for (const std::uint32_t name : operands) unbind(SymbolId{name});
        return;
      case Op::add:
        return step(kind_of(e.subject) == Kind::set ? kBenchAdd : kBenchAppend, used(e.subject),
                    used(e.value));
      case Op::set_item:
        if (kind_of(e.subject) == Kind::list)
          return step(kBenchSetIndex, used(e.subject), used(e.value), e.number);
        return step(kBenchSetItem, used(e.subject), used(e.value), raw(e.key));
      case Op::del_item:
        if (kind_of(e.subject) == Kind::list) return step(kBenchDelIndex, used(e.subject), 0, e.number);
        return step(kBenchDelItem, used(e.subject), 0, raw(e.key));
      case Op::pop:
        if (kind_of(e.subject) != Kind::list) throw Refused{"only lists pop here"};
        return step(kBenchPop, used(e.subject), 0);
      case Op::clear: return step(kBenchClear, used(e.subject), 0);
      case Op::set_attr: return step(kBenchSetAttr, used(e.subject), used(e.value), raw(e.key));
      case Op::del_attr: return step(kBenchDelAttr, used(e.subject), 0, raw(e.key));
      case Op::collect: return step(kBenchCollect, e.number, 0);
      default: throw Refused{"the CPython side has no such operation"};
    }
  }

  void allocate(const Event& e, std::span<const std::uint32_t> elements) {
    const trace::TypeDecl& type = vocabulary_.types()[raw(e.type)];
    switch (type.kind) {
      case Kind::list: return step(kBenchAllocList, born(e.name, type.kind), 0);
      case Kind::dict: return step(kBenchAllocDict, born(e.name, type.kind), 0);
      case Kind::set: return step(kBenchAllocSet, born(e.name, type.kind), 0);
      case Kind::integer: return step(kBenchAllocInt, born(e.name, type.kind), integer(e));
      case Kind::floating:
        if (e.literal != kNoLiteral) throw Refused{"a float with a value"};
        return step(kBenchAllocFloat, born(e.name, type.kind), static_cast<std::uint32_t>(events_));
      case Kind::tuple: return allocate_tuple(e, elements);
      case Kind::instance:
        if (type.finalizer != trace::Finalizer::none) throw Refused{"a class with a finalizer"};
        return step(kBenchAllocInstance, born(e.name, type.kind), 0, class_numbers_[raw(e.type)]);
      default: throw Refused{"an object of type " + type.name};
    }
  }

  void allocate_tuple(const Event& e, std::span<const std::uint32_t> elements) {
    std::vector<std::uint32_t> slots;
    for (const std::uint32_t element : elements) slots.push_back(used(SymbolId{element}));
    step(kBenchAllocTuple, born(e.name, Kind::tuple), static_cast<std::uint32_t>(slots.size()));
    for (const std::uint32_t slot : slots) step(kBenchElement, slot, 0);
  }

  void bind(const Event& e) {
    const std::uint32_t value = used(e.value);
    const Kind kind = kinds_[value];
    if (slot(e.name) == kUnbound) return step(kBenchBind, born(e.name, kind), value);
    const std::uint32_t name = slot(e.name);
    kinds_[name] = kind;
    step(kBenchRebind, name, value);
  }

  void unbind(SymbolId name) {
    const std::uint32_t at = used(name);
    step(kBenchDel, at, 0);
    set_slot(name, kUnbound);
    free_.push_back(at);
  }

  std::uint32_t integer(const Event& e) const {
    const std::string& text = vocabulary_.literals()[raw(e.literal)].text;
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) throw Refused{"an int of over 32 bits"};
    return static_cast<std::uint32_t>(value);
  }

  // --- names
  std::uint32_t slot(SymbolId symbol) const {
    return raw(symbol) < slots_.size() ? slots_[raw(symbol)] : kUnbound;
  }
  void set_slot(SymbolId symbol, std::uint32_t to) {
    if (raw(symbol) >= slots_.size()) slots_.resize(raw(symbol) + 1024, kUnbound);
    slots_[raw(symbol)] = to;
  }
  std::uint32_t used(SymbolId symbol) const {
    const std::uint32_t at = slot(symbol);
    if (at == kUnbound)
      throw Refused{"'" + std::string(vocabulary_.symbols.word(raw(symbol))) + "' is not bound as a name"};
    return at;
  }
  Kind kind_of(SymbolId symbol) const { return kinds_[used(symbol)]; }
  std::uint32_t born(SymbolId name, Kind kind) {
    if (slot(name) != kUnbound) throw Refused{"a name that is bound already"};
    std::uint32_t at = static_cast<std::uint32_t>(kinds_.size());
    if (free_.empty()) {
      kinds_.push_back(kind);
    } else {
      at = free_.back();
      free_.pop_back();
      kinds_[at] = kind;
    }
    set_slot(name, at);
    return at;
  }

  void number_class(const trace::TypeDecl& type) {
    class_numbers_.push_back(static_cast<std::uint32_t>(result_.classes.size()));
    if (type.kind != Kind::instance) return;
    ClassSpec spec{type.name, type.has_slots, {}};
    for (const KeyId key : type.slots) spec.slots.emplace_back(vocabulary_.keys.word(raw(key)));
    result_.classes.push_back(std::move(spec));
  }

  // --- steps
  void step(BenchOp op, std::uint32_t a, std::uint32_t b, std::uint32_t key = 0) {
    if (key > std::numeric_limits<std::uint16_t>::max()) throw Refused{"a key or index over 65,535"};
    pending_.push_back({static_cast<std::uint8_t>(op), 0, static_cast<std::uint16_t>(key), a, b});
  }
  void finish_event() {
    pending_.back().ends_event = 1;
    result_.steps += pending_.size();
    if (events_ <= warm_up_) result_.warm_up_steps += pending_.size();
    if (out_ != nullptr &&
        std::fwrite(pending_.data(), sizeof(BenchStep), pending_.size(), out_) != pending_.size())
      fail("can't write the steps for CPython");
    pending_.clear();
  }

  const Decoded& decoded_;
  const trace::Vocabulary& vocabulary_;
  std::uint64_t warm_up_;
  std::FILE* out_;
  std::uint64_t events_ = 0;
  std::vector<std::uint32_t> slots_;  // by symbol
  std::vector<Kind> kinds_;           // by slot: what its object is
  std::vector<std::uint32_t> free_;   // slots, the last one freed on top
  std::vector<std::uint32_t> class_numbers_;
  std::vector<BenchStep> pending_;
  Lowered result_;
};

}  // namespace

Lowered lower(const Decoded& decoded, std::uint64_t warm_up, std::FILE* out) {
  return Lowering(decoded, warm_up, out).run();
}

}  // namespace gcsim::bench
