#include "gcsim/sweep/one_pass.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base_run.h"
#include "by_event.h"
#include "closing.h"
#include "clusters.h"
#include "lanes.h"
#include "living.h"
#include "unsettled_lists.h"

namespace gcsim::sweep {

namespace {

constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

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

}  // namespace

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

namespace {

// The lists of the collector in the base run, up to a step.
class Living {
 public:
  explicit Living(const BaseRun& run) : run_(run), solid_(run.births + 1), fleeting_(run.births + 1) {}

  void go_to(std::size_t position) {
    for (; position_ < position; ++position_) {
      const std::uint32_t birth = run_.birth[position_];
      if (birth == kNoBirth) continue;
      const bool leaves = step::is_death(run_.code[position_]) || run_.code[position_] == step::kLeaves;
      if (!leaves) newest_ = birth;
      const Stay stay = run_.stay[birth - 1];
      if (stay == Stay::unsettled) continue;
      BirthSet& set = stay == Stay::fleeting ? fleeting_ : solid_;
      if (leaves) {
        set.remove(birth);
      } else {
        set.add(birth);
      }
    }
  }
  std::uint32_t newest() const { return newest_; }
  std::uint64_t solid_after(std::uint32_t birth) const { return solid_.after(birth, newest_); }
  std::uint64_t fleeting_after(std::uint32_t birth) const { return fleeting_.after(birth, newest_); }

 private:
  const BaseRun& run_;
  std::size_t position_ = 0;
  std::uint32_t newest_ = 0;
  BirthSet solid_, fleeting_;
};

// What a collection frees.
struct Haul {
  std::uint64_t objects = 0;
  Bytes bytes = 0;
  std::uint64_t collected = 0;  // as it reports
  std::uint64_t solid_collected = 0;
  std::uint64_t solid = 0;  // freed, of those in the lists; fleeting ones apart
  // Of these, younger than the last collection of an older generation. Only asked of the youngest one, which
  // covers nothing else: all that it finds is.
  std::uint64_t solid_after_older = 0;
};

// Whose garbage is gone, by component: a bit for each lane.
class Fates {
 public:
  explicit Fates(std::size_t components) : fates_(components) {}

  LaneSet gone(std::uint32_t c) const { return fates_[c].gone; }
  bool is_gone(std::uint32_t c, std::size_t lane) const { return (fates_[c].gone & bit_of(lane)) != 0; }
  // By the running collection, which has not found it: it dies with what holds it.
  bool is_dragged(std::uint32_t c, std::size_t lane) const { return (fates_[c].dragged & bit_of(lane)) != 0; }
  // Asks for the memory, before it is needed.
  void look_ahead(std::uint32_t c) const { __builtin_prefetch(&fates_[c]); }
  void die(std::uint32_t c, LaneSet lanes) { fates_[c].gone |= lanes; }
  void drag(std::uint32_t c, std::size_t lane) {
    fates_[c].gone |= bit_of(lane);
    fates_[c].dragged |= bit_of(lane);
  }
  void end_collection(std::uint32_t c, std::size_t lane) { fates_[c].dragged &= ~bit_of(lane); }

 private:
  struct Fate {
    LaneSet gone = 0, dragged = 0;
  };
  Large<Fate> fates_;
};

// What the base run still has and a setting does not, and its peaks.
class Heaps {
 public:
  explicit Heaps(std::size_t lanes) : lanes_(lanes) {}

