// The uncertainty of a replay of an approximate recording, as plain data.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::report {

struct Band {
  struct Figure {
    std::string name;
    std::uint64_t here = 0;  // in the replay that is reported
    std::uint64_t lowest = 0;
    std::uint64_t highest = 0;
  };
  std::vector<Figure> figures;
  std::vector<double> placements;
  // Generations that ran so seldom that one shift of a collection moves all their figures. If there are any,
  // the replays under these thresholds, a step down and a step up, are in the band.
  std::vector<Generation> seldom;
  std::vector<std::array<std::int32_t, kGenerations>> thresholds;

  // The replay under the recorder's own thresholds beside what it saw; empty if the recording does not say.
  struct Observation {
    std::string name;
    std::uint64_t replayed = 0;
    std::uint64_t observed = 0;
  };
  std::array<std::int32_t, kGenerations> observed_threshold{};
  std::vector<Observation> observations;
};

}  // namespace gcsim::report
