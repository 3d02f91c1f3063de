// The heap: objects, the lists they are tracked in, and what hangs on them. State and pure questions only;
// what changes reference counts is in engine.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "calls.h"
#include "edge_pool.h"
#include "free_lists.h"
#include "gcsim/engine/simulator.h"
#include "index_array.h"
#include "key_index.h"
#include "module_table.h"
#include "object.h"
#include "object_list.h"
#include "scope.h"
#include "set_table.h"
#include "type_table.h"
#include "values.h"
#include "weakrefs.h"

namespace gcsim::engine {

struct Heap {
  explicit Heap(const Settings& settings);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  const profile::Profile& profile;
  profile::Reclamation reclamation;
  bool explicit_tracking;

  ObjectArray objects;    // slot 0 is None
  IndexArray free_slots;  // the next one to take is the last
  EdgePool pool;
  std::vector<SetTable> sets;  // an object of Layout::set keeps its index in words[0]
  std::vector<std::uint32_t> free_sets;
  std::vector<KeyIndex> indexes;  // of large dicts: EdgeBlock::extra
  std::vector<std::uint32_t> free_indexes;
  Weakrefs weakrefs;
  std::array<ObjectList, kLists> lists;
  Scope scope;
  Calls calls;
  FreeLists free_lists;
  std::vector<TypeState> types;
  std::vector<std::uint32_t> garbage;  // gc.garbage
  std::vector<std::uint32_t> owned;    // by object: bytes without GC header; empty until a trace tells of any
  std::vector<std::uint32_t> trashcan;  // without references, their deallocation waits; the newest goes first

  struct Literal {
    trace::Kind kind;
    std::string text;
    std::uint32_t size;
    bool is_interned;
    std::uint32_t object = kHole;  // the interned object once it exists
  };
  std::vector<Literal> literals;
  // Values the program works out: what the words of a leaf say above kComputed. An entry lives as long as its
  // object; small ints stay.
  static constexpr std::uint32_t kComputed = 0x40000000u;
  std::vector<Literal> computed;
  std::vector<std::uint32_t> free_computed;
  std::unordered_map<std::string, std::uint32_t> pooled_ints;  // by digits: where Literal::object is kept
  std::unordered_map<std::string, std::uint32_t> interned_strings;
  std::vector<std::uint32_t> constants;  // what code units hold, oldest first
  std::uint32_t empty_tuple = kHole;
  std::uint64_t interned_alive = 0;
  std::vector<SymbolId> resurrect_names;                    // by object, for those that have kResurrects
  std::vector<std::pair<std::uint32_t, SymbolId>> aliases;  // further IDs of objects that have kAliased

  ModuleTable modules;
  std::vector<std::uint32_t> held_by_c;  // once for each reference

  std::vector<std::int64_t> key_hashes;  // by key, if dicts go by them

  // Learns the types and literals that are new, and makes room for the symbols.
  void learn(const trace::Vocabulary& vocabulary);

  Object& operator[](std::uint32_t i) { return objects[i]; }
  const Object& operator[](std::uint32_t i) const { return objects[i]; }
  TypeState& type(const Object& o) { return types[raw(o.type)]; }
  const TypeState& type(const Object& o) const { return types[raw(o.type)]; }
  ObjectList& list(ListId id) { return lists[static_cast<std::size_t>(id)]; }
  const ObjectList& list(ListId id) const { return lists[static_cast<std::size_t>(id)]; }
  ObjectList& generation(Generation g) { return lists[g]; }
  const ObjectList& generation(Generation g) const { return lists[g]; }

  bool marks_and_sweeps() const { return reclamation == profile::Reclamation::mark_and_sweep; }

  [[gnu::always_inline]] std::uint32_t take_slot() {
    if (free_slots.empty()) [[unlikely]]
      return add_slot();
    const std::uint32_t i = free_slots.back();
    free_slots.pop_back();
    return i;
  }
  void add_slots(std::uint32_t n);
  std::uint32_t take_set();

  // _PyObject_GC_MAY_BE_TRACKED: containers, but not tuples that have been untracked.
  bool may_be_tracked(std::uint32_t i) const {
    const TypeState& t = type(objects[i]);
    return t.is_gc && (!t.is_exact_tuple || objects[i].tracked());
  }
  // An instance whose attributes have moved to a `__dict__`: its only reference.
  bool holds_dict_object(const Object& o) const {
    return type(o).layout == Layout::instance && o.has(Object::kMaterialised);
  }
  [[gnu::always_inline]] void track(std::uint32_t i) { generation(kYoungest).append(objects, i); }
  // Where a collector has generations: for types that have its header.
  void track_if_gc(std::uint32_t i) {
    if (type(objects[i]).is_gc) track(i);
  }
  [[gnu::always_inline]] void untrack(std::uint32_t i) { list(objects[i].list()).remove(objects, i); }

  // Where a word like `a.x` is a global of a module: that module's dict. Else kHole.
  [[gnu::always_inline]] std::uint32_t dict_of_global(SymbolId name) const {
    return scope.is_global(name) ? dict_of_module(modules.globals[raw(name)].module) : kHole;
  }
  std::uint32_t dict_of_module(SymbolId id) const;
  // What a name is bound to, or kHole.
  std::uint32_t look_up(SymbolId name) const;

  // Calls visit(object) for each reference the collector sees, in the order of the type's tp_traverse.
  template <class Visit>
  void traverse(std::uint32_t i, Visit visit) const;
  // Likewise for each reference the object holds. Differs for a `__dict__` whose values are embedded in its
  // instance: the collector visits them as the instance's, and the dict not at all.
  template <class Visit>
  void for_each_reference(std::uint32_t i, Visit visit) const;

