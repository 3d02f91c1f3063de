// What can be set, and what is set together for a subject.
#include <limits>

#include "gcsim/generate/random.h"

namespace gcsim::generate {

namespace {

using R = RandomKnobs;
using enum Knob::Unit;

constexpr Knob kKnobs[] = {
    {"events", &R::events, number, "length of the trace"},
    {"names", &R::names, number, "names that are bound at a time, about"},
    {"threshold0", &R::threshold0, number, "thresholds in the header"},
    {"threshold1", &R::threshold1, number, ""},
    {"threshold2", &R::threshold2, number, ""},
    {"lists", &R::lists, weight, "what is allocated"},
    {"dicts", &R::dicts, weight, ""},
    {"tuples", &R::tuples, weight, ""},
    {"sets", &R::sets, weight, "of values"},
    {"instances", &R::instances, weight, ""},
    {"leaves", &R::leaves, weight, "float, str, int"},
    {"plain", &R::plain, weight, "instances: of plain classes"},
    {"slotted", &R::slotted, weight, "of classes with slots, some empty"},
    {"finalized", &R::finalized, weight, "of classes with __del__, some with slots"},
    {"resurrecting", &R::resurrecting, weight, "of classes whose __del__ resurrects"},
    {"classes", &R::classes, number, "plain classes"},
    {"attributes", &R::attributes, number, "attribute names"},
    {"keys", &R::keys, number, "dict keys"},
    {"depth", &R::depth, number, "links of the longest chain"},
    {"allocations", &R::allocations, weight, "events: allocate"},
    {"links", &R::links, weight, "store a reference"},
    {"unlinks", &R::unlinks, weight, "remove one, or all"},
    {"binds", &R::binds, weight, "bind another name"},
    {"weakrefs", &R::weakrefs, weight, "weak references"},
    {"storms", &R::storms, weight, "several to one object"},
    {"dict-requests", &R::dict_requests, weight, "ask for a __dict__"},
    {"crowds", &R::crowds, weight, "many instances of a class, then new attribute names"},
    {"chains", &R::chains, weight, "build one link by link, often to drop it"},
    {"collects", &R::collects, weight, "gc.collect of some generation"},
    {"switches", &R::switches, weight, "gc.enable, disable, set_threshold"},
    {"freezes", &R::freezes, weight, "gc.freeze, unfreeze"},
    {"saveall", &R::saveall, weight, "gc.set_debug(DEBUG_SAVEALL) and back"},
    {"probes", &R::probes, weight, "inspect"},
    {"checks", &R::checks, weight, "points where a pending collection may run"},
    {"plain-tuples", &R::plain_tuples, percent, "tuples: 1 to 21 times None"},
    {"leaf-tuples", &R::leaf_tuples, percent, "of values"},
    {"empty-tuples", &R::empty_tuples, percent, "()"},
    {"values", &R::values, percent, "leaves: of few values, so that some are equal"},
    {"nones", &R::nones, percent, "None where an object may stand"},
    {"cycles", &R::cycles, percent, "references stored: that close a cycle"},
    {"late-names", &R::late_names, percent, "attribute names that appear in the course of the trace"},
    {"assignments", &R::assignments, percent, "lists: assignment to an item instead of append"},
    {"clears", &R::clears, percent, "removals: clear"},
    {"popitems", &R::popitems, percent, "dicts: popitem"},
    {"discards", &R::discards, percent, "sets: of one element instead of all"},
    {"rebinds", &R::rebinds, percent, "binds: of a name that is bound"},
    {"aliased-births", &R::aliased_births, percent, "allocations that bind another name than the ID"},
    {"multi-dels", &R::multi_dels, percent, "del of several names"},
    {"callbacks", &R::callbacks, percent, "weak references: with callback"},
    {"weakrefs-in-trash", &R::weakrefs_in_trash, percent, "held by their own object"},
    {"named-dicts", &R::named_dicts, percent, "__dict__s that become objects of the trace"},
    {"combs", &R::combs, percent, "chains: links with siblings"},
    {"rings", &R::rings, percent, "chains that are closed"},
};

constexpr Preset kPresets[] = {
    {"mixed", "a little of everything usual", [](R&) {}},
    {"probed", "looks at counts and lists all the time",
     [](R& k) {
       k.probes = 150;
       k.events = 300;
     }},
    {"freeze", "gc.freeze and unfreeze",
     [](R& k) {
       k.freezes = 12;
       k.probes = 8;
     }},
    {"weakrefs", "weak references, callbacks, several to one object, some of them trash",
     [](R& k) {
       k.weakrefs = 60;
       k.storms = 12;
       k.weakrefs_in_trash = 40;
       k.cycles = 60;
       k.names = 16;
       k.sets = 1;
       k.probes = 5;
     }},
    {"finalizers", "classes with __del__ in cycles",
     [](R& k) {
       k.finalized = 8;
       k.instances = 12;
       k.cycles = 60;
       k.probes = 5;
     }},
    {"resurrection", "classes whose __del__ resurrects",
     [](R& k) {
       k.resurrecting = 5;
       k.finalized = 2;
       k.instances = 12;
       k.cycles = 60;
       k.collects = 12;
       k.weakrefs = 15;
       k.probes = 5;
     }},
    {"instances", "instances, slots and __dict__s",
     [](R& k) {
       k.instances = 14;
       k.slotted = 2;
       k.dict_requests = 30;
       k.attributes = 10;
       k.probes = 5;
     }},
    {"attributes", "more attribute names than a class has room for",
     [](R& k) {
       k.events = 900;
       k.instances = 14;
       k.slotted = 0;
       k.finalized = 0;
       k.classes = 4;
       k.attributes = 40;
       k.late_names = 80;
       k.links = 200;
       k.crowds = 4;
       k.dict_requests = 12;
       k.probes = 5;
     }},
    {"dicts", "dicts of their own and of instances, popitem",
     [](R& k) {
       k.dicts = 8;
       k.keys = 24;
       k.dict_requests = 30;
       k.named_dicts = 80;
       k.unlinks = 70;
       k.popitems = 40;
       k.leaves = 4;
       k.tuples = 4;
       k.probes = 8;
     }},
    {"deep", "chains of up to 250 links, combs and rings",
     [](R& k) {
       k.events = 2000;
       k.chains = 20;
       k.depth = 250;
       k.rings = 40;
       k.collects = 10;
       k.threshold0 = 40;
       k.threshold1 = 4;
     }},
    {"wide", "many names, large containers",
     [](R& k) {
       k.events = 1500;
       k.names = 120;
       k.links = 250;
       k.unlinks = 20;
       k.keys = 60;
       k.threshold0 = 30;
       k.threshold1 = 3;
     }},
    {"sets", "sets of equal and different values",
     [](R& k) {
       k.sets = 6;
       k.leaves = 10;
       k.leaf_tuples = 50;
       k.values = 50;
       k.unlinks = 60;
     }},
    {"tuples", "tuples of all sizes and contents",
     [](R& k) {
       k.tuples = 14;
       k.leaves = 4;
       k.leaf_tuples = 25;
       k.empty_tuples = 4;
       k.probes = 8;
     }},
    {"manual", "only explicit collections",
     [](R& k) {
       k.threshold0 = 0;
       k.collects = 25;
       k.switches = 0;
     }},
    {"checks", "says itself where a pending collection may run",
     [](R& k) {
       k.checks = 60;
       k.probes = 8;
     }},
    {"usual", "the usual thresholds",
     [](R& k) {
       k.events = 25'000;
       k.names = 300;
       k.threshold0 = 700;
       k.threshold1 = 10;
       k.threshold2 = 10;
       k.collects = 0;
       k.switches = 0;
       k.chains = 30;
       k.depth = 15;
       k.rings = 80;
     }},
    {"everything", "all that can be generated",
     [](R& k) {
       k.events = 1000;
       k.sets = 1;
       k.resurrecting = 1;
       k.attributes = 34;
       k.late_names = 50;
       k.keys = 12;
       k.storms = 3;
       k.crowds = 1;
       k.dict_requests = 15;
       k.freezes = 2;
       k.saveall = 1;
       k.probes = 15;
       k.empty_tuples = 2;
       k.aliased_births = 5;
     }},
};

}  // namespace

std::span<const Knob> knobs() {
  return kKnobs;
}

std::span<const Preset> presets() {
  return kPresets;
}

RandomKnobs Preset::knobs() const {
  RandomKnobs set;
  apply(set);
  return set;
}

std::uint32_t Knob::smallest() const {
  const bool must_be_some = value == &R::classes || value == &R::attributes || value == &R::keys;
  return must_be_some ? 1 : 0;
}

std::uint32_t Knob::largest() const {
  if (unit == Unit::percent) return 100;
  if (unit == Unit::weight) return 1'000'000;  // so that sums of them fit
  if (value == &R::classes || value == &R::depth) return 10'000;
  return std::numeric_limits<std::int32_t>::max();
}

}  // namespace gcsim::generate
