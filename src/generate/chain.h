// Chains: one object holds the next, link by link. Their deaths nest, which is what the trashcan is for.
#pragma once

#include <cstdint>

#include "classes.h"
#include "dice.h"
#include "program.h"

namespace gcsim::generate {

struct ChainPlan {
  enum class Links : std::uint8_t { lists, dicts, tuples, instances, slotted, mixed };

  std::uint32_t length = 1;
  Links links = Links::lists;
  bool is_comb = false;  // links have siblings before and after the next link: the order of deaths shows
  bool is_ring = false;
  bool is_dropped = false;
};

void build_chain(Program& program, const Classes& classes, const ChainPlan& plan, Dice& dice);

}  // namespace gcsim::generate
