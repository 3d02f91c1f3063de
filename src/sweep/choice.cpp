#include "gcsim/sweep/choice.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace gcsim::sweep {

namespace {

constexpr Cost kCosts[] = {
    {"visited", "objects", false, [](const Row& row) { return row.visited(); }},
    {"peak_garbage", "bytes", true, [](const Row& row) { return row.peak_garbage_bytes; }},
    {"peak_memory", "bytes", true, [](const Row& row) { return row.peak_bytes; }},
    {"pause", "objects", false, [](const Row& row) { return row.longest_walk; }},
    {"collections", "collections", false, [](const Row& row) { return row.collections(); }},
};
constexpr const Cost& kVisited = kCosts[0];
constexpr const Cost& kPeakGarbage = kCosts[1];

// How far a row is beyond the budgets, as the largest ratio; for choosing the one that comes nearest.
double excess(const Row& row, std::span<const Budget> budgets) {
  double most = 0;
  for (const Budget& budget : budgets) {
    if (budget.holds_for(row)) continue;
    const auto limit = static_cast<double>(std::max<std::uint64_t>(budget.limit, 1));
    most = std::max(most, static_cast<double>(budget.cost->of(row)) / limit);
  }
  return most;
}

// Less is better; the order of the settings decides between equals.
auto rank(const Row& row, const Cost& least) {
  const Cost& other = &least == &kVisited ? kPeakGarbage : kVisited;
  return std::make_tuple(least.of(row), other.of(row), row.longest_walk, row.collections());
}

}  // namespace

std::span<const Cost> costs() {
  return kCosts;
}

const Cost* find_cost(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kCosts), std::end(kCosts), [&](const Cost& cost) { return cost.name == name; });
  return found == std::end(kCosts) ? nullptr : found;
}

std::vector<bool> pareto_front(std::span<const Row> rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return rank(rows[a], kVisited) < rank(rows[b], kVisited);
  });
  std::vector<bool> front(rows.size());
  // Of the rows taken so far, by profile: the least garbage, and what its row walked.
  struct Least {
    const profile::Profile* profile;
    std::uint64_t visited, garbage;
  };
  std::vector<Least> least;
  for (std::size_t k : order) {
    const Row& row = rows[k];
    if (row.refused_events != 0) continue;
    auto found = std::find_if(least.begin(), least.end(),
                              [&](const Least& l) { return l.profile == row.setting.profile; });
    if (found == least.end()) found = least.insert(found, {row.setting.profile, ~0ull, ~0ull});
    const bool is_equal = row.visited() == found->visited && row.peak_garbage_bytes == found->garbage;
    if (row.peak_garbage_bytes >= found->garbage && !is_equal) continue;
    front[k] = true;
    *found = {row.setting.profile, row.visited(), row.peak_garbage_bytes};
  }
  return front;
}

std::optional<Choice> choose(std::span<const Row> rows, std::span<const Budget> budgets) {
  const bool about_memory =
      std::any_of(budgets.begin(), budgets.end(), [](const Budget& b) { return b.cost->is_memory; });
  Choice choice;
  choice.least = about_memory ? &kVisited : &kPeakGarbage;
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const Row& row = rows[k];
    if (row.refused_events != 0) continue;
    if (excess(row, budgets) == 0) ++choice.within;
    const auto key = [&](const Row& r) {
      return std::make_tuple(excess(r, budgets), rank(r, *choice.least));
    };
    if (!best || key(row) < key(rows[*best])) best = k;
  }
  if (!best) return std::nullopt;
  choice.row = *best;
  choice.fits = choice.within > 0;
  return choice;
}

}  // namespace gcsim::sweep
