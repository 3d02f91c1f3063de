// The course of one setting from collection to collection, and what the settings of a group share.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "analysis.h"
#include "gcsim/prefetch.h"
#include "lanes.h"
#include "living.h"
#include "unsettled_lists.h"

namespace gcsim::sweep {

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
  void look_ahead(std::uint32_t c) const { prefetch(&fates_[c]); }
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

}  // namespace gcsim::sweep