  void free(std::size_t lane, std::uint64_t objects, Bytes bytes) {
    lanes_[lane].free(static_cast<std::int64_t>(objects), static_cast<std::int64_t>(bytes));
  }
  std::uint64_t freed_objects(std::size_t lane) const {
    return static_cast<std::uint64_t>(lanes_[lane].freed_objects);
  }
  Bytes freed_bytes(std::size_t lane) const { return static_cast<Bytes>(lanes_[lane].freed_bytes); }
  // The base run's heap came to be so large, since the last time that anything was freed.
  void rise_to(std::int64_t objects, std::int64_t bytes) {
    if (objects <= least_.objects_raised_from && bytes <= least_.bytes_raised_from) return;
    least_.objects_raised_from = least_.bytes_raised_from = std::numeric_limits<std::int64_t>::max();
    for (Lane& lane : lanes_) {
      lane.objects_raised_from = std::max(lane.objects_raised_from, objects);
      lane.bytes_raised_from = std::max(lane.bytes_raised_from, bytes);
      least_.objects_raised_from = std::min(least_.objects_raised_from, lane.objects_raised_from);
      least_.bytes_raised_from = std::min(least_.bytes_raised_from, lane.bytes_raised_from);
    }
  }
  std::uint64_t peak_objects(std::size_t lane) const {
    return static_cast<std::uint64_t>(lanes_[lane].objects_raised_from - lanes_[lane].freed_objects);
  }
  Bytes peak_bytes(std::size_t lane) const {
    return static_cast<Bytes>(lanes_[lane].bytes_raised_from - lanes_[lane].freed_bytes);
  }

 private:
  struct Lane {
    std::int64_t freed_objects = 0, freed_bytes = 0;
    // What the base run's heap has to exceed for a new peak.
    std::int64_t objects_raised_from = 0, bytes_raised_from = 0;

    void free(std::int64_t objects, std::int64_t bytes) {
      freed_objects += objects;
      freed_bytes += bytes;
      objects_raised_from += objects;
      bytes_raised_from += bytes;
    }
  };
  std::vector<Lane> lanes_;
  Lane least_;  // no lane has less
};

// What all settings of a group share.
struct Shared {
  Shared(const OnePass::Analysis& analysis, std::size_t lanes)
      : counts(analysis.run, analysis.start.count[kYoungest]),
        fates(analysis.clusters.components.size()),
        died_at_once(analysis.arrivals.size()),
        heaps(lanes),
        living(analysis.run) {}

  Counts counts;
  Fates fates;
  Large<LaneSet> died_at_once;  // by arrival
  Heaps heaps;
  Living living;
};

// Where a collection runs.
struct Moment {
  std::uint64_t event = 0;
  std::uint64_t seen = 0;    // what happened before this event is seen
  std::size_t arrivals = 0;  // those before
};

// One setting. Births older than a boundary are not covered by a collection: those of generation 0 begin
// behind the last collection of all, those of generation 1 behind the last one of generation 1 or 2.
class Course {
 public:
  using Analysis = OnePass::Analysis;

  Course(const Analysis& analysis, const Setting& setting, Shared& shared, std::size_t lane,
         std::vector<Collection>* kept)
      : a_(analysis),
        threshold_(setting.threshold),
        is_automatic_(setting.enabled && setting.threshold[kYoungest] != 0),
        shared_(shared),
        lane_(lane),
        unsettled_(a_.run),
        older_count_{a_.start.count[1], a_.start.count[2]},
        long_lived_total_(a_.start.long_lived_total),
        joining_(a_.run.lists.size()),
        kept_(kept) {
    row_.setting = setting;
    wait_for_level();
  }

  // Stops again where the count reaches the level, if collections are not only requested.
  void wait_for_level() { shared_.counts.set_level(lane_, level()); }
  std::optional<Generation> due_generation() const;
  void die_at_once(const Analysis::Arrival& arrival);
  // Shared::living is where the collection begins.
  void collect(Generation g, const Moment& moment);
  // Garbage only grows between collections: its peaks are in front of them.
  void settle_garbage(const Onsets::Sum& sum);
  Row finish(const Onsets::Sum& sum);
  // False: what happens under this setting can't be worked out. Then there is no row.
  bool is_known() const { return is_known_; }

 private:
  struct Waiting {
    std::uint32_t number;  // of a cluster, or of a component
    std::uint32_t newest;  // a collection whose boundary is not below this birth leaves it alone
    bool is_cluster;
    bool depends_on_no_other;  // but, of a component, on its only holder, which does not either
  };

