// Lowers decoded events to the steps the CPython side executes (ops.h).
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "decoded.h"
#include "ops.h"

namespace gcsim::bench {

struct ClassSpec {
  std::string name;
  bool has_slots = false;
  std::vector<std::string> slots;
};

struct Lowered {
  std::uint64_t steps = 0;
  std::uint64_t warm_up_steps = 0;  // those of the first `warm_up` events
  std::uint32_t slots = 0;          // the size of the array of names
  std::vector<std::string> keys;
  std::vector<ClassSpec> classes;
  std::string refused;  // why CPython can't execute it, with the number of the event; else empty
};

// Writes the steps to `out`, or to nowhere if that is null. Operands must be names that are bound, or None:
// the CPython side has no other way to an object.
Lowered lower(const Decoded& decoded, std::uint64_t warm_up, std::FILE* out);

}  // namespace gcsim::bench
