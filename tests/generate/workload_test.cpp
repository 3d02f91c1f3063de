// Synthetic workloads: the same everywhere, legal everywhere, and each with the property that it promises.
#include "gcsim/generate/workload.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "gcsim/report/tally.h"
#include "gcsim/trace/spelling.h"
#include "support/replaying.h"

namespace gcsim {
namespace {

using generate::Workload;
using generate::WorkloadKnob;
using generate::WorkloadKnobs;
using generate::WorkloadResult;

const Workload& workload(std::string_view name) {
  const Workload* const found = generate::find_workload(name);
  if (found == nullptr) FAIL("no such workload: " << name);
  return *found;
}

struct Written {
  std::string bytes;
  WorkloadResult result;
};

Written written(const Workload& w, const WorkloadKnobs& knobs, std::uint64_t seed = 1,
                trace::Format format = trace::Format::text) {
  Written out;
  out.result = generate::write_workload(w, knobs, seed, [&](const trace::Vocabulary& words) {
    return trace::make_writer(format, words, [&out](std::string_view piece) { out.bytes += piece; });
  });
  return out;
}

WorkloadKnobs small(const Workload& w) {
  WorkloadKnobs knobs = w.knobs();
  knobs.events = w.name == "network" ? 20 : 5000;  // collections of everything
  knobs.live = 50;
  knobs.depth = std::min<std::uint64_t>(knobs.depth, 60);
  knobs.width = std::min<std::uint64_t>(knobs.width, 60);
  return knobs;
}

// What a workload's trace did: its events as lines, and what became of its objects.
struct Outcome {
  std::vector<std::string> events;
  std::uint64_t warm_up = 0;
  report::Totals totals;
  std::uint64_t most_deaths = 0;  // in one event
  std::vector<std::string> faults;

  std::uint64_t count(std::string_view begin) const {
    return static_cast<std::uint64_t>(std::count_if(
        events.begin(), events.end(), [&](const auto& line) { return line.starts_with(begin); }));
  }
  double percent(std::string_view begin) const {
    return 100.0 * static_cast<double>(count(begin)) / static_cast<double>(events.size());
  }
};

struct Deaths : report::Tally {
  Deaths() : Tally(false) {}

  void on_event(EventIndex index, const trace::Event& event) override {
    deaths_ = 0;
    Tally::on_event(index, event);
  }
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex since) override {
    most_ = std::max(most_, ++deaths_);
    Tally::on_freed(object, collecting, since);
  }
  std::uint64_t most() const { return most_; }

 private:
  std::uint64_t deaths_ = 0;
  std::uint64_t most_ = 0;
};

Outcome outcome_of(const std::string& bytes, const profile::Profile* profile = nullptr) {
  Outcome outcome;
  auto reader = test::open_bytes(bytes);
  Overrides overrides;
  overrides.profile = profile;
  Deaths deaths;
  auto simulator = engine::Simulator::create(test::settings(*reader, overrides), &deaths);
  ReplayOptions options;
  options.on_fault = [&](const trace::TraceError& error) {
    outcome.faults.push_back(trace::format(error));
    return OnFault::go_on;
  };
  options.on_batch = [&](const trace::EventBatch& batch) {
    for (const trace::Event& event : batch.events) {
      std::string& line = outcome.events.emplace_back();
      trace::append_event(line, event, batch.operands_of(event), reader->vocabulary());
    }
  };
  replay(*reader, *simulator, options);
  outcome.totals = deaths.totals();
  outcome.most_deaths = deaths.most();
  if (outcome.events.empty()) return outcome;
  const std::vector<std::string> violations = simulator->check_invariants();
  outcome.faults.insert(outcome.faults.end(), violations.begin(), violations.end());
  return outcome;
}

Outcome outcome_of(const Workload& w, const WorkloadKnobs& knobs) {
  const Written out = written(w, knobs);
  Outcome outcome = outcome_of(out.bytes);
  outcome.warm_up = out.result.warm_up;
  CHECK_MESSAGE(outcome.faults.empty(), w.name);
  return outcome;
}

// Each knob alone at both of its ends; numbers without a reasonable end at a small one.
std::vector<WorkloadKnobs> edges(const Workload& w) {
  std::vector<WorkloadKnobs> all = {small(w)};
  for (const Workload::Heeded& heeded : w.heeds) {
    const WorkloadKnob& knob = generate::workload_knob(heeded.knob);
    const std::uint64_t largest = heeded.largest == 0 ? knob.largest : heeded.largest;
    for (std::uint64_t value = knob.smallest; value <= knob.largest && !knob.choices.empty(); ++value) {
      all.push_back(small(w));
      all.back().*knob.value = value;
    }
    for (const std::uint64_t value : {knob.smallest, std::min<std::uint64_t>(largest, 3000)}) {
      all.push_back(small(w));
      all.back().*knob.value = value;
    }
  }
  return all;
}

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

TEST_CASE("a workload is the same on every platform") {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const Workload& w : generate::workloads()) hash = fnv1a(written(w, small(w), 20240229).bytes, hash);
  CHECK_EQ(hash, 4402142214800072047u);
}

