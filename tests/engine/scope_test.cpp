// The order of names, which an exit goes by.
#include "engine/scope.h"

#include <vector>

#include "doctest/doctest.h"

namespace gcsim::test {
namespace {

using engine::Scope;

std::vector<std::uint32_t> order_of(const Scope& scope) {
  std::vector<std::uint32_t> names;
  for (SymbolId s : scope.names_in_order()) names.push_back(raw(s));
  return names;
}

TEST_SUITE("engine/scope") {
  TEST_CASE("names keep their order when their numbers begin anew") {
    Scope scope;
    for (std::uint32_t s = 0; s < 8; ++s) scope.make_room_for(SymbolId{s});
    for (std::uint32_t s : {5u, 2u, 7u, 0u}) scope.bind(SymbolId{s}, s + 1);
    scope.unbind(SymbolId{2});
    scope.renumber_from(4);
    CHECK(order_of(scope) == std::vector<std::uint32_t>{5, 7, 0});
    scope.bind(SymbolId{2}, 3);
    scope.bind(SymbolId{7}, 9);  // keeps its place
    CHECK(order_of(scope) == std::vector<std::uint32_t>{5, 7, 0, 2});
  }

  TEST_CASE("names that a local hides keep their order, too") {
    Scope scope;
    for (std::uint32_t s = 0; s < 4; ++s) scope.make_room_for(SymbolId{s});
    for (std::uint32_t s : {3u, 1u, 2u}) scope.bind(SymbolId{s}, s + 1);
    scope.enter();
    scope.bind(SymbolId{1}, 10);
    scope.renumber_from(1);
    std::vector<Scope::Local> locals;
    scope.leave(locals);
    CHECK_EQ(locals.size(), 1);
    scope.bind(SymbolId{0}, 1);
    CHECK(order_of(scope) == std::vector<std::uint32_t>{3, 1, 2, 0});
  }
}

}  // namespace
}  // namespace gcsim::test
