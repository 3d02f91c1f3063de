#include "workloads.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "decoded.h"

namespace gcsim::bench {

static generate::WorkloadKnobs knobs_of(const generate::Workload& workload, const nlohmann::json& given) {
  generate::WorkloadKnobs knobs = workload.knobs();
  for (const auto& [name, value] : given.items()) {
    const auto known = generate::workload_knobs();
    const auto knob = std::ranges::find(known, name, &generate::WorkloadKnob::name);
    if (knob == known.end()) fail("no knob '" + name + "'");
    knobs.*knob->value = value;
  }
  return knobs;
}

generate::WorkloadResult write_workload(const nlohmann::json& request, trace::Format format,
                                        const std::function<void(std::string_view)>& write) {
  const std::string name = request.at("workload");
  const generate::Workload* const workload = generate::find_workload(name);
  if (workload == nullptr) fail("no workload '" + name + "'");
  const generate::WorkloadKnobs knobs = knobs_of(*workload, request.at("knobs"));
  return generate::write_workload(*workload, knobs, 1, [&](const trace::Vocabulary& words) {
    return trace::make_writer(format, words, write);
  });
}

}  // namespace gcsim::bench
