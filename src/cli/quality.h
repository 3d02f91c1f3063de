// How good an approximate recording is: its replay under the recorder's own thresholds, beside what the
// program's collector did under them. That needs no second run of the program.
#pragma once

#include <string>

namespace gcsim::cli {

// A line for people; empty if the trace says nothing of what the recorder saw.
std::string quality_of(const std::string& trace);

}  // namespace gcsim::cli
