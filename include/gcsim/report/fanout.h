// One observer that passes every notice on to several, in their order.
#pragma once

#include <utility>
#include <vector>

#include "gcsim/engine/notice.h"

namespace gcsim::report {

class Fanout : public engine::Observer {
 public:
  explicit Fanout(std::vector<engine::Observer*> observers) : observers_(std::move(observers)) {}

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
  void on_collection_start(const engine::CollectionStart& start) override;
  void on_collection_end(const engine::CollectionEnd& end) override;
  void on_slots_added(std::uint64_t added, std::uint64_t slots) override;
  bool wants_phases() const override;
  void on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) override;
  void on_debug_object(bool collectable, const engine::ObjectRef& object) override;
  void on_return(std::int64_t found) override;
  void on_count(const engine::Counts& counts) override;
  void on_debug_collecting(const engine::DebugCollecting& debug) override;
  void on_debug_done(const engine::DebugDone& done) override;
  void on_ignored_exception(const engine::ObjectRef& object) override;
  void on_answer(const engine::Answer& answer) override;
  void on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) override;
  void on_generations(std::span<const engine::ObjectRef> youngest, std::span<const engine::ObjectRef> middle,
                      std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                      std::uint64_t long_lived_pending) override;

 private:
  std::vector<engine::Observer*> observers_;
};

}  // namespace gcsim::report
