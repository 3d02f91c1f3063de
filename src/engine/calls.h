// Calls in progress, as the heap knows them: data only. What they do is in scopes.h.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/types.h"
#include "object.h"

namespace gcsim::engine {

struct Call {
  KeyId function = kNoKey;
  // Its frame object; kHole: there is none (yet). One reference to it is the call's own, or its generator's.
  std::uint32_t frame = kHole;
  std::uint32_t generator = kHole;   // that runs in it; one reference is the call's own
  std::uint32_t first_argument = 0;  // of those its caller keeps, in Calls::arguments
};

// An exception that was caught and still is dealt with.
struct Handled {
  std::uint32_t exception = kHole;
  std::uint32_t traceback = kHole;  // if it is not the exception that keeps it
  SymbolId name = kNoSymbol;
  std::uint32_t depth = 0;  // of the call that caught it
};

struct Calls {
  std::vector<Call> stack;               // outermost first; the module is none of them
  std::vector<std::uint32_t> arguments;  // references that callers keep while their calls last
  std::vector<Handled> handled;          // outermost first
  std::vector<bool> has_spare_frame;     // by function: a dead frame is kept for its next call
  std::uint32_t module_frame = kHole;    // made when something refers to it; lives as long as the interpreter

  // Calls visit(object) for each reference that calls themselves hold, beside the names bound in them.
  template <class Visit>
  void for_each_reference(std::uint32_t handler_references, Visit visit) const {
    for (const Call& call : stack) {
      if (call.generator != kHole) {
        visit(call.generator);
      } else if (call.frame != kHole) {
        visit(call.frame);
      }
    }
    for (std::uint32_t argument : arguments) visit(argument);
    for (const Handled& h : handled) {
      for (std::uint32_t k = 0; k < handler_references; ++k) {
        visit(h.exception);
        if (h.traceback != kHole) visit(h.traceback);
      }
    }
  }
};

}  // namespace gcsim::engine
