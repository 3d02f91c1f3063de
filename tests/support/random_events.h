// Random events, one at a time, for whoever knows which objects can be used now. The choices come from
// outside: from a seeded generator, or from the bytes of a fuzzer.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "event_maker.h"

namespace gcsim::test {

class Choices {
 public:
  virtual ~Choices() = default;
  // 0 .. n - 1
  virtual std::uint32_t below(std::uint32_t n) = 0;
  bool one_in(std::uint32_t n) { return below(n) == 0; }
};

class SeededChoices : public Choices {
 public:
  explicit SeededChoices(unsigned seed) : random_(seed) {}
  // Not a std:: distribution: those differ between libraries.
  std::uint32_t below(std::uint32_t n) override { return static_cast<std::uint32_t>(random_() % n); }

 private:
  std::mt19937 random_;
};

// GCSIM_SEED=n repeats one random trace.
inline std::vector<unsigned> seeds(unsigned how_many) {
  if (const char* given = std::getenv("GCSIM_SEED")) return {static_cast<unsigned>(std::atoi(given))};
  std::vector<unsigned> all;
  for (unsigned seed = 1; seed <= how_many; ++seed) all.push_back(seed);
  return all;
}

// What the generator may use in the next event.
struct Usable {
  struct Known {
    SymbolId id;
    TypeId type;
  };
  std::vector<Known> objects;
  std::vector<SymbolId> names;     // bound ones
  std::vector<SymbolId> free_ids;  // no live object has them
};

class RandomEvents {
 public:
  RandomEvents(EventMaker& maker, Choices& choices) : maker_(maker), choices_(choices) {
    declare_classes();
    for (std::uint32_t i = 0; i < kIds; ++i) ids_.push_back(maker.symbol("o" + std::to_string(i)));
    for (const char* k : {"a", "b", "c", "next", "k1", "k2", "k3"}) keys_.push_back(maker.key(k));
  }

  const std::vector<SymbolId>& ids() const { return ids_; }
  bool allows_freezing = false;  // gc.freeze, gc.unfreeze, gc.set_debug
  bool allows_finalizers = true;
  bool shares_weakrefs = true;  // weak references without callback: one serves all

  // Appends one event to the maker's batch.
  void next(const Usable& usable) {
    usable_ = &usable;
    if (!usable.free_ids.empty() && (usable.objects.size() < 3 || choices_.below(10) < 3)) return allocate();
    if (usable.objects.empty()) return collect();
    std::uint32_t kind = choices_.below(30);
    if (kind < 7) return drop_name();
    if (kind < 10) return rebind(object().id);
    if (kind < 19) return fill();
    if (kind < 22) return take_out();
    if (kind < 24) return set_attribute();
    if (kind < 26) return refer_weakly();
    if (kind < 27) return take_dict();
    if (kind < 29) return collect();
    switch_something();
  }

 private:
  static constexpr std::uint32_t kIds = 40;

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[choices_.below(static_cast<std::uint32_t>(from.size()))];
  }
  const Usable::Known& object() { return pick(usable_->objects); }
  SymbolId fresh() { return pick(usable_->free_ids); }
  trace::Kind kind_of(const Usable::Known& o) const { return maker_.words.types()[raw(o.type)].kind; }

  void declare_classes() {
    using trace::Finalizer;
    classes_.push_back(maker_.declare("Node"));
    classes_.push_back(maker_.declare("Node2"));
    classes_.push_back(maker_.declare("Finalized", Finalizer::plain));
    classes_.push_back(maker_.declare("Resurrecting", Finalizer::resurrects));
    std::vector<KeyId> slots{maker_.key("a"), maker_.key("b")};
    classes_.push_back(maker_.declare("Slotted", Finalizer::none, true, slots));
    for (trace::BuiltinType t : {trace::kListType, trace::kDictType, trace::kSetType, trace::kFloatType})
      builtin_.push_back(TypeId{t});
  }

  void allocate() {
    std::uint32_t kind = choices_.below(12);
    SymbolId id = fresh();
    if (kind < 5) {
      maker_.alloc(id, pick(builtin_));
    } else if (kind < 9) {
      maker_.alloc(id, allows_finalizers ? pick(classes_) : classes_[choices_.below(2)]);
    } else if (kind < 11) {
      allocate_tuple(id);
    } else {
      std::string value = std::to_string(choices_.below(4) * 150);  // some are interned
      maker_.alloc(id, trace::kIntType).literal = maker_.words.intern(trace::Kind::integer, value);
    }
  }

