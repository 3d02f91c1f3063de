// Makes an approximate recording of an exact one, as a recorder would have seen it: the program runs under
// some thresholds, each collection is a look at the heap, and of garbage only the looks before and after its
// moment are kept.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "gcsim/trace/reader.h"

namespace gcsim::test {

struct Looks {
  std::array<std::int32_t, 3> threshold{100, 10, 10};
  bool are_exact = false;  // the moments themselves: every span is 0
};

// `exact`: a recording under explicit tracking of alloc, ref NAME, ref A[], unref A[] B, del, track, untrack,
// resize, check and gc events. Answers JSON Lines.
std::string blurred(trace::Reader& exact, const Looks& looks);

}  // namespace gcsim::test
