#include "clusters.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "by_event.h"
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

// Lists of numbers behind each other in one array.
class Rows {
 public:
  // So many of each.
  void make_room(const std::vector<std::uint32_t>& sizes) {
    end_.assign(1, 0);
    for (const std::uint32_t size : sizes) end_.push_back(end_.back() + size);
    numbers_.resize(end_.back());
    next_.assign(end_.begin(), end_.end() - 1);
  }
  void add(std::uint32_t row, std::uint32_t number) { numbers_[next_[row]++] = number; }
  std::span<const std::uint32_t> operator[](std::uint32_t row) const {
    return {numbers_.data() + end_[row], end_[row + 1] - end_[row]};
  }

 private:
  std::vector<std::uint32_t> numbers_, end_, next_;
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
      for_each_child(i, [&](std::uint32_t child) {
        if (component_of_[child] != component_of_[i]) together.join(component_of_[i], component_of_[child]);
      });
    }
    place(n, together);
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
    since_.resize(n);
    std::vector<std::uint32_t> size(n);
    for (std::uint32_t i = 0; i < run_.garbage.size(); ++i) {
      ++size[component_of_[i]];
      since_[component_of_[i]] = run_.garbage[i].since;  // the same for all members
    }
    members_.make_room(size);
    for (std::uint32_t i = 0; i < run_.garbage.size(); ++i) members_.add(component_of_[i], i);
  }

  // Clusters by the event of their first component; in each, components by event and holders first. A holder
  // is garbage no later than what it holds, and has the larger number.
  void place(std::uint32_t n, Union& together) {
    std::vector<std::uint64_t> by_event;
    by_event.reserve(n);
    for (std::uint32_t c = n; c-- > 0;) by_event.push_back(at_event(since_[c], c));
    sort_by_event(by_event);
    std::vector<std::uint32_t> cluster_of(n, kNone);  // by what Union::find() says
    std::size_t clusters = 0;
    for (std::uint32_t c = 0; c < n; ++c) clusters += together.find(c) == c ? 1 : 0;
    out_.clusters.reserve(clusters);
    for (const std::uint64_t entry : by_event) {
      std::uint32_t& cluster = cluster_of[together.find(what_of(entry))];
      const std::uint32_t since = event_of(entry);
      if (cluster == kNone) {
        cluster = static_cast<std::uint32_t>(out_.clusters.size());
        out_.clusters.push_back({});
        out_.clusters.back().since = since;
        out_.clusters.back().at_once = true;
      }
      Cluster& c = out_.clusters[cluster];
      ++c.components;
      c.at_once = c.at_once && since == c.since;
    }
    std::uint32_t next = 0;
    for (Cluster& c : out_.clusters) {
      c.first_component = next;
      next += std::exchange(c.components, 0);
    }
    order_.resize(n);
    number_.resize(n);
    for (const std::uint64_t entry : by_event) {
      const std::uint32_t component = what_of(entry);
      Cluster& c = out_.clusters[cluster_of[together.find(component)]];
      number_[component] = c.first_component + c.components++;
      order_[number_[component]] = component;
    }
  }

  void fill() {
    find_holders();
    out_.components.reserve(order_.size());
    out_.members.reserve(run_.garbage.size());
    std::vector<std::uint32_t> last_held(order_.size(), kNone);  // by holder
    for (const std::uint32_t c : order_) {
      Component& component = out_.components.emplace_back();
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
      component.holder = static_cast<std::uint32_t>(out_.holders.size());
      for (const std::uint32_t holder : holders_[c]) {
        if (std::exchange(last_held[holder], c) == c) continue;
        out_.holders.push_back(number_[holder]);
        ++component.holder_count;
      }
      if (component.holder_count == 1) {
        component.holder = out_.holders.back();
        out_.holders.pop_back();
      }
      bound(component);
    }
    for (Cluster& cluster : out_.clusters) sum_up(cluster);
  }

  // A cycle has to be covered. A single object goes with its only holder, and so with what frees that one.
  void bound(Component& component) const {
    const Garbage& g = run_.garbage[out_.members[component.member_begin]];
    if (component.member_count == 1) {
      component.bytes = g.size;
      component.list = g.is_counted ? g.list : std::uint8_t{0};
    }
    if (component.is_cyclic) {
      component.newest = component.is_solid ? component.oldest : kNever;
      component.goes_with_root = component.is_solid && component.holder_count == 0;
    } else if (component.holder_count == 1) {
      const Component& holder = out_.components[component.holder];
      component.newest = holder.newest;
      component.goes_with_root = holder.goes_with_root;
    }
  }

  bool holds_itself(std::uint32_t i) const {
    bool found = false;
    for_each_child(i, [&](std::uint32_t child) { found = found || child == i; });
    return found;
  }

  // One several times, if it refers to several members, or often.
  void find_holders() {
    std::vector<std::uint32_t> size(order_.size());
    const auto for_each_reference = [this](auto visit) {
      for (std::uint32_t i = 0; i < run_.garbage.size(); ++i) {
        for_each_child(i, [&](std::uint32_t child) {
          if (component_of_[child] != component_of_[i]) visit(component_of_[i], component_of_[child]);
        });
      }
    };
    for_each_reference([&](std::uint32_t, std::uint32_t held) { ++size[held]; });
    holders_.make_room(size);
    for_each_reference([&](std::uint32_t holder, std::uint32_t held) { holders_.add(held, holder); });
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

  bool has_closed(const Cluster& cluster) const {
    for (std::uint32_t k = 0; k < cluster.components; ++k) {
      for (const std::uint32_t i : out_.members_of(out_.components[cluster.first_component + k])) {
        if (run_.garbage[i].is_closed) return true;
      }
    }
    return false;
  }

  // If it goes as a whole.
  std::unordered_set<std::uint32_t> dying_of_closing(const Cluster& cluster) {
    if (!has_closed(cluster)) return {};
    std::vector<std::uint32_t> members;
    for (std::uint32_t k = 0; k < cluster.components; ++k) {
      Component& component = out_.components[cluster.first_component + k];
      component.is_among_closed = true;
      for (const std::uint32_t i : out_.members_of(component)) members.push_back(i);
    }
    const auto is_closed = [this](std::uint32_t i) { return run_.garbage[i].is_closed; };
    const auto dying = sweep::dying_of_closing(run_, members, is_closed);
    return {dying.begin(), dying.end()};
  }

  void count_block(Cluster& cluster, std::uint8_t list) {
    if (cluster.first_list == 0) cluster.first_list = list;
    if (cluster.first_list == list) {
      ++cluster.first_blocks;
      return;
    }
    for (std::size_t k = cluster.blocks_begin; k < out_.blocks.size(); ++k) {
      if (out_.blocks[k].list == list) {
        ++out_.blocks[k].blocks;
        return;
      }
    }
    out_.blocks.push_back({list, 1});
  }

  void sum_up(Cluster& cluster) {
    cluster.oldest = kNone;
    cluster.fleeting_begin = static_cast<std::uint32_t>(out_.fleeting.size());
    cluster.blocks_begin = static_cast<std::uint32_t>(out_.blocks.size());
    const std::unordered_set<std::uint32_t> uncounted = dying_of_closing(cluster);
    for (std::uint32_t k = 0; k < cluster.components; ++k) {
      const Component& component = out_.components[cluster.first_component + k];
      if (component.is_cyclic && !component.is_solid) cluster.is_plain = false;
      for (const std::uint32_t i : out_.members_of(component)) {
        const Garbage& g = run_.garbage[i];
        ++cluster.objects;
        cluster.bytes += g.size;
        if (g.is_counted && g.list != 0) count_block(cluster, g.list);
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
    cluster.blocks_count = static_cast<std::uint32_t>(out_.blocks.size()) - cluster.blocks_begin;
  }

  const BaseRun& run_;
  std::vector<std::uint32_t> component_of_;  // by object: Tarjan's number
  Rows members_;                             // by that number; so the next two
  Rows holders_;
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
