// Random traces: programs that nobody would write, made to reach the rules that handwritten traces forget.
//
// A trace follows from its seed and its knobs alone, byte for byte, on every platform. Its events are legal
// under every profile: operands are objects that names still reach, so that neither counting nor any
// collection can have taken them. The one exception is `del R_x`, for an object that may have resurrected: it
// is refused (rarely) if no finalizer has bound that name yet.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace gcsim::generate {

// How often something happens is a weight among its alternatives or a chance in percent; 0 is never.
// knobs() says what each of them means.
struct RandomKnobs {
  std::uint32_t events = 500;
  std::uint32_t names = 12;
  std::uint32_t threshold0 = 5;
  std::uint32_t threshold1 = 2;
  std::uint32_t threshold2 = 2;

  // What is allocated: weights.
  std::uint32_t lists = 4;
  std::uint32_t dicts = 2;
  std::uint32_t tuples = 2;
  std::uint32_t sets = 0;
  std::uint32_t instances = 4;
  std::uint32_t leaves = 1;
  // Of which class an instance is: weights.
  std::uint32_t plain = 4;
  std::uint32_t slotted = 1;
  std::uint32_t finalized = 1;
  std::uint32_t resurrecting = 0;

  std::uint32_t classes = 2;
  std::uint32_t attributes = 6;
  std::uint32_t keys = 6;
  std::uint32_t depth = 70;

  // Which event is next: weights.
  std::uint32_t allocations = 100;
  std::uint32_t links = 140;
  std::uint32_t unlinks = 35;
  std::uint32_t binds = 30;
  std::uint32_t weakrefs = 10;
  std::uint32_t storms = 0;
  std::uint32_t dict_requests = 5;
  std::uint32_t crowds = 0;
  std::uint32_t chains = 1;
  std::uint32_t collects = 4;
  std::uint32_t switches = 3;
  std::uint32_t freezes = 0;
  std::uint32_t saveall = 0;
  std::uint32_t probes = 0;
  std::uint32_t checks = 0;

  // Chances.
  std::uint32_t plain_tuples = 30;
  std::uint32_t leaf_tuples = 10;
  std::uint32_t empty_tuples = 0;
  std::uint32_t values = 20;
  std::uint32_t nones = 8;
  std::uint32_t cycles = 40;
  std::uint32_t late_names = 0;
  std::uint32_t assignments = 20;
  std::uint32_t clears = 15;
  std::uint32_t popitems = 15;
  std::uint32_t discards = 50;
  std::uint32_t rebinds = 30;
  std::uint32_t aliased_births = 0;
  std::uint32_t multi_dels = 10;
  std::uint32_t callbacks = 60;
  std::uint32_t weakrefs_in_trash = 15;
  std::uint32_t named_dicts = 50;
  std::uint32_t combs = 20;
  std::uint32_t rings = 20;
};

struct Knob {
  enum class Unit : std::uint8_t { number, weight, percent };

  std::string_view name;  // "plain-tuples"
  std::uint32_t RandomKnobs::*value;
  Unit unit;
  std::string_view meaning;

  std::uint32_t smallest() const;
  std::uint32_t largest() const;
};

// All of them, in the order of the struct.
std::span<const Knob> knobs();

// Knobs set for a subject.
struct Preset {
  std::string_view name;
  std::string_view summary;
  void (*apply)(RandomKnobs&);

  RandomKnobs knobs() const;
};

// The first is the default.
std::span<const Preset> presets();

struct RandomPlan {
  std::uint64_t seed = 0;
  const Preset* preset = &presets().front();  // named in the trace, with what `knobs` changes in it
  RandomKnobs knobs = preset->knobs();
};

// Where the text goes, in large pieces; may throw to end the run.
using Write = std::function<void(std::string_view)>;

struct RandomResult {
  std::uint64_t events = 0;
  std::uint64_t visits = 0;  // of objects, to find out what names still reach: the work beside the writing
};

// Writes the trace. REQUIRES: each knob lies between its smallest and largest value.
RandomResult write_random_trace(const RandomPlan& plan, const Write& write);

}  // namespace gcsim::generate
