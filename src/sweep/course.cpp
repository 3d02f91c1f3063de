#include "course.h"

#include <unordered_set>
#include <utility>

#include "closing.h"

namespace gcsim::sweep {

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
  if (waiting.is_cluster) return prefetch(&a_.clusters.clusters[waiting.number]);
  prefetch(&component(waiting.number));
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

}  // namespace gcsim::sweep
