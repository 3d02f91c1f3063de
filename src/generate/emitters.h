// The workloads themselves. workload.cpp says what each is for, and which knobs it heeds.
#pragma once

#include <cstdint>

#include "emitter.h"
#include "gcsim/generate/workload.h"

namespace gcsim::generate {

// Objects that come and go (populations.cpp).
void emit_churn(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_mixed(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_instances(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_attributes(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_growth(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);

// Structures that are built and dropped (structures.cpp).
void emit_chain(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_tree(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_deque(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_rings(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_stars(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_network(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);
void emit_weakrefs(Emitter& out, const WorkloadKnobs& knobs, std::uint64_t seed);

}  // namespace gcsim::generate
