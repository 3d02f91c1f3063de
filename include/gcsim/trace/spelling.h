// How the text form writes an event that is a plain row of fields: its first words, then its operands.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "gcsim/trace/event.h"

namespace gcsim::trace {

struct Spelling {
  std::string_view verb;    // "inspect"
  std::string_view action;  // "is"; may be empty
  std::array<Operand, 4> operands{};
  std::size_t count = 0;  // of operands
  bool says_as = false;   // in front of the name, if there is one
};

// Nothing for the events whose form is not a plain row (alloc, ref, unref, gc collect, ..).
std::optional<Spelling> spelling_of(Op op);

}  // namespace gcsim::trace
