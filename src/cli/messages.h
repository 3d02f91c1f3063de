// Faults of traces as messages on standard error, and what they mean for the exit status.
#pragma once

#include <string>

#include "exit_status.h"
#include "gcsim/report/expectation.h"
#include "gcsim/trace/error.h"
#include "gcsim/trace/event.h"

namespace gcsim::cli {

ExitStatus report_fault(const trace::TraceError& error);

// An expectation that can't be understood, as a fault of its trace.
trace::TraceError bad_expectation(const trace::Expectation& expectation, const report::ClauseError& wrong,
                                  const std::string& file);

}  // namespace gcsim::cli
