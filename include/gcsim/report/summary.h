// The summary of a replay as plain data. The formats only print it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/engine/simulator.h"
#include "gcsim/report/band.h"
#include "gcsim/report/pauses.h"
#include "gcsim/report/tally.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

// What was replayed, and how far.
struct TraceFacts {
  std::string name;                   // without directories
  std::optional<std::string> sha256;  // of its bytes, if all of them were read
  std::string recorded;               // what the trace says it is a recording of; may be empty
  bool cut_short = false;             // the recording
  std::optional<double> placement;    // approximate recordings: where in its interval garbage began
  EventIndex events = 0;              // dealt with, refused ones included
  std::uint64_t faults = 0;
  bool complete = true;
  bool stopped_by_fault = false;
};

// Members listed for each reason, cycles listed, and members shown of a cycle's path. The counts beside the
// lists are exact.
inline constexpr std::size_t kLeaksListed = 1000;

struct LeakedObject {
  std::string id;  // empty: the trace gave it none
  std::string type;
  std::uint32_t size = 0;  // bytes
};

// Objects alive at the end for one reason.
struct LeakGroup {
  std::string_view reason;  // "uncollected cycle"
  bool garbage = false;     // no name leads to them
  std::uint64_t objects = 0;
  Bytes bytes = 0;
  struct Member {
    LeakedObject object;
    std::uint32_t cycle = 0;  // the cycle it is in or hangs on, from 1; 0: none
  };
  std::vector<Member> members;
};

// Garbage in which every object leads to every other.
struct LeakedCycle {
  std::uint64_t objects = 0;
  std::uint64_t path_length = 0;
  std::vector<LeakedObject> path;  // a way round: each refers to the next, the last to the first
};

struct Summary {
  TraceFacts trace;
  engine::Settings settings;  // in force when the trace began
  std::array<std::int32_t, kGenerations> threshold_at_end{};
  bool enabled_at_end = true;
  Totals totals;
  std::array<engine::GenerationStats, kGenerations> generations{};
  engine::Counts counts{};
  std::uint64_t tracked = 0;
  std::uint64_t long_lived_total = 0;
  std::uint64_t long_lived_pending = 0;
  std::vector<engine::FreeListStats> free_lists;
  std::optional<engine::HeapStats> heap;
  std::vector<engine::SizeClassStats> size_classes;
  engine::SlotStats slots;  // mark and sweep
  std::vector<CollectionRow> collections;
  std::vector<LeakGroup> leaks;  // garbage first
  std::uint64_t garbage_cycles = 0;
  std::vector<LeakedCycle> cycles;
  std::optional<Band> band;             // approximate recordings, if it was asked for
  std::optional<PauseEstimate> pauses;  // with a calibration
};

// Everything there is to say at the end of a replay.
Summary summarize(const TraceFacts& trace, const engine::Settings& settings,
                  const engine::Simulator& simulator, Tally& tally, const trace::Vocabulary& words);

}  // namespace gcsim::report
