// How a command ends. Scripts rely on these numbers.
#pragma once

#include <stdexcept>

#include "gcsim/trace/error.h"

namespace gcsim::cli {

enum class ExitStatus : int {
  fine = 0,
  check_failed = 1,  // a requested check did not hold
  usage = 2,
  trace_invalid = 3,
  trace_truncated = 4,  // what was there has been dealt with, and the result says that it is partial
  input_output = 5,
  bug = 70,  // in gcsim
};

// Ends the command with `usage`; the message names the option, what is wrong and the way out.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Ends the command with `input_output`.
struct InputOutputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Nobody reads our output any more (`gcsim .. | head`): a quiet end, and no error.
struct ClosedPipe {};

inline ExitStatus status_of(trace::Fault fault) {
  switch (fault) {
    case trace::Fault::input_failed: return ExitStatus::input_output;
    case trace::Fault::truncated: return ExitStatus::trace_truncated;
    default: return ExitStatus::trace_invalid;
  }
}

// The status of a command over several traces: the first of these that occurred, in this order.
inline ExitStatus worse(ExitStatus a, ExitStatus b) {
  constexpr ExitStatus kOrder[] = {ExitStatus::bug,           ExitStatus::input_output,
                                   ExitStatus::trace_invalid, ExitStatus::trace_truncated,
                                   ExitStatus::usage,         ExitStatus::check_failed};
  for (const ExitStatus status : kOrder) {
    if (a == status || b == status) return status;
  }
  return ExitStatus::fine;
}

}  // namespace gcsim::cli
