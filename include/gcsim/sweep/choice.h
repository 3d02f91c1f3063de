// Choosing among rows: the Pareto front, and the best setting within a budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/sweep/row.h"

namespace gcsim::sweep {

// What a setting costs: work and pauses on one side, memory on the other.
struct Cost {
  std::string_view name;  // as a budget calls it
  std::string_view unit;  // "objects", "bytes", "collections"
  bool is_memory;
  std::uint64_t (*of)(const Row& row);
};
std::span<const Cost> costs();
const Cost* find_cost(std::string_view name);  // or nullptr

// By row: nothing else of its profile both walks less and lets less garbage lie, bytes at the peak. Rows in
// which events were refused are not among them: the program did something else there.
std::vector<bool> pareto_front(std::span<const Row> rows);

struct Budget {
  const Cost* cost = nullptr;
  std::uint64_t limit = 0;  // in the cost's unit

  bool holds_for(const Row& row) const { return cost->of(row) <= limit; }
};

struct Choice {
  std::size_t row = 0;          // the one chosen, or if none fits the one that comes nearest
  bool fits = false;            // all budgets
  std::size_t within = 0;       // rows that fit
  const Cost* least = nullptr;  // what it has the least of among them
};
// Of the rows within all budgets the one that walks the fewest objects, if a budget is about memory, else the
// one that lets the least garbage lie. Nothing if no row can be chosen (all have refused events).
std::optional<Choice> choose(std::span<const Row> rows, std::span<const Budget> budgets);

}  // namespace gcsim::sweep
