// One very long trace, written by one process and replayed by another one while it is written.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>

namespace gcsim::bench {

struct Mark {
  std::uint64_t events = 0;
  double seconds = 0;      // CPU time of reading and replaying so far
  double undisturbed = 0;  // events a second: of hundred slices of this quarter, the tenth fastest
  std::uint64_t kilobytes = 0;
  std::uint64_t alive = 0;
};

// Calls `mark` after each quarter.
void replay_long(const nlohmann::json& request, const std::function<void(const Mark&)>& mark);

}  // namespace gcsim::bench
