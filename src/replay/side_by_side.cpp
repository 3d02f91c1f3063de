// Several simulators over one reading of a trace.
#include <algorithm>

#include "gcsim/replay.h"

namespace gcsim {
namespace {

// A word is given back when no simulator can mean it any more. Each says so once; if the trace uses the word
// again meanwhile, that does not count any more.
class ForgottenWords {
 public:
  explicit ForgottenWords(std::size_t simulators)
      : all_(simulators < 32 ? (std::uint32_t{1} << simulators) - 1 : ~std::uint32_t{0}) {}

  // Joins `forgotten` when the last simulator says so.
  void forgotten_by(std::size_t simulator, SymbolId word, std::vector<SymbolId>& forgotten) {
    std::uint32_t& by = entry(word);
    by |= std::uint32_t{1} << simulator;
    if (by != all_) return;
    by = 0;
    forgotten.push_back(word);
  }

  void used_again(const trace::EventBatch& batch) {
    for (const trace::GlobalName& global : batch.globals) {
      use(global.symbol);
      use(global.module);
    }
    for (const trace::Event& e : batch.events) {
      for (SymbolId word : {e.subject, e.value, e.name}) use(word);
      if (trace::has_number_operands(e.op)) continue;
      for (std::uint32_t operand : batch.operands_of(e)) use(SymbolId{operand});
    }
  }

 private:
  std::uint32_t& entry(SymbolId word) {
    if (raw(word) >= by_.size()) by_.resize(raw(word) + 1 + by_.size() / 2);
    return by_[raw(word)];
  }
  void use(SymbolId word) {
    if (word != kNoSymbol && raw(word) < by_.size()) by_[raw(word)] = 0;
  }

  std::uint32_t all_;
  std::vector<std::uint32_t> by_;  // by word: bits of the simulators that have forgotten it
};

class SideBySide {
 public:
  SideBySide(trace::Reader& reader, std::span<engine::Simulator* const> simulators,
             const ReplayOptions& options, std::vector<Refusals>& refusals)
      : reader_(reader),
        simulators_(simulators),
        options_(options),
        refusals_(refusals),
        words_(simulators.size()) {
    refusals_.assign(simulators.size(), {});
  }

  ReplayResult run(const std::function<void(const trace::EventBatch&)>& after_batch) {
    while (!stopped_) {
      forget_dead_words();
      const trace::Reader::Status status = reader_.next(batch_);
      if (status == trace::Reader::Status::fault) {
        fault(reader_.error());
        continue;
      }
      words_.used_again(batch_);
      if (options_.on_batch) options_.on_batch(batch_);
      apply_batch();
      if (after_batch) after_batch(batch_);
      if (status == trace::Reader::Status::end) break;
    }
    return result_;
  }

 private:
  // An event some simulator refused.
  struct Refused {
    std::size_t event = 0;  // of the batch
    std::size_t simulator = 0;
    engine::HeapFault fault;
  };

  void fault(const trace::TraceError& error) {
    ++result_.faults;
    if (error.fault == trace::Fault::truncated) result_.truncated = true;
    result_.complete = false;
    if (!options_.on_fault || options_.on_fault(error) == OnFault::stop) stopped_ = true;
  }

  void forget_dead_words() {
    forgotten_.clear();
    for (std::size_t s = 0; s < simulators_.size(); ++s) {
      scratch_.clear();
      simulators_[s]->take_forgotten(scratch_);
      for (SymbolId word : scratch_) words_.forgotten_by(s, word, forgotten_);
    }
    reader_.forget(forgotten_);
  }

  void apply_batch() {
    refused_.clear();
    for (std::size_t s = 0; s < simulators_.size(); ++s) {
      std::size_t next = 0;
      while (next < batch_.events.size()) {
        const engine::Simulator::Applied applied = simulators_[s]->apply(batch_, next, reader_.vocabulary());
        next = applied.next;
        if (applied.fault) refused_.push_back({next - 1, s, *applied.fault});
      }
    }
    result_.events = batch_.first + batch_.events.size() - 1;
    std::stable_sort(refused_.begin(), refused_.end(),
                     [](const Refused& a, const Refused& b) { return a.event < b.event; });
    for (std::size_t begin = 0; begin < refused_.size() && !stopped_;) begin = judge(begin);
  }

  // Of the refusals of one event, which begin there. Answers where those of the next event begin.
  std::size_t judge(std::size_t begin) {
    std::size_t end = begin;
    while (end < refused_.size() && refused_[end].event == refused_[begin].event) ++end;
    const std::size_t event = refused_[begin].event;
    if (end - begin == simulators_.size()) {
      result_.events = batch_.first + event;
      fault(describe(refused_[begin].fault, batch_, event, reader_));
      return end;
    }
    for (std::size_t k = begin; k < end; ++k) {
      Refusals& of = refusals_[refused_[k].simulator];
      if (++of.events == 1) of.first = describe(refused_[k].fault, batch_, event, reader_);
    }
    return end;
  }

  trace::Reader& reader_;
  std::span<engine::Simulator* const> simulators_;
  const ReplayOptions& options_;
  std::vector<Refusals>& refusals_;
  ForgottenWords words_;
  trace::EventBatch batch_;
  std::vector<Refused> refused_;
  std::vector<SymbolId> scratch_;
  std::vector<SymbolId> forgotten_;
  ReplayResult result_;
  bool stopped_ = false;
};

}  // namespace

ReplayResult replay_side_by_side(trace::Reader& reader, std::span<engine::Simulator* const> simulators,
                                 const ReplayOptions& options, std::vector<Refusals>& refusals,
                                 const std::function<void(const trace::EventBatch&)>& after_batch) {
  return SideBySide(reader, simulators, options, refusals).run(after_batch);
}

}  // namespace gcsim
