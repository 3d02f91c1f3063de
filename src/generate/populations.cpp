// Workloads about lifetimes: a population of objects under names, and newcomers.
#include <string>
#include <utility>
#include <vector>

#include "dice.h"
#include "emitters.h"

namespace gcsim::generate {
namespace {

enum Lifetime : std::uint64_t { kFixed, kRandom, kStack };

std::vector<Id> lists(Emitter& out, std::uint64_t count) {
  std::vector<Id> held(count);
  for (Id& id : held) id = out.alloc_list();
  return held;
}

// In hundred events about 39 allocations, 39 deaths of names, 17 references, 3 attributes and 2 removals, as
// recorded programs have them.
class Mixed {
 public:
  Mixed(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed)
      : out_(out), k_(knobs), dice_(seed), held_(knobs.live) {
    for (Held& held : held_) held = make();
  }

  void step() {
    Held newborn = make();
    if (dice_.chance(static_cast<std::uint32_t>(k_.cyclic))) refer(newborn, "me", newborn.id);
    change(any(), newborn.id);
    if (dice_.chance(newborn.is_list ? 35 : 25)) refer(newborn, "next", any().id);
    if (!dice_.chance(static_cast<std::uint32_t>(k_.young))) std::swap(newborn, any());
    out_.del(newborn.id);
  }

 private:
  struct Held {
    Id id{};
    bool is_list = true;
    std::uint32_t size = 0;  // references in the list
  };

  Held make() {
    const bool is_list = !dice_.chance(20);
    return {is_list ? out_.alloc_list() : out_.alloc_instance(), is_list};
  }
  Held& any() { return held_[dice_.index(held_.size())]; }
  void refer(Held& from, std::string_view name, Id to) {
    if (!from.is_list) return out_.set_attr(from.id, name, to);
    out_.append(from.id, to);
    ++from.size;
  }
  void change(Held& list, Id newborn) {
    if (!list.is_list) return;
    if (list.size < 8 && dice_.chance(8)) {
      refer(list, "", newborn);
    } else if (list.size > 0 && dice_.chance(22)) {
      out_.pop(list.id);
      --list.size;
    }
  }

  Emitter& out_;
  const WorkloadKnobs& k_;
  Dice dice_;
  std::vector<Held> held_;
};

}  // namespace

// Those that do not die at once take a place among the live ones, each for its lifetime: the oldest's
// (fixed), anybody's (random), or on top of a stack that is taken down again.
void emit_churn(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Id> held = lists(out, k.live);
  out.live_set_is_built();
  std::size_t oldest = 0;
  std::vector<Id> stack;
  while (!out.is_over()) {
    const Id id = out.alloc_list();
    out.append(id, held[dice.index(held.size())]);
    if (dice.chance(static_cast<std::uint32_t>(k.young))) {
      out.del(id);
    } else if (k.lifetime == kStack) {
      stack.push_back(id);
      for (; stack.size() >= k.live || (!stack.empty() && dice.chance(50)); stack.pop_back())
        out.del(stack.back());
    } else {
      const std::size_t place = k.lifetime == kFixed ? oldest : dice.index(held.size());
      oldest = (oldest + 1) % held.size();
      out.del(held[place]);
      held[place] = id;
    }
  }
}

void emit_mixed(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  Mixed mixed(out, k, seed);
  out.live_set_is_built();
  while (!out.is_over()) mixed.step();
}

// Each instance holds a list of its own; some lists hold their instance.
void emit_instances(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<Id> held(k.live / 2 + 1);
  const auto make = [&] {
    const Id id = out.alloc_instance();
    const Id list = out.alloc_list();
    out.set_attr(id, "items", list);
    if (dice.chance(static_cast<std::uint32_t>(k.cyclic))) out.append(list, id);
    out.del(list);
    return id;
  };
  for (Id& id : held) id = make();
  out.live_set_is_built();
  while (!out.is_over()) {
    Id& place = held[dice.index(held.size())];
    const Id id = make();
    out.del(place);
    place = id;
  }
}

// A graph of instances that is rewired all the time; now and then one loses its name, and becomes garbage
// when it is neither referred to any more, or with its whole cycle.
void emit_attributes(Emitter& out, const WorkloadKnobs& k, std::uint64_t seed) {
  constexpr std::uint32_t kReplacedPercent = 5;
  Dice dice(seed);
  std::vector<std::string> names;
  for (std::uint64_t n = 0; n < k.attributes; ++n) names.push_back("a" + std::to_string(n));
  std::vector<Id> held(k.live);
  for (Id& id : held) id = out.alloc_instance();
  out.live_set_is_built();
  while (!out.is_over()) {
    if (dice.chance(kReplacedPercent)) {
      Id& place = held[dice.index(held.size())];
      out.del(place);
      place = out.alloc_instance();
    }
    const Id from = held[dice.index(held.size())];
    const Id to = dice.chance(10) ? out.none() : held[dice.index(held.size())];
    out.set_attr(from, names[dice.index(names.size())], to);
  }
}

// Nothing dies. Names go, one list holds all.
void emit_growth(Emitter& out, const WorkloadKnobs&, std::uint64_t seed) {
  Dice dice(seed);
  const Id all = out.alloc_list();
  out.live_set_is_built();
  while (!out.is_over()) {
    const Id id = dice.chance(50) ? out.alloc_list() : out.alloc_dict();
    out.append(all, id);
    out.del(id);
  }
}

}  // namespace gcsim::generate
