#include "words.h"

namespace gcsim::sweep {

std::string in_unit(std::uint64_t n, const Cost& cost) {
  return counted(n, cost.unit.substr(0, cost.unit.size() - 1));
}

std::string_view title_of(const Cost& cost) {
  if (cost.name == "visited") return "objects walked";
  if (cost.name == "peak_garbage") return "peak garbage";
  if (cost.name == "peak_memory") return "peak memory";
  if (cost.name == "pause") return "the longest walk";
  return cost.name;
}

}  // namespace gcsim::sweep
