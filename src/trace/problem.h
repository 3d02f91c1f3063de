// What the parts of a reader say about a fault before it has a position in a file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gcsim/trace/error.h"

namespace gcsim::trace {

// A word of the trace and where it begins, in bytes of the text at hand.
struct Piece {
  std::string_view text;
  std::size_t offset = 0;
};

struct Problem {
  Fault fault = Fault::malformed_text;
  std::size_t offset = 0;
  std::string expected;
  std::string got;
  std::string note;
};

// 'word' as messages show it: cut when long, control characters as dots.
std::string quoted(std::string_view word);

// The part of a line that a message shows: all of it, or of a very long one what stands around the offset.
struct Excerpt {
  std::string_view text;
  std::size_t offset = 0;  // where it begins in the line
};
Excerpt excerpt(std::string_view line, std::size_t offset);

}  // namespace gcsim::trace