TEST_CASE("another seed makes another trace of a workload in which there is chance") {
  for (const std::string_view name :
       {"mixed", "churn", "instances", "attributes", "growth", "rings", "weakrefs"}) {
    CAPTURE(name);
    const Workload& w = workload(name);
    CHECK_NE(written(w, small(w), 1).bytes, written(w, small(w), 2).bytes);
  }
}

TEST_CASE("workloads are legal under every profile, each knob at both of its ends") {
  for (const Workload& w : generate::workloads()) {
    for (const WorkloadKnobs& knobs : edges(w)) {
      const std::string bytes = written(w, knobs).bytes;
      for (const profile::Profile& profile : profile::catalog()) {
        CAPTURE(w.name);
        CAPTURE(profile.name);
        const Outcome outcome = outcome_of(bytes, &profile);
        CHECK_MESSAGE(outcome.faults.empty(), (outcome.faults.empty() ? "" : outcome.faults.front()));
      }
    }
  }
}

TEST_CASE("a workload has as many events as asked for, behind those that build its live objects") {
  for (const Workload& w : generate::workloads()) {
    for (const std::uint64_t events : {0u, 1u, 77u, 4096u}) {
      WorkloadKnobs knobs = small(w);
      knobs.events = events;
      const Written out = written(w, knobs);
      CAPTURE(w.name);
      CHECK_EQ(out.result.events - out.result.warm_up, events);
      CHECK_EQ(outcome_of(out.bytes).events.size(), out.result.events);
    }
  }
}

TEST_CASE("a workload has the same events in every form") {
  for (const Workload& w : generate::workloads()) {
    CAPTURE(w.name);
    const auto events_in = [&](trace::Format format) {
      return outcome_of(written(w, small(w), 1, format).bytes).events;
    };
    const std::vector<std::string> in_text = events_in(trace::Format::text);
    CHECK_EQ(in_text, events_in(trace::Format::json));
    CHECK_EQ(in_text, events_in(trace::Format::json_lines));
    CHECK_EQ(in_text, events_in(trace::Format::binary));
  }
}

// Writes nothing, and watches how many words are kept.
struct WordWatch : trace::Writer {
  WordWatch(const trace::Vocabulary& known, std::size_t& most_known) : words(known), most(most_known) {}
  std::optional<trace::Unsayable> begin(const trace::Header&) override { return std::nullopt; }
  std::optional<trace::Unsayable> write(const trace::EventBatch&) override {
    most = std::max(most, words.symbols.capacity());
    return std::nullopt;
  }
  void finish() override {}

  const trace::Vocabulary& words;
  std::size_t& most;
};

TEST_CASE("a workload keeps words in proportion to what lives, however long it is") {
  for (const Workload& w : generate::workloads()) {
    if (w.name == "growth") continue;
    std::size_t most = 0;
    WorkloadKnobs knobs = small(w);
    knobs.events = 300'000;
    generate::write_workload(w, knobs, 1, [&](const trace::Vocabulary& words) {
      return std::make_unique<WordWatch>(words, most);
    });
    CAPTURE(w.name);
    CHECK_LE(most, 6000);
  }
}

TEST_CASE("mixed has the proportions of recorded programs, and 13 objects in a hundred end in a cycle") {
  WorkloadKnobs knobs = workload("mixed").knobs();
  const Outcome o = outcome_of(workload("mixed"), knobs);
  CHECK_LE(std::abs(o.percent("alloc") - 39), 1);
  CHECK_LE(std::abs(o.percent("del") - 39), 1);
  CHECK_LE(std::abs(o.percent("ref") - 17), 1);
  CHECK_LE(std::abs(o.percent("setattr") - 3), 1);
  CHECK_LE(std::abs(o.percent("unref") - 2), 1);
  const double cyclic = 100.0 * static_cast<double>(o.totals.freed_by_collector) /
                        static_cast<double>(o.totals.freed_by_refcount + o.totals.freed_by_collector);
  CHECK_LE(std::abs(cyclic - 13), 2);
}

