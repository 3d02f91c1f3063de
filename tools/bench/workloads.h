// Seeded synthetic traces, as text and as JSON Lines.
//
//   lists      random replacement among the live lists: alloc, three times in ten an append to another live
//              list, del of the one replaced; one list in ten refers to itself and becomes cyclic garbage
//   instances  the same with instances that hold a list in an attribute, one in ten in a cycle with it
//   churn      short-lived lists and tuples in a predictable pattern: the free lists' best case
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gcsim::bench {

struct Workload {
  std::string_view name;
  std::string text;
  std::string json_lines;  // empty unless asked for
  std::uint64_t events = 0;
  std::uint64_t warm_up = 0;  // events that only build the live set
};

// `live` objects are built first, then `events` more events follow.
Workload make_workload(std::string_view name, std::uint32_t live, std::uint64_t events, bool with_json_lines);
std::vector<std::string_view> workload_names();

}  // namespace gcsim::bench
