// What is worked out of a base run once, before any setting is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base_run.h"
#include "by_event.h"
#include "clusters.h"
#include "gcsim/sweep/one_pass.h"

namespace gcsim::sweep {

inline constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

// The first element, from `from` on, that is not below: most often it is near.
template <class Elements, class IsBelow>
std::size_t search_from(const Elements& elements, std::size_t from, IsBelow is_below) {
  std::size_t reach = 16;
  while (from + reach < elements.size() && is_below(elements[from + reach])) {
    from += reach;
    reach *= 2;
  }
  std::size_t end = std::min(from + reach, elements.size());
  while (from < end) {
    const std::size_t middle = from + (end - from) / 2;
    if (is_below(elements[middle])) {
      from = middle + 1;
    } else {
      end = middle;
    }
  }
  return from;
}

// How much garbage the base run has up to an event.
class Onsets {
 public:
  explicit Onsets(const Large<Garbage>& garbage) {
    std::vector<std::uint64_t> order;  // the event, and the size
    order.reserve(garbage.size());
    for (const Garbage& g : garbage) order.push_back(at_event(g.since, g.size));
    sort_by_event(order);
    sums_.reserve(order.size() + 1);
    sums_.push_back({0, 0, 0});
    for (const std::uint64_t entry : order) {
      const std::uint32_t since = event_of(entry);
      if (since != sums_.back().event) sums_.push_back({since, sums_.back().objects, sums_.back().bytes});
      ++sums_.back().objects;
      sums_.back().bytes += what_of(entry);
    }
  }

  struct Sum {
    std::uint64_t event = 0;
    std::uint64_t objects = 0;
    Bytes bytes = 0;
  };
  // By event; the first one is nothing.
  const std::vector<Sum>& sums() const { return sums_; }

 private:
  std::vector<Sum> sums_;
};

struct OnePass::Analysis {
  Analysis(BaseRun run_, const profile::Profile& profile_, const engine::Settings& settings)
      : run(std::move(run_)),
        profile(profile_),
        start(settings),
        clusters(find_clusters(run)),
        onsets(run.garbage) {
    collects_in_allocation = profile.collection_point == profile::CollectionPoint::in_allocation;
    std::vector<std::uint64_t> arriving;  // components
    cluster_of.resize(clusters.components.size());
    for (std::uint32_t k = 0; k < clusters.clusters.size(); ++k) {
      const Cluster& c = clusters.clusters[k];
      for (std::uint32_t i = 0; i < c.components; ++i) cluster_of[c.first_component + i] = k;
      if (c.at_once && c.is_plain) {
        whole.push_back(k);
      } else {
        for (std::uint32_t i = 0; i < c.components; ++i) {
          const std::uint32_t number = c.first_component + i;
          arriving.push_back(at_event(since_of(clusters.components[number]), number));
        }
      }
    }
    sort_by_event(arriving);
    arrivals.reserve(arriving.size());
    std::size_t step = 0;
    for (const std::uint64_t entry : arriving) {
      step = first_step_after(event_of(entry), step);
      arrivals.push_back(arrival_of(what_of(entry), step));
    }
  }

  // Where a collection runs that became pending in this event: at its end, or at the check that comes next.
  std::uint64_t check_after(std::uint64_t event) const {
    if (run.checks.empty() || event < run.checks.front()) return event;
    const auto next = std::lower_bound(run.checks.begin(), run.checks.end(), event);
    return next == run.checks.end() ? kForever : *next;
  }

  // From the step `from` on.
  std::size_t first_step_after(std::uint64_t event, std::size_t from) const {
    return search_from(run.event, from, [event](std::uint32_t e) { return e <= event; });
  }

  BaseRun run;
  const profile::Profile& profile;
  engine::Settings start;
  Clusters clusters;
  Onsets onsets;
  bool collects_in_allocation = true;
  std::vector<std::uint32_t> cluster_of;  // by component
  std::vector<std::uint32_t> whole;       // plain clusters that became garbage at once, by event
  // A component of the others, with what decides whether it dies at once, and what happens then.
  struct Arrival {
    std::uint32_t component = 0;
    std::uint32_t since = 0;        // the event
    std::uint32_t step = 0;         // the first one behind it
    std::uint32_t holder = kNever;  // the only one, if there is one
    std::uint32_t garbage = 0;      // that which may die at once
    std::uint32_t newest = kNever;  // as the component says them
    bool goes_with_root = false;
    bool may_die_at_once = false;
  };
  std::uint32_t since_of(const Component& c) const {
    return run.garbage[clusters.members_of(c).front()].since;
  }
  Arrival arrival_of(std::uint32_t c, std::size_t step) const {
    const Component& component = clusters.components[c];
    Arrival a;
    a.component = c;
    a.garbage = clusters.members_of(component).front();
    a.since = since_of(component);
    a.step = static_cast<std::uint32_t>(step);
    a.newest = component.newest;
    a.goes_with_root = component.goes_with_root;
    a.may_die_at_once = !component.is_cyclic;
    if (component.holder_count == 1) a.holder = component.holder;
    return a;
  }
  std::vector<Arrival> arrivals;  // by event
};

}  // namespace gcsim::sweep
