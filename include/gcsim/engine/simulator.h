// The simulator: CPython's memory management, driven by events.
//
// Deterministic: the same events under the same settings give the same notices. It has no files, clock,
// log or global state, and does not ask which version it simulates: the profile's fields say what to do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/engine/fault.h"
#include "gcsim/engine/heap_stats.h"
#include "gcsim/engine/notice.h"
#include "gcsim/engine/snapshot.h"
#include "gcsim/profile/profile.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::engine {

// The rules, and the state the trace begins in.
struct Settings {
  const profile::Profile* profile = nullptr;
  std::array<std::int32_t, kGenerations> threshold{};
  bool enabled = true;
  Counts count{};
  // Recordings: containers are tracked and untracked by events, and hold references without keys.
  bool explicit_tracking = false;
  // Tracked objects older than the trace: they stay in the oldest generation and in long_lived_total.
  std::uint64_t long_lived_total = 0;
  struct FreeListFill {
    std::string_view type;
    std::uint32_t length = 0;  // tuple[2] -> 2
    std::uint32_t held = 0;
  };
  std::vector<FreeListFill> free_lists;
  profile::Reclamation reclamation = profile::Reclamation::counting_and_cycles;
  profile::SlotRules slots;  // of mark and sweep
};

struct GenerationStats {
  std::uint64_t collections = 0;
  std::uint64_t collected = 0;
  std::uint64_t uncollectable = 0;
  std::uint64_t visited = 0;  // objects walked, over all collections
};

struct FreeListStats {
  std::string_view type;
  std::uint64_t hits = 0;    // allocations served from the list
  std::uint64_t misses = 0;  // allocations of such an object that had to take new memory
  std::uint64_t held = 0;    // blocks on it now
};

// Operations on reference counts. Mark and sweep has none.
struct CountOperations {
  std::uint64_t increments = 0;
  std::uint64_t decrements = 0;
};

struct SlotStats {
  std::uint64_t slots = 0;      // in all
  std::uint64_t available = 0;  // on the list
};

class Simulator {
 public:
  // `observer` may be null and must outlive the simulator. With one, the garbage clock runs too:
  // on_freed and snapshots say since when an object was unreachable.
  static std::unique_ptr<Simulator> create(const Settings& settings, Observer* observer);
  virtual ~Simulator() = default;

  struct Applied {
    std::size_t next = 0;            // the first event of the batch not yet dealt with
    std::optional<HeapFault> fault;  // about event next - 1, which has changed nothing
  };
  // Applies the events of the batch from `begin` on, up to the first refused one. Learns the types and
  // literals that joined the vocabulary since the last call.
  virtual Applied apply(const trace::EventBatch& batch, std::size_t begin,
                        const trace::Vocabulary& vocabulary) = 0;

  virtual Counts counts() const = 0;
  virtual std::array<std::int32_t, kGenerations> thresholds() const = 0;
  virtual bool enabled() const = 0;
  virtual std::uint64_t alive() const = 0;    // objects, interned values and None not included
  virtual std::uint64_t tracked() const = 0;  // in generations 0 to 2 (not frozen)
  virtual std::uint64_t long_lived_total() const = 0;
  virtual std::uint64_t long_lived_pending() const = 0;
  virtual std::span<const GenerationStats, kGenerations> generation_stats() const = 0;
  virtual std::vector<FreeListStats> free_list_stats() const = 0;
  // The private heap, with an observer that wants it only: nothing, and no size classes, without one, or
  // where objects live in slots.
  virtual std::optional<HeapStats> heap_stats() const = 0;
  virtual std::vector<SizeClassStats> size_classes() const = 0;
  virtual std::uint64_t creations() const = 0;           // objects allocated (without "before" ones)
  virtual CountOperations count_operations() const = 0;  // only counted with an observer
  virtual SlotStats slot_stats() const = 0;              // mark and sweep; else 0

  virtual Snapshot snapshot() const = 0;
  // The words that name nothing any more: neither a live object nor a bound name, and too long dead for a
  // message to need them. Appends them to `symbols` and forgets them: no later event of a batch already
  // read may use them, so call it between batches.
  virtual void take_forgotten(std::vector<SymbolId>& symbols) = 0;
  // Everything that does not hold of the numbered invariants (src/engine/README.md), in words; empty if all
  // do.
  virtual std::vector<std::string> check_invariants() const = 0;
};

}  // namespace gcsim::engine
