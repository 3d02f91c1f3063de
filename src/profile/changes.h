// How a profile is written as another one with changes.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "gcsim/profile/profile.h"

namespace gcsim::profile {

template <std::size_t N>
using TypeTable = std::array<TypeRules, N>;

// The rules of the type of that name. REQUIRES: it is there; a constant expression fails to compile if not.
template <std::size_t N>
constexpr TypeRules& rules_of(TypeTable<N>& types, std::string_view name) {
  for (TypeRules& rules : types) {
    if (rules.name == name) return rules;
  }
  throw "no such type";
}

// Sizes are sys.getsizeof's: collector header included, without item arrays and hash tables.
struct SizeChange {
  std::string_view name;
  std::uint32_t size;
};

template <std::size_t N, std::size_t M>
constexpr TypeTable<N> resized(TypeTable<N> types, const SizeChange (&changes)[M]) {
  for (const SizeChange& change : changes) rules_of(types, change.name).size = change.size;
  return types;
}

}  // namespace gcsim::profile
