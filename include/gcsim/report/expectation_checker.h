// Compares what a trace's author expects of its events with what happens.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gcsim/engine/notice.h"
#include "gcsim/engine/simulator.h"
#include "gcsim/report/expectation.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

// A clause that does not hold.
struct ExpectationFailure {
  EventIndex event = 0;
  std::string event_text;
  std::uint64_t line = 0;
  std::uint32_t column = 1;
  std::string expected;
  std::string got;
};

// An expectation that can't be understood.
struct UnreadableExpectation {
  trace::Expectation expectation;
  ClauseError error;
};

class ExpectationChecker : public engine::Observer {
 public:
  explicit ExpectationChecker(const trace::Vocabulary& words) : words_(words) {}

  // Whose heap is asked for clauses about it. It must outlive the replay.
  void ask(const engine::Simulator& simulator) { simulator_ = &simulator; }
  // The batch whose events come next.
  void next_batch(const trace::EventBatch& batch);

  std::uint64_t checked() const { return checked_; }  // clauses
  const std::vector<ExpectationFailure>& failures() const { return failures_; }
  const std::vector<UnreadableExpectation>& unreadable() const { return unreadable_; }
  // The event that came last.
  EventIndex event() const { return record_.event; }
  // Does an expectation, so far, say that this event is refused?
  bool expects_error(EventIndex event) const { return refusals_.contains(event); }

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_event_end(EventIndex index, const engine::Counts& counts) override;
  void on_refused(const engine::HeapFault& fault) override;
  void on_allocated(const engine::ObjectRef& object, bool reused) override;
  void on_same(SymbolId id, const engine::ObjectRef& existing) override;
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) override;
  void on_resized(const engine::ObjectRef& object, std::uint32_t old_size) override;
  void on_memory(std::int64_t delta) override;
  void on_finalizer(const engine::ObjectRef& object) override;
  void on_resurrected(const engine::ObjectRef& object, SymbolId name) override;
  void on_callback(const engine::ObjectRef& weakref) override;
  void on_full_collection_refused(const engine::FullCollectionRefused& refused) override;
  void on_collection_end(const engine::CollectionEnd& end) override;
  void on_return(std::int64_t found) override;
  void on_ignored_exception(const engine::ObjectRef& object) override;
  void on_answer(const engine::Answer& answer) override;
  void on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) override;
  void on_generations(std::span<const engine::ObjectRef> youngest, std::span<const engine::ObjectRef> middle,
                      std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                      std::uint64_t long_lived_pending) override;

 private:
  // What happened in one event, in the words of expectations.
  struct Record {
    EventIndex event = 0;
    std::string event_text;
    std::string order;  // "free:a finalize:b"
    SymbolId renamed = kNoSymbol;
    std::string freed, finalized, callbacks, resurrected, ignored;
    std::vector<engine::CollectionEnd> collections;
    std::size_t collections_expected = 0;
    bool full_refused = false;
    std::string error, same, returned, refcount, tracked, generations, long_lived;
    std::vector<std::pair<std::string, std::string>> answers;  // word and value
    engine::Counts counts{};
  };

  std::string name(const engine::ObjectRef& object) const;
  void note(std::string& list, std::string_view word, const engine::ObjectRef& object);
  void check(const trace::Expectation& expectation);
  void fail(const trace::Expectation& expectation, std::size_t offset, std::string expected, std::string got);
  void check_all_collections_expected(const trace::Expectation& last);
  std::string observed(const Clause& clause);
  std::string observed_collection(const Clause& clause);
  std::string observed_answer(const Clause& clause) const;
  std::string observed_no(const Clause& clause) const;
  std::string observed_life(const Clause& clause) const;
  std::string observed_heap(const Clause& clause) const;
  std::string all_effects() const;
  void set_alive(SymbolId id, SymbolId own);
  bool is_alive(std::string_view id) const;

  const trace::Vocabulary& words_;
  const engine::Simulator* simulator_ = nullptr;
  const trace::EventBatch* batch_ = nullptr;
  std::size_t next_expectation_ = 0;  // of the batch
  bool watched_ = false;              // somebody may expect something of the current event
  Record record_;
  std::vector<std::uint32_t> own_symbol_;  // by symbol: that of the object it names, + 1; of the dead 0
  std::set<EventIndex> refusals_;          // events that are expected to be refused
  std::uint64_t objects_ = 0;
  std::int64_t bytes_ = 0;
  std::uint64_t checked_ = 0;
  std::vector<ExpectationFailure> failures_;
  std::vector<UnreadableExpectation> unreadable_;
};

}  // namespace gcsim::report