  // The count at which a collection is due.
  std::int64_t level() const {
    if (!is_automatic_) return std::numeric_limits<std::int64_t>::max();
    const bool exceeds = a_.profile.trigger == profile::TriggerRule::exceeds;
    return std::int64_t{threshold_[kYoungest]} + (exceeds ? 1 : 0);
  }
  const Component& component(std::uint32_t c) const { return a_.clusters.components[c]; }
  Waiting waiting_for(std::uint32_t c) const {
    return {c, component(c).newest, false, component(c).goes_with_root};
  }

  bool is_due(Generation g) const;
  void look_ahead(const Waiting& waiting) const;
  void look_at(const Waiting& waiting, Generation g, std::uint32_t boundary, Haul& haul);
  void split(const Cluster& cluster, Generation g, std::uint32_t boundary, Haul& haul);
  bool is_freed(std::uint32_t c, Generation g, std::uint32_t boundary, Haul& haul);
  bool is_covered(const Component& c, Generation g, std::uint32_t boundary) const;
  std::uint64_t dying_of_closing();
  void free_cluster(const Cluster& cluster, Haul& haul);
  void free_rest(const Cluster& cluster, Haul& haul);
  void free_members(const Component& c, bool is_counted, Haul& haul);
  void pass_on(const Waiting& waiting, Generation g);
  void settle(const Haul& haul);

  const Analysis& a_;
  Thresholds threshold_;
  bool is_automatic_;
  Shared& shared_;
  std::size_t lane_;
  UnsettledLists unsettled_;
  Row row_;
  std::array<std::int32_t, 2> older_count_;  // of generations 1 and 2
  std::uint64_t long_lived_total_;
  std::uint64_t long_lived_pending_ = 0;
  std::array<std::uint32_t, kGenerations> boundary_{};  // by generation: what is not larger is not covered
  bool is_known_ = true;

  // What the base run still has and this setting does not: of those in the lists, by generation's boundary.
  std::array<std::uint64_t, kGenerations> gone_{};
  std::uint64_t gone_fleeting_ = 0;  // since the last collection

  // The first ones that came after the last collection.
  std::size_t next_whole_ = 0;
  std::size_t next_arrival_ = 0;
  std::array<std::vector<Waiting>, kGenerations> waiting_;  // by generation, from 1
  std::vector<Waiting> looked_at_;                          // by the running collection
  // Components freed by the running collection: those it has not found, and all that are among generators.
  std::vector<std::uint32_t> touched_;
  std::vector<std::uint32_t> joining_;  // by list: the blocks that it frees

