// Replay: the short loop that feeds a reader's events to the engine and gives faults their position.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "gcsim/engine/simulator.h"
#include "gcsim/profile/profile.h"
#include "gcsim/trace/reader.h"

namespace gcsim {

// What the user asked for over what the trace says.
struct Overrides {
  const profile::Profile* profile = nullptr;  // null: the trace's own, else the default
  std::vector<std::int32_t> threshold;        // none, or one to three
  std::optional<bool> enabled;
  std::optional<std::array<std::int32_t, 3>> count;
};

// The engine's settings for a trace: overrides, then its header, then the profile.
// An error if the header names a profile that does not exist.
std::variant<engine::Settings, trace::TraceError> settings_for(const trace::Header& header,
                                                               const Overrides& overrides);

// What to do with a faulty event or line.
enum class OnFault { stop, go_on };

struct ReplayOptions {
  EventIndex until = 0;  // stop behind this event; 0: replay all
  // Called for each fault; decides whether to go on. The event has changed nothing.
  std::function<OnFault(const trace::TraceError&)> on_fault;
  // Called with each batch before its events are applied; it stays valid until the next call.
  std::function<void(const trace::EventBatch&)> on_batch;
};

struct ReplayResult {
  EventIndex events = 0;  // dealt with, refused ones included
  std::uint64_t faults = 0;
  bool complete = true;    // false: stopped at a fault, at `until`, or the trace was cut off
  bool truncated = false;  // the trace ends in the middle of something
};

ReplayResult replay(trace::Reader& reader, engine::Simulator& simulator, const ReplayOptions& options);

// The position and words for a fault the engine found in an event of this batch.
trace::TraceError describe(const engine::HeapFault& fault, const trace::EventBatch& batch, std::size_t event,
                           trace::Reader& reader);

}  // namespace gcsim
