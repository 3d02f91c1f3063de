// Numbers in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gcsim/report/style.h"
#include "gcsim/sweep/choice.h"

namespace gcsim::sweep {

using report::counted;
using report::grouped;

// "12,345 bytes"; a unit stands in its plural.
std::string in_unit(std::uint64_t n, const Cost& cost);
// "objects walked", "peak garbage"
std::string_view title_of(const Cost& cost);

}  // namespace gcsim::sweep