TEST_CASE("churn frees everything by counting, and as many at once as its young knob says") {
  for (const std::uint64_t young : {0u, 30u, 100u}) {
    WorkloadKnobs knobs = small(workload("churn"));
    knobs.young = young;
    const Outcome o = outcome_of(workload("churn"), knobs);
    std::uint64_t died_young = 0;
    std::uint64_t made = 0;
    for (std::size_t i = o.warm_up; i + 2 < o.events.size(); ++i) {
      if (!o.events[i].starts_with("alloc ")) continue;
      const std::string id = o.events[i].substr(6, o.events[i].rfind(' ') - 6);
      ++made;
      if (o.events[i + 2] == "del " + id) ++died_young;
    }
    CHECK_EQ(o.totals.freed_by_collector, 0);
    CHECK_LE(std::abs(100.0 * static_cast<double>(died_young) / static_cast<double>(made) -
                      static_cast<double>(young)),
             5);
  }
}

// The order of the deaths of those made behind the warm-up, in numbers of birth.
std::vector<int> deaths_of(std::uint64_t lifetime) {
  WorkloadKnobs knobs = small(workload("churn"));
  knobs.young = 0;
  knobs.lifetime = lifetime;
  std::vector<int> deaths;
  const Outcome o = outcome_of(workload("churn"), knobs);
  for (std::size_t i = o.warm_up; i < o.events.size(); ++i) {
    if (o.events[i].starts_with("del ")) deaths.push_back(std::stoi(o.events[i].substr(4)));
  }
  return deaths;
}

TEST_CASE("churn's lifetimes: fixed ones end in the order of birth, those on a stack in runs that fall") {
  const std::vector<int> fixed = deaths_of(0);
  const std::vector<int> random = deaths_of(1);
  const std::vector<int> stack = deaths_of(2);
  CHECK(std::is_sorted(fixed.begin(), fixed.end()));
  CHECK_FALSE(std::is_sorted(random.begin(), random.end()));
  // Whoever is still there when one dies was made before it.
  std::set<int> there;
  int newest = 50;
  REQUIRE_GT(stack.size(), 100);
  for (const int id : stack) {
    for (; newest < id; ++newest) there.insert(newest + 1);
    REQUIRE_EQ(*there.rbegin(), id);
    there.erase(id);
  }
}

TEST_CASE("instances: those in a cycle, as many as asked for, are freed with their list by collections") {
  WorkloadKnobs knobs = small(workload("instances"));
  knobs.cyclic = 0;
  const Outcome none = outcome_of(workload("instances"), knobs);
  CHECK_EQ(none.totals.freed_by_collector, 0);
  CHECK_GT(none.totals.freed_by_refcount, 1000);
  knobs.cyclic = 100;
  const Outcome all = outcome_of(workload("instances"), knobs);
  CHECK_EQ(all.totals.freed_by_refcount, 0);
  CHECK_GT(all.totals.freed_by_collector, 500);
}

TEST_CASE("attributes stores attributes with over nine in ten events, under as many names as asked for") {
  WorkloadKnobs knobs = small(workload("attributes"));
  knobs.attributes = 7;
  const Outcome o = outcome_of(workload("attributes"), knobs);
  std::set<std::string> names;
  std::uint64_t stores = 0;
  for (std::size_t i = o.warm_up; i < o.events.size(); ++i) {
    std::istringstream words(o.events[i]);
    std::string op, object, name;
    words >> op >> object >> name;
    if (op != "setattr") continue;
    ++stores;
    names.insert(name);
  }
  CHECK_GT(stores, (o.events.size() - o.warm_up) * 9 / 10);
  CHECK_EQ(names.size(), 7);
}

TEST_CASE("growth frees nothing, and drops every name but one") {
  const Outcome o = outcome_of(workload("growth"), small(workload("growth")));
  CHECK_EQ(o.totals.freed_by_refcount + o.totals.freed_by_collector, 0);
  CHECK_EQ(o.totals.alive, o.totals.allocated);
  CHECK_LE(o.count("alloc") - o.count("del"), 2);
}

TEST_CASE(
    "a network is collected as a whole, again and again, in whatever order it is, and keeps all its lists") {
  for (const std::uint64_t order : {0u, 1u}) {
    WorkloadKnobs knobs = small(workload("network"));
    knobs.order = order;
    const Outcome o = outcome_of(workload("network"), knobs);
    CHECK_EQ(o.totals.alive, 50);
    CHECK_EQ(o.totals.freed_by_refcount, order * 50);
    CHECK_EQ(o.totals.freed_by_collector, 0);
    CHECK_EQ(o.count("ref"), 100);
    CHECK_EQ(o.count("gc collect"), 20);
    CHECK_EQ(o.events.size() - o.warm_up, 20);
  }
}

