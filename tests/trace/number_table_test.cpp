#include "gcsim/trace/number_table.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

using gcsim::trace::NumberTable;

TEST_SUITE_BEGIN("trace/number_table");

TEST_CASE("a table of numbers agrees with a map over random comings and goings") {
  std::mt19937 random(20261125);
  // Few numbers, numbers in rows, and numbers all over.
  for (const std::uint32_t range : {50u, 5'000u, 0xffffffffu}) {
    NumberTable table;
    std::map<std::uint32_t, std::uint32_t> model;
    std::uint32_t next = 0;
    for (int i = 0; i < 50'000; ++i) {
      const std::uint32_t number = static_cast<std::uint32_t>(random() % (std::uint64_t{range} + 1));
      const auto known = model.find(number);
      CHECK(table.find(number) == (known == model.end() ? NumberTable::kNone : known->second));
      if (random() % 2 == 0) {
        const std::uint32_t id = table.find_or_add(number, [&next] { return next++; });
        CHECK(id == model.try_emplace(number, id).first->second);
      } else if (!model.empty()) {
        const auto gone = known != model.end() ? known : model.begin();
        table.erase(gone->first);
        model.erase(gone);
      }
    }
    for (const auto& [number, id] : model) CHECK(table.find(number) == id);
  }
}

TEST_SUITE_END();
