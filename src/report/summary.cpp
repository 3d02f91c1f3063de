#include "gcsim/report/summary.h"

#include <algorithm>

#include "gcsim/inspect/leaks.h"

namespace gcsim::report {

namespace {

using inspect::Reason;

struct ReasonWords {
  Reason reason;
  std::string_view words;
};
// The order in which groups are told: what no name reaches first.
constexpr ReasonWords kReasons[] = {
    {Reason::uncollected_cycle, "uncollected cycle"},
    {Reason::unswept, "waits for a sweep"},
    {Reason::deferred, "waits in the trashcan"},
    {Reason::frozen, "frozen"},
    {Reason::held_by_garbage_list, "held by gc.garbage"},
    {Reason::held_by_name, "held by name"},
    {Reason::held_by_container, "held by container"},
    {Reason::held_by_call, "held by a call"},
    {Reason::immortal, "immortal"},
    {Reason::held_by_modules, "held by sys.modules"},
    {Reason::held_by_c, "held by C"},
    {Reason::held_by_code, "held by code"},
};

LeakedObject describe(const engine::SnapshotObject& object, const trace::Vocabulary& words) {
  const bool has_id = object.id != kNoSymbol;
  return {has_id ? std::string(words.symbols.word(raw(object.id))) : std::string(),
          words.types()[static_cast<std::size_t>(object.type)].name, object.size};
}

void add_group(Summary& summary, const ReasonWords& reason, const engine::Snapshot& snapshot,
               const inspect::Leaks& leaks, const trace::Vocabulary& words) {
  LeakGroup group;
  group.reason = reason.words;
  for (const inspect::Leak& leak : leaks.objects) {
    if (leak.reason != reason.reason) continue;
    const engine::SnapshotObject& object = snapshot.objects[leak.object];
    ++group.objects;
    group.bytes += object.size;
    group.garbage = group.garbage || leak.unreachable_since != 0;
    if (group.members.size() < kLeaksListed) {
      group.members.push_back({describe(object, words), leak.cycle});
    }
  }
  if (group.objects > 0) summary.leaks.push_back(std::move(group));
}

void add_cycles(Summary& summary, const engine::Snapshot& snapshot, const inspect::Leaks& leaks,
                const trace::Vocabulary& words) {
  summary.garbage_cycles = leaks.cycles.size();
  for (const inspect::Cycle& cycle : leaks.cycles) {
    if (summary.cycles.size() == kLeaksListed) break;
    LeakedCycle leaked;
    leaked.objects = cycle.members.size();
    for (const std::uint32_t member : cycle.path) {
      if (leaked.path.size() == kLeaksListed) break;
      leaked.path.push_back(describe(snapshot.objects[member], words));
    }
    leaked.path_length = cycle.path.size();
    summary.cycles.push_back(std::move(leaked));
  }
}

void add_leaks(Summary& summary, const engine::Simulator& simulator, Tally& tally,
               const trace::Vocabulary& words) {
  const engine::Snapshot snapshot = simulator.snapshot();
  const inspect::Leaks leaks = inspect::find_leaks(snapshot);
  for (const inspect::Leak& leak : leaks.objects) {
    if (leak.unreachable_since == 0) continue;
    tally.add_remaining_garbage(snapshot.objects[leak.object].size, leak.unreachable_since);
  }
  for (const ReasonWords& reason : kReasons) add_group(summary, reason, snapshot, leaks, words);
  add_cycles(summary, snapshot, leaks, words);
}

}  // namespace

Summary summarize(const TraceFacts& trace, const engine::Settings& settings,
                  const engine::Simulator& simulator, Tally& tally, const trace::Vocabulary& words) {
  Summary summary;
  summary.trace = trace;
  summary.settings = settings;
  summary.threshold_at_end = simulator.thresholds();
  summary.enabled_at_end = simulator.enabled();
  add_leaks(summary, simulator, tally, words);
  summary.totals = tally.totals();
  const auto generations = simulator.generation_stats();
  std::copy(generations.begin(), generations.end(), summary.generations.begin());
  summary.counts = simulator.counts();
  summary.tracked = simulator.tracked();
  summary.long_lived_total = simulator.long_lived_total();
  summary.long_lived_pending = simulator.long_lived_pending();
  summary.free_lists = simulator.free_list_stats();
  summary.heap = simulator.heap_stats();
  summary.size_classes = simulator.size_classes();
  summary.slots = simulator.slot_stats();
  summary.collections = tally.collections();
  return summary;
}

}  // namespace gcsim::report
