// A trace that is open, and the rules it will be replayed under.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "gcsim/replay.h"
#include "input.h"

namespace gcsim::cli {

struct Session {
  std::string name;  // as errors call it
  std::unique_ptr<trace::Reader> reader;
  engine::Settings settings;
};

std::variant<Session, trace::TraceError> open_session(Input input, const Overrides& rules);

// Is it the engine that refused an event, rather than a reader that can't read one?
bool is_refusal(trace::Fault fault);

}  // namespace gcsim::cli
