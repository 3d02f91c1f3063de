// A trace that is open, and the rules it will be replayed under.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "gcsim/replay.h"
#include "gcsim/report/summary.h"
#include "input.h"

namespace gcsim::cli {

struct Session {
  std::string name;  // as errors call it
  std::unique_ptr<trace::Reader> reader;
  engine::Settings settings;
  std::optional<double> placement;  // of an approximate recording
};

// The exact events of a trace: approximate recordings are placed. Throws UsageError if `placement` is asked
// for and there is nothing to place. `placed`, if not null, becomes where garbage was placed.
std::variant<std::unique_ptr<trace::Reader>, trace::TraceError> open_exact(Input input,
                                                                           std::optional<double> placement,
                                                                           std::optional<double>* placed,
                                                                           trace::Decoding decoding);

// What the trace says of itself.
report::TraceFacts facts_of(const Session& session);

std::variant<Session, trace::TraceError> open_session(Input input, const Overrides& rules);

// Is it the engine that refused an event, rather than a reader that can't read one?
bool is_refusal(trace::Fault fault);

}  // namespace gcsim::cli
