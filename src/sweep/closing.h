// Collections close generators in the trash before they count it: what dies of that is not counted.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "base_run.h"

namespace gcsim::sweep {

// Which of these pieces of garbage, all that hangs together and is freed by one collection, die when those
// are closed for which `is_closed` is true.
template <class IsClosed>
std::vector<std::uint32_t> dying_of_closing(const BaseRun& run, std::span<const std::uint32_t> members,
                                            IsClosed is_closed) {
  const auto for_each_child = [&](std::uint32_t i, auto visit) {
    const Garbage& g = run.garbage[i];
    for (std::uint32_t k = g.edge_begin; k < g.edge_begin + g.edge_count; ++k) visit(run.edges[k]);
  };
  std::unordered_map<std::uint32_t, std::uint32_t> references;  // from members that hold theirs still
  for (const std::uint32_t i : members) {
    for_each_child(i, [&](std::uint32_t child) { ++references[child]; });
  }
  std::vector<std::uint32_t> emptied;
  for (const std::uint32_t i : members) {
    if (is_closed(i)) emptied.push_back(i);
  }
  std::vector<std::uint32_t> dying;
  for (std::size_t k = 0; k < emptied.size(); ++k) {
    for_each_child(emptied[k], [&](std::uint32_t child) {
      if (--references[child] > 0) return;
      dying.push_back(child);
      if (!is_closed(child)) emptied.push_back(child);  // those that are closed are on the list
    });
  }
  return dying;
}

}  // namespace gcsim::sweep
