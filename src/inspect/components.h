// Strongly connected components of part of a snapshot's graph.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/engine/snapshot.h"

namespace gcsim::inspect {

// The components of the objects for which `included` is set that are cycles: more than one object, or one
// that refers to itself. Members ascend, and so do the components by their first member. Without recursion.
std::vector<std::vector<std::uint32_t>> find_cycles(const engine::Snapshot& snapshot,
                                                    const std::vector<bool>& included);

// A shortest way from `start` back to itself inside `members`, without the return to `start`.
std::vector<std::uint32_t> shortest_cycle(const engine::Snapshot& snapshot,
                                          const std::vector<std::uint32_t>& members, std::uint32_t start);

}  // namespace gcsim::inspect
