#include "gcsim/sweep/one_pass.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <thread>
#include <unordered_set>
#include <utility>

#include "base_run.h"
#include "closing.h"
#include "clusters.h"
#include "counter.h"
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

// The largest of runs of samples.
class Peaks {
 public:
  struct Peak {
    std::uint64_t objects = 0;
    std::int64_t bytes = 0;
  };

  explicit Peaks(const LongArray<BaseRun::Sample>& samples) : samples_(samples) {
    for (std::size_t begin = 0; begin < samples.size(); begin += kBlock)
      blocks_.push_back(scan({}, begin, std::min(begin + kBlock, samples.size())));
  }

  // The first sample, from `from` on, of an event that is not below `event`.
  std::size_t find(std::size_t from, std::uint64_t event) const {
    return search_from(samples_, from, [event](const BaseRun::Sample& s) { return s.event < event; });
  }
  // No sample of these is larger.
  Peak bound(std::size_t begin, std::size_t end) const {
    Peak peak;
    for (std::size_t block = begin / kBlock; block * kBlock < end; ++block)
      peak = larger(peak, blocks_[block]);
    return peak;
  }
  // REQUIRES: begin < end.
  Peak largest(std::size_t begin, std::size_t end) const {
    Peak peak;
    while (begin < end && begin % kBlock != 0) peak = scan(peak, begin, begin + 1), ++begin;
    for (; begin + kBlock <= end; begin += kBlock) peak = larger(peak, blocks_[begin / kBlock]);
    return scan(peak, begin, end);
  }

 private:
  static constexpr std::size_t kBlock = 64;

  static Peak larger(Peak a, Peak b) { return {std::max(a.objects, b.objects), std::max(a.bytes, b.bytes)}; }
  Peak scan(Peak peak, std::size_t begin, std::size_t end) const {
    for (; begin < end; ++begin) peak = larger(peak, {samples_[begin].objects, samples_[begin].bytes});
    return peak;
  }

  const LongArray<BaseRun::Sample>& samples_;
  std::vector<Peak> blocks_;
};

// How much garbage the base run has up to an event.
class Onsets {
 public:
  explicit Onsets(const Large<Garbage>& garbage) {
    std::vector<std::uint64_t> order;  // the event, and the size
    order.reserve(garbage.size());
    for (const Garbage& g : garbage) order.push_back(std::uint64_t{g.since} << 32 | g.size);
    std::sort(order.begin(), order.end());
    sums_.push_back({0, 0, 0});
    for (const std::uint64_t entry : order) {
      const std::uint64_t since = entry >> 32;
      if (since != sums_.back().event) sums_.push_back({since, sums_.back().objects, sums_.back().bytes});
      ++sums_.back().objects;
      sums_.back().bytes += entry & 0xffff'ffff;
    }
  }