  std::vector<Collection>* kept_;
};

void Course::die_at_once(const Analysis::Arrival& arrival) {
  const Garbage& g = a_.run.garbage[arrival.garbage];
  shared_.counts.take_death(lane_, g);
  shared_.heaps.free(lane_, 1, g.size);
  if (g.birth == kNoBirth) return;
  if (g.stay == Stay::unsettled) return unsettled_.free(g.unsettled);
  if (g.stay == Stay::fleeting) {
    gone_fleeting_ += g.birth > boundary_[0] ? 1 : 0;
    return;
  }
  for (Generation generation = 0; generation < kGenerations; ++generation)
    gone_[generation] += g.birth > boundary_[generation] ? 1 : 0;
}

// As in the engine: gc_collect_generations.
bool Course::is_due(Generation g) const {
  const std::int32_t count = g == kYoungest ? shared_.counts.count(lane_) : older_count_[g - 1];
  if (a_.profile.trigger == profile::TriggerRule::exceeds) return count > threshold_[g];
  const std::int32_t about_to_run = g > kYoungest && is_due(g - 1) ? 1 : 0;
  return count + about_to_run >= threshold_[g];
}

std::optional<Generation> Course::due_generation() const {
  for (Generation g = kGenerations; g-- > 0;) {
    if (!is_due(g)) continue;
    const std::uint32_t divisor = a_.profile.full_collection_divisor;
    if (g == kOldest && divisor != 0 && long_lived_pending_ < long_lived_total_ / divisor) continue;
    return g;
  }
  return std::nullopt;
}

void Course::collect(Generation g, const Moment& moment) {
  const Living& living = shared_.living;
  const std::uint32_t boundary = boundary_[g];
  const std::uint64_t solid = living.solid_after(boundary) - gone_[g];
  const std::uint64_t visited =
      solid + living.fleeting_after(boundary_[0]) - gone_fleeting_ + unsettled_.gather(g, moment.seen);
  shared_.counts.reset(lane_);
  constexpr std::size_t kAhead = 8;
  Haul haul;
  for (Generation list = g; list > kYoungest; --list) {
    looked_at_.clear();
    looked_at_.swap(waiting_[list]);
    for (std::size_t k = 0; k < looked_at_.size(); ++k) {
      if (k + kAhead < looked_at_.size()) look_ahead(looked_at_[k + kAhead]);
      look_at(looked_at_[k], g, boundary, haul);
    }
  }
  for (; next_arrival_ < moment.arrivals; ++next_arrival_) {
    if ((shared_.died_at_once[next_arrival_] & bit_of(lane_)) != 0) continue;
    const Analysis::Arrival& a = a_.arrivals[next_arrival_];
    look_at({a.component, a.newest, false, a.goes_with_root}, g, boundary, haul);
  }
  for (; next_whole_ < a_.whole.size(); ++next_whole_) {
    const std::uint32_t k = a_.whole[next_whole_];
    const Cluster& cluster = a_.clusters.clusters[k];
    if (cluster.since >= moment.seen) break;
    look_at({k, cluster.youngest, true, true}, g, boundary, haul);
  }
  haul.collected -= dying_of_closing();
  settle(haul);
  for (const std::uint32_t c : touched_) shared_.fates.end_collection(c, lane_);
  touched_.clear();
  if (g == kOldest) shared_.counts.empty_lists(lane_);

  const Collection collection{moment.event, g, visited, haul.collected, 0};
  row_.add(collection);
  if (kept_ != nullptr) kept_->push_back(collection);
  const std::optional<std::uint64_t> unsettled = unsettled_.promote({g, moment.seen, boundary_});
  is_known_ = unsettled.has_value();
  const std::uint64_t survivors = solid - haul.solid_collected + unsettled.value_or(0);
  if (g == 1) long_lived_pending_ += survivors;
  if (g == kOldest) {
    long_lived_total_ = a_.start.long_lived_total + survivors;
    long_lived_pending_ = 0;
  }
  gone_[2] += haul.solid;
  gone_[1] = g == kYoungest ? gone_[1] + haul.solid_after_older : 0;
  gone_[0] = 0;
  gone_fleeting_ = 0;
  boundary_[0] = living.newest();
  if (g > kYoungest) boundary_[1] = living.newest();
  if (g < kOldest) ++older_count_[g];
  for (Generation younger = 1; younger <= g; ++younger) older_count_[younger - 1] = 0;
}

// What is not freed waits for the next older generation; what no collection of that one will cover, and does
// not depend on what others free either, for the oldest.
void Course::pass_on(const Waiting& waiting, Generation g) {
  if (g == kOldest) {
    const std::uint32_t cluster = waiting.is_cluster ? waiting.number : a_.cluster_of[waiting.number];
    if (a_.clusters.clusters[cluster].is_plain)
      throw std::logic_error("garbage that a full collection does not find");
  }
  const bool is_old = waiting.depends_on_no_other && waiting.newest <= boundary_[1];
  waiting_[is_old ? kOldest : std::min(g + 1, kOldest)].push_back(waiting);
}

// Asks for the memory, before it is needed.
void Course::look_ahead(const Waiting& waiting) const {
  if (waiting.is_cluster) return __builtin_prefetch(&a_.clusters.clusters[waiting.number]);
  __builtin_prefetch(&component(waiting.number));
  shared_.fates.look_ahead(waiting.number);
}

void Course::look_at(const Waiting& waiting, Generation g, std::uint32_t boundary, Haul& haul) {
  if (boundary >= waiting.newest) return pass_on(waiting, g);
  if (!waiting.is_cluster) {
    if (!is_freed(waiting.number, g, boundary, haul)) pass_on(waiting, g);
    return;
  }
  const Cluster& cluster = a_.clusters.clusters[waiting.number];
  if (boundary < cluster.oldest) return free_cluster(cluster, haul);
  split(cluster, g, boundary, haul);
}

// The boundary lies among its members: from here on each component waits for itself.
[[gnu::noinline]] void Course::split(const Cluster& cluster, Generation g, std::uint32_t boundary,
                                     Haul& haul) {
  for (std::uint32_t k = 0; k < cluster.components; ++k) {
    const std::uint32_t c = cluster.first_component + k;
    if (!is_freed(c, g, boundary, haul)) pass_on(waiting_for(c), g);
  }
}

// A cycle goes if the collection covers it and no holder is left but what is collected with it. A single
// object goes with the last of its holders; it is counted if it was found, and did not merely die with them.
bool Course::is_freed(std::uint32_t number, Generation g, std::uint32_t boundary, Haul& haul) {
  const Component& c = component(number);
  bool all_gone = true;
  bool all_found = true;
  for (const std::uint32_t holder : a_.clusters.holders_of(c)) {
    const bool is_gone = shared_.fates.is_gone(holder, lane_);
    all_gone = all_gone && is_gone;
    all_found = all_found && is_gone && !shared_.fates.is_dragged(holder, lane_);
  }
  const bool is_counted = all_found && is_covered(c, g, boundary);
  if (c.is_cyclic ? !is_counted : !all_gone) return false;
  if (is_counted) {
    shared_.fates.die(number, bit_of(lane_));
  } else {
    shared_.fates.drag(number, lane_);
  }
  if (!is_counted || c.is_among_closed) touched_.push_back(number);
  free_members(c, is_counted, haul);
  return true;
}

// All of it is in the lists that the collection walks.
bool Course::is_covered(const Component& c, Generation generation, std::uint32_t boundary) const {
  if (c.is_solid) return c.oldest > boundary;
  for (const std::uint32_t i : a_.clusters.members_of(c)) {
    const Garbage& g = a_.run.garbage[i];
    if (g.birth == kNoBirth) return false;
    if (g.stay == Stay::unsettled) {
      if (!unsettled_.is_covered(g.unsettled, generation)) return false;
    } else if (g.birth <= (g.stay == Stay::fleeting ? boundary_[0] : boundary)) {
      return false;
    }
  }
  return true;
}

// Of the components that the running collection has found so far, the objects that die when it closes the
// generators among them.
std::uint64_t Course::dying_of_closing() {
  std::vector<std::uint32_t> members;
  std::unordered_set<std::uint32_t> found;
  for (const std::uint32_t c : touched_) {
    if (!component(c).is_among_closed) continue;
    const bool is_found = !shared_.fates.is_dragged(c, lane_);
    for (const std::uint32_t i : a_.clusters.members_of(component(c))) {
      members.push_back(i);
      if (is_found) found.insert(i);
    }
  }
  if (members.empty()) return 0;
  const auto is_closed = [&](std::uint32_t i) { return a_.run.garbage[i].is_closed && found.contains(i); };
  const auto dying = sweep::dying_of_closing(a_.run, members, is_closed);
  return static_cast<std::uint64_t>(
      std::count_if(dying.begin(), dying.end(), [&](std::uint32_t i) { return found.contains(i); }));
}

void Course::free_members(const Component& c, bool is_counted, Haul& haul) {
  if (c.member_count == 1 && c.is_solid) {
    ++haul.objects;
    haul.bytes += c.bytes;
    ++joining_[c.list];
    const std::uint64_t counted = is_counted ? 1 : 0;
    haul.collected += counted;
    haul.solid_collected += counted;
    ++haul.solid;
    haul.solid_after_older += c.oldest > boundary_[1] ? 1 : 0;
    return;
  }
  for (const std::uint32_t i : a_.clusters.members_of(c)) {
    const Garbage& g = a_.run.garbage[i];
    ++haul.objects;
    haul.bytes += g.size;
    if (g.is_counted) ++joining_[g.list];
    if (is_counted) ++haul.collected;
    if (g.stay == Stay::unsettled) unsettled_.free_by_collection(g.unsettled, is_counted);
    if (g.birth == kNoBirth || g.stay != Stay::solid) continue;
    if (is_counted) ++haul.solid_collected;
    ++haul.solid;
    if (g.birth > boundary_[1]) ++haul.solid_after_older;
  }
}

void Course::free_cluster(const Cluster& cluster, Haul& haul) {
  haul.objects += cluster.objects;
  haul.bytes += cluster.bytes;
  haul.collected += cluster.counted;
  haul.solid_collected += cluster.known;
  haul.solid += cluster.known;
  haul.solid_after_older += cluster.known;
  joining_[cluster.first_list] += cluster.first_blocks;
  if ((cluster.fleeting_count | cluster.blocks_count) != 0) free_rest(cluster, haul);
}

// What only some clusters have.
[[gnu::noinline]] void Course::free_rest(const Cluster& cluster, Haul& haul) {
  for (std::uint32_t k = 0; k < cluster.fleeting_count; ++k) {
    if (a_.clusters.fleeting[cluster.fleeting_begin + k] > boundary_[0]) ++haul.collected;
  }
  for (std::uint32_t k = 0; k < cluster.blocks_count; ++k) {
    const Clusters::Blocks& blocks = a_.clusters.blocks[cluster.blocks_begin + k];
    joining_[blocks.list] += blocks.blocks;
  }
}

void Course::settle(const Haul& haul) {
  shared_.heaps.free(lane_, haul.objects, haul.bytes);
  for (std::size_t list = 1; list < joining_.size(); ++list) {
    const std::uint32_t blocks = std::exchange(joining_[list], 0);
    if (blocks != 0) shared_.counts.keep(lane_, static_cast<std::uint8_t>(list), blocks);
  }
}

void Course::settle_garbage(const Onsets::Sum& sum) {
  row_.peak_garbage = std::max(row_.peak_garbage, sum.objects - shared_.heaps.freed_objects(lane_));
  row_.peak_garbage_bytes = std::max(row_.peak_garbage_bytes, sum.bytes - shared_.heaps.freed_bytes(lane_));
}

Row Course::finish(const Onsets::Sum& sum) {
  settle_garbage(sum);
  row_.garbage_at_end = sum.objects - shared_.heaps.freed_objects(lane_);
  row_.peak_objects = shared_.heaps.peak_objects(lane_);
  row_.peak_bytes = shared_.heaps.peak_bytes(lane_);
  return row_;
}

// Some settings side by side, along one reading of the base run.
class Group {
 public:
  using Analysis = OnePass::Analysis;

