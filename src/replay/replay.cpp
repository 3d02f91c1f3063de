#include "gcsim/replay.h"

namespace gcsim {
namespace {

// Gives the words nobody can mean any more back to the vocabulary. Between batches only: a batch that has
// been read may still use them.
void forget_dead_words(engine::Simulator& simulator, trace::Reader& reader, std::vector<SymbolId>& scratch) {
  scratch.clear();
  simulator.take_forgotten(scratch);
  reader.forget(scratch);
}

class Loop {
 public:
  Loop(trace::Reader& reader, engine::Simulator& simulator, const ReplayOptions& options)
      : reader_(reader), simulator_(simulator), options_(options) {}

  ReplayResult run() {
    while (!stopped_) {
      forget_dead_words(simulator_, reader_, forgotten_);
      trace::Reader::Status status = reader_.next(batch_);
      if (status == trace::Reader::Status::fault) {
        fault(reader_.error());
        continue;
      }
      cut_at_limit();
      if (options_.on_batch) options_.on_batch(batch_);
      apply_batch();
      if (status == trace::Reader::Status::end) break;
    }
    return result_;
  }

 private:
  void fault(const trace::TraceError& error) {
    ++result_.faults;
    if (error.fault == trace::Fault::truncated) result_.truncated = true;
    result_.complete = false;
    if (!options_.on_fault || options_.on_fault(error) == OnFault::stop) stopped_ = true;
  }

  // `until`: the events behind it are dropped unread.
  void cut_at_limit() {
    if (options_.until == 0 || batch_.first + batch_.events.size() <= options_.until + 1) return;
    batch_.events.resize(options_.until + 1 - batch_.first);
    std::erase_if(batch_.expectations, [this](const auto& e) { return e.event > options_.until; });
    stopped_ = true;
    result_.complete = false;
  }

  void apply_batch() {
    std::size_t next = 0;
    while (next < batch_.events.size()) {
      engine::Simulator::Applied applied = simulator_.apply(batch_, next, reader_.vocabulary());
      result_.events = batch_.first + applied.next - 1;
      next = applied.next;
      if (!applied.fault) continue;
      fault(describe(*applied.fault, batch_, next - 1, reader_));
      if (stopped_) return;
    }
  }

  trace::Reader& reader_;
  engine::Simulator& simulator_;
  const ReplayOptions& options_;
  trace::EventBatch batch_;
  std::vector<SymbolId> forgotten_;
  ReplayResult result_;
  bool stopped_ = false;
};

}  // namespace

ReplayResult replay(trace::Reader& reader, engine::Simulator& simulator, const ReplayOptions& options) {
  return Loop(reader, simulator, options).run();
}

}  // namespace gcsim
