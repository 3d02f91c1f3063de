// The oracle: Python's reference semantics in the plainest form, with maps and graph searches. No lists, no
// generations, no order. Slow on purpose; linked into tests only.
//
// It does not decide when a collection runs or what it takes for trash: it is told, checks that the trash
// is unreachable, and then knows what must be left.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::test {

class Model {
 public:
  explicit Model(const trace::Vocabulary& words) : words_(words) {
    nodes_[kNone].id = words.none();
    nodes_[kNone].is_immortal = nodes_[kNone].is_finalized = true;
    ids_[words.none()] = kNone;
  }

  // REQUIRES: the engine did not refuse the event.
  void apply(const trace::Event& e, std::span<const std::uint32_t> operands);
  // A collection found these objects to be trash. False: something that is not trash refers to one of them.
  bool collect(const std::vector<SymbolId>& trash);

  // By ID, for objects that have one: how many references each object has.
  std::map<SymbolId, std::uint32_t> refcounts() const;
  // The objects reachable from names, and those that exist once and for all.
  std::set<SymbolId> reachable() const;
  const std::map<SymbolId, int>& live_ids() const { return ids_; }
  TypeId type_of(SymbolId id) const { return nodes_.at(ids_.at(id)).type; }
  std::vector<SymbolId> names() const;

 private:
  static constexpr int kNone = 0;
  struct Node {
    SymbolId id = kNoSymbol;
    TypeId type{0};
    trace::Kind kind = trace::Kind::none;
    bool is_immortal = false;
    bool is_finalized = false;  // has no finalizer, or it has run
    bool has_callback = false;
    int referent = -1;                         // of a weak reference
    int dict = -1;                             // of an instance: its attributes are that node's edges
    SymbolId resurrect_name = kNoSymbol;       // what its finalizer binds
    std::vector<std::pair<KeyId, int>> edges;  // in insertion order
  };

  int node(SymbolId id) const { return ids_.at(id); }
  int add_node(SymbolId id, TypeId type, trace::Kind kind);
  void give_birth(SymbolId id, SymbolId name, int node);
  void alloc(const trace::Event& e, std::span<const std::uint32_t> operands);
  void refer_weakly(const trace::Event& e);
  std::vector<std::pair<KeyId, int>>& edges_of(SymbolId id);
  void store(SymbolId into, KeyId key, int value);
  void erase_key(SymbolId from, KeyId key);
  void remove(const trace::Event& e);

  std::map<int, std::uint32_t> counts() const;
  std::set<int> reach(std::vector<int> open) const;
  std::vector<int> roots() const;
  std::set<int> nodes_of(const std::vector<SymbolId>& ids) const;
  bool is_cut_off(const std::set<int>& trash) const;
  void finalize(int node);
  void clear_weakrefs_to(int node);
  void kill(int node);
  void settle();

  const trace::Vocabulary& words_;
  std::map<int, Node> nodes_;  // all objects that are alive
  std::map<SymbolId, int> ids_;
  std::map<SymbolId, int> names_;
  std::map<std::uint32_t, int> interned_;  // by literal; the empty tuple under kNoIndex
  int next_ = 1;
};

}  // namespace gcsim::test
