// Workloads about structures: each is built link by link and then dropped.
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include "dice.h"
#include "emitters.h"

namespace gcsim::generate {
namespace {

enum Links : std::uint64_t { kLists, kTuples, kDicts, kInstances };
enum Order : std::uint64_t { kByBirth, kScrambled };
enum Parents : std::uint64_t { kNoParents, kStrong, kWeak };

Id link_to(Emitter& out, std::uint64_t links, Id next) {
  switch (links) {
    case kTuples: return out.alloc_tuple(std::array{next});
    case kDicts: {
      const Id dict = out.alloc_dict();
      out.set_item(dict, "next", next);
      return dict;
    }
    case kInstances: {
      const Id instance = out.alloc_instance();
      out.set_attr(instance, "next", next);
      return instance;
    }
    default: {
      const Id list = out.alloc_list();
      out.append(list, next);
      return list;
    }
  }
}

class Tree {
 public:
  Tree(Emitter& out, const WorkloadKnobs& knobs) : out_(out), k_(knobs) {}

  // A node with all that is below it, under a name.
  Id grow(std::uint64_t depth) {
    const Id node = out_.alloc_instance();
    if (depth == 0 || out_.is_over()) return node;
    const Id children = out_.alloc_list();
    out_.set_attr(node, "children", children);
    for (std::uint64_t n = 0; n < k_.width && !out_.is_over(); ++n) {
      const Id child = grow(depth - 1);
      out_.append(children, child);
      adopt(child, node);
      out_.del(child);
    }
    out_.del(children);
    return node;
  }

 private:
  void adopt(Id child, Id parent) {
    if (k_.parents == kStrong) out_.set_attr(child, "parent", parent);
    if (k_.parents != kWeak) return;
    const Id weak = out_.weakref(parent, false);
    out_.set_attr(child, "parent", weak);
    out_.del(weak);
  }

  Emitter& out_;
  const WorkloadKnobs& k_;
};

}  // namespace

void emit_chain(Emitter& out, const WorkloadKnobs& k, std::uint64_t) {
  out.live_set_is_built();
  while (!out.is_over()) {
    Id head = out.alloc_list();
    for (std::uint64_t n = 1; n < k.depth && !out.is_over(); ++n) {
      const Id next = link_to(out, k.links, head);
      out.del(head);
      head = next;
    }
    out.del(head);
  }
}

void emit_tree(Emitter& out, const WorkloadKnobs& k, std::uint64_t) {
  out.live_set_is_built();
  while (!out.is_over()) out.del(Tree(out, k).grow(k.depth));
}

// Nodes that hold both neighbours come in on the right and leave on the left. The one that leaves is let go
// by its neighbour first, and so dies at once: the cycles cost no collection.
void emit_deque(Emitter& out, const WorkloadKnobs& k, std::uint64_t) {
  std::deque<Id> nodes;
  const auto push = [&] {
    const Id node = out.alloc_instance();
    if (!nodes.empty()) {
      out.set_attr(nodes.back(), "next", node);
      out.set_attr(node, "prev", nodes.back());
    }
    nodes.push_back(node);
  };
  while (nodes.size() < k.live) push();
  out.live_set_is_built();
  while (!out.is_over()) {
    push();
    const Id leaving = nodes.front();
    nodes.pop_front();
    out.set_attr(nodes.front(), "prev", out.none());
    out.del(leaving);
  }
}

// `cyclic` percent are closed and left to the collector; the others are chains, and die when they are
// dropped.
void emit_rings(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Id> members(k.width);
  out.live_set_is_built();
  while (!out.is_over()) {
    for (Id& member : members) member = out.alloc_list();
    for (std::size_t n = 0; n + 1 < members.size(); ++n) out.append(members[n], members[n + 1]);
    if (dice.chance(static_cast<std::uint32_t>(k.cyclic))) out.append(members.back(), members.front());
    for (const Id member : members) out.del(member);
  }
}

// A hub and its spokes hold each other: one object in very many cycles.
void emit_stars(Emitter& out, const WorkloadKnobs& k, std::uint64_t) {
  out.live_set_is_built();
  while (!out.is_over()) {
    const Id hub = out.alloc_list();
    for (std::uint64_t n = 0; n < k.width && !out.is_over(); ++n) {
      const Id spoke = out.alloc_list();
      out.append(hub, spoke);
      out.append(spoke, hub);
      out.del(spoke);
    }
    out.del(hub);
  }
}

// Lists that hold two others each, under names; nothing but collections follows. Scrambled, they take the
// memory of as many that went in no order, and hold any two.
void emit_network(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Id> lists(k.live);
  const auto build = [&] {
    for (Id& id : lists) id = out.alloc_list();
  };
  build();
  if (k.order == kScrambled) {
    for (std::size_t n = lists.size(); n > 1; --n) std::swap(lists[n - 1], lists[dice.index(n)]);
    for (const Id id : lists) out.del(id);
    build();
  }
  for (std::size_t n = 0; n < lists.size(); ++n) {
    const bool any = k.order == kScrambled;
    out.append(lists[n], lists[any ? dice.index(lists.size()) : n - (n > 0 ? 1 : 0)]);
    out.append(lists[n], lists[any ? dice.index(lists.size()) : n - (n > 1 ? 2 : 0)]);
  }
  out.live_set_is_built();
  while (!out.is_over()) out.collect();
}

// Each object has `width` weak references when it dies.
void emit_weakrefs(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Id> held(k.live);
  for (Id& id : held) id = out.alloc_instance();
  out.live_set_is_built();
  std::vector<Id> weak(k.width);
  while (!out.is_over()) {
    Id& place = held[dice.index(held.size())];
    for (Id& w : weak) w = out.weakref(place, dice.chance(static_cast<std::uint32_t>(k.callbacks)));
    out.del(place);
    for (const Id w : weak) out.del(w);
    place = out.alloc_instance();
  }
}

}  // namespace gcsim::generate
