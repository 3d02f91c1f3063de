// Replay: the short loop that feeds a reader's events to the engine and gives faults their position.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

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
  std::optional<profile::Reclamation> reclamation;
  std::vector<std::uint32_t> available_slots;  // none, or one or two (trace::Header)
  std::optional<double> placement;             // of garbage in approximate recordings, 0 to 1
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

// The events that one of several simulators refused though another one did not.
struct Refusals {
  std::uint64_t events = 0;
  std::optional<trace::TraceError> first;
};

// Several simulators over one reading of the trace: each applies each batch before the next one is read. An
// event that all refuse is a fault of the trace, as in replay(); if only some do, it changes nothing there
// and joins their `refusals`, one entry for each simulator. At most 32 simulators. options.until is not
// heeded. `after_batch` is called when all have applied the batch.
ReplayResult replay_side_by_side(trace::Reader& reader, std::span<engine::Simulator* const> simulators,
                                 const ReplayOptions& options, std::vector<Refusals>& refusals,
                                 const std::function<void(const trace::EventBatch&)>& after_batch);

// The position and words for a fault the engine found in an event of this batch.
trace::TraceError describe(const engine::HeapFault& fault, const trace::EventBatch& batch, std::size_t event,
                           trace::Reader& reader);

}  // namespace gcsim
