// Which bytes a trace may consist of: UTF-8 without NUL.
#pragma once

#include <cstddef>
#include <string_view>

#include "problem.h"

namespace gcsim::trace {

// The position of the first byte that does not belong to a well-formed character, or of the first NUL;
// npos if there is none.
std::size_t find_bad_byte(std::string_view text);

// The fault of the byte that was found.
Problem bad_byte(std::string_view text, std::size_t at);

}  // namespace gcsim::trace
