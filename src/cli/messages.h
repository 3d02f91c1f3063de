// Faults of traces as messages on standard error, and what they mean for the exit status.
#pragma once

#include "exit_status.h"
#include "gcsim/trace/error.h"

namespace gcsim::cli {

ExitStatus report_fault(const trace::TraceError& error);

}  // namespace gcsim::cli
