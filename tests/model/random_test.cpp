// The engine against the oracle over random traces, event by event.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "model.h"
#include "support/random_events.h"
#include "support/same_heap.h"

namespace gcsim::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr unsigned kTraces = 40;
#else
constexpr unsigned kTraces = 300;
#endif
constexpr int kEvents = 250;

// What each collection of an event took for trash, and whether it was a full one.
class TrashLog : public engine::Observer {
 public:
  struct Collection {
    Generation generation;
    std::vector<SymbolId> trash;
  };
  std::vector<Collection> collections;

  bool wants_phases() const override { return true; }
  void on_collection_start(const engine::CollectionStart& start) override {
    collections.push_back({start.generation, {}});
  }
  void on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) override {
    if (phase != engine::Phase::unreachable) return;
    for (const engine::PhaseEntry& e : entries) {
      if (e.object.id != kNoSymbol) collections.back().trash.push_back(e.object.id);
    }
  }
};

class Comparison {
 public:
  explicit Comparison(unsigned seed) : choices_(seed), events_(maker_, choices_), model_(maker_.words) {
    engine::Settings settings = settings_of("cpython-3.11");
    settings.threshold = {3, 2, 2};
    simulator_ = engine::Simulator::create(settings, &log_);
  }

  // False: it went wrong; the messages say how.
  bool step() {
    events_.next(usable());
    trace::Event event = maker_.batch.events.front();
    std::vector<std::uint32_t> operands = maker_.batch.operands;
    engine::Snapshot before = simulator_->snapshot();
    log_.collections.clear();
    bool refused = maker_.apply_to(*simulator_).has_value();
    if (refused) {
      CHECK_MESSAGE(log_.collections.empty(), "a refused event collected");
      CHECK_MESSAGE(same_heap(before, simulator_->snapshot()), "a refused event changed something");
      ++refused_;
    } else {
      follow(event, operands);
    }
    ++applied_;
    return compare();
  }
  double share_refused() const { return static_cast<double>(refused_) / applied_; }
  std::uint64_t collected = 0;

 private:
  Usable usable() const {
    Usable u;
    for (SymbolId id : model_.reachable()) {
      if (model_.live_ids().contains(id)) u.objects.push_back({id, model_.type_of(id)});
    }
    u.names = model_.names();
    for (SymbolId id : events_.ids()) {
      if (!model_.live_ids().contains(id)) u.free_ids.push_back(id);
    }
    return u;
  }

  void follow(const trace::Event& event, const std::vector<std::uint32_t>& operands) {
    model_.apply(event, operands);
    for (const TrashLog::Collection& c : log_.collections) {
      CHECK_MESSAGE(model_.collect(c.trash), "something refers to trash");
      collected += c.trash.size();
    }
    if (event.op != trace::Op::collect || event.number != kOldest) return;
    for (const auto& [id, count] : model_.refcounts())
      CHECK_MESSAGE(model_.reachable().contains(id), "a full collection left " << word(id));
  }

  bool compare() {
    std::map<SymbolId, std::uint32_t> ours;
    for (const engine::SnapshotObject& o : simulator_->snapshot().objects) {
      if (o.id != kNoSymbol) ours[o.id] = o.refcount;
    }
    std::map<SymbolId, std::uint32_t> theirs = model_.refcounts();
    for (const auto& [id, count] : theirs)
      CHECK_MESSAGE(ours[id] == count, word(id) << " has " << ours[id] << " references, not " << count);
    CHECK_MESSAGE(ours.size() == theirs.size(), ours.size() << " objects live, not " << theirs.size());
    std::vector<std::string> violations = simulator_->check_invariants();
    CHECK_MESSAGE(violations.empty(), violations.front());
    return ours == theirs && violations.empty();
  }

  std::string word(SymbolId id) const { return std::string(maker_.words.symbols.word(raw(id))); }

  EventMaker maker_;
  SeededChoices choices_;
  RandomEvents events_;
  Model model_;
  TrashLog log_;
  std::unique_ptr<engine::Simulator> simulator_;
  int refused_ = 0;
  int applied_ = 0;
};

TEST_SUITE("model") {
  TEST_CASE("in random traces the engine keeps and frees what plain reference semantics say") {
    std::uint64_t collected = 0;
    double refused = 0;
    std::vector<unsigned> all = seeds(kTraces);
    for (unsigned seed : all) {
      INFO("repeat with GCSIM_SEED=" << seed);
      Comparison comparison(seed);
      for (int event = 1; event <= kEvents; ++event) {
        CAPTURE(event);
        if (!comparison.step()) return;
      }
      collected += comparison.collected;
      refused += comparison.share_refused() / static_cast<double>(all.size());
    }
    CHECK_GT(collected, 0);  // the traces do make garbage ..
    CHECK_LT(refused, 0.4);  // .. and most of their events mean something
  }
}

}  // namespace
}  // namespace gcsim::test
