#include "clusters.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_set>

#include "closing.h"

namespace gcsim::sweep {

namespace {

constexpr std::uint32_t kNone = 0xffffffffu;

// Tarjan's algorithm without recursion. Components are numbered from what holds nothing upwards: sinks first.
class Tarjan {
 public:
  explicit Tarjan(const BaseRun& run)
      : run_(run),
        order_(run.garbage.size(), 0),
        low_(run.garbage.size()),
        component_(run.garbage.size(), kNone) {}

  // By object: its component.
  std::vector<std::uint32_t> run() {
    for (std::uint32_t i = 0; i < order_.size(); ++i) {
      if (order_[i] == 0) visit(i);
    }
    return std::move(component_);
  }
  std::uint32_t components() const { return components_; }

 private:
  struct Frame {
    std::uint32_t object;
    std::uint32_t next;
  };

  void visit(std::uint32_t start) {
    push(start);
    while (!frames_.empty()) {
      Frame& top = frames_.back();
      const Garbage& g = run_.garbage[top.object];
      if (top.next < g.edge_count) {
        const std::uint32_t child = run_.edges[g.edge_begin + top.next++];
        if (order_[child] == 0) {
          push(child);
        } else if (component_[child] == kNone) {
          low_[top.object] = std::min(low_[top.object], order_[child]);
        }
      } else {
        leave(top.object);
      }
    }
  }
  void push(std::uint32_t i) {
    order_[i] = low_[i] = ++counter_;
    stack_.push_back(i);
    frames_.push_back({i, 0});
  }
  void leave(std::uint32_t i) {
    frames_.pop_back();
    if (!frames_.empty()) {
      const std::uint32_t parent = frames_.back().object;
      low_[parent] = std::min(low_[parent], low_[i]);
    }
    if (low_[i] != order_[i]) return;
    for (;;) {
      const std::uint32_t member = stack_.back();
      stack_.pop_back();
      component_[member] = components_;
      if (member == i) break;
    }
    ++components_;
  }

  const BaseRun& run_;
  std::vector<std::uint32_t> order_, low_, component_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> frames_;
  std::uint32_t counter_ = 0;
  std::uint32_t components_ = 0;
};

// Which components hang together.
class Union {
 public:
  explicit Union(std::uint32_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0u); }
  std::uint32_t find(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::uint32_t a, std::uint32_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::uint32_t> parent_;
};

class ClusterBuilder {
 public:
  explicit ClusterBuilder(const BaseRun& run) : run_(run) {}

  Clusters build() {
    Tarjan tarjan(run_);
    component_of_ = tarjan.run();
    const std::uint32_t n = tarjan.components();
    Union together(n);
    collect_members(n);
    for (std::uint32_t i = 0; i < run_.garbage.size(); ++i) {
      for_each_child(i, [&](std::uint32_t child) { together.join(component_of_[i], component_of_[child]); });
    }
    std::vector<std::uint32_t> cluster(n);
    for (std::uint32_t c = 0; c < n; ++c) cluster[c] = together.find(c);
    place(n, cluster);
    fill();
    return std::move(out_);
  }

 private:
  template <class Visit>
  void for_each_child(std::uint32_t i, Visit visit) const {
    const Garbage& g = run_.garbage[i];
    for (std::uint32_t k = g.edge_begin; k < g.edge_begin + g.edge_count; ++k) visit(run_.edges[k]);
  }

  void collect_members(std::uint32_t n) {
    members_.resize(n);
    since_.resize(n);
    for (std::uint32_t i = 0; i < run_.garbage.size(); ++i) {
      members_[component_of_[i]].push_back(i);
      since_[component_of_[i]] = run_.garbage[i].since;  // the same for all members
    }
  }

  // Clusters by the event of their first component; in each, components by event and holders first. A holder
  // is garbage no later than what it holds, and has the larger number.
  void place(std::uint32_t n, const std::vector<std::uint32_t>& cluster) {
    std::vector<std::uint32_t> first(n, kNone);  // by cluster: its least event
    for (std::uint32_t c = 0; c < n; ++c) first[cluster[c]] = std::min(first[cluster[c]], since_[c]);
    order_.resize(n);
    std::iota(order_.begin(), order_.end(), 0u);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      const auto key = [&](std::uint32_t c) {
        return std::make_tuple(first[cluster[c]], cluster[c], since_[c], n - c);
      };
      return key(a) < key(b);
    });
    number_.resize(n);
    for (std::uint32_t k = 0; k < n; ++k) number_[order_[k]] = k;
    for (std::uint32_t k = 0; k < n; ++k) {
      if (k == 0 || cluster[order_[k]] != cluster[order_[k - 1]]) {
        out_.clusters.push_back({});
        out_.clusters.back().first_component = k;
        out_.clusters.back().since = since_[order_[k]];
        out_.clusters.back().at_once = true;
      }
      Cluster& c = out_.clusters.back();
      ++c.components;
      c.at_once = c.at_once && since_[order_[k]] == c.since;
    }
  }

