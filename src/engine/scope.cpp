#include "scope.h"

#include <algorithm>

namespace gcsim::engine {

std::vector<SymbolId> Scope::names_in_order() const {
  std::vector<SymbolId> names;
  for (std::uint32_t n = 0; n < entries_.size(); ++n) {
    if (entries_[n].binding != kUnbound) names.push_back(SymbolId{n});
  }
  std::sort(names.begin(), names.end(),
            [this](SymbolId a, SymbolId b) { return entries_[raw(a)].order < entries_[raw(b)].order; });
  return names;
}

// Numbers the bindings that there are from 1, in their order.
void Scope::renumber() {
  std::vector<std::uint32_t*> orders;
  for (Entry& e : entries_) {
    if (e.binding != kUnbound) orders.push_back(&e.order);
  }
  for (Shadowed& s : shadowed_) {
    if (s.binding != kUnbound) orders.push_back(&s.order);
  }
  std::sort(orders.begin(), orders.end(),
            [](const std::uint32_t* a, const std::uint32_t* b) { return *a < *b; });
  last_order_ = 0;
  for (std::uint32_t* order : orders) *order = ++last_order_;
}

std::uint32_t Scope::module_binding(SymbolId s) const {
  return binding_at(s, 0);
}

void Scope::bind_in_module(SymbolId s, std::uint32_t object) {
  Entry& e = entries_[raw(s)];
  if (e.depth() == 0) {
    if (e.binding == kUnbound) e.order = ++last_order_;
    e.binding = object;
    return;
  }
  Shadowed& outer = const_cast<Shadowed&>(*hidden(s, 0));
  if (outer.binding == kUnbound) outer.order = ++last_order_;
  outer.binding = object;
}

void Scope::shadow(SymbolId s) {
  Entry& e = entries_[raw(s)];
  shadowed_.push_back({s, e.binding, e.order, e.depth()});
  e.binding = kUnbound;
  e.set_depth(depth_);
}

const Scope::Shadowed* Scope::hidden(SymbolId s, std::uint32_t depth) const {
  for (std::size_t k = shadowed_.size(); k-- > 0;) {
    if (shadowed_[k].name == s && shadowed_[k].depth == depth) return &shadowed_[k];
  }
  return nullptr;
}

std::uint32_t Scope::binding_at(SymbolId s, std::uint32_t depth) const {
  const Entry& e = entries_[raw(s)];
  if (e.depth() == depth) return e.binding;
  const Shadowed* outer = hidden(s, depth);
  return outer == nullptr ? kUnbound : outer->binding;
}

void Scope::leave(std::vector<Local>& locals) {
  std::size_t first = first_local_.back();
  for (std::size_t k = first; k < shadowed_.size(); ++k) {
    const Shadowed& outer = shadowed_[k];
    Entry& e = entries_[raw(outer.name)];
    locals.push_back({outer.name, e.binding});
    e.binding = outer.binding;
    e.order = outer.order;
    e.set_depth(outer.depth);
    if (is_free(outer.name)) retire(outer.name);
  }
  shadowed_.resize(first);
  first_local_.pop_back();
  --depth_;
}

// A word that came back to life while it waited leaves the queue; it will join it again.
void Scope::take_forgotten(std::vector<SymbolId>& symbols) {
  if (retired_.size() - retired_begin_ <= kRemembered) return;
  const std::size_t end = retired_.size() - kRemembered;
  symbols.reserve(symbols.size() + end - retired_begin_);
  for (; retired_begin_ < end; ++retired_begin_) {
    const SymbolId word{retired_[retired_begin_]};
    Entry& e = entries_[raw(word)];
    e.reset(kRetired);
    const bool is_needed = (e.state & ~std::uint32_t{kGlobal}) != 0;  // pinned, held, or a local
    if (e.object < kDead || e.binding != kUnbound || is_needed) continue;
    e.object = kNever;
    e.state = 0;
    symbols.push_back(word);
  }
  if (retired_begin_ <= kRemembered) return;  // else more has left the queue than is in it
  retired_.drop_front(retired_begin_);
  retired_begin_ = 0;
}

}  // namespace gcsim::engine
