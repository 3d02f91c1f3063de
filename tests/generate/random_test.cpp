// Random traces: the same everywhere, legal everywhere, and about what their knobs say.
#include "gcsim/generate/random.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/replaying.h"

namespace gcsim {
namespace {

using generate::RandomKnobs;
using generate::RandomPlan;

const generate::Preset& preset(std::string_view name) {
  for (const generate::Preset& p : generate::presets()) {
    if (p.name == name) return p;
  }
  FAIL("no such preset: " << name);
  return generate::presets().front();
}

RandomPlan plan_of(const generate::Preset& preset, std::uint64_t seed) {
  return {seed, &preset, preset.knobs()};
}

std::string trace_of(const RandomPlan& plan) {
  std::string text;
  generate::write_random_trace(plan, [&text](std::string_view piece) { text += piece; });
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> events_of(const RandomPlan& plan) {
  std::vector<std::string> events = lines_of(trace_of(plan));
  std::erase_if(events, [](const std::string& line) {
    return line.starts_with("#") || line.starts_with("trace ") || line.starts_with("threshold ") ||
           line.starts_with("class ");
  });
  return events;
}

bool any_contains(const std::vector<std::string>& events, std::string_view words) {
  return std::any_of(events.begin(), events.end(),
                     [words](const std::string& event) { return event.find(words) != std::string::npos; });
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

// The faults of a replay under the profile; those that may happen are only counted.
struct Refusals {
  std::vector<std::string> wrong;
  int unbound = 0;
};

Refusals refusals_of(const std::string& text, const profile::Profile& profile) {
  auto reader = test::open_bytes(text);
  Overrides overrides;
  overrides.profile = &profile;
  auto simulator = engine::Simulator::create(test::settings(*reader, overrides), nullptr);
  const std::vector<std::string> lines = lines_of(text);
  Refusals refusals;
  ReplayOptions options;
  options.on_fault = [&](const trace::TraceError& error) {
    const std::string& line = lines.at(error.where.line - 1);
    const bool may_be = error.fault == trace::Fault::unbound_name && line.starts_with("del R_");
    if (may_be) {
      ++refusals.unbound;
    } else {
      refusals.wrong.push_back(line + ": " + trace::format(error));
    }
    return OnFault::go_on;
  };
  replay(*reader, *simulator, options);
  const std::vector<std::string> violations = simulator->check_invariants();
  refusals.wrong.insert(refusals.wrong.end(), violations.begin(), violations.end());
  return refusals;
}

TEST_CASE("a random trace begins with the command that makes it again, then with what its knobs need") {
  RandomPlan plan = plan_of(preset("sets"), 42);
  plan.knobs.events = 8;
  plan.knobs.classes = 1;
  CHECK_EQ(trace_of(plan), R"(# gcsim generate random --seed 42 --preset sets --events 8 --classes 1
trace 1
threshold 5 2 2
class Plain0
class Slots1 slots=a2,a0,a1
class Slots2 slots=a1,a0
class Bare3 slots=
class DelPlain4 del
class DelSlots5 del slots=a1,a0
class DelBare6 del slots=
alloc s1 set
alloc t2 tuple s1
alloc s3 set
alloc v4 float 1.0
alloc v5 str
ref s1[] v4
alloc l6 list
ref l6[] l6
)");
}

TEST_CASE("a random trace is the same on every platform") {
  RandomPlan plan = plan_of(preset("everything"), 20240229);
  plan.knobs.events = 5000;
  CHECK_EQ(fnv1a(trace_of(plan)), 8255253613436350186u);
}

TEST_CASE("another seed makes another random trace") {
  CHECK_NE(events_of(plan_of(preset("mixed"), 1)), events_of(plan_of(preset("mixed"), 2)));
}

TEST_CASE(
    "random traces of every preset are legal under every profile that counts, but for a name not resurrected "
    "yet") {
  for (const generate::Preset& p : generate::presets()) {
    int unbound = 0;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const std::string trace = trace_of(plan_of(p, seed));
      for (const profile::Profile& profile : profile::catalog()) {
        // Where finalizers resurrect nothing, what uses the resurrected is refused.
        if (profile.reclamation == profile::Reclamation::mark_and_sweep) continue;
        CAPTURE(p.name);
        CAPTURE(seed);
        CAPTURE(profile.name);
        const Refusals refusals = refusals_of(trace, profile);
        CHECK_MESSAGE(refusals.wrong.empty(), (refusals.wrong.empty() ? "" : refusals.wrong.front()));
        unbound += refusals.unbound;
      }
    }
    CHECK_LE(unbound, 5);
  }
}

TEST_CASE("a random trace has as many events as asked for, chains and crowds cut short") {
  for (const std::uint32_t events : {0u, 1u, 77u}) {
    RandomPlan plan = plan_of(preset("deep"), 5);
    plan.knobs.events = events;
    CHECK_EQ(events_of(plan).size(), events);
  }
}

TEST_CASE("a random trace costs little more than its events, however many objects there are") {
  for (const generate::Preset& p : generate::presets()) {
    RandomPlan plan = plan_of(p, 9);
    plan.knobs.events = 10'000;
    const auto result = generate::write_random_trace(plan, [](std::string_view) {});
    CAPTURE(p.name);
    CHECK_EQ(result.events, 10'000);
    CHECK_LE(result.visits / result.events, 100);
  }
}

TEST_CASE("a knob of 0 keeps its subject out of the random trace") {
  struct Subject {
    std::uint32_t RandomKnobs::*knob;
    std::string_view words;
  };
  const Subject subjects[] = {
      {&RandomKnobs::sets, " set"},           {&RandomKnobs::weakrefs, "weakref "},
      {&RandomKnobs::freezes, "gc freeze"},   {&RandomKnobs::dict_requests, "dict i"},
      {&RandomKnobs::probes, "inspect "},     {&RandomKnobs::saveall, "SAVEALL"},
      {&RandomKnobs::finalized, " Del"},      {&RandomKnobs::resurrecting, " Resurrect"},
      {&RandomKnobs::slotted, " Slots"},      {&RandomKnobs::collects, "gc collect"},
      {&RandomKnobs::nones, " None"},         {&RandomKnobs::callbacks, " callback"},
      {&RandomKnobs::aliased_births, " as "}, {&RandomKnobs::checks, "check"},
  };
  RandomPlan with = plan_of(preset("everything"), 3);
  with.knobs.events = 4000;
  with.knobs.checks = 5;
  for (const Subject& subject : subjects) {
    RandomPlan without = with;
    without.knobs.*subject.knob = 0;
    if (subject.knob == &RandomKnobs::weakrefs) without.knobs.storms = 0;
    if (subject.knob == &RandomKnobs::nones) without.knobs.plain_tuples = 0;
    if (subject.knob == &RandomKnobs::slotted) without.knobs.chains = 0;
    CAPTURE(subject.words);
    CHECK(any_contains(events_of(with), subject.words));
    CHECK_FALSE(any_contains(events_of(without), subject.words));
  }
}

TEST_CASE("the attributes preset needs more attribute names than the 30 that a class has room for") {
  std::set<std::string> names;
  for (const std::string& event : events_of(plan_of(preset("attributes"), 1))) {
    std::istringstream words(event);
    std::string op, object, name;
    words >> op >> object >> name;
    if (op == "setattr") names.insert(name);
  }
  CHECK_GT(names.size(), 30);
}

TEST_CASE("knobs that leave nothing to do still make a random trace") {
  RandomPlan plan = plan_of(preset("mixed"), 1);
  for (const generate::Knob& knob : generate::knobs()) {
    if (knob.unit == generate::Knob::Unit::weight) plan.knobs.*knob.value = 0;
  }
  plan.knobs.links = 1;
  CHECK_EQ(events_of(plan).size(), 500);
}

TEST_CASE("knobs and presets have names of their own, and presets stay within the knobs' limits") {
  std::set<std::string_view> names;
  for (const generate::Knob& knob : generate::knobs()) {
    CHECK(names.insert(knob.name).second);
    for (const generate::Preset& p : generate::presets()) {
      CAPTURE(p.name);
      CHECK_GE(p.knobs().*knob.value, knob.smallest());
      CHECK_LE(p.knobs().*knob.value, knob.largest());
    }
  }
  std::set<std::string_view> preset_names;
  for (const generate::Preset& p : generate::presets()) CHECK(preset_names.insert(p.name).second);
  CHECK_EQ(sizeof(RandomKnobs), generate::knobs().size() * sizeof(std::uint32_t));
}

}  // namespace
}  // namespace gcsim
