#include "heap.h"

#include "dict.h"

namespace gcsim::engine {
namespace {

// What an address would be: CPython hashes objects without value by theirs. Real addresses can't be known,
// so the order of a set of such objects is only stable, not CPython's.
std::int64_t stand_in_address_hash(std::uint32_t object) {
  return 0x7f3a00000000 / 16 + std::int64_t{object} * 3;
}

}  // namespace

Heap::Heap(const Settings& settings)
    : profile(*settings.profile),
      reclamation(settings.reclamation),
      explicit_tracking(settings.explicit_tracking),
      lists{ObjectList{ListId::generation0}, ObjectList{ListId::generation1},
            ObjectList{ListId::generation2}, ObjectList{ListId::permanent},
            ObjectList{ListId::unreachable}, ObjectList{ListId::still_unreachable},
            ObjectList{ListId::callbacks},   ObjectList{ListId::uncollectable}},
      free_lists(profile) {
  for (const Settings::FreeListFill& f : settings.free_lists) free_lists.fill(f.type, f.length, f.held);
  objects.push_back({.refcount = 1,
                     .gc_refs = 0,
                     .position = 0,
                     .id = kNoSymbol,
                     .type = TypeId{trace::kNoneType},
                     .bits = Object::kAlive | Object::kInterned,
                     .size = 16,
                     .words = {0, 0}});
  objects[kNoneIndex].set_list(ListId::none);
}

Heap::~Heap() {
  for (Object& o : objects) {
    if (o.has(Object::kAlive)) drop_words(pool, o);
  }
}

void Heap::learn(const trace::Vocabulary& vocabulary) {
  const auto& declared = vocabulary.types();
  while (types.size() < declared.size()) {
    types.push_back(make_type(declared[types.size()], profile, explicit_tracking, free_lists, reclamation));
  }
  const auto& known = vocabulary.literals();
  while (literals.size() < known.size()) {
    const trace::Literal& l = known[literals.size()];
    literals.push_back({l.kind, l.text, profile::size_of_literal(profile, l.kind, l.text),
                        is_interned(l.kind, l.text, profile.interned), kHole});
    if (l.kind != trace::Kind::integer || !literals.back().is_interned) continue;
    auto [pooled, is_new] = pooled_ints.emplace(l.text, static_cast<std::uint32_t>(literals.size() - 1));
    if (!is_new) literals.back().object = literal_object(pooled->second);
    pooled->second = static_cast<std::uint32_t>(literals.size() - 1);
  }
  if (profile.dict_order == profile::DictOrder::hash_slots) {
    while (key_hashes.size() < vocabulary.keys.capacity()) {
      KeyId key{static_cast<std::uint32_t>(key_hashes.size())};
      key_hashes.push_back(hash_of({true, std::string(vocabulary.keys.word(raw(key)))}, profile.hashing));
    }
  }
  if (std::size_t n = vocabulary.symbols.capacity(); n > 0) {
    scope.make_room_for(SymbolId{static_cast<std::uint32_t>(n - 1)});
    scope.set_object(vocabulary.none(), kNoneIndex);
    objects[kNoneIndex].id = vocabulary.none();
  }
}

std::uint32_t Heap::dict_of_module(SymbolId id) const {
  if (!scope.is_live(id)) return kHole;
  const Object& o = objects[scope.object(id)];
  bool is_module = type(o).kind == trace::Kind::module && o.has(Object::kMaterialised);
  return is_module ? o.words[0] : kHole;
}

std::uint32_t Heap::look_up(SymbolId name) const {
  std::uint32_t dict = dict_of_global(name);
  if (dict == kHole) {
    std::uint32_t bound = scope.binding(name);
    return bound == Scope::kUnbound ? kHole : bound;
  }
  std::uint32_t at = find_item(*this, objects[dict], modules.globals[raw(name)].key);
  return at == kHole ? kHole : words_of(objects[dict]).data[at];
}

std::uint32_t Heap::add_slot() {
  objects.emplace_back();
  free_slots.reserve(objects.capacity());  // whatever dies has room there
  return static_cast<std::uint32_t>(objects.size() - 1);
}

// The new slots come to the front of the list, the last of them first (add_heap).
void Heap::add_slots(std::uint32_t n) {
  for (std::uint32_t k = 0; k < n; ++k) {
    free_slots.push_back(static_cast<std::uint32_t>(objects.size()));
    objects.emplace_back();
  }
  free_slots.reserve(objects.capacity());
}

std::uint32_t Heap::take_set() {
  if (free_sets.empty()) {
    sets.emplace_back();
    return static_cast<std::uint32_t>(sets.size() - 1);
  }
  std::uint32_t s = free_sets.back();
  free_sets.pop_back();
  return s;
}

std::uint32_t Heap::length_of(const Object& o) const {
  const TypeState& t = type(o);
  if (t.rules->item_size == 0 || t.kind == trace::Kind::instance) return 0;
  if (!explicit_tracking) return words_of(o).count;
  return o.size > t.rules->size ? (o.size - t.rules->size) / t.rules->item_size : 0;
}

Value Heap::value_of_leaf(const Object& o) const {
  if ((o.words[0] & 0x80000000u) == 0) {
    const Literal& l =
        (o.words[0] & kComputed) != 0 ? computed[o.words[0] & ~kComputed] : literals[o.words[0]];
    return value_of(l.kind, l.text);
  }
  std::uint64_t event = std::uint64_t{o.words[0] & 0x7fffffffu} << 32 | o.words[1];
  return type(o).kind == trace::Kind::floating ? default_float(event) : default_str(event);
}

std::string Heap::text_of_leaf(const Object& o) const {
  if ((o.words[0] & 0x80000000u) != 0) return value_of_leaf(o).canonical;
  return (o.words[0] & kComputed) != 0 ? computed[o.words[0] & ~kComputed].text : literals[o.words[0]].text;
}

std::optional<Heap::Literal> Heap::sum(const Object& leaf, trace::Kind kind, std::string_view text) const {
  using trace::Kind;
  auto is_number = [](Kind k) { return k == Kind::integer || k == Kind::floating; };
  Kind own = type(leaf).kind;
  if (!is_number(own) || !is_number(kind)) return std::nullopt;
  bool is_int = own == Kind::integer && kind == Kind::integer;
  std::string augend = text_of_leaf(leaf);
  std::optional<std::string> total = is_int ? sum_of_integers(augend, text) : sum_of_floats(augend, text);
  if (!total) return std::nullopt;
  Kind result = is_int ? Kind::integer : Kind::floating;
  std::uint32_t size = profile::size_of_literal(profile, result, *total);
  bool is_pooled = is_interned(result, *total, profile.interned);
  return Literal{result, std::move(*total), size, is_pooled, kHole};
}

std::uint32_t& Heap::pooled_place(const Literal& value) {
  auto known = pooled_ints.find(value.text);
  if (known == pooled_ints.end()) known = pooled_ints.emplace(value.text, literal_word(value)).first;
  return literal_object(known->second);
}

std::uint32_t Heap::literal_word(const Literal& value) {
  if (auto known = pooled_ints.find(value.text); value.is_interned && known != pooled_ints.end())
    return known->second;
  if (free_computed.empty()) {
    computed.push_back(value);
    return kComputed | static_cast<std::uint32_t>(computed.size() - 1);
  }
  std::uint32_t at = free_computed.back();
  free_computed.pop_back();
  computed[at] = value;
  return kComputed | at;
}

void Heap::forget_value(const Object& o) {
  if (o.has(Object::kInternedString)) interned_strings.erase(text_of_leaf(o));
  if (is_computed(o.words[0])) free_computed.push_back(o.words[0] & ~kComputed);
}

std::optional<std::int64_t> Heap::hash(std::uint32_t i) const {
  HashBudget budget;
  return hash(i, budget);
}

std::optional<std::int64_t> Heap::hash(std::uint32_t i, HashBudget& budget) const {
  const Object& o = objects[i];
  if (budget.visits-- == 0) return std::nullopt;
  switch (type(o).kind) {
    case trace::Kind::integer:
    case trace::Kind::floating:
    case trace::Kind::string: return hash_of(value_of_leaf(o), profile.hashing);
    case trace::Kind::list:
    case trace::Kind::dict:
    case trace::Kind::set: return std::nullopt;
    case trace::Kind::tuple: return hash_of_elements(o, budget);
    default: return stand_in_address_hash(i);
  }
}

std::optional<std::int64_t> Heap::hash_of_elements(const Object& tuple, HashBudget& budget) const {
  if (budget.depth-- == 0) return std::nullopt;
  std::vector<std::int64_t> hashes;
  Words w = words_of(tuple);
  for (std::uint32_t k = 0; k < w.count; ++k) {
    std::optional<std::int64_t> h = hash(w.data[k], budget);
    if (!h) return std::nullopt;
    hashes.push_back(*h);
  }
  ++budget.depth;
  return hash_of_tuple(hashes, profile.hashing.tuples);
}

bool Heap::equal(std::uint32_t a, std::uint32_t b) const {
  if (a == b) return true;
  const Object& x = objects[a];
  const Object& y = objects[b];
  bool tuples = type(x).is_exact_tuple && type(y).is_exact_tuple;
  if (tuples) {
    Words v = words_of(x);
    Words w = words_of(y);
    for (std::uint32_t k = 0; k < v.count && v.count == w.count; ++k) {
      if (!equal(v.data[k], w.data[k])) return false;
    }
    return v.count == w.count;
  }
  auto is_value = [this](const Object& o) {
    return type(o).layout == Layout::leaf && &o != &objects[kNoneIndex];
  };
  return is_value(x) && is_value(y) && value_of_leaf(x) == value_of_leaf(y);
}

}  // namespace gcsim::engine
