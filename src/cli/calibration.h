// How long collections take in a program, measured by `gcsim truth --pauses` and used by `gcsim replay
// --calibration`.
#pragma once

#include <string>

#include "gcsim/report/pauses.h"
#include "gcsim/report/summary.h"

namespace gcsim::cli {

// As JSON with its schema.
std::string calibration_text(const report::PauseFit& fit, const std::string& python);
// Throws InputOutputError, or UsageError if the file is no calibration.
report::PauseFit read_calibration(const std::string& path);

// What the collections of a replay would take.
report::PauseEstimate estimate_pauses(const report::PauseFit& fit, const report::Summary& summary);

}  // namespace gcsim::cli
