#include "gcsim/sweep/row.h"

#include <algorithm>

#include "gcsim/inspect/leaks.h"

namespace gcsim::sweep {

namespace {

// FNV-1a, over the bytes from the lowest to the highest.
std::uint64_t mixed(std::uint64_t digest, std::uint64_t value) {
  for (int byte = 0; byte < 8; ++byte) {
    digest = (digest ^ (value & 0xff)) * 0x100000001b3u;
    value >>= 8;
  }
  return digest;
}

template <Generation g, std::uint64_t GenerationFigures::*field>
std::uint64_t& in_generation(Row& row) {
  return row.generation[g].*field;
}

template <std::uint64_t Row::*field>
std::uint64_t& in_row(Row& row) {
  return row.*field;
}

using G = GenerationFigures;
constexpr Figure kFigures[] = {
    {"collections_0", in_generation<0, &G::collections>},
    {"collections_1", in_generation<1, &G::collections>},
    {"collections_2", in_generation<2, &G::collections>},
    {"useless_0", in_generation<0, &G::useless>},
    {"useless_1", in_generation<1, &G::useless>},
    {"useless_2", in_generation<2, &G::useless>},
    {"visited_0", in_generation<0, &G::visited>},
    {"visited_1", in_generation<1, &G::visited>},
    {"visited_2", in_generation<2, &G::visited>},
    {"collected_0", in_generation<0, &G::collected>},
    {"collected_1", in_generation<1, &G::collected>},
    {"collected_2", in_generation<2, &G::collected>},
    {"uncollectable_0", in_generation<0, &G::uncollectable>},
    {"uncollectable_1", in_generation<1, &G::uncollectable>},
    {"uncollectable_2", in_generation<2, &G::uncollectable>},
    {"longest_walk", in_row<&Row::longest_walk>},
    {"peak_objects", in_row<&Row::peak_objects>},
    {"peak_bytes", in_row<&Row::peak_bytes>},
    {"peak_garbage", in_row<&Row::peak_garbage>},
    {"peak_garbage_bytes", in_row<&Row::peak_garbage_bytes>},
    {"garbage_at_end", in_row<&Row::garbage_at_end>},
    {"refused_events", in_row<&Row::refused_events>},
    {"digest", in_row<&Row::digest>},
};

std::uint64_t sum(const Row& row, std::uint64_t G::*field) {
  std::uint64_t n = 0;
  for (const G& figures : row.generation) n += figures.*field;
  return n;
}

}  // namespace

void Row::add(const Collection& c) {
  G& figures = generation[c.generation];
  ++figures.collections;
  if (c.collected + c.uncollectable == 0) ++figures.useless;
  figures.visited += c.visited;
  figures.collected += c.collected;
  figures.uncollectable += c.uncollectable;
  longest_walk = std::max(longest_walk, c.visited);
  for (std::uint64_t value : {c.event, std::uint64_t{c.generation}, c.visited, c.collected}) {
    digest = mixed(digest, value);
  }
}

std::uint64_t Row::collections() const {
  return sum(*this, &G::collections);
}

std::uint64_t Row::useless() const {
  return sum(*this, &G::useless);
}

std::uint64_t Row::visited() const {
  return sum(*this, &G::visited);
}

std::uint64_t Row::collected() const {
  return sum(*this, &G::collected);
}

std::span<const Figure> figures() {
  return kFigures;
}

void RowObserver::on_event(EventIndex index, const trace::Event& event) {
  Tally::on_event(index, event);
  event_ = index;
}

void RowObserver::on_refused(const engine::HeapFault&) {
  ++row_.refused_events;
}

void RowObserver::on_collection_end(const engine::CollectionEnd& end) {
  const Collection collection{event_, end.generation, end.visited, end.collected, end.uncollectable};
  row_.add(collection);
  if (kept_ != nullptr) kept_->push_back(collection);
}

Row RowObserver::row(const engine::Simulator& simulator) {
  const engine::Snapshot snapshot = simulator.snapshot();
  for (const inspect::Leak& leak : inspect::find_leaks(snapshot).objects) {
    if (leak.unreachable_since == 0) continue;
    add_remaining_garbage(snapshot.objects[leak.object].size, leak.unreachable_since);
    ++row_.garbage_at_end;
  }
  row_.peak_objects = totals().peak_alive;
  row_.peak_bytes = totals().peak_bytes;
  row_.peak_garbage = totals().peak_garbage;
  row_.peak_garbage_bytes = totals().peak_garbage_bytes;
  return row_;
}

}  // namespace gcsim::sweep
