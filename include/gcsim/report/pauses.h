// How long collections take: a fit to measured ones, which makes figures of counts.
//
// A collection costs something by itself, something for each object it walks and something for each it frees.
// What a figure made of these is worth depends on the program and the machine: the fit says how far off it
// was.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::report {

struct MeasuredPause {
  std::uint64_t walked = 0;
  std::uint64_t collected = 0;
  double nanoseconds = 0;
};
using MeasuredRun = std::vector<MeasuredPause>;

struct PauseFit {
  double per_collection = 0;  // nanoseconds, none of them negative
  double per_walked = 0;
  double per_collected = 0;
  std::uint64_t measured = 0;  // collections
  double error = 0;            // how far off a total was at most, of 1, where it was predicted

  double nanoseconds(std::uint64_t collections, std::uint64_t walked, std::uint64_t collected) const;
};

// Least squares, each pause weighed by 1 / objects walked: their spread grows with that, and so the fit has
// the total that was measured. The error is that of each run's total, predicted from all other runs; of a
// single run's halves, every other collection, if there is but one. Nothing if there are fewer than four
// collections.
std::optional<PauseFit> fit_pauses(const std::vector<MeasuredRun>& runs);

// An estimate for a replay.
struct PauseEstimate {
  PauseFit fit;
  std::array<double, kGenerations> milliseconds{};  // of each generation's collections together
  double longest = 0;                               // of one collection
};

}  // namespace gcsim::report
