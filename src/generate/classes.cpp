#include "classes.h"

#include <string>
#include <utility>

namespace gcsim::generate {

namespace {

std::string options_of(std::string_view finalizer, const std::vector<std::uint32_t>* slots) {
  std::string options(finalizer);
  if (slots == nullptr) return options;
  options += options.empty() ? "slots=" : " slots=";
  for (std::size_t at = 0; at < slots->size(); ++at) {
    options += (at == 0 ? "a" : ",a") + std::to_string((*slots)[at]);
  }
  return options;
}

std::string name_of(std::string_view finalizer, Kind kind, std::size_t number) {
  std::string name = finalizer.empty() ? "" : finalizer == "del" ? "Del" : "Resurrect";
  name += kind == Kind::instance ? "Plain" : kind == Kind::bare ? "Bare" : "Slots";
  return name + std::to_string(number);
}

}  // namespace

void Classes::add(Family& family, std::string_view finalizer, const std::vector<std::uint32_t>* slots) {
  Class made;
  if (slots != nullptr) {
    made.kind = slots->empty() ? Kind::bare : Kind::slotted;
    made.slots = *slots;
  }
  made.resurrects = finalizer == "del=resurrect";
  made.name = name_of(finalizer, made.kind, all_.size());
  made.options = options_of(finalizer, slots);
  family.push_back(static_cast<std::uint32_t>(all_.size()));
  all_.push_back(std::move(made));
}

Classes::Classes(const RandomKnobs& knobs) : knobs_(knobs) {
  // CPython sorts slots by name, whatever order they are declared in.
  const std::vector<std::uint32_t> none, two{1, 0}, three{2, 0, 1};
  for (std::uint32_t n = 0; n < knobs.classes; ++n) add(plain_, "", nullptr);
  for (const auto* slots : {&three, &two, &none}) add(slotted_, "", slots);
  for (const auto* slots : {static_cast<const std::vector<std::uint32_t>*>(nullptr), &two, &none}) {
    if (knobs.finalized > 0) add(finalized_, "del", slots);
  }
  for (const auto* slots : {static_cast<const std::vector<std::uint32_t>*>(nullptr), &two}) {
    if (knobs.resurrecting > 0) add(resurrecting_, "del=resurrect", slots);
  }
}

std::uint32_t Classes::any(Dice& dice) const {
  switch (dice.weighted({knobs_.plain, knobs_.slotted, knobs_.finalized, knobs_.resurrecting})) {
    case 1: return dice.of(slotted_);
    case 2: return dice.of(finalized_);
    case 3: return dice.of(resurrecting_);
    default: return dice.of(plain_);
  }
}

}  // namespace gcsim::generate
