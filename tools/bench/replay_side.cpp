#include "replay_side.h"

#include <algorithm>

#include "measure.h"

namespace gcsim::bench {

static void replay(engine::Simulator& simulator, const trace::EventBatch* from, const trace::EventBatch* to,
                   const trace::Vocabulary& vocabulary) {
  std::vector<SymbolId> forgotten;
  for (; from != to; ++from) {
    forgotten.clear();
    simulator.take_forgotten(forgotten);
    if (simulator.apply(*from, 0, vocabulary).fault) fail("an event was refused");
  }
}

// What is timed. Not inlined: callgrind counts the instructions of this function.
extern "C" [[gnu::noinline]] void gcsim_bench_timed(engine::Simulator& simulator,
                                                    const trace::EventBatch* from,
                                                    const trace::EventBatch* to,
                                                    const trace::Vocabulary& vocabulary) {
  replay(simulator, from, to, vocabulary);
}

// The pages of a forked child are mapped when they are first read, which takes longer than the events on them
// (ten times so in some virtual machines). It is no cost of the replay: reads each page once.
static void map_pages(const std::vector<trace::EventBatch>& batches) {
  constexpr std::size_t kPage = 4096;
  volatile char sink = 0;
  const auto read = [&sink](const auto& values) {
    const char* const bytes = reinterpret_cast<const char*>(values.data());
    for (std::size_t at = 0; at < values.size() * sizeof values[0]; at += kPage) sink = bytes[at];
  };
  for (const trace::EventBatch& batch : batches) {
    read(batch.events);
    read(batch.operands);
  }
}

static const trace::EventBatch* first_behind(const Decoded& d, std::uint64_t warm_up) {
  const trace::EventBatch* const begin = d.batches.data();
  return std::find_if(begin, begin + d.batches.size(),
                      [&](const trace::EventBatch& batch) { return batch.first > warm_up; });
}

std::uint64_t whole_batches(const Decoded& d, std::uint64_t warm_up) {
  const trace::EventBatch* const timed = first_behind(d, warm_up);
  return timed == d.batches.data() + d.batches.size() ? d.events : timed->first - 1;
}

Figures replay_from_memory(const Decoded& d, const std::string& profile, std::uint64_t warm_up) {
  const engine::Settings settings = settings_of(d.reader->header(), profile);
  const trace::EventBatch* const begin = d.batches.data();
  const trace::EventBatch* const end = begin + d.batches.size();
  const trace::EventBatch* const timed = first_behind(d, warm_up);
  map_pages(d.batches);
  Figures f;
  f.kilobytes_before = resident_kilobytes();
  auto simulator = engine::Simulator::create(settings, nullptr);
  replay(*simulator, begin, timed, d.reader->vocabulary());
  f.kilobytes_live = resident_kilobytes();
  const double start = cpu_seconds();
  gcsim_bench_timed(*simulator, timed, end, d.reader->vocabulary());
  f.seconds = cpu_seconds() - start;
  f.kilobytes_end = resident_kilobytes();
  f.timed_events = d.events - whole_batches(d, warm_up);
  std::copy_n(simulator->generation_stats().begin(), kGenerations, f.generations.begin());
  f.counts = simulator->counts();
  f.tracked = simulator->tracked();
  f.alive = simulator->alive();
  f.creations = simulator->creations();
  f.long_lived_total = simulator->long_lived_total();
  f.long_lived_pending = simulator->long_lived_pending();
  return f;
}

}  // namespace gcsim::bench