  void fill() {
    find_holders();
    for (const std::uint32_t c : order_) {
      Component& component = out_.components.emplace_back();
      component.since = since_[c];
      component.member_begin = static_cast<std::uint32_t>(out_.members.size());
      component.member_count = static_cast<std::uint32_t>(members_[c].size());
      component.is_cyclic = members_[c].size() > 1 || holds_itself(members_[c].front());
      component.oldest = kNone;
      for (const std::uint32_t i : members_[c]) {
        out_.members.push_back(i);
        const Garbage& g = run_.garbage[i];
        if (g.birth != kNoBirth && g.stay == Stay::solid) {
          component.oldest = std::min(component.oldest, g.birth);
        } else {
          component.is_solid = false;
        }
      }
      if (component.oldest == kNone) component.oldest = kNoBirth;
      component.holder_begin = static_cast<std::uint32_t>(out_.holders.size());
      component.holder_count = static_cast<std::uint32_t>(holders_[c].size());
      for (const std::uint32_t holder : holders_[c]) out_.holders.push_back(number_[holder]);
    }
    for (Cluster& cluster : out_.clusters) sum_up(cluster);
  }

  bool holds_itself(std::uint32_t i) const {
    bool found = false;
    for_each_child(i, [&](std::uint32_t child) { found = found || child == i; });
    return found;
  }

  void find_holders() {
    holders_.resize(members_.size());
    for (std::uint32_t c = 0; c < members_.size(); ++c) {
      for (const std::uint32_t i : members_[c]) {
        for_each_child(i, [&](std::uint32_t child) {
          if (component_of_[child] != c) holders_[component_of_[child]].push_back(c);
        });
      }
    }
    for (auto& holders : holders_) {
      std::sort(holders.begin(), holders.end());
      holders.erase(std::unique(holders.begin(), holders.end()), holders.end());
    }
  }

  // What is not in the lists to stay, or may not be, holds from outside what it refers to.
  bool is_plain(std::uint32_t i) const {
    if (run_.garbage[i].stay == Stay::unsettled) return false;
    if (run_.garbage[i].birth != kNoBirth && run_.garbage[i].stay == Stay::solid) return true;
    bool holds_known = false;
    for_each_child(i, [&](std::uint32_t child) {
      holds_known = holds_known || run_.garbage[child].birth != kNoBirth || child == i;
    });
    return !holds_known;
  }

  // If it goes as a whole.
  std::unordered_set<std::uint32_t> dying_of_closing(Cluster& cluster) const {
    std::vector<std::uint32_t> members;
    for (std::uint32_t k = 0; k < cluster.components; ++k) {
      for (const std::uint32_t i : out_.members_of(out_.components[cluster.first_component + k])) {
        members.push_back(i);
        cluster.has_closed = cluster.has_closed || run_.garbage[i].is_closed;
      }
    }
    if (!cluster.has_closed) return {};
    const auto is_closed = [this](std::uint32_t i) { return run_.garbage[i].is_closed; };
    const auto dying = sweep::dying_of_closing(run_, members, is_closed);
    return {dying.begin(), dying.end()};
  }

  void sum_up(Cluster& cluster) {
    cluster.oldest = kNone;
    cluster.fleeting_begin = static_cast<std::uint32_t>(out_.fleeting.size());
    cluster.blocks_begin = static_cast<std::uint32_t>(out_.blocks.size());
    const std::unordered_set<std::uint32_t> uncounted = dying_of_closing(cluster);
    std::map<std::uint8_t, std::uint32_t> blocks;
    for (std::uint32_t k = 0; k < cluster.components; ++k) {
      const Component& component = out_.components[cluster.first_component + k];
      if (component.is_cyclic && !component.is_solid) cluster.is_plain = false;
      for (const std::uint32_t i : out_.members_of(component)) {
        const Garbage& g = run_.garbage[i];
        ++cluster.objects;
        cluster.bytes += g.size;
        if (g.is_counted && g.list != 0) ++blocks[g.list];
        cluster.is_plain = cluster.is_plain && is_plain(i);
        if (g.birth == kNoBirth || g.stay == Stay::unsettled) continue;
        const bool is_counted = uncounted.empty() || !uncounted.contains(i);
        if (g.stay == Stay::fleeting) {
          if (is_counted) out_.fleeting.push_back(g.birth);
          continue;
        }
        ++cluster.known;
        if (is_counted) ++cluster.counted;
        cluster.oldest = std::min(cluster.oldest, g.birth);
        cluster.youngest = std::max(cluster.youngest, g.birth);
      }
    }
    cluster.fleeting_count = static_cast<std::uint32_t>(out_.fleeting.size()) - cluster.fleeting_begin;
    for (const auto& [list, n] : blocks) out_.blocks.push_back({list, n});
    cluster.blocks_count = static_cast<std::uint32_t>(out_.blocks.size()) - cluster.blocks_begin;
  }

  const BaseRun& run_;
  std::vector<std::uint32_t> component_of_;          // by object: Tarjan's number
  std::vector<std::vector<std::uint32_t>> members_;  // by that number; so the next two
  std::vector<std::vector<std::uint32_t>> holders_;
  std::vector<std::uint32_t> since_;
  std::vector<std::uint32_t> order_;   // the numbers in the order of the result
  std::vector<std::uint32_t> number_;  // by Tarjan's number: that order
  Clusters out_;
};

}  // namespace

Clusters find_clusters(const BaseRun& run) {
  return ClusterBuilder(run).build();
}

}  // namespace gcsim::sweep
