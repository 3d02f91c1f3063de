// The collectors against each other: after a full collection they must agree about what lives.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/graph.h"
#include "support/random_events.h"

namespace gcsim::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr unsigned kTraces = 40;
#else
constexpr unsigned kTraces = 200;
#endif
constexpr int kEvents = 400;

class SweepCounter : public engine::Observer {
 public:
  std::uint64_t for_want_of_a_slot = 0;
  void on_collection_start(const engine::CollectionStart& start) override {
    if (start.reason == engine::CollectionReason::no_slot) ++for_want_of_a_slot;
  }
};

// One random program without finalizers, under generations and under mark and sweep with few slots.
class TwoCollectors {
 public:
  explicit TwoCollectors(unsigned seed) : choices_(seed), events_(maker_, choices_) {
    events_.allows_finalizers = false;
    events_.shares_weakrefs = false;
    engine::Settings settings = settings_of("cpython-3.11");
    settings.threshold = {5, 2, 2};
    generations_ = engine::Simulator::create(settings, nullptr);
    settings.reclamation = profile::Reclamation::mark_and_sweep;
    settings.slots = {.initial = 6, .least_available = 1, .least_available_percent = 10};
    sweeping_ = engine::Simulator::create(settings, &sweeps);
  }

  // False: it went wrong; the messages say how.
  bool step() {
    events_.next(usable_in(generations_->snapshot(), events_.ids(), true));
    trace::EventBatch batch = maker_.batch;
    const bool is_refused = maker_.apply_to(*generations_).has_value();
    maker_.batch = std::move(batch);
    const bool is_refused_too = maker_.apply_to(*sweeping_).has_value();
    CHECK_MESSAGE(is_refused == is_refused_too, "only one of them refused the event");
    const std::vector<std::string> violations = sweeping_->check_invariants();
    CHECK_MESSAGE(violations.empty(), violations.front());
    return is_refused == is_refused_too && violations.empty();
  }

  // A full collection, after which neither has garbage, and both have the same objects.
  bool agree() {
    maker_.collect();
    trace::EventBatch batch = maker_.batch;
    maker_.apply_to(*generations_);
    maker_.batch = std::move(batch);
    maker_.apply_to(*sweeping_);
    for (engine::Simulator* each : {generations_.get(), sweeping_.get()}) {
      const engine::Snapshot snapshot = each->snapshot();
      const std::vector<bool> reachable = reachable_from_names(snapshot);
      for (std::size_t i = 0; i < snapshot.objects.size(); ++i)
        CHECK_MESSAGE((reachable[i] || snapshot.objects[i].immortal), "a full collection left garbage");
    }
    CHECK_EQ(alive(*generations_), alive(*sweeping_));
    CHECK_EQ(generations_->alive(), sweeping_->alive());
    return alive(*generations_) == alive(*sweeping_);
  }

  SweepCounter sweeps;

 private:
  // "o3:2 o7:1 ": the objects with an ID, and their reference counts.
  std::string alive(const engine::Simulator& simulator) const {
    std::vector<std::string> found;
    for (const engine::SnapshotObject& o : simulator.snapshot().objects) {
      if (o.id == kNoSymbol) continue;
      found.push_back(std::string(maker_.words.symbols.word(raw(o.id))) + ":" + std::to_string(o.refcount));
    }
    std::sort(found.begin(), found.end());
    std::string text;
    for (const std::string& each : found) text += each + " ";
    return text;
  }

  EventMaker maker_;
  SeededChoices choices_;
  RandomEvents events_;
  std::unique_ptr<engine::Simulator> generations_;
  std::unique_ptr<engine::Simulator> sweeping_;
};

TEST_SUITE("model") {
  TEST_CASE("after a full collection generations and mark and sweep agree about what lives") {
    std::uint64_t sweeps = 0;
    for (unsigned seed : seeds(kTraces)) {
      INFO("repeat with GCSIM_SEED=" << seed);
      TwoCollectors both(seed);
      for (int event = 1; event <= kEvents; ++event) {
        CAPTURE(event);
        if (!both.step()) return;
        if (event % 50 == 0 && !both.agree()) return;
      }
      sweeps += both.sweeps.for_want_of_a_slot;
    }
    CHECK_GT(sweeps, 0);
  }
}

}  // namespace
}  // namespace gcsim::test
