// Pauses, fitted to measured ones.
#include "gcsim/report/pauses.h"

#include <cmath>

#include "doctest/doctest.h"

namespace gcsim::report {
namespace {

// Collections that take exactly what this says.
MeasuredRun run_of(std::size_t collections, double each, double per_walked, double per_collected,
                   std::uint64_t step = 100) {
  MeasuredRun run;
  for (std::size_t k = 1; k <= collections; ++k) {
    const MeasuredPause p{k * step, (k % 3) * 7, 0};
    run.push_back({p.walked, p.collected,
                   each + per_walked * static_cast<double>(p.walked) +
                       per_collected * static_cast<double>(p.collected)});
  }
  return run;
}

bool is_near(double a, double b) {
  return std::abs(a - b) <= 1e-6 * std::max(1.0, std::abs(b));
}

TEST_SUITE("report/pauses") {
  TEST_CASE("what collections take each, for an object walked and for one freed is found again") {
    const auto fit = fit_pauses({run_of(40, 2000, 15, 60), run_of(10, 2000, 15, 60, 1000)});
    REQUIRE(fit.has_value());
    CHECK(is_near(fit->per_collection, 2000));
    CHECK(is_near(fit->per_walked, 15));
    CHECK(is_near(fit->per_collected, 60));
    CHECK_EQ(fit->measured, 50);
    CHECK(fit->error < 1e-6);
    CHECK(is_near(fit->nanoseconds(2, 1000, 10), 2 * 2000 + 15 * 1000 + 60 * 10));
  }

  TEST_CASE("the error is that of a run predicted from the other") {
    // The second machine is twice as slow: from one the other's total is half, or double.
    const auto fit = fit_pauses({run_of(30, 1000, 10, 0), run_of(30, 2000, 20, 0)});
    REQUIRE(fit.has_value());
    CHECK(is_near(fit->error, 1.0));
  }

  TEST_CASE("a fit has the total that was measured, however they spread") {
    MeasuredRun run = run_of(50, 500, 12, 30);
    double total = 0;
    for (std::size_t k = 0; k < run.size(); ++k) total += run[k].nanoseconds *= k % 2 == 0 ? 1.3 : 0.8;
    const auto fit = fit_pauses({run});
    REQUIRE(fit.has_value());
    double predicted = 0;
    for (const MeasuredPause& p : run) predicted += fit->nanoseconds(1, p.walked, p.collected);
    CHECK(is_near(predicted / total, 1.0));
    CHECK(fit->error > 0.01);
  }

  TEST_CASE("no work takes negative time") {
    MeasuredRun run;
    for (std::uint64_t k = 1; k <= 20; ++k)
      run.push_back(
          {k * 10, k, 1000.0 + 5.0 * static_cast<double>(k * 10) - 20.0 * static_cast<double>(k % 5)});
    const auto fit = fit_pauses({run});
    REQUIRE(fit.has_value());
    CHECK(fit->per_collection >= 0);
    CHECK(fit->per_walked >= 0);
    CHECK(fit->per_collected >= 0);
  }

  TEST_CASE("too few collections give no fit") {
    CHECK_FALSE(fit_pauses({run_of(3, 1000, 10, 0)}).has_value());
    CHECK(fit_pauses({run_of(4, 1000, 10, 0)}).has_value());
    CHECK_FALSE(fit_pauses({}).has_value());
  }
}

}  // namespace
}  // namespace gcsim::report
