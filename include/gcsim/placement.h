// Placement: an approximate recording made exact.
//
// A recorder that looks at the heap now and then knows of each piece of cyclic garbage only that it became
// unreachable between two looks. Placement decides when, and turns such a recording into the events of an
// ordinary one: every object that is alive has one name, its ID. `die` takes the name away. `garbage` gives
// the object its references and takes the name away at
//     lower end + floor(placement * span)    in allocations
// so that from then on reference counts keep it, or a collection finds it. Live objects need no references.
#pragma once

#include <cstdint>
#include <memory>

#include "gcsim/trace/reader.h"

namespace gcsim {

// Measured on recordings of real programs: between a quarter and a half of the interval is nearest to what
// happened, and neither end of it always.
inline constexpr double kUsualPlacement = 0.25;

struct PlacementCounts {
  std::uint64_t garbage = 0;  // objects placed so far
  // What the trace says about objects after the moment chosen for them. It is left out: references to them,
  // and track, untrack, resize, own and atomic of them.
  std::uint64_t left_out = 0;
};

// A reader of the events that remain, numbered anew from 1; their lines are those of the recording. Its
// header says that the trace is exact. `counts` may be null. REQUIRES: reader->header().is_approximate, 0 <=
// placement <= 1. Memory: 8 bytes for each word of the vocabulary, and what waits for its moment.
std::unique_ptr<trace::Reader> place_garbage(std::unique_ptr<trace::Reader> reader, double placement,
                                             std::shared_ptr<PlacementCounts> counts = nullptr);

}  // namespace gcsim
