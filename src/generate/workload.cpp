// What workloads there are, and what can be set.
#include "gcsim/generate/workload.h"

#include <algorithm>
#include <stdexcept>

#include "emitters.h"

namespace gcsim::generate {
namespace {

using K = WorkloadKnobs;

constexpr std::uint64_t kManyEvents = 1'000'000'000'000;
constexpr std::uint64_t kManyObjects = 1'000'000'000;

constexpr std::string_view kLifetimes[] = {"fixed", "random", "stack"};
constexpr std::string_view kLinks[] = {"list", "tuple", "dict", "instance"};
constexpr std::string_view kParents[] = {"none", "strong", "weak"};

constexpr std::string_view kOrders[] = {"birth", "scrambled"};

constexpr WorkloadKnob kKnobs[] = {
    {"events", &K::events, 0, kManyEvents, "events, behind those that build the live objects"},
    {"live", &K::live, 2, kManyObjects, "objects that live at the same time, about"},
    {"depth", &K::depth, 1, kManyObjects,
     "objects from the first of a chain to the last; levels below a root"},
    {"width", &K::width, 1, 10'000'000, "members, children, spokes or weak references of one"},
    {"cyclic", &K::cyclic, 0, 100, "percent that end in a cycle"},
    {"young", &K::young, 0, 100, "percent that die before the next allocation"},
    {"callbacks", &K::callbacks, 0, 100, "percent of weak references that have one"},
    {"attributes", &K::attributes, 1, 1'000, "attribute names"},
    {"lifetime", &K::lifetime, 0, 2, "of those that live longer", kLifetimes},
    {"links", &K::links, 0, 3, "what the links are", kLinks},
    {"parents", &K::parents, 0, 2, "how children hold their parents", kParents},
    {"order", &K::order, 0, 1, "of the objects in memory, and of what they refer to", kOrders},
};

using Heeded = Workload::Heeded;
constexpr Heeded kChurn[] = {{"events", 100'000}, {"live", 1'000}, {"young", 90}, {"lifetime", 1}};
constexpr Heeded kMixed[] = {{"events", 100'000}, {"live", 1'000}, {"young", 80}, {"cyclic", 11}};
constexpr Heeded kInstances[] = {{"events", 100'000}, {"live", 1'000}, {"cyclic", 10}};
constexpr Heeded kAttributes[] = {{"events", 100'000}, {"live", 1'000}, {"attributes", 4}};
constexpr Heeded kGrowth[] = {{"events", 100'000}};
constexpr Heeded kChain[] = {{"events", 100'000}, {"depth", 1'000}, {"links", 0}};
constexpr Heeded kTree[] = {{"events", 100'000}, {"depth", 8, 1'000}, {"width", 2}, {"parents", 0}};
constexpr Heeded kDeque[] = {{"events", 100'000}, {"live", 1'000}};
constexpr Heeded kRings[] = {{"events", 100'000}, {"width", 2}, {"cyclic", 10}};
constexpr Heeded kStars[] = {{"events", 100'000}, {"width", 1'000}};
constexpr Heeded kNetwork[] = {{"events", 5}, {"live", 10'000}, {"order", 0}};
constexpr Heeded kWeakrefs[] = {{"events", 100'000}, {"live", 1'000}, {"width", 5}, {"callbacks", 50}};

constexpr Workload kWorkloads[] = {
    {"mixed", "what recorded programs do, in their proportions",
     "Of the events 39 % allocate, 39 % del, 17 % append, 3 % set an attribute and 2 % pop. With the knobs "
     "as they\n"
     "are, 13 % of the objects end in a cycle.",
     kMixed, emit_mixed},
    {"churn", "lists that come and go, with lifetimes to choose",
     "All is freed by counting. A list that does not die young takes a place among the live ones, for as "
     "long\n"
     "as all others there (fixed), for anybody's (random), or on a stack (stack).",
     kChurn, emit_churn},
    {"instances", "instances with a list each, a part in a cycle with it",
     "What leaves is freed by counting, or with its list by a collection.", kInstances, emit_instances},
    {"attributes", "a graph of instances that is rewired all the time",
     "Over nine events in ten store an attribute, which most often lets go of another object.", kAttributes,
     emit_attributes},
    {"growth", "nothing that is allocated ever dies", "Full collections become rarer as the heap grows.",
     kGrowth, emit_growth},
    {"chain", "one object holds the next, and the last name goes",
     "The whole chain dies in one event, in a cascade of its depth.", kChain, emit_chain},
    {"tree", "trees that are built and dropped",
     "Freed by counting, except with strong links to parents: then by collections.", kTree, emit_tree},
    {"deque", "a queue of nodes that hold both neighbours",
     "Full of cycles, but each node is unlinked before it goes: all is freed by counting.", kDeque,
     emit_deque},
    {"rings", "rings of lists, a part of them closed",
     "Closed ones are freed by collections, with all their members; open ones at once.", kRings, emit_rings},
    {"stars", "a hub and its spokes hold each other",
     "Each star is one cycle as wide as it is, and freed by a collection.", kStars, emit_stars},
    {"network", "lists that hold each other, and full collections of all of them",
     "Each holds two: in order of birth those before it, scrambled any two, in memory that was freed at "
     "random.",
     kNetwork, emit_network},
    {"weakrefs", "objects that die with several weak references each",
     "Each death clears them; the callbacks are called, newest first.", kWeakrefs, emit_weakrefs},
};

}  // namespace

std::span<const WorkloadKnob> workload_knobs() {
  return kKnobs;
}

const WorkloadKnob& workload_knob(std::string_view name) {
  return *std::ranges::find(kKnobs, name, &WorkloadKnob::name);
}

std::span<const Workload> workloads() {
  return kWorkloads;
}

const Workload* find_workload(std::string_view name) {
  const auto* const found = std::ranges::find(kWorkloads, name, &Workload::name);
  return found == std::end(kWorkloads) ? nullptr : found;
}

WorkloadKnobs Workload::knobs() const {
  WorkloadKnobs knobs;
  for (const Heeded& heeded : heeds) knobs.*workload_knob(heeded.knob).value = heeded.by_default;
  return knobs;
}

WorkloadResult write_workload(const Workload& workload, const WorkloadKnobs& knobs, std::uint64_t seed,
                              const MakeWriter& make_writer) {
  trace::Vocabulary words;
  trace::Header header;
  header.written_as = trace::Format::json_lines;  // whose lines the events have: one each
  const TypeId instance = words.declare({"Node", trace::Kind::instance, trace::Finalizer::none, false, {}});
  const auto writer = make_writer(words);
  if (writer->begin(header)) throw std::logic_error("a workload's header can't be written");
  Emitter out(words, *writer, instance, knobs.events);
  workload.emit(out, knobs, seed);
  out.flush();
  writer->finish();
  return {out.events(), out.warm_up()};
}

}  // namespace gcsim::generate
