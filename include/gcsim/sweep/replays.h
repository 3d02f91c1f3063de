// The plain way to a sweep's rows: one replay for each setting, several of them over one reading of the
// trace, on all cores.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "gcsim/sweep/row.h"
#include "gcsim/trace/reader.h"

namespace gcsim::sweep {

// Opens the trace anew, from its beginning. Called from several threads.
using Open = std::function<std::variant<std::unique_ptr<trace::Reader>, trace::TraceError>()>;

// What a trace says about the collector itself, which no setting can override.
struct OwnSettings {
  EventIndex event = 0;  // the first gc.set_threshold, gc.enable or gc.disable; 0: none
  std::uint64_t line = 0;
};

// The same trace; `leaves_out`: without its own calls of gc.set_threshold, gc.enable and gc.disable, in whose
// place a question without consequences stands, so that events keep their numbers.
std::unique_ptr<trace::Reader> with_own_settings(std::unique_ptr<trace::Reader> reader, bool leaves_out,
                                                 OwnSettings& found);

// A simulator with gc.freeze() behind the setting's event.
std::unique_ptr<engine::Simulator> simulator_for(const Setting& setting, const trace::Header& header,
                                                 engine::Observer* observer);

struct ReplaysPlan {
  unsigned jobs = 1;
  std::size_t group = 8;  // settings over one reading of the trace; at most 32
  bool leaves_out_own_settings = false;
  // Rows as they are finished, a group at a time, never two calls at once; false: stop.
  std::function<bool(std::span<const Row>)> on_rows;
  // Events replayed since the last call, over all settings. Called from several threads.
  std::function<void(std::uint64_t)> on_progress;
  std::vector<std::vector<Collection>>* collections = nullptr;  // by setting, if wanted
};

struct ReplaysResult {
  EventIndex events = 0;  // of the trace
  bool truncated = false;
  std::optional<trace::TraceError> fault;  // a trace that can't be read further
};

// Events refused under a setting change nothing there, and are counted in its row.
ReplaysResult replay_settings(const Open& open, std::span<const Setting> settings, const ReplaysPlan& plan);

// Replays one setting and stops at the first event that it refuses: is the trace one that can happen?
struct Trial {
  ReplaysResult result;
  OwnSettings own;
  Row row;
};
Trial try_setting(const Open& open, const Setting& setting, const ReplaysPlan& plan);

}  // namespace gcsim::sweep
