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

// A word that came back to life while it waited leaves the queue; it will join it again.
void Scope::take_forgotten(std::vector<SymbolId>& symbols) {
  if (retired_.size() <= kRemembered) return;
  std::size_t surplus = retired_.size() - kRemembered;
  for (std::size_t i = 0; i < surplus; ++i) {
    Entry& e = entries_[raw(retired_[i])];
    e.is_retired = false;
    if (e.object < kDead || e.binding != kUnbound || e.is_pinned) continue;
    e.object = kNever;
    e.is_global = false;
    symbols.push_back(retired_[i]);
  }
  retired_.erase(retired_.begin(), retired_.begin() + static_cast<std::ptrdiff_t>(surplus));
}

}  // namespace gcsim::engine
