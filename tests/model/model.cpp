#include "model.h"

#include <algorithm>
#include <cstdlib>

namespace gcsim::test {

using trace::Kind;
using trace::Op;

int Model::add_node(SymbolId id, TypeId type, Kind kind) {
  int n = next_++;
  nodes_[n].id = id;
  nodes_[n].type = type;
  nodes_[n].kind = kind;
  nodes_[n].is_finalized = true;
  if (id != kNoSymbol) ids_[id] = n;
  return n;
}

void Model::give_birth(SymbolId id, SymbolId name, int n) {
  if (nodes_[n].id == kNoSymbol) nodes_[n].id = id;
  ids_[id] = n;
  names_[name] = n;
}

void Model::alloc(const trace::Event& e, std::span<const std::uint32_t> operands) {
  const trace::TypeDecl& type = words_.types()[raw(e.type)];
  bool is_small_int =
      type.kind == Kind::integer && std::abs(std::atoi(words_.literals()[raw(e.literal)].text.c_str())) < 257;
  bool is_interned = is_small_int || (type.kind == Kind::tuple && operands.empty());
  std::uint32_t value = is_small_int ? raw(e.literal) : trace::kNoIndex;
  if (is_interned && interned_.contains(value)) return give_birth(e.subject, e.name, interned_[value]);

  int n = add_node(e.subject, e.type, type.kind);
  if (is_interned) {
    interned_[value] = n;
    nodes_[n].is_immortal = true;
  }
  if (type.kind == Kind::instance) {
    int dict = add_node(kNoSymbol, TypeId{trace::kDictType}, Kind::dict);
    nodes_[n].dict = dict;
  }
  nodes_[n].is_finalized = type.finalizer == trace::Finalizer::none;
  nodes_[n].resurrect_name = e.value;
  for (std::uint32_t o : operands) nodes_[n].edges.emplace_back(kNoKey, node(SymbolId{o}));
  names_[e.name] = n;
}

// Without callback, one weak reference serves all who ask.
void Model::refer_weakly(const trace::Event& e) {
  bool callback = (e.flags & trace::kCallback) != 0;
  int referent = node(e.value);
  for (auto& [n, o] : nodes_) {
    if (!callback && o.referent == referent && !o.has_callback) return give_birth(e.subject, e.name, n);
  }
  int n = add_node(e.subject, TypeId{trace::kWeakrefType}, Kind::weakref);
  nodes_[n].referent = referent;
  nodes_[n].has_callback = callback;
  names_[e.name] = n;
}

std::vector<std::pair<KeyId, int>>& Model::edges_of(SymbolId id) {
  Node& o = nodes_.at(node(id));
  return o.dict >= 0 ? nodes_.at(o.dict).edges : o.edges;
}

void Model::store(SymbolId into, KeyId key, int value) {
  auto& edges = edges_of(into);
  auto it = std::find_if(edges.begin(), edges.end(), [key](auto& edge) { return edge.first == key; });
  if (it == edges.end()) {
    edges.emplace_back(key, value);
  } else {
    it->second = value;
  }
}

void Model::erase_key(SymbolId from, KeyId key) {
  std::erase_if(edges_of(from), [key](auto& edge) { return edge.first == key; });
}

void Model::remove(const trace::Event& e) {
  auto& edges = edges_of(e.subject);
  int value = node(e.value);
  edges.erase(std::find_if(edges.begin(), edges.end(), [value](auto& edge) { return edge.second == value; }));
}

void Model::apply(const trace::Event& e, std::span<const std::uint32_t> operands) {
  switch (e.op) {
    case Op::alloc: alloc(e, operands); break;
    case Op::bind: names_[e.name] = node(e.value); break;
    case Op::add: {
      auto& edges = edges_of(e.subject);
      std::pair<KeyId, int> edge{kNoKey, node(e.value)};
      bool is_there = std::find(edges.begin(), edges.end(), edge) != edges.end();
      if (nodes_[node(e.subject)].kind != Kind::set || !is_there) edges.push_back(edge);
      break;
    }
    case Op::set_item:
    case Op::set_attr: store(e.subject, e.key, node(e.value)); break;
    case Op::del_item:
    case Op::del_attr: erase_key(e.subject, e.key); break;
    case Op::pop: edges_of(e.subject).pop_back(); break;
    case Op::remove: remove(e); break;
    case Op::clear: edges_of(e.subject).clear(); break;
    case Op::del:
      for (std::uint32_t name : operands) names_.erase(SymbolId{name});
      break;
    case Op::dict:
      if (e.name != kNoSymbol) give_birth(e.name, e.name, nodes_[node(e.subject)].dict);
      break;
    case Op::weakref: refer_weakly(e); break;
    default: break;
  }
  settle();
}

std::map<int, std::uint32_t> Model::counts() const {
  std::map<int, std::uint32_t> counts;
  for (const auto& [n, o] : nodes_) {
    counts[n] += o.is_immortal ? 1 : 0;
    if (o.dict >= 0) ++counts[o.dict];
    for (const auto& [key, child] : o.edges) ++counts[child];
  }
  for (const auto& [name, n] : names_) ++counts[n];
  return counts;
}

void Model::finalize(int n) {
  Node& o = nodes_[n];
  o.is_finalized = true;
  if (o.resurrect_name != kNoSymbol) names_.emplace(o.resurrect_name, n);  // unless the name is taken
}

void Model::clear_weakrefs_to(int n) {
  for (auto& [w, o] : nodes_) {
    if (o.referent == n) o.referent = -1;
  }
}

void Model::kill(int n) {
  clear_weakrefs_to(n);
  std::erase_if(ids_, [n](auto& entry) { return entry.second == n; });
  nodes_.erase(n);
}

// Everything without references dies, and what dies of that.
void Model::settle() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto [n, count] : counts()) {
      if (count > 0) continue;
      changed = true;
      if (nodes_[n].is_finalized) {
        kill(n);
      } else {
        finalize(n);
      }
    }
  }
}

