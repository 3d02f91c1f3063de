// Synthetic workloads: programs of any length with one known property each.
//
// A trace follows from its workload, seed and knobs alone, on every platform. It is legal under every
// profile: each operand is a name that is bound. Writing one takes memory in proportion to what lives at the
// same time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "gcsim/trace/writer.h"

namespace gcsim::generate {

// knobs() says what each of them means; each workload heeds some.
struct WorkloadKnobs {
  std::uint64_t events = 100'000;
  std::uint64_t live = 1'000;
  std::uint64_t depth = 100;
  std::uint64_t width = 2;
  std::uint64_t cyclic = 10;
  std::uint64_t young = 90;
  std::uint64_t callbacks = 50;
  std::uint64_t attributes = 4;
  std::uint64_t lifetime = 0;
  std::uint64_t links = 0;
  std::uint64_t parents = 0;
  std::uint64_t order = 0;
};

struct WorkloadKnob {
  std::string_view name;
  std::uint64_t WorkloadKnobs::*value;
  std::uint64_t smallest;
  std::uint64_t largest;
  std::string_view meaning;
  std::span<const std::string_view> choices = {};  // words for 0, 1, ..; none: a number
};

// All of them, in the order of the struct.
std::span<const WorkloadKnob> workload_knobs();
const WorkloadKnob& workload_knob(std::string_view name);

class Emitter;  // what a workload gives its events to

struct Workload {
  struct Heeded {
    std::string_view knob;
    std::uint64_t by_default;
    std::uint64_t largest = 0;  // 0: the knob's own
  };

  std::string_view name;
  std::string_view summary;
  std::string_view property;  // what holds of each of its traces, in a sentence or two
  std::span<const Heeded> heeds;
  void (*emit)(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);

  WorkloadKnobs knobs() const;
};

std::span<const Workload> workloads();
const Workload* find_workload(std::string_view name);

struct WorkloadResult {
  std::uint64_t events = 0;
  std::uint64_t warm_up = 0;  // the events that build what lives from then on; knobs.events follow them
};

// A writer of the form that is wanted, for a trace of these words.
using MakeWriter = std::function<std::unique_ptr<trace::Writer>(const trace::Vocabulary& words)>;

// Writes the trace. REQUIRES: each knob lies between its smallest and largest value.
WorkloadResult write_workload(const Workload& workload, const WorkloadKnobs& knobs, std::uint64_t seed,
                              const MakeWriter& make_writer);

}  // namespace gcsim::generate
