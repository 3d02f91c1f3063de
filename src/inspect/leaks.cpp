#include "gcsim/inspect/leaks.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "components.h"

namespace gcsim::inspect {
namespace {

// Gives `reason` to all objects reached from `start` that have none yet; `first` to the start itself.
class Marker {
 public:
  Marker(const engine::Snapshot& snapshot, Leaks& leaks)
      : snapshot_(snapshot), leaks_(leaks), marked_(snapshot.objects.size()) {}

  void mark(std::uint32_t start, Reason first, Reason rest) {
    if (!set(start, first)) return;
    open_.assign(1, start);
    while (!open_.empty()) {
      std::uint32_t i = open_.back();
      open_.pop_back();
      for (std::uint32_t child : snapshot_.edges_of(snapshot_.objects[i])) {
        if (set(child, rest)) open_.push_back(child);
      }
    }
  }
  const std::vector<bool>& marked() const { return marked_; }

 private:
  bool set(std::uint32_t i, Reason reason) {
    if (marked_[i]) return false;
    marked_[i] = true;
    leaks_.objects[i].reason = reason;
    return true;
  }

  const engine::Snapshot& snapshot_;
  Leaks& leaks_;
  std::vector<bool> marked_;
  std::vector<std::uint32_t> open_;
};

// What is left after names and gc.garbage is garbage. It became so when the last reference on any path to it
// was released: latest first, each object hands its date to all garbage it reaches that has none yet.
void date_garbage(const engine::Snapshot& snapshot, const std::vector<bool>& reachable, Leaks& leaks) {
  std::vector<std::uint32_t> order(snapshot.objects.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return snapshot.objects[a].last_released > snapshot.objects[b].last_released;
  });
  std::vector<bool> dated = reachable;
  std::vector<std::uint32_t> open;
  for (std::uint32_t first : order) {
    if (dated[first]) continue;
    dated[first] = true;
    open.assign(1, first);
    while (!open.empty()) {
      std::uint32_t i = open.back();
      open.pop_back();
      leaks.objects[i].unreachable_since = snapshot.objects[first].last_released;
      for (std::uint32_t child : snapshot.edges_of(snapshot.objects[i])) {
        if (dated[child]) continue;
        dated[child] = true;
        open.push_back(child);
      }
    }
  }
}

// Gives garbage the number of the cycle it is in, or that it hangs on; and says what a freeze keeps.
void assign_cycles(const engine::Snapshot& snapshot, const std::vector<bool>& reachable, Leaks& leaks) {
  std::vector<bool> garbage = reachable;
  garbage.flip();
  for (std::vector<std::uint32_t>& members : find_cycles(snapshot, garbage)) {
    std::vector<std::uint32_t> path = shortest_cycle(snapshot, members, members.front());
    leaks.cycles.push_back({std::move(members), std::move(path)});
  }
  for (std::uint32_t c = 0; c < leaks.cycles.size(); ++c) {
    for (std::uint32_t i : leaks.cycles[c].members) leaks.objects[i].cycle = c + 1;
  }
  std::vector<std::uint32_t> open;
  for (std::uint32_t c = 0; c < leaks.cycles.size(); ++c) {
    open = leaks.cycles[c].members;
    while (!open.empty()) {
      std::uint32_t i = open.back();
      open.pop_back();
      for (std::uint32_t child : snapshot.edges_of(snapshot.objects[i])) {
        if (reachable[child] || leaks.objects[child].cycle != 0) continue;
        leaks.objects[child].cycle = c + 1;
        open.push_back(child);
      }
    }
  }
}

}  // namespace

Leaks find_leaks(const engine::Snapshot& snapshot) {
  Leaks leaks;
  leaks.objects.resize(snapshot.objects.size());
  for (std::uint32_t i = 0; i < leaks.objects.size(); ++i) {
    leaks.objects[i] = {i, snapshot.garbage_waits_for_sweep ? Reason::unswept : Reason::uncollected_cycle, 0,
                        0};
  }
  Marker marker(snapshot, leaks);
  for (std::uint32_t i = 0; i < snapshot.objects.size(); ++i) {
    if (snapshot.objects[i].immortal) marker.mark(i, Reason::immortal, Reason::immortal);
  }
  // Names first, each with a mark of its own, so that what is bound is not taken for a mere member.
  std::vector<std::uint32_t> bound;
  for (const auto& name : snapshot.names) bound.push_back(name.object);
  for (std::uint32_t i : bound) marker.mark(i, Reason::held_by_name, Reason::held_by_container);
  for (std::uint32_t i : bound) {
    if (!snapshot.objects[i].immortal) leaks.objects[i].reason = Reason::held_by_name;
  }
  for (const auto& [held, reason] : {std::pair{&snapshot.modules, Reason::held_by_modules},
                                     std::pair{&snapshot.held_by_c, Reason::held_by_c}}) {
    for (std::uint32_t i : *held) marker.mark(i, reason, Reason::held_by_container);
    for (std::uint32_t i : *held) {
      if (leaks.objects[i].reason == Reason::held_by_container) leaks.objects[i].reason = reason;
    }
  }
  for (std::uint32_t i : snapshot.calls) marker.mark(i, Reason::held_by_call, Reason::held_by_call);
  for (std::uint32_t i : snapshot.garbage) {
    marker.mark(i, Reason::held_by_garbage_list, Reason::held_by_garbage_list);
  }
  for (std::uint32_t i : snapshot.constants) marker.mark(i, Reason::held_by_code, Reason::held_by_code);
  std::vector<bool> reachable = marker.marked();
  if (snapshot.garbage_waits_for_sweep) {  // whether it is a cycle makes no difference
    date_garbage(snapshot, reachable, leaks);
    return leaks;
  }
  for (std::uint32_t i = 0; i < snapshot.objects.size(); ++i) {
    if (!reachable[i] && snapshot.objects[i].refcount == 0)
      marker.mark(i, Reason::deferred, Reason::deferred);
    if (!reachable[i] && snapshot.objects[i].frozen) marker.mark(i, Reason::frozen, Reason::frozen);
  }
  date_garbage(snapshot, reachable, leaks);
  assign_cycles(snapshot, reachable, leaks);
  return leaks;
}

}  // namespace gcsim::inspect
