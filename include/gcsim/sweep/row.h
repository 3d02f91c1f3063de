// A row: what a replay under one setting costs and leaves. Every figure is a count of the simulation; two
// ways to compute a row give the same one, bit for bit.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "gcsim/report/tally.h"
#include "gcsim/sweep/setting.h"

namespace gcsim::sweep {

struct GenerationFigures {
  std::uint64_t collections = 0;
  std::uint64_t useless = 0;  // collections that found nothing
  std::uint64_t visited = 0;  // objects walked, over all collections
  std::uint64_t collected = 0;
  std::uint64_t uncollectable = 0;

  bool operator==(const GenerationFigures&) const = default;
};

// One collection, as far as both ways tell of it.
struct Collection {
  EventIndex event = 0;
  Generation generation = 0;
  std::uint64_t visited = 0;
  std::uint64_t collected = 0;
  std::uint64_t uncollectable = 0;

  bool operator==(const Collection&) const = default;
};

struct Row {
  Setting setting;
  std::array<GenerationFigures, kGenerations> generation;
  std::uint64_t longest_walk = 0;  // objects walked by one collection: what its pause grows with
  std::uint64_t peak_objects = 0;  // alive at once
  Bytes peak_bytes = 0;
  std::uint64_t peak_garbage = 0;  // objects no name leads to that lay about at once
  Bytes peak_garbage_bytes = 0;
  std::uint64_t garbage_at_end = 0;  // objects
  std::uint64_t refused_events = 0;  // that could not happen under this setting
  std::uint64_t digest = kEmpty;     // of every collection's event, generation, visited and collected

  static constexpr std::uint64_t kEmpty = 0xcbf29ce484222325u;

  void add(const Collection& collection);
  std::uint64_t collections() const;
  std::uint64_t useless() const;
  std::uint64_t visited() const;
  std::uint64_t collected() const;

  bool operator==(const Row&) const = default;
};

// The figures by name, in the order in which files list them.
struct Figure {
  std::string_view name;  // "visited_0", "peak_garbage_bytes"
  std::uint64_t& (*in)(Row& row);

  std::uint64_t of(const Row& row) const { return in(const_cast<Row&>(row)); }
  bool has_range() const { return name != "digest"; }  // the others are amounts
};
std::span<const Figure> figures();

// Watches one replay.
class RowObserver : public report::Tally {
 public:
  explicit RowObserver(const Setting& setting) : Tally(false) { row_.setting = setting; }

  // At the end of the replay; call it once.
  Row row(const engine::Simulator& simulator);
  void keep(std::vector<Collection>* collections) { kept_ = collections; }

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_refused(const engine::HeapFault& fault) override;
  void on_collection_end(const engine::CollectionEnd& end) override;

 private:
  Row row_;
  EventIndex event_ = 0;
  std::vector<Collection>* kept_ = nullptr;
};

}  // namespace gcsim::sweep