TEST_CASE("a chain of any links dies in one event, as deep as it is") {
  for (const std::uint64_t links : {0u, 1u, 2u, 3u}) {
    WorkloadKnobs knobs = workload("chain").knobs();
    knobs.depth = 321;
    knobs.links = links;
    knobs.events = 5000;
    const Outcome o = outcome_of(workload("chain"), knobs);
    CHECK_EQ(o.most_deaths, 321);
    CHECK_EQ(o.totals.freed_by_collector, 0);
  }
}

TEST_CASE("a tree dies as a whole: by counting, or by a collection if children hold their parents") {
  for (const std::uint64_t parents : {0u, 1u, 2u}) {
    WorkloadKnobs knobs = workload("tree").knobs();
    knobs.depth = 3;
    knobs.width = 3;
    knobs.parents = parents;
    const Outcome o = outcome_of(workload("tree"), knobs);
    const bool is_strong = parents == 1;
    CAPTURE(parents);
    CHECK_EQ(o.totals.freed_by_collector > 0, is_strong);
    CHECK_EQ(o.totals.freed_by_refcount > 0, !is_strong);
    // 1 + 3 + 9 + 27 nodes, and for each inner one a list and the weak reference that its children share.
    if (!is_strong) CHECK_EQ(o.most_deaths, parents == 0 ? 53 : 53 + 13);
  }
}

TEST_CASE("a deque is full of cycles, but counting frees each node that leaves") {
  const WorkloadKnobs knobs = small(workload("deque"));
  const Outcome o = outcome_of(workload("deque"), knobs);
  CHECK_EQ(o.totals.freed_by_collector, 0);
  CHECK_EQ(o.totals.peak_alive, knobs.live + 1);
  CHECK_EQ(o.most_deaths, 1);
  CHECK_GT(o.totals.freed_by_refcount, 900);
}

TEST_CASE("rings: closed ones, as many as asked for, are freed by collections with all their members") {
  WorkloadKnobs knobs = small(workload("rings"));
  knobs.width = 7;
  knobs.cyclic = 0;
  const Outcome open = outcome_of(workload("rings"), knobs);
  CHECK_EQ(open.totals.freed_by_collector, 0);
  CHECK_EQ(open.totals.freed_by_refcount % 7, 0);
  knobs.cyclic = 100;
  const Outcome closed = outcome_of(workload("rings"), knobs);
  CHECK_EQ(closed.totals.freed_by_refcount, 0);
  CHECK_GT(closed.totals.freed_by_collector, 700);
  CHECK_EQ(closed.totals.freed_by_collector % 7, 0);
}

TEST_CASE("a star is one cycle as wide as asked for, freed by one collection") {
  WorkloadKnobs knobs = workload("stars").knobs();
  knobs.width = 500;
  const Outcome o = outcome_of(workload("stars"), knobs);
  CHECK_EQ(o.totals.freed_by_refcount, 0);
  CHECK_GT(o.totals.freed_by_collector, 5000);
  CHECK_EQ(o.totals.freed_by_collector % 501, 0);
}

TEST_CASE("weakrefs: each death calls the callbacks of as many weak references as asked for") {
  for (const std::uint64_t callbacks : {0u, 100u}) {
    WorkloadKnobs knobs = small(workload("weakrefs"));
    knobs.width = 4;
    knobs.callbacks = callbacks;
    knobs.events = 100 * 10;  // each of the hundred takes 4 weak references, 5 dels and an alloc
    const Outcome o = outcome_of(workload("weakrefs"), knobs);
    CHECK_EQ(o.count("weakref "), 400);
    CHECK_EQ(o.totals.callbacks, callbacks == 0 ? 0 : 400);
    CHECK_EQ(o.totals.freed_by_collector, 0);
  }
}

TEST_CASE("workloads and their knobs have names of their own, and defaults within the knobs' limits") {
  std::set<std::string_view> names;
  for (const WorkloadKnob& knob : generate::workload_knobs()) CHECK(names.insert(knob.name).second);
  CHECK_EQ(sizeof(WorkloadKnobs), names.size() * sizeof(std::uint64_t));
  std::set<std::string_view> workload_names;
  for (const Workload& w : generate::workloads()) {
    CHECK(workload_names.insert(w.name).second);
    for (const Workload::Heeded& heeded : w.heeds) {
      const WorkloadKnob& knob = generate::workload_knob(heeded.knob);
      CHECK_EQ(knob.name, heeded.knob);
      CHECK_GE(heeded.by_default, knob.smallest);
      CHECK_LE(heeded.by_default, knob.largest);
    }
  }
}

}  // namespace
}  // namespace gcsim
