#include "gcsim/report/pauses.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace gcsim::report {

namespace {

constexpr std::size_t kTerms = 3;
constexpr std::size_t kFewest = 4;  // collections: one more than there are terms
using Row = std::array<double, kTerms>;

Row row_of(const MeasuredPause& pause) {
  return {1.0, static_cast<double>(pause.walked), static_cast<double>(pause.collected)};
}

// The normal equations, and their solution for the terms that are in use; the others are 0.
struct Equations {
  std::array<Row, kTerms> left{};
  Row right{};

  void add(const MeasuredPause& pause) {
    const Row row = row_of(pause);
    const double weight = 1.0 / static_cast<double>(std::max<std::uint64_t>(pause.walked, 1));
    for (std::size_t i = 0; i < kTerms; ++i) {
      for (std::size_t j = 0; j < kTerms; ++j) left[i][j] += weight * row[i] * row[j];
      right[i] += weight * row[i] * pause.nanoseconds;
    }
  }

  Row solve(std::array<bool, kTerms> in_use) const {
    auto a = left;
    Row b = right;
    for (std::size_t i = 0; i < kTerms; ++i) {
      // A term that says nothing of its own: all collections have the same, or it follows from the others.
      if (!in_use[i] || a[i][i] <= 1e-9 * left[i][i]) {
        in_use[i] = false;
        continue;
      }
      for (std::size_t k = 0; k < kTerms; ++k) {
        if (k == i || !in_use[k]) continue;
        const double factor = a[k][i] / a[i][i];
        for (std::size_t j = 0; j < kTerms; ++j) a[k][j] -= factor * a[i][j];
        b[k] -= factor * b[i];
      }
    }
    Row solution{};
    for (std::size_t i = 0; i < kTerms; ++i) solution[i] = in_use[i] ? b[i] / a[i][i] : 0.0;
    return solution;
  }
};

// No work takes negative time: such a term is left out, the most negative one first.
Row solve_without_negatives(const Equations& equations) {
  std::array<bool, kTerms> in_use{true, true, true};
  for (;;) {
    const Row solution = equations.solve(in_use);
    const auto least = std::min_element(solution.begin(), solution.end());
    if (*least >= 0) return solution;
    in_use[static_cast<std::size_t>(least - solution.begin())] = false;
  }
}

PauseFit fit_of(const std::vector<MeasuredRun>& runs, std::size_t left_out) {
  Equations equations;
  PauseFit fit;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (r == left_out) continue;
    for (const MeasuredPause& pause : runs[r]) equations.add(pause);
    fit.measured += runs[r].size();
  }
  const Row solution = solve_without_negatives(equations);
  fit.per_collection = solution[0];
  fit.per_walked = solution[1];
  fit.per_collected = solution[2];
  return fit;
}

double error_of(const PauseFit& fit, const MeasuredRun& run) {
  double predicted = 0, measured = 0;
  for (const MeasuredPause& pause : run) {
    predicted += fit.nanoseconds(1, pause.walked, pause.collected);
    measured += pause.nanoseconds;
  }
  return measured > 0 ? std::abs(predicted - measured) / measured : 0;
}

std::vector<MeasuredRun> halves_of(const MeasuredRun& run) {
  std::vector<MeasuredRun> halves(2);
  for (std::size_t k = 0; k < run.size(); ++k) halves[k % 2].push_back(run[k]);
  return halves;
}

}  // namespace

double PauseFit::nanoseconds(std::uint64_t collections, std::uint64_t walked, std::uint64_t collected) const {
  return per_collection * static_cast<double>(collections) + per_walked * static_cast<double>(walked) +
         per_collected * static_cast<double>(collected);
}

std::optional<PauseFit> fit_pauses(const std::vector<MeasuredRun>& runs) {
  PauseFit fit = fit_of(runs, runs.size());
  if (fit.measured < kFewest) return std::nullopt;
  const auto used = static_cast<std::size_t>(
      std::count_if(runs.begin(), runs.end(), [](const MeasuredRun& run) { return !run.empty(); }));
  std::vector<MeasuredRun> parts;
  for (const MeasuredRun& run : runs) {
    if (run.empty()) continue;
    if (used == 1) {
      parts = halves_of(run);
    } else {
      parts.push_back(run);
    }
  }
  for (std::size_t p = 0; p < parts.size(); ++p)
    fit.error = std::max(fit.error, error_of(fit_of(parts, p), parts[p]));
  return fit;
}

}  // namespace gcsim::report