  // Calls visit(object) for each reference that neither a name nor an object holds.
  template <class Visit>
  void for_each_other_root(Visit visit) const;

  // The elements' number a free list or a size goes by.
  std::uint32_t length_of(const Object& o) const;
  void own(std::uint32_t i, std::uint32_t bytes) {
    if (owned.size() <= i) owned.resize(objects.capacity());
    owned[i] += bytes;
  }
  std::uint32_t owned_by(std::uint32_t i) const { return i < owned.size() ? owned[i] : 0; }

  ObjectRef ref(std::uint32_t i) const {
    return {ObjectIndex{i}, objects[i].id, objects[i].type, objects[i].size + owned_by(i)};
  }

  // Hash and equality of set elements; nothing if the object cannot be hashed. Neither can tuples nested
  // deeper, or with more elements in all, than a budget: CPython would overflow its stack or not return.
  std::optional<std::int64_t> hash(std::uint32_t i) const;
  bool equal(std::uint32_t a, std::uint32_t b) const;
  Value value_of_leaf(const Object& o) const;
  // As a trace writes it: "5", "2.5".
  std::string text_of_leaf(const Object& o) const;

  // Of two numbers: the value of their sum; nothing if it has none.
  std::optional<Literal> sum(const Object& leaf, trace::Kind kind, std::string_view text) const;
  // Where the one object of an int that exists once is kept.
  std::uint32_t& pooled_place(const Literal& value);
  // What the first word of a new leaf says so that it has this value.
  std::uint32_t literal_word(const Literal& value);
  // A leaf dies: its value is forgotten where nobody else needs it.
  static bool has_value_to_forget(const Object& o) {
    return o.has(Object::kInternedString) || is_computed(o.words[0]);
  }
  void forget_value(const Object& o);

 private:
  template <class Visit>
  void traverse_specially(std::uint32_t i, Visit visit) const;
  std::uint32_t add_slot();
  static bool is_computed(std::uint32_t word) { return (word & (0x80000000u | kComputed)) == kComputed; }
  std::uint32_t& literal_object(std::uint32_t word) {
    return (word & kComputed) != 0 ? computed[word & ~kComputed].object : literals[word].object;
  }
  struct HashBudget {
    std::uint32_t depth = 2'000;
    std::uint32_t visits = 1'000'000;
  };
  std::optional<std::int64_t> hash(std::uint32_t i, HashBudget& budget) const;
  std::optional<std::int64_t> hash_of_elements(const Object& tuple, HashBudget& budget) const;
};

template <class Visit>
[[gnu::always_inline]] inline void Heap::traverse(std::uint32_t i, Visit visit) const {
  // Where the collector sees other references than those the object holds, one of these says so.
  constexpr std::uint16_t kSpecial = Object::kMaterialised | Object::kRunning | Object::kEmbedded;
  if ((objects[i].bits & kSpecial) == 0) [[likely]] {
    for_each_reference(i, visit);
  } else {
    traverse_specially(i, visit);
  }
}

template <class Visit>
[[gnu::noinline]] void Heap::traverse_specially(std::uint32_t i, Visit visit) const {
  const Object& o = objects[i];
  switch (type(o).layout) {
    case Layout::dict:
      if (!o.has(Object::kEmbedded)) for_each_reference(i, visit);
      return;
    case Layout::instance: {
      bool is_embedded = o.has(Object::kMaterialised) && objects[o.words[0]].has(Object::kEmbedded);
      for_each_reference(is_embedded ? o.words[0] : i, visit);
      return;
    }
    case Layout::frame:
      for_each_reference(i, visit);
      // A tracked frame shows its locals to the collector while its call goes on, too.
      if (o.has(Object::kRunning) && !type(o).closes_first &&
          profile.calls.frames == profile::FrameStorage::objects)
        scope.for_each_local(words_of(o).data[0], visit);
      return;
    default: for_each_reference(i, visit);
  }
}

template <class Visit>
[[gnu::always_inline]] inline void Heap::for_each_reference(std::uint32_t i, Visit visit) const {
  const Object& o = objects[i];
  switch (type(o).layout) {
    case Layout::leaf:
    case Layout::weakref: return;
    case Layout::sequence: {
      Words w = words_of(o);
      for (std::uint32_t k = w.count; k-- > 0;) visit(w.data[k]);
      return;
    }
    case Layout::row:
    case Layout::bag: {
      Words w = words_of(o);
      for (std::uint32_t k = 0; k < w.count; ++k) visit(w.data[k]);
      return;
    }
    case Layout::instance:
      if (o.has(Object::kMaterialised)) {
        visit(o.words[0]);
        return;
      }
      [[fallthrough]];
    case Layout::frame:
    case Layout::dict: {
      Words w = words_of(o);
      for (std::uint32_t k = 1; k < w.count; k += 2) {
        if (w.data[k] != kHole) visit(w.data[k]);
      }
      return;
    }
    case Layout::set:
      for (const SetTable::Entry& e : sets[o.words[0]].slots()) {
        if (e.key < SetTable::kDummy) visit(e.key);
      }
      return;
  }
}

template <class Visit>
void Heap::for_each_other_root(Visit visit) const {
  for (std::uint32_t i : garbage) visit(i);
  for (std::uint32_t i : held_by_c) visit(i);
  for (const ModuleTable::Entry& entry : modules.entries) visit(entry.object);
  if (modules.main_dict != kHole) visit(modules.main_dict);
  for (std::uint32_t i : constants) visit(i);
  calls.for_each_reference(profile.calls.handler_references, visit);
}

}  // namespace gcsim::engine