  void allocate_tuple(SymbolId id) {
    std::vector<SymbolId> elements;
    for (std::uint32_t n = choices_.below(4); n > 0 && !usable_->objects.empty(); --n)
      elements.push_back(object().id);
    maker_.tuple(id, elements);
  }

  void rebind(SymbolId object) { maker_.bind(pick(ids_), object); }

  void drop_name() {
    if (usable_->names.empty()) return collect();
    maker_.del(pick(usable_->names));
  }

  // Something that is stored under keys, added to, or has attributes.
  void fill() {
    Usable::Known into = object();
    switch (kind_of(into)) {
      case trace::Kind::list: maker_.on(trace::Op::add, into.id, object().id); break;
      case trace::Kind::dict: store(trace::Op::set_item, into.id); break;
      case trace::Kind::set: add_leaf(into.id); break;
      case trace::Kind::instance: store(trace::Op::set_attr, into.id); break;
      default: rebind(into.id);
    }
  }

  // Choices are made in statements of their own: the order of a call's arguments is the compiler's affair.
  void store(trace::Op op, SymbolId into) {
    SymbolId value = choices_.one_in(8) ? maker_.words.none() : object().id;
    maker_.on(op, into, value, pick(keys_));
  }

  // Elements that are equal only to themselves: the order of everything else is somebody else's test.
  void add_leaf(SymbolId set) {
    Usable::Known element = object();
    trace::Kind kind = kind_of(element);
    bool is_own_value = kind == trace::Kind::instance || raw(element.type) == trace::kFloatType;
    if (!is_own_value) return rebind(set);
    maker_.on(choices_.one_in(5) ? trace::Op::remove : trace::Op::add, set, element.id);
  }

  void take_out() {
    Usable::Known from = object();
    trace::Kind kind = kind_of(from);
    if (kind == trace::Kind::instance) {
      maker_.on(trace::Op::del_attr, from.id, kNoSymbol, pick(keys_));
    } else if (choices_.one_in(4)) {
      maker_.on(trace::Op::clear, from.id);
    } else if (kind == trace::Kind::dict && choices_.one_in(2)) {
      maker_.on(trace::Op::del_item, from.id, kNoSymbol, pick(keys_));
    } else if (kind == trace::Kind::list && choices_.one_in(2)) {
      maker_.on(trace::Op::remove, from.id, object().id);
    } else {
      maker_.on(trace::Op::pop, from.id);
    }
  }

  void set_attribute() {
    SymbolId any = object().id;
    store(trace::Op::set_attr, any);
  }

  void refer_weakly() {
    if (usable_->free_ids.empty()) return collect();
    SymbolId id = fresh();
    SymbolId referent = object().id;
    maker_.weakref(id, referent, choices_.one_in(2) || !shares_weakrefs);
  }

  void take_dict() {
    SymbolId name = choices_.one_in(2) || usable_->free_ids.empty() ? kNoSymbol : fresh();
    SymbolId instance = object().id;
    maker_.on(trace::Op::dict, instance).name = name;
  }

  void collect() {
    bool is_full = choices_.one_in(2);
    maker_.collect(is_full ? kOldest : choices_.below(kGenerations));
  }

  void switch_something() {
    switch (choices_.below(allows_freezing ? 8 : 5)) {
      case 0: maker_.add(trace::Op::disable); break;
      case 1: maker_.add(trace::Op::enable); break;
      case 2: maker_.add(trace::Op::get_count); break;
      case 3:
      case 4: {
        auto threshold = [this] { return static_cast<std::int32_t>(choices_.below(6)); };
        maker_.thresholds({threshold(), threshold(), threshold()});
        break;
      }
      case 5: maker_.add(trace::Op::freeze); break;
      case 6: maker_.add(trace::Op::unfreeze); break;
      default: maker_.add(trace::Op::set_debug).number = choices_.one_in(2) ? 0 : 34;
    }
  }

  EventMaker& maker_;
  Choices& choices_;
  const Usable* usable_ = nullptr;
  std::vector<SymbolId> ids_;
  std::vector<KeyId> keys_;
  std::vector<TypeId> classes_;
  std::vector<TypeId> builtin_;
};

}  // namespace gcsim::test
