// Who refers to whom in a recording, followed event by event: in both directions, unlike the engine's own
// heap.
#pragma once

#include <cstdint>
#include <vector>

namespace gcsim::sweep {

class References {
 public:
  void add(std::uint32_t holder, std::uint32_t child);
  // One of them. False: there is none.
  bool remove(std::uint32_t holder, std::uint32_t child);
  // All that a dying holder has; `visit(child)` behind each.
  template <class Visit>
  void release(std::uint32_t holder, Visit visit) {
    if (holder >= nodes_.size()) return;
    while (!nodes_[holder].out.empty()) {
      const std::uint32_t edge = nodes_[holder].out.back();
      nodes_[holder].out.pop_back();
      const std::uint32_t child = edges_[edge].child;
      cut(edge);
      visit(child);
    }
  }

  template <class Visit>
  void for_each_child(std::uint32_t holder, Visit visit) const {
    if (holder >= nodes_.size()) return;
    for (const std::uint32_t edge : nodes_[holder].out) visit(edges_[edge].child);
  }
  // Once for each reference, until `visit` says false.
  template <class Visit>
  void for_each_holder(std::uint32_t child, Visit visit) const {
    if (child >= nodes_.size()) return;
    for (const std::uint32_t edge : nodes_[child].in) {
      if (!visit(edges_[edge].holder)) return;
    }
  }

  // Does a path lead to it from an object for which `is_root` is true? `effort` grows with the search.
  template <class IsRoot>
  bool is_reached(std::uint32_t object, IsRoot is_root, std::uint64_t& effort) {
    ++searches_;
    open_.assign(1, object);
    for (std::size_t next = 0; next < open_.size(); ++next) {
      const std::uint32_t i = open_[next];
      if (is_root(i)) return true;
      ++effort;
      if (i >= nodes_.size()) continue;
      for (const std::uint32_t edge : nodes_[i].in) {
        Node& holder = nodes_[edges_[edge].holder];
        ++effort;
        if (holder.seen == searches_) continue;
        holder.seen = searches_;
        open_.push_back(edges_[edge].holder);
      }
    }
    return false;
  }

 private:
  struct Edge {
    std::uint32_t holder = 0;
    std::uint32_t child = 0;
    std::uint32_t place = 0;  // among those of the child
  };
  struct Node {
    std::vector<std::uint32_t> out;  // edges
    std::vector<std::uint32_t> in;
    std::uint64_t seen = 0;  // the last search that came here
  };

  Node& node(std::uint32_t i);
  void cut(std::uint32_t edge);

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> free_;
  std::uint64_t searches_ = 0;
  std::vector<std::uint32_t> open_;
};

}  // namespace gcsim::sweep
