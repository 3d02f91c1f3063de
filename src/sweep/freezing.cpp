// A simulator that freezes behind a given event.
#include <algorithm>

#include "gcsim/sweep/replays.h"

namespace gcsim::sweep {

namespace {

class Freezing final : public engine::Simulator {
 public:
  Freezing(std::unique_ptr<engine::Simulator> simulator, EventIndex freeze_at)
      : inner_(std::move(simulator)), freeze_at_(freeze_at) {}

  Applied apply(const trace::EventBatch& batch, std::size_t begin, const trace::Vocabulary& words) override {
    const EventIndex end = batch.first + batch.events.size();
    if (is_frozen_ || end <= freeze_at_ || freeze_at_ < batch.first + begin)
      return inner_->apply(batch, begin, words);
    const auto cut = static_cast<std::size_t>(freeze_at_ + 1 - batch.first);
    trace::EventBatch front = batch;
    front.events.resize(cut);
    const Applied applied = inner_->apply(front, begin, words);
    if (applied.next < cut) return applied;
    freeze(words);
    if (applied.fault || cut == batch.events.size()) return applied;
    return inner_->apply(batch, cut, words);
  }

  engine::Counts counts() const override { return inner_->counts(); }
  std::array<std::int32_t, kGenerations> thresholds() const override { return inner_->thresholds(); }
  bool enabled() const override { return inner_->enabled(); }
  std::uint64_t alive() const override { return inner_->alive(); }
  std::uint64_t tracked() const override { return inner_->tracked(); }
  std::uint64_t long_lived_total() const override { return inner_->long_lived_total(); }
  std::uint64_t long_lived_pending() const override { return inner_->long_lived_pending(); }
  std::span<const engine::GenerationStats, kGenerations> generation_stats() const override {
    return inner_->generation_stats();
  }
  std::vector<engine::FreeListStats> free_list_stats() const override { return inner_->free_list_stats(); }
  std::optional<engine::HeapStats> heap_stats() const override { return inner_->heap_stats(); }
  std::vector<engine::SizeClassStats> size_classes() const override { return inner_->size_classes(); }
  std::uint64_t creations() const override { return inner_->creations(); }
  engine::CountOperations count_operations() const override { return inner_->count_operations(); }
  engine::SlotStats slot_stats() const override { return inner_->slot_stats(); }
  engine::Snapshot snapshot() const override { return inner_->snapshot(); }
  void take_forgotten(std::vector<SymbolId>& symbols) override { inner_->take_forgotten(symbols); }
  std::vector<std::string> check_invariants() const override { return inner_->check_invariants(); }

 private:
  // In the name of the event it stands behind.
  void freeze(const trace::Vocabulary& words) {
    is_frozen_ = true;
    trace::EventBatch only;
    only.first = freeze_at_;
    trace::Event event;
    event.op = trace::Op::freeze;
    only.events.push_back(event);
    inner_->apply(only, 0, words);
  }

  std::unique_ptr<engine::Simulator> inner_;
  EventIndex freeze_at_;
  bool is_frozen_ = false;
};

}  // namespace

std::unique_ptr<engine::Simulator> simulator_for(const Setting& setting, const trace::Header& header,
                                                 engine::Observer* observer) {
  auto simulator = engine::Simulator::create(engine_settings(setting, header), observer);
  if (setting.freeze_at == 0) return simulator;
  return std::make_unique<Freezing>(std::move(simulator), setting.freeze_at);
}

}  // namespace gcsim::sweep
