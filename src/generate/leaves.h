// Values for floats, ints and strs.
#pragma once

#include <cstdint>

#include "dice.h"
#include "program.h"

namespace gcsim::generate {

// One of few values, so that some are equal: several spellings of a number, ints on both sides of those that
// exist once and for all, single characters.
Leaf spelt_leaf(Dice& dice);
// A float or str without a literal, allocated by this event: nothing but a late spelling equals it.
Leaf own_leaf(Dice& dice, std::uint32_t event);

}  // namespace gcsim::generate
