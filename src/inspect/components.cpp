#include "components.h"

#include <algorithm>
#include <unordered_map>

namespace gcsim::inspect {
namespace {

// Tarjan's algorithm with a stack of its own: a chain of a million objects must not overflow ours.
class Tarjan {
 public:
  Tarjan(const engine::Snapshot& snapshot, const std::vector<bool>& included)
      : snapshot_(snapshot),
        included_(included),
        order_(included.size()),
        low_(included.size()),
        on_stack_(included.size()) {}

  std::vector<std::vector<std::uint32_t>> run() {
    for (std::uint32_t i = 0; i < included_.size(); ++i) {
      if (included_[i] && order_[i] == 0) visit(i);
    }
    std::sort(cycles_.begin(), cycles_.end());
    return std::move(cycles_);
  }

 private:
  struct Frame {
    std::uint32_t object;
    std::uint32_t next_edge;
  };

  void enter(std::uint32_t i) {
    order_[i] = low_[i] = ++counter_;
    stack_.push_back(i);
    on_stack_[i] = true;
    frames_.push_back({i, 0});
  }

  void visit(std::uint32_t root) {
    enter(root);
    while (!frames_.empty()) {
      std::uint32_t i = frames_.back().object;
      auto edges = snapshot_.edges_of(snapshot_.objects[i]);
      if (frames_.back().next_edge == edges.size()) {
        leave(i);
        continue;
      }
      std::uint32_t child = edges[frames_.back().next_edge++];
      if (!included_[child]) continue;
      if (order_[child] == 0) {
        enter(child);
      } else if (on_stack_[child]) {
        low_[i] = std::min(low_[i], order_[child]);
      }
    }
  }

  void leave(std::uint32_t i) {
    frames_.pop_back();
    if (!frames_.empty()) {
      std::uint32_t parent = frames_.back().object;
      low_[parent] = std::min(low_[parent], low_[i]);
    }
    if (low_[i] != order_[i]) return;
    std::vector<std::uint32_t> component;
    std::uint32_t member = 0;
    do {
      member = stack_.back();
      stack_.pop_back();
      on_stack_[member] = false;
      component.push_back(member);
    } while (member != i);
    if (component.size() == 1 && !refers_to_itself(i)) return;
    std::sort(component.begin(), component.end());
    cycles_.push_back(std::move(component));
  }

  bool refers_to_itself(std::uint32_t i) const {
    auto edges = snapshot_.edges_of(snapshot_.objects[i]);
    return std::find(edges.begin(), edges.end(), i) != edges.end();
  }

  const engine::Snapshot& snapshot_;
  const std::vector<bool>& included_;
  std::vector<std::uint32_t> order_, low_;
  std::vector<bool> on_stack_;
  std::vector<std::uint32_t> stack_;
  std::vector<Frame> frames_;
  std::vector<std::vector<std::uint32_t>> cycles_;
  std::uint32_t counter_ = 0;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> find_cycles(const engine::Snapshot& snapshot,
                                                    const std::vector<bool>& included) {
  return Tarjan(snapshot, included).run();
}

// Breadth first from `start`; the first reference back to it closes the shortest way round.
std::vector<std::uint32_t> shortest_cycle(const engine::Snapshot& snapshot,
                                          const std::vector<std::uint32_t>& members, std::uint32_t start) {
  std::unordered_map<std::uint32_t, std::uint32_t> came_from{{start, start}};
  std::vector<std::uint32_t> queue{start};
  for (std::size_t at = 0; at < queue.size(); ++at) {
    std::uint32_t i = queue[at];
    for (std::uint32_t child : snapshot.edges_of(snapshot.objects[i])) {
      if (child == start) {
        std::vector<std::uint32_t> path{i};
        while (path.back() != start) path.push_back(came_from[path.back()]);
        std::reverse(path.begin(), path.end());
        return path;
      }
      bool is_member = std::binary_search(members.begin(), members.end(), child);
      if (is_member && came_from.emplace(child, i).second) queue.push_back(child);
    }
  }
  return {start};
}

}  // namespace gcsim::inspect