  struct Sum {
    std::uint64_t event = 0;
    std::uint64_t objects = 0;
    Bytes bytes = 0;
  };
  // Of the events before this one.
  const Sum& before(std::uint64_t event) const {
    const auto found = std::lower_bound(sums_.begin() + 1, sums_.end(), event,
                                        [](const Sum& s, std::uint64_t e) { return s.event < e; });
    return *std::prev(found);
  }

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
        blocks(run),
        peaks(run.samples),
        onsets(run.garbage) {
    collects_in_allocation = profile.collection_point == profile::CollectionPoint::in_allocation;
    cluster_of.resize(clusters.components.size());
    for (std::uint32_t k = 0; k < clusters.clusters.size(); ++k) {
      const Cluster& c = clusters.clusters[k];
      for (std::uint32_t i = 0; i < c.components; ++i) cluster_of[c.first_component + i] = k;
      if (c.at_once && c.is_plain) {
        whole.push_back(k);
      } else {
        for (std::uint32_t i = 0; i < c.components; ++i)
          arrivals.push_back(arrival_of(c.first_component + i));
      }
    }
    std::stable_sort(arrivals.begin(), arrivals.end(),
                     [](const Arrival& a, const Arrival& b) { return a.since < b.since; });
    std::size_t step = 0;
    std::size_t sample = 0;
    for (Arrival& a : arrivals) {
      step = first_step_after(a.since, step);
      sample = peaks.find(sample, std::uint64_t{a.since} + 1);
      a.step = static_cast<std::uint32_t>(step);
      a.sample = static_cast<std::uint32_t>(sample);
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
  Blocks blocks;
  Peaks peaks;
  Onsets onsets;
  bool collects_in_allocation = true;
  std::vector<std::uint32_t> cluster_of;  // by component
  std::vector<std::uint32_t> whole;       // plain clusters that became garbage at once, by event
  // A component of the others, with what decides whether it dies at once, and what happens then.
  struct Arrival {
    std::uint32_t component = 0;
    std::uint32_t since = 0;             // the event
    std::uint32_t step = 0, sample = 0;  // the first ones behind it
    std::uint32_t holder = kNever;       // the only one, if there is one
    bool may_die_at_once = false;
    const Garbage* garbage = nullptr;  // that which may
  };
  Arrival arrival_of(std::uint32_t c) const {
    const Component& component = clusters.components[c];
    Arrival a;
    a.component = c;
    a.since = component.since;
    a.may_die_at_once = !component.is_cyclic;
    if (component.holder_count == 1) a.holder = clusters.holders_of(component).front();
    a.garbage = &run.garbage[clusters.members_of(component).front()];
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
  std::uint64_t collected = 0;  // as it reports
  std::uint64_t solid_collected = 0;
  std::uint64_t solid = 0;              // freed, of those in the lists; fleeting ones apart
  std::uint64_t solid_after_older = 0;  // of these, younger than the last collection of an older generation
};

// What became of a component. Pages come to be when something on them happens: most clusters go as a whole.
enum class Fate : std::uint8_t { waits, freed, freed_now, collected_now };
class Fates {
 public:
  explicit Fates(std::size_t components) : pages_(components / kPage + 1) {}

  Fate of(std::uint32_t c) const {
    const auto& page = pages_[c / kPage];
    return page == nullptr ? Fate::waits : (*page)[c % kPage];
  }
  void set(std::uint32_t c, Fate fate) {
    auto& page = pages_[c / kPage];
    if (page == nullptr) page = std::make_unique<std::array<Fate, kPage>>();
    (*page)[c % kPage] = fate;
  }

 private:
  static constexpr std::uint32_t kPage = 1024;
  std::vector<std::unique_ptr<std::array<Fate, kPage>>> pages_;
};

// One setting. Births older than a boundary are not covered by a collection: those of generation 0 begin
// behind the last collection of all, those of generation 1 behind the last one of generation 1 or 2.
class Course {
 public:
  using Analysis = OnePass::Analysis;

  Course(const Analysis& analysis, const Setting& setting, std::vector<Collection>* kept)
      : a_(analysis),
        threshold_(setting.threshold),
        is_automatic_(setting.enabled && setting.threshold[kYoungest] != 0),
        counter_(a_.run, a_.blocks, a_.start.count[kYoungest], level()),
        unsettled_(a_.run),
        older_count_{a_.start.count[1], a_.start.count[2]},
        long_lived_total_(a_.start.long_lived_total),
        fates_(a_.clusters.components.size()),
        kept_(kept) {
    row_.setting = setting;
  }

  // Goes on to the next collection. False: there is none any more.
  bool advance();
  std::size_t position() const { return counter_.position(); }
  // The collection advance() stopped at. `living` is at position().
  void collect(const Living& living);
  Row finish();
  // False: what happens under this setting can't be worked out. Then there is no row.
  bool is_known() const { return is_known_; }

 private:
  struct Waiting {
    std::uint32_t cluster;
    std::uint32_t component;  // kAll: the whole cluster
  };
  static constexpr std::uint32_t kAll = 0xffffffffu;

  // The count at which a collection is due.
  std::int64_t level() const {
    if (!is_automatic_) return std::numeric_limits<std::int64_t>::max();
    const bool exceeds = a_.profile.trigger == profile::TriggerRule::exceeds;
    return std::int64_t{threshold_[kYoungest]} + (exceeds ? 1 : 0);
  }
  const Component& component(std::uint32_t c) const { return a_.clusters.components[c]; }

  bool walk(std::size_t end, std::uint64_t end_event);
  bool find_dying(std::uint64_t end_event);
  void let_wait(std::uint64_t event);
  void settle_arrivals(std::uint64_t event);
  bool dies_at_once(const Analysis::Arrival& arrival) const;
  void die_at_once(const Analysis::Arrival& arrival);
  bool go_to_request(std::uint64_t event);
  void go_to_check();
  bool is_due(Generation g) const;
  std::optional<Generation> due_generation() const;
  void run_collection(Generation g, const Living& living);
  void look_at(const Waiting& waiting, Generation g, std::uint32_t boundary, Haul& haul);
  bool look_at_cluster(const Waiting& waiting, Generation g, std::uint32_t boundary, Haul& haul);
  bool is_freed(std::uint32_t c, std::uint32_t boundary, Haul& haul);
  bool is_covered(const Component& c, std::uint32_t boundary) const;
  std::uint64_t dying_of_closing();
  void free_cluster(const Cluster& cluster, Haul& haul);
  void free_members(const Component& c, bool is_counted, Haul& haul);
  void pass_on(const Waiting& waiting, Generation g);
  Fate fate(std::uint32_t c) const { return fates_.of(c); }
  void settle_peaks(std::size_t end);
  void settle_peaks_before(std::uint64_t event);
  void settle_garbage(std::uint64_t event);

  const Analysis& a_;
  Thresholds threshold_;
  bool is_automatic_;
  Counter counter_;
  UnsettledLists unsettled_;
  Row row_;
  std::array<std::int32_t, 2> older_count_;  // of generations 1 and 2
  std::uint64_t long_lived_total_;
  std::uint64_t long_lived_pending_ = 0;
  std::array<std::uint32_t, kGenerations> boundary_{};  // by generation: what is not larger is not covered

  bool is_known_ = true;
  bool is_pending_ = false;
  std::uint64_t check_ = 0;  // where the pending collection runs

  // The collection that comes next.
  bool is_requested_ = false;
  std::uint64_t event_ = 0;
  Generation generation_ = 0;
  std::size_t next_request_ = 0;

  // What the base run still has and this setting does not: of those in the lists, by generation's boundary.
  std::array<std::uint64_t, kGenerations> gone_{};
  std::uint64_t gone_fleeting_ = 0;  // since the last collection
  std::uint64_t freed_objects_ = 0;  // all
  Bytes freed_bytes_ = 0;

  std::size_t next_whole_ = 0;
  std::size_t next_arrival_ = 0;
  std::size_t known_arrival_ = 0;  // those before it don't die at once, if no collection comes before
  std::array<std::vector<Waiting>, kGenerations> waiting_;
  std::vector<Waiting> looked_at_;      // by the running collection
  Fates fates_;                         // of components
  std::vector<std::uint32_t> touched_;  // components freed by the running collection

  std::size_t next_sample_ = 0;
  std::vector<Collection>* kept_;
};

// All its holders are gone when it becomes garbage: counting frees it on the spot.
bool Course::dies_at_once(const Analysis::Arrival& arrival) const {
  if (!arrival.may_die_at_once) return false;
  if (arrival.holder != kNever) return fate(arrival.holder) != Fate::waits;
  const auto holders = a_.clusters.holders_of(component(arrival.component));
  return std::all_of(holders.begin(), holders.end(),
                     [this](std::uint32_t h) { return fate(h) != Fate::waits; });
}

void Course::die_at_once(const Analysis::Arrival& arrival) {
  const Garbage& g = *arrival.garbage;
  settle_peaks(arrival.sample);
  counter_.take_death(g);
  ++freed_objects_;
  freed_bytes_ += g.size;
  fates_.set(arrival.component, Fate::freed);
  if (g.birth == kNoBirth) return;
  if (g.stay == Stay::unsettled) return unsettled_.free(g.unsettled);
  if (g.stay == Stay::fleeting) {
    gone_fleeting_ += g.birth > boundary_[0] ? 1 : 0;
    return;
  }
  for (Generation generation = 0; generation < kGenerations; ++generation) {
    if (g.birth > boundary_[generation]) ++gone_[generation];
  }
}

// What became garbage before the event, as far as it is known not to die at once.
void Course::let_wait(std::uint64_t event) {
  for (; next_arrival_ < known_arrival_ && a_.arrivals[next_arrival_].since < event; ++next_arrival_) {
    const std::uint32_t c = a_.arrivals[next_arrival_].component;
    waiting_[0].push_back({a_.cluster_of[c], c});
  }
}

// Moves known_arrival_ on: to the next one before `end_event` that dies at once, if no collection comes
// before: true; or past all, or as far as one looks ahead.
bool Course::find_dying(std::uint64_t end_event) {
  constexpr std::size_t kLookAhead = 16;
  known_arrival_ = std::max(known_arrival_, next_arrival_);
  const std::size_t end = std::min(known_arrival_ + kLookAhead, a_.arrivals.size());
  for (; known_arrival_ < end && a_.arrivals[known_arrival_].since < end_event; ++known_arrival_) {
    if (dies_at_once(a_.arrivals[known_arrival_])) return true;
  }
  return false;
}

// To the step `end`, or to the allocation before it that starts a collection: true. What became garbage
// before `end_event` is dealt with.
bool Course::walk(std::size_t end, std::uint64_t end_event) {
  for (;;) {
    const bool dies = find_dying(end_event);
    const std::size_t k = known_arrival_;
    const bool is_last = !dies && (k == a_.arrivals.size() || a_.arrivals[k].since >= end_event);
    const std::size_t part = is_last ? end : std::min<std::size_t>(end, a_.arrivals[dies ? k : k - 1].step);
    if (is_automatic_ && counter_.walk(part)) {
      let_wait(a_.run.event[counter_.position()]);
      return true;
    }
    if (!is_automatic_) counter_.reset(std::max(part, counter_.position()));
    let_wait(end_event);
    if (is_last) return false;
    if (dies) die_at_once(a_.arrivals[next_arrival_++]);
  }
}

// What became garbage before the event, without a step in between.
void Course::settle_arrivals(std::uint64_t event) {
  while (next_arrival_ < a_.arrivals.size() && a_.arrivals[next_arrival_].since < event) {
    const bool dies = find_dying(event);
    let_wait(event);
    if (dies) die_at_once(a_.arrivals[next_arrival_++]);
  }
}

bool Course::advance() {
  for (;;) {
    const std::uint64_t request =
        next_request_ < a_.run.requests.size() ? a_.run.requests[next_request_].event : kForever;
    if (is_pending_ && check_ < request) {
      go_to_check();
      const auto due = due_generation();
      if (!due) continue;
      generation_ = *due;
      is_requested_ = false;
      return true;
    }
    if (!walk(request == kForever ? a_.run.code.size() : a_.first_step_after(request, counter_.position()),
              request))
      return request != kForever && go_to_request(request);
    event_ = a_.run.event[counter_.position()];
    if (a_.collects_in_allocation) {
      settle_garbage(event_);
      generation_ = *due_generation();
      is_requested_ = false;
      return true;
    }
    is_pending_ = true;
    check_ = a_.check_after(event_);
    counter_.set_level(std::numeric_limits<std::int64_t>::max());
  }
}

bool Course::go_to_request(std::uint64_t event) {
  is_requested_ = true;
  event_ = event;
  generation_ = a_.run.requests[next_request_++].generation;
  settle_garbage(event_);
  return true;
}

// What is left of the event in which the collection became pending, or all up to the check.
void Course::go_to_check() {
  event_ = check_;
  walk(a_.first_step_after(event_, counter_.position()), event_);
  settle_garbage(event_);
  settle_arrivals(event_ + 1);
  is_pending_ = false;
  counter_.set_level(level());
}

// As in the engine: gc_collect_generations.
bool Course::is_due(Generation g) const {
  const bool is_before_birth = a_.collects_in_allocation;
  const std::int32_t count =
      g == kYoungest ? counter_.count() + (is_before_birth ? 1 : 0) : older_count_[g - 1];
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

void Course::collect(const Living& living) {
  const bool is_before_birth = !is_requested_ && a_.collects_in_allocation;
  settle_peaks_before(is_before_birth || is_requested_ ? event_ : event_ + 1);
  run_collection(generation_, living);
  // The newborn that the collection comes before counts no more.
  counter_.reset(counter_.position() + (is_before_birth ? 1 : 0));
}

void Course::run_collection(Generation g, const Living& living) {
  const std::uint32_t boundary = boundary_[g];
  // What happened before this event is seen.
  const std::uint64_t seen = is_requested_ || a_.collects_in_allocation ? event_ : event_ + 1;
  const std::uint64_t solid = living.solid_after(boundary) - gone_[g];
  const std::uint64_t visited =
      solid + living.fleeting_after(boundary_[0]) - gone_fleeting_ + unsettled_.gather(g, seen);
  counter_.reset(counter_.position());
  known_arrival_ = next_arrival_;
  Haul haul;
  for (Generation list = g + 1; list-- > 0;) {
    looked_at_.clear();
    looked_at_.swap(waiting_[list]);
    for (const Waiting& waiting : looked_at_) look_at(waiting, g, boundary, haul);
  }
  for (; next_whole_ < a_.whole.size(); ++next_whole_) {
    if (a_.clusters.clusters[a_.whole[next_whole_]].since >= seen) break;
    look_at({a_.whole[next_whole_], kAll}, g, boundary, haul);
  }
  haul.collected -= dying_of_closing();
  for (const std::uint32_t c : touched_) fates_.set(c, Fate::freed);
  touched_.clear();
  if (g == kOldest) counter_.empty_lists();

  const Collection collection{event_, g, visited, haul.collected, 0};
  row_.add(collection);
  if (kept_ != nullptr) kept_->push_back(collection);
  const std::optional<std::uint64_t> unsettled = unsettled_.promote({g, seen, boundary_});
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

// What is not freed waits for the next older generation.
void Course::pass_on(const Waiting& waiting, Generation g) {
  if (g == kOldest && a_.clusters.clusters[waiting.cluster].is_plain)
    throw std::logic_error("garbage that a full collection does not find");
  waiting_[std::min(g + 1, kOldest)].push_back(waiting);
}

void Course::look_at(const Waiting& waiting, Generation g, std::uint32_t boundary, Haul& haul) {
  if (waiting.component == kAll ? !look_at_cluster(waiting, g, boundary, haul)
                                : !is_freed(waiting.component, boundary, haul))
    pass_on(waiting, g);
}

// False: it waits on as a whole.
bool Course::look_at_cluster(const Waiting& waiting, Generation g, std::uint32_t boundary, Haul& haul) {
  const Cluster& cluster = a_.clusters.clusters[waiting.cluster];
  if (boundary >= cluster.youngest) return false;
  if (boundary < cluster.oldest) {
    free_cluster(cluster, haul);
    return true;
  }
  // The boundary lies among its members: from here on each component waits for itself.
  for (std::uint32_t k = 0; k < cluster.components; ++k) {
    const std::uint32_t c = cluster.first_component + k;
    if (!is_freed(c, boundary, haul)) pass_on({waiting.cluster, c}, g);
  }
  return true;
}

// A cycle goes if the collection covers it and no holder is left but what is collected with it. A single
// object goes with the last of its holders; it is counted if it was found, and did not merely die with them.
bool Course::is_freed(std::uint32_t number, std::uint32_t boundary, Haul& haul) {
  const Component& c = component(number);
  bool all_gone = true;
  bool all_found = true;
  for (const std::uint32_t holder : a_.clusters.holders_of(c)) {
    const Fate f = fate(holder);
    all_gone = all_gone && f != Fate::waits;
    all_found = all_found && (f == Fate::freed || f == Fate::collected_now);
  }
  const bool is_counted = all_found && is_covered(c, boundary);
  if (c.is_cyclic ? !is_counted : !all_gone) return false;
  fates_.set(number, is_counted ? Fate::collected_now : Fate::freed_now);
  touched_.push_back(number);
  free_members(c, is_counted, haul);
  return true;
}

// All of it is in the lists that the collection walks.
bool Course::is_covered(const Component& c, std::uint32_t boundary) const {
  if (c.is_solid) return c.oldest > boundary;
  for (const std::uint32_t i : a_.clusters.members_of(c)) {
    const Garbage& g = a_.run.garbage[i];
    if (g.birth == kNoBirth) return false;
    if (g.stay == Stay::unsettled) {
      if (!unsettled_.is_covered(g.unsettled, generation_)) return false;
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
    if (!a_.clusters.clusters[a_.cluster_of[c]].has_closed) continue;
    const bool is_found = fate(c) == Fate::collected_now;
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
  for (const std::uint32_t i : a_.clusters.members_of(c)) {
    const Garbage& g = a_.run.garbage[i];
    ++freed_objects_;
    freed_bytes_ += g.size;
    if (g.is_counted && g.list != 0) counter_.keep(g.list, 1);
    if (is_counted) ++haul.collected;
    if (g.stay == Stay::unsettled) unsettled_.free_by_collection(g.unsettled, is_counted);
    if (g.birth == kNoBirth || g.stay != Stay::solid) continue;
    if (is_counted) ++haul.solid_collected;
    ++haul.solid;
    if (g.birth > boundary_[1]) ++haul.solid_after_older;
  }
}

void Course::free_cluster(const Cluster& cluster, Haul& haul) {
  freed_objects_ += cluster.objects;
  freed_bytes_ += cluster.bytes;
  haul.collected += cluster.counted;
  haul.solid_collected += cluster.known;
  haul.solid += cluster.known;
  if (cluster.oldest > boundary_[1]) {
    haul.solid_after_older += cluster.known;
  } else {
    for (std::uint32_t k = 0; k < cluster.components; ++k) {
      for (const std::uint32_t i : a_.clusters.members_of(component(cluster.first_component + k))) {
        const Garbage& g = a_.run.garbage[i];
        if (g.birth != kNoBirth && g.stay == Stay::solid && g.birth > boundary_[1]) ++haul.solid_after_older;
      }
    }
  }
  for (std::uint32_t k = 0; k < cluster.fleeting_count; ++k) {
    if (a_.clusters.fleeting[cluster.fleeting_begin + k] > boundary_[0]) ++haul.collected;
  }
  for (std::uint32_t k = 0; k < cluster.blocks_count; ++k) {
    const Clusters::Blocks& blocks = a_.clusters.blocks[cluster.blocks_begin + k];
    counter_.keep(blocks.list, blocks.blocks);
  }
}

// The samples before the end-th, which nothing freed from now on could lower.
void Course::settle_peaks(std::size_t end) {
  if (end <= next_sample_) return;
  const std::size_t begin = std::exchange(next_sample_, end);
  const auto raises = [this](const Peaks::Peak& peak) {
    return peak.objects > row_.peak_objects + freed_objects_ ||
           peak.bytes > static_cast<std::int64_t>(row_.peak_bytes + freed_bytes_);
  };
  if (!raises(a_.peaks.bound(begin, end))) return;
  const Peaks::Peak peak = a_.peaks.largest(begin, end);
  row_.peak_objects = std::max(row_.peak_objects, peak.objects - std::min(peak.objects, freed_objects_));
  const std::int64_t bytes = peak.bytes - static_cast<std::int64_t>(freed_bytes_);
  if (bytes > 0) row_.peak_bytes = std::max(row_.peak_bytes, static_cast<Bytes>(bytes));
}

void Course::settle_peaks_before(std::uint64_t event) {
  settle_peaks(a_.peaks.find(next_sample_, event));
}

// Garbage only grows between collections: its peaks are in front of them.
void Course::settle_garbage(std::uint64_t event) {
  const Onsets::Sum& sum = a_.onsets.before(event);
  row_.peak_garbage = std::max(row_.peak_garbage, sum.objects - freed_objects_);
  row_.peak_garbage_bytes = std::max(row_.peak_garbage_bytes, sum.bytes - freed_bytes_);
}

Row Course::finish() {
  settle_peaks_before(kForever);
  settle_garbage(kForever);
  row_.garbage_at_end = a_.onsets.before(kForever).objects - freed_objects_;
  return row_;
}

// Some settings together, along one reading of the base run.
std::vector<Row> compute_group(const OnePass::Analysis& analysis, std::span<const Setting> settings,
                               std::vector<Collection>* collections) {
  std::vector<Course> courses;
  courses.reserve(settings.size());
  using Stop = std::pair<std::size_t, std::size_t>;  // the step, the setting
  std::priority_queue<Stop, std::vector<Stop>, std::greater<>> stops;
  for (std::size_t k = 0; k < settings.size(); ++k) {
    courses.emplace_back(analysis, settings[k], collections == nullptr ? nullptr : collections + k);
    if (courses[k].advance()) stops.emplace(courses[k].position(), k);
  }
  Living living(analysis.run);
  while (!stops.empty()) {
    const auto [position, k] = stops.top();
    stops.pop();
    living.go_to(position);
    courses[k].collect(living);
    if (courses[k].is_known() && courses[k].advance()) stops.emplace(courses[k].position(), k);
  }
  std::vector<Row> rows;
  for (Course& course : courses) {
    if (course.is_known()) rows.push_back(course.finish());
  }
  return rows;
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
  constexpr std::size_t kGroup = 64;
  if (plan.collections != nullptr) plan.collections->resize(settings.size());
  const std::size_t share = (settings.size() + plan.jobs - 1) / std::max(plan.jobs, 1u);
  const std::size_t group = std::clamp<std::size_t>(share, 1, kGroup);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stops{false};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t begin = next.fetch_add(group); begin < settings.size() && !stops;
           begin = next.fetch_add(group)) {
        const auto rows =
            compute_group(*analysis_, settings.subspan(begin, std::min(group, settings.size() - begin)),
                          plan.collections == nullptr ? nullptr : plan.collections->data() + begin);
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
