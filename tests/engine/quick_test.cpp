// The commonest events have a way of their own, which only an unwatched engine takes: it must lead to the
// same heap, slot by slot, as the general way does.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/generate/random.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

// All that can be asked of an engine, watched or not.
std::string state_of(const engine::Simulator& simulator) {
  std::string text;
  const auto add = [&text](std::string_view what, auto... numbers) {
    text += what;
    ((text += ' ' + std::to_string(numbers)), ...);
    text += '\n';
  };
  const engine::Counts counts = simulator.counts();
  add("counts", counts[0], counts[1], counts[2]);
  for (const engine::GenerationStats& g : simulator.generation_stats())
    add("generation", g.collections, g.visited, g.collected, g.uncollectable);
  for (const engine::FreeListStats& f : simulator.free_list_stats()) add(f.type, f.hits, f.misses, f.held);
  add("objects", simulator.alive(), simulator.tracked(), simulator.creations(), simulator.long_lived_total(),
      simulator.long_lived_pending());
  const engine::Snapshot snapshot = simulator.snapshot();
  for (const engine::SnapshotObject& o : snapshot.objects) {
    add("object", raw(o.object), raw(o.id), raw(o.type), o.size, o.refcount, int{o.tracked}, o.generation);
    for (std::uint32_t k = 0; k < o.edge_count; ++k) add("to", snapshot.edges[o.edge_begin + k]);
  }
  for (const engine::Snapshot::Name& n : snapshot.names) add("name", raw(n.name), n.object);
  return text;
}

// Watched and unwatched, one event at a time, compared each `every` events. Answers how often they were
// compared.
int compare_both_ways(std::unique_ptr<trace::Reader> reader, const Overrides& overrides, EventIndex every) {
  const engine::Settings how = settings(*reader, overrides);
  engine::Observer nobody;
  auto watched = engine::Simulator::create(how, &nobody);
  auto unwatched = engine::Simulator::create(how, nullptr);
  trace::EventBatch batch;
  std::vector<SymbolId> forgotten;
  int comparisons = 0;
  while (reader->next(batch) == trace::Reader::Status::events) {
    std::vector<trace::Event> events;
    events.swap(batch.events);
    const EventIndex first = batch.first;
    for (std::size_t k = 0; k < events.size(); ++k) {
      batch.events.assign(1, events[k]);
      batch.first = first + k;
      const bool is_refused = watched->apply(batch, 0, reader->vocabulary()).fault.has_value();
      const bool is_refused_too = unwatched->apply(batch, 0, reader->vocabulary()).fault.has_value();
      REQUIRE_EQ(is_refused, is_refused_too);
      if (batch.first % every != 0) continue;
      CAPTURE(batch.first);
      REQUIRE_EQ(state_of(*watched), state_of(*unwatched));
      REQUIRE(unwatched->check_invariants() == std::vector<std::string>{});
      ++comparisons;
    }
    batch.events.swap(events);
    batch.first = first;
    forgotten.clear();
    watched->take_forgotten(forgotten);
    std::vector<SymbolId> also_forgotten;
    unwatched->take_forgotten(also_forgotten);
    REQUIRE(forgotten == also_forgotten);
    reader->forget(forgotten);
  }
  REQUIRE_EQ(state_of(*watched), state_of(*unwatched));
  return comparisons;
}

TEST_SUITE("engine/quick") {
  TEST_CASE("random programs of all kinds leave the same heap watched and unwatched, after every event") {
    for (const generate::Preset& preset : generate::presets()) {
      for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        generate::RandomPlan plan{seed, &preset, preset.knobs()};
        plan.knobs.events = std::min(plan.knobs.events, std::uint32_t{150});
        std::string text;
        generate::write_random_trace(plan, [&text](std::string_view piece) { text += piece; });
        CAPTURE(preset.name);
        CAPTURE(seed);
        Overrides overrides;
        constexpr const char* kProfiles[] = {"cpython-3.11", "cpython-2.7", "cpython-3.13"};
        overrides.profile = profile::find(kProfiles[seed % 3]);
        CHECK_GT(compare_both_ways(open_bytes(text), overrides, 1), 100);
      }
    }
  }

  TEST_CASE("lists that come and go by thousands leave the same heap watched and unwatched") {
    // Enough of them for words to be forgotten, lists to grow and to be squeezed, and collections of all
    // generations.
    std::string text;
    for (int i = 0; i < 60'000; ++i) {
      const std::string id = "a" + std::to_string(i);
      text += "alloc " + id + (i % 7 == 0 ? " dict\n" : " list\n");
      if (i % 3 == 1) text += "ref " + id + "[] a" + std::to_string(i - 1) + "\n";
      if (i % 5 == 2 && i % 7 != 0) text += "ref " + id + "[] " + id + "\n";
      if (i >= 900 && i % 2 == 0) text += "del a" + std::to_string(i - 900) + "\n";
      if (i >= 901 && i % 2 == 0) text += "del a" + std::to_string(i - 901) + "\n";
    }
    CHECK_GT(compare_both_ways(open_bytes(text), {}, 10'000), 8);
  }

  TEST_CASE("weak references of what dies in chains leave the same heap watched and unwatched") {
    // Chains deeper than the trashcan's limit, of instances and lists in turn: callbacks are called at every
    // depth, with tuples from the free lists and without, and while other deallocations wait.
    std::string text = "class Node\n";
    for (int chain = 0; chain < 40; ++chain) {
      const std::string prefix = "c" + std::to_string(chain) + "x";
      for (int i = 0; i < 130; ++i) {
        const std::string id = prefix + std::to_string(i);
        const std::string previous = prefix + std::to_string(i - 1);
        text += "alloc " + id + (i % 2 == 0 ? " Node\n" : " list\n");
        for (int k = 0; i % 2 == 0 && k < (i + chain) % 5; ++k) {
          const std::string weak = id + "w" + std::to_string(k);
          text += "weakref " + weak + " " + id + ((i + k) % 3 == 0 ? "\n" : " callback\n");
          // Held by the chain itself, by nobody, or by its name.
          if (k == 1 && i > 0) text += "ref " + previous + "[] " + weak + "\n";
          if (k < 3) text += "del " + weak + "\n";
        }
        if (i > 0) {
          text += i % 2 == 0 ? "setattr " + id + " next " + previous + "\n"
                             : "ref " + id + "[] " + previous + "\n";
          text += "del " + previous + "\n";
        }
      }
      if (chain % 7 == 3) text += "collect\n";
      text += "del " + prefix + "129\n";
    }
    for (const char* name :
         {"cpython-2.7", "cpython-3.6", "cpython-3.8", "cpython-3.9", "cpython-3.11", "cpython-3.13"}) {
      CAPTURE(name);
      Overrides overrides;
      overrides.profile = profile::find(name);
      CHECK_GT(compare_both_ways(open_bytes(text), overrides, 7), 350);
    }
  }

  TEST_CASE("a recording leaves the same heap watched and unwatched") {
    CHECK_GT(compare_both_ways(open_file("traces/recorded/minidom-argparse.jsonl"), {}, 5'000), 10);
  }
}

}  // namespace
}  // namespace gcsim::test