std::vector<int> Model::roots() const {
  std::vector<int> roots;
  for (const auto& [name, n] : names_) roots.push_back(n);
  for (const auto& [n, o] : nodes_) {
    if (o.is_immortal) roots.push_back(n);
  }
  return roots;
}

std::set<int> Model::reach(std::vector<int> open) const {
  std::set<int> found;
  while (!open.empty()) {
    int n = open.back();
    open.pop_back();
    if (!found.insert(n).second) continue;
    const Node& o = nodes_.at(n);
    if (o.dict >= 0) open.push_back(o.dict);
    for (const auto& [key, child] : o.edges) open.push_back(child);
  }
  return found;
}

// The trash by node; the `__dict__` without ID of an instance goes with it.
std::set<int> Model::nodes_of(const std::vector<SymbolId>& ids) const {
  std::set<int> found;
  for (SymbolId id : ids) {
    const Node& o = nodes_.at(node(id));
    found.insert(node(id));
    if (o.dict >= 0 && nodes_.at(o.dict).id == kNoSymbol) found.insert(o.dict);
  }
  return found;
}

bool Model::is_cut_off(const std::set<int>& trash) const {
  for (const auto& [name, n] : names_) {
    if (trash.contains(n)) return false;
  }
  for (const auto& [n, o] : nodes_) {
    if (trash.contains(n)) continue;
    if (o.dict >= 0 && trash.contains(o.dict)) return false;
    for (const auto& [key, child] : o.edges) {
      if (trash.contains(child)) return false;
    }
  }
  return true;
}

// Weak references to the trash and in it are cleared, its finalizers run once; then all of it goes that no
// finalizer made reachable.
bool Model::collect(const std::vector<SymbolId>& ids) {
  std::set<int> trash = nodes_of(ids);
  if (!is_cut_off(trash)) return false;
  for (int n : trash) {
    clear_weakrefs_to(n);
    nodes_[n].referent = -1;
  }
  for (int n : trash) {
    if (!nodes_[n].is_finalized) finalize(n);
  }
  std::set<int> held = reach(roots());
  for (int n : trash) {
    if (!held.contains(n)) kill(n);
  }
  settle();
  return true;
}

std::map<SymbolId, std::uint32_t> Model::refcounts() const {
  std::map<SymbolId, std::uint32_t> by_id;
  for (auto [n, count] : counts()) {
    const Node& o = nodes_.at(n);
    if (o.id != kNoSymbol && n != kNone) by_id[o.id] = count;
  }
  return by_id;
}

std::set<SymbolId> Model::reachable() const {
  std::set<SymbolId> ids;
  for (int n : reach(roots())) {
    if (n != kNone && nodes_.at(n).id != kNoSymbol) ids.insert(nodes_.at(n).id);
  }
  return ids;
}

std::vector<SymbolId> Model::names() const {
  std::vector<SymbolId> names;
  for (const auto& [name, n] : names_) names.push_back(name);
  return names;
}

}  // namespace gcsim::test
