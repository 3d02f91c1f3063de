// The transcript: the exact, diffable account of a replay. Real CPython can be made to write the same lines.
//
//   # gcsim cpython-3.11 threshold=(700,10,10)
//   #k TOKENS | COLLECTIONS | count=(a,b,c)            one line for each event k
//
// TOKENS in the order of happening: free:ID, finalize:ID, callback:ID, same:ID, return:N, error:WORD and the
// answers of inspect; { } around what happens inside collections. COLLECTIONS, by generation:
// gcG:collected,uncollectable, or gcGxN: with the sums of N collections of one generation; by mark and sweep
// sweep:collected,0. The header names a collector that is not the generational one.
// Objects the trace gave no ID leave no tokens.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "gcsim/report/report.h"
#include "gcsim/report/sink.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

class TranscriptWriter : public Report {
 public:
  TranscriptWriter(const trace::Vocabulary& words, Sink& sink) : words_(words), out_(sink) {}

  void begin(const engine::Settings& settings) override;
  void finish(const Summary&) override { out_.flush(); }
  bool wants_summary() const override { return false; }

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_event_end(EventIndex index, const engine::Counts& counts) override;
  void on_refused(const engine::HeapFault& fault) override;
  void on_same(SymbolId id, const engine::ObjectRef& existing) override;
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) override;
  void on_finalizer(const engine::ObjectRef& object) override;
  void on_callback(const engine::ObjectRef& weakref) override;
  void on_collection_start(const engine::CollectionStart& start) override;
  void on_collection_end(const engine::CollectionEnd& end) override;
  void on_return(std::int64_t found) override;
  void on_count(const engine::Counts& counts) override;
  void on_ignored_exception(const engine::ObjectRef& object) override;
  void on_answer(const engine::Answer& answer) override;
  void on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) override;
  void on_generations(std::span<const engine::ObjectRef> youngest, std::span<const engine::ObjectRef> middle,
                      std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                      std::uint64_t long_lived_pending) override;

 private:
  struct Sums {
    std::uint64_t collections = 0;
    std::uint64_t collected = 0;
    std::uint64_t uncollectable = 0;
  };

  void token(std::string_view kind, const engine::ObjectRef& object);
  void match_brace();
  void append_collections();
  void append_list(std::string_view name, std::span<const engine::ObjectRef> list);
  void append_counts(const engine::Counts& counts);

  const trace::Vocabulary& words_;
  Buffer out_;
  bool sweeps_ = false;  // the collector is mark and sweep
  bool collecting_ = false;
  bool brace_open_ = false;
  bool any_collection_ = false;
  std::array<Sums, kGenerations> sums_{};  // of the current event
};

}  // namespace gcsim::report