  Group(const Analysis& analysis, std::span<const Setting> settings, std::vector<Collection>* collections)
      : a_(analysis), shared_(analysis, settings.size()) {
    courses_.reserve(settings.size());
    for (std::size_t k = 0; k < settings.size(); ++k) {
      courses_.emplace_back(analysis, settings[k], shared_, k,
                            collections == nullptr ? nullptr : collections + k);
    }
    known_ = ~LaneSet{0} >> (kLanes - settings.size());
  }

  std::vector<Row> run();

 private:
  bool go(std::size_t end, std::uint64_t end_event);
  bool stop(LaneSet lanes);
  void arrive(std::size_t number);
  void request(const BaseRun::Request& request);
  void check();
  void collect(LaneSet lanes, std::uint64_t event, std::uint64_t seen);
  void collect(std::size_t lane, Generation g, const Moment& moment);
  LaneSet dying_at_once(const Analysis::Arrival& arrival) const;
  void settle_samples(std::uint64_t event);
  const Onsets::Sum& garbage_before(std::uint64_t event);

  const Analysis& a_;
  Shared shared_;
  std::vector<Course> courses_;
  LaneSet known_;  // lanes whose course is

  std::size_t position_ = 0;  // the next step
  std::size_t next_arrival_ = 0;
  std::size_t next_sample_ = 0;
  std::size_t onset_ = 0;
  LaneSet pending_ = 0;                  // lanes in which a collection waits for the check
  std::uint64_t next_check_ = kForever;  // where it runs
};

std::vector<Row> Group::run() {
  std::size_t next_request = 0;
  for (;;) {
    const bool has_request = next_request < a_.run.requests.size();
    const std::uint64_t request_event = has_request ? a_.run.requests[next_request].event : kForever;
    if (pending_ != 0 && next_check_ < request_event) {
      if (go(a_.first_step_after(next_check_, position_), next_check_)) check();
      continue;
    }
    const std::size_t end = has_request ? a_.first_step_after(request_event, position_) : a_.run.code.size();
    if (!go(end, request_event)) continue;
    if (!has_request) break;
    request(a_.run.requests[next_request++]);
  }
  settle_samples(kForever);
  std::vector<Row> rows;
  for_each_lane(known_,
                [&](std::size_t lane) { rows.push_back(courses_[lane].finish(garbage_before(kForever))); });
  return rows;
}

// To the step `end`, and past what became garbage before `end_event`. False: stopped on the way, because
// the first lane waits for a check.
bool Group::go(std::size_t end, std::uint64_t end_event) {
  for (;;) {
    const bool arrives = next_arrival_ < a_.arrivals.size() && a_.arrivals[next_arrival_].since < end_event;
    const std::size_t part = arrives ? std::min<std::size_t>(end, a_.arrivals[next_arrival_].step) : end;
    while (position_ < part) {
      const LaneSet stopped = shared_.counts.take(a_.run.code[position_]) & known_;
      const bool goes_on = stopped == 0 || stop(stopped);
      ++position_;
      if (!goes_on) return false;
    }
    if (!arrives) return true;
    arrive(next_arrival_++);
  }
}

// In these lanes the step makes the count reach the level. False: they are the first ones that wait for a
// check.
bool Group::stop(LaneSet lanes) {
  const std::uint64_t event = a_.run.event[position_];
  if (a_.collects_in_allocation) {
    const Onsets::Sum& garbage = garbage_before(event);
    for_each_lane(lanes, [&](std::size_t lane) { courses_[lane].settle_garbage(garbage); });
    collect(lanes, event, event);
    return true;
  }
  for_each_lane(lanes, [this](std::size_t lane) {
    shared_.counts.set_level(lane, std::numeric_limits<std::int64_t>::max());
  });
  const bool is_first = pending_ == 0;
  pending_ |= lanes;
  next_check_ = a_.check_after(event);
  return !is_first;
}

// At the check: what its event made garbage is seen.
void Group::check() {
  const std::uint64_t event = next_check_;
  const Onsets::Sum& garbage = garbage_before(event);
  for_each_lane(pending_ & known_, [&](std::size_t lane) { courses_[lane].settle_garbage(garbage); });
  go(position_, event + 1);
  const LaneSet lanes = std::exchange(pending_, 0) & known_;
  for_each_lane(lanes, [this](std::size_t lane) { courses_[lane].wait_for_level(); });
  collect(lanes, event, event + 1);
}

void Group::request(const BaseRun::Request& request) {
  const Onsets::Sum& garbage = garbage_before(request.event);
  settle_samples(request.event);
  shared_.living.go_to(position_);
  for_each_lane(known_, [&](std::size_t lane) {
    courses_[lane].settle_garbage(garbage);
    collect(lane, request.generation, {request.event, request.event, next_arrival_});
  });
}

// Those of the lanes in which one is due.
void Group::collect(LaneSet lanes, std::uint64_t event, std::uint64_t seen) {
  settle_samples(seen);
  shared_.living.go_to(position_);
  for_each_lane(lanes, [&](std::size_t lane) {
    if (const auto due = courses_[lane].due_generation()) collect(lane, *due, {event, seen, next_arrival_});
  });
}

void Group::collect(std::size_t lane, Generation g, const Moment& moment) {
  courses_[lane].collect(g, moment);
  if (!courses_[lane].is_known()) known_ &= ~bit_of(lane);
}

void Group::arrive(std::size_t number) {
  const Analysis::Arrival& arrival = a_.arrivals[number];
  const LaneSet dying = dying_at_once(arrival);
  if (dying == 0) return;
  settle_samples(std::uint64_t{arrival.since} + 1);
  shared_.died_at_once[number] = dying;
  shared_.fates.die(arrival.component, dying);
  for_each_lane(dying, [&](std::size_t lane) { courses_[lane].die_at_once(arrival); });
}

// Where all its holders are gone when it becomes garbage, counting frees it on the spot.
LaneSet Group::dying_at_once(const Analysis::Arrival& arrival) const {
  if (!arrival.may_die_at_once) return 0;
  if (arrival.holder != kNever) return shared_.fates.gone(arrival.holder) & known_;
  LaneSet lanes = known_;
  for (const std::uint32_t holder : a_.clusters.holders_of(a_.clusters.components[arrival.component]))
    lanes &= shared_.fates.gone(holder);
  return lanes;
}

// Those of the events before this one.
void Group::settle_samples(std::uint64_t event) {
  const auto& samples = a_.run.samples;
  if (next_sample_ == samples.size() || samples[next_sample_].event >= event) return;
  while (next_sample_ < samples.size() && samples[next_sample_].event < event) ++next_sample_;
  const BaseRun::Sample& largest = samples[next_sample_ - 1];
  shared_.heaps.rise_to(largest.objects, largest.bytes);
}

const Onsets::Sum& Group::garbage_before(std::uint64_t event) {
  const auto& sums = a_.onsets.sums();
  while (onset_ + 1 < sums.size() && sums[onset_ + 1].event < event) ++onset_;
  return sums[onset_];
}

}  // namespace

OnePass::OnePass(std::unique_ptr<Analysis> analysis) : analysis_(std::move(analysis)) {}
OnePass::OnePass(OnePass&&) noexcept = default;
OnePass::~OnePass() = default;

std::variant<OnePass, OnePass::NotProven, trace::TraceError> OnePass::read(const Open& open,
                                                                           const Setting& base,
                                                                           bool leaves_out_own_settings) {
  auto recorded = record_base_run(open, base, leaves_out_own_settings);
  if (auto* error = std::get_if<trace::TraceError>(&recorded)) return std::move(*error);
  if (auto* reason = std::get_if<sweep::NotProven>(&recorded)) return NotProven{std::move(reason->because)};
  auto opened = open();
  if (auto* error = std::get_if<trace::TraceError>(&opened)) return std::move(*error);
  const trace::Header& header = std::get<std::unique_ptr<trace::Reader>>(opened)->header();
  return OnePass(std::make_unique<Analysis>(std::get<BaseRun>(std::move(recorded)), *base.profile,
                                            engine_settings(base, header)));
}

EventIndex OnePass::events() const {
  return analysis_->run.events;
}

bool OnePass::is_truncated() const {
  return analysis_->run.is_truncated;
}

OnePass::Pieces OnePass::pieces() const {
  return {analysis_->clusters.clusters.size(), analysis_->clusters.components.size()};
}

void OnePass::compute(std::span<const Setting> settings, const Plan& plan) const {
  if (plan.collections != nullptr) plan.collections->resize(settings.size());
  const std::size_t share = (settings.size() + plan.jobs - 1) / std::max(plan.jobs, 1u);
  const std::size_t group = std::clamp<std::size_t>(share, 1, kLanes);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stops{false};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t begin = next.fetch_add(group); begin < settings.size() && !stops;
           begin = next.fetch_add(group)) {
        Group computed(*analysis_, settings.subspan(begin, std::min(group, settings.size() - begin)),
                       plan.collections == nullptr ? nullptr : plan.collections->data() + begin);
        const auto rows = computed.run();
        const std::lock_guard lock(mutex);
        if (plan.on_rows && !plan.on_rows(rows)) stops = true;
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      stops = true;
    }
  };
  std::vector<std::thread> pool;
  for (unsigned k = 1; k < plan.jobs; ++k) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace gcsim::sweep
