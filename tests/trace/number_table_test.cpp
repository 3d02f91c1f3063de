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

TEST_CASE("numbers that count up, with leaps, agree with a map while most of them go young") {
  std::mt19937 random(20261130);
  // From the beginning, from anywhere, and up to the last number there is.
  for (const std::uint32_t first : {0u, 1'000'000u, 0xffffffffu - 300'000}) {
    NumberTable table;
    std::map<std::uint32_t, std::uint32_t> model;
    std::uint32_t number = first;
    std::uint32_t next = 0;
    const auto add = [&](std::uint32_t added) {
      const std::uint32_t id = table.find_or_add(added, [&next] { return next++; });
      CHECK(id == model.try_emplace(added, id).first->second);
    };
    for (int i = 0; i < 150'000; ++i) {
      add(number++);
      if (random() % 1000 == 0) number += static_cast<std::uint32_t>(random() % 100);
      if (random() % 100 == 0) add(number + static_cast<std::uint32_t>(random() % 300));
      if (random() % 50'000 == 0) add(number + 2 * NumberTable::kRecent);
      if (random() % 100 == 0) add(static_cast<std::uint32_t>(random()));
      // One of the last, or any.
      auto gone = model.lower_bound(number - static_cast<std::uint32_t>(random() % 1000));
      if (random() % 10 == 0) gone = model.lower_bound(static_cast<std::uint32_t>(random()));
      if (gone == model.end()) continue;
      table.erase(gone->first);
      model.erase(gone);
    }
    add(0xffffffffu);
    add(0);
    for (const auto& [known, id] : model) REQUIRE(table.find(known) == id);
    CHECK(table.find(number + 5 * NumberTable::kRecent) == NumberTable::kNone);
  }
}

TEST_SUITE_END();
