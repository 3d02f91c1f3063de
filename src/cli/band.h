// How far the figures of an approximate recording may be off: replays at several placements, and what the
// recorder itself saw.
#pragma once

#include <string>
#include <vector>

#include "gcsim/report/band.h"
#include "session.h"

namespace gcsim::cli {

// Where garbage is placed for a range: usually, at `own`, and further on.
std::vector<double> placements_of_band(double own);

// Reads the trace several times: `path` must be a file. `session` is one of that trace, under `rules`. Throws
// UsageError if there is nothing to place.
report::Band measure_band(const std::string& path, const Session& session, const Overrides& rules);

}  // namespace gcsim::cli
