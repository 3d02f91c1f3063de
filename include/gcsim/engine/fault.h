// An event that contradicts the heap. The engine knows objects and events, not lines: the replay loop
// adds the position.
#pragma once

#include <cstdint>
#include <string_view>

#include "gcsim/trace/error.h"
#include "gcsim/trace/event.h"
#include "gcsim/types.h"

namespace gcsim::engine {

struct HeapFault {
  trace::Fault fault = trace::Fault::unknown_id;
  trace::Operand operand = trace::Operand::whole;  // which operand is wrong ..
  std::uint32_t ordinal = 0;                       // .. and, for Operand::item, which of them
  SymbolId symbol = kNoSymbol;                     // the ID or name in question, if any
  TypeId type{0};                                  // unsupported_operation: the object's type
  EventIndex related =
      0;  // dead_object: the event that freed it; duplicate_id: the one that made it; 0: unknown
  std::string_view profile = {};  // unsupported_operation: who lacks the function; empty: it is the type
};

// The word a transcript uses: dead, unbound, empty, absent, type, attribute, exists.
std::string_view transcript_word(trace::Fault fault);

}  // namespace gcsim::engine
