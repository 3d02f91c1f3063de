// The garbage of the base run in the pieces in which collections free it.
//
// A *component* is a set of objects of which each leads to all others: freed as a whole if it is a cycle. A
// *cluster* is all garbage that hangs together: its fate does not depend on any other's. Most clusters became
// garbage in one event and lie, with their births, on one side of every collection's boundary: then one
// comparison decides.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base_run.h"

namespace gcsim::sweep {

// Both are laid out for the processor's memory: every setting asks for each of them at some time.
struct Component {
  bool is_cyclic : 1 = false;
  bool is_solid : 1 = true;  // all its members are: then the oldest one decides whether it is covered
  // It is a cycle that nothing else holds, or a single object held by such a one alone.
  bool goes_with_root : 1 = false;
  bool is_among_closed : 1 = false;  // its cluster has generators
  std::uint8_t list = 0;             // that its block joins; of a single object, as the next one
  std::uint32_t bytes = 0;
  std::uint32_t oldest = kNoBirth;  // the least birth of its solid members
  std::uint32_t newest = kNever;    // a collection whose boundary is not below this birth leaves it alone
  std::uint32_t member_begin = 0, member_count = 0;  // Clusters::members
  // The components that refer to it: the only one, or where they begin in Clusters::holders.
  std::uint32_t holder = 0, holder_count = 0;
};
static_assert(sizeof(Component) == 32);

struct Cluster {
  std::uint32_t since = 0;  // of its first component
  // Of the members the collector knows, fleeting ones apart.
  std::uint32_t oldest = 0, youngest = 0;
  std::uint32_t known = 0;
  std::uint32_t counted = 0;  // of these, if the cluster goes as a whole
  std::uint32_t objects = 0;
  Bytes bytes = 0;
  bool at_once = false;         // all of it became garbage in one event
  bool is_plain = true;         // a collection that covers its oldest member frees it as a whole
  std::uint8_t first_list = 0;  // that blocks join, if any do; and so many
  std::uint32_t first_blocks = 0;
  std::uint32_t blocks_begin = 0, blocks_count = 0;   // Clusters::blocks, that join others
  std::uint32_t first_component = 0, components = 0;  // holders before what they hold
  // Clusters::fleeting: the births of such as count then.
  std::uint32_t fleeting_begin = 0, fleeting_count = 0;
};
static_assert(sizeof(Cluster) == 64);

struct Clusters {
  Large<Cluster> clusters;              // by `since`
  Large<Component> components;          // of each cluster together
  std::vector<std::uint32_t> members;   // indices into BaseRun::garbage
  std::vector<std::uint32_t> holders;   // components, by number
  std::vector<std::uint32_t> fleeting;  // births
  struct Blocks {
    std::uint8_t list = 0;
    std::uint32_t blocks = 0;
  };
  std::vector<Blocks> blocks;  // that join free lists

  std::span<const std::uint32_t> members_of(const Component& c) const {
    return {members.data() + c.member_begin, c.member_count};
  }
  std::span<const std::uint32_t> holders_of(const Component& c) const {
    return {c.holder_count == 1 ? &c.holder : holders.data() + c.holder, c.holder_count};
  }
};

Clusters find_clusters(const BaseRun& run);

}  // namespace gcsim::sweep
