#include "leaves.h"

#include <string>
#include <string_view>

namespace gcsim::generate {

namespace {

// Numbers are equal if their doubles are the same int.
std::string number_value(std::int64_t doubled) {
  return "n" + std::to_string(doubled);
}

Leaf spelt_int(Dice& dice) {
  const int value = dice.of({-6, -5, -1, 0, 1, 2, 3, 255, 256, 257, 1000, 123456789});
  return {"int", std::to_string(value), number_value(2 * std::int64_t{value})};
}

Leaf spelt_float(Dice& dice) {
  constexpr std::string_view kHalves[] = {"-1.5", "-1.0", "-0.5", "0.0", "0.5", "1.0", "1.5", "2.0", "2.5"};
  const int at = static_cast<int>(dice.index(std::size(kHalves)));
  return {"float", std::string(kHalves[at]), number_value(at - 3)};
}

Leaf spelt_str(Dice& dice) {
  const std::string_view words[] = {"", "x", "y", "xy", "a0", "k1", "two words", "longer than eight"};
  const std::string word(words[dice.index(std::size(words))]);
  return {"str", "\"" + word + "\"", "s" + word};
}

}  // namespace

Leaf spelt_leaf(Dice& dice) {
  switch (dice.below(3)) {
    case 0: return spelt_int(dice);
    case 1: return spelt_float(dice);
    default: return spelt_str(dice);
  }
}

Leaf own_leaf(Dice& dice, std::uint32_t event) {
  if (dice.chance(50)) return {"float", "", number_value(2 * std::int64_t{event} + 1)};
  return {"str", "", "sstr" + std::to_string(event)};
}

}  // namespace gcsim::generate
