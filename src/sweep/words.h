// Numbers in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gcsim/sweep/choice.h"

namespace gcsim::sweep {

// Digits in groups of three: 1,234,567.
std::string grouped(std::uint64_t value);
// "1 object", "2 objects"
std::string counted(std::uint64_t n, std::string_view what);
// "12,345 bytes"; a unit stands in its plural.
std::string in_unit(std::uint64_t n, const Cost& cost);
// "objects walked", "peak garbage"
std::string_view title_of(const Cost& cost);

}  // namespace gcsim::sweep
