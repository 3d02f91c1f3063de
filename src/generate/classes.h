// The classes of a random trace.
#pragma once

#include <cstdint>
#include <vector>

#include "dice.h"
#include "gcsim/generate/random.h"
#include "program.h"

namespace gcsim::generate {

class Classes {
 public:
  explicit Classes(const RandomKnobs& knobs);

  const std::vector<Class>& all() const { return all_; }
  const Class& operator[](std::uint32_t type) const { return all_[type]; }
  // By the weights of the families.
  std::uint32_t any(Dice& dice) const;
  // Some class without slots and finalizer, of which there is one at least.
  std::uint32_t plain(Dice& dice) const { return dice.of(plain_); }
  // One with three slots.
  std::uint32_t with_slots() const { return slotted_.front(); }

 private:
  using Family = std::vector<std::uint32_t>;  // one is as good as the other

  void add(Family& family, std::string_view finalizer, const std::vector<std::uint32_t>* slots);

  const RandomKnobs& knobs_;
  std::vector<Class> all_;
  Family plain_, slotted_, finalized_, resurrecting_;
};

}  // namespace gcsim::generate
