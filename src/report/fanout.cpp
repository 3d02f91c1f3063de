#include "gcsim/report/fanout.h"

#include <algorithm>

namespace gcsim::report {

void Fanout::on_event(EventIndex index, const trace::Event& event) {
  for (engine::Observer* o : observers_) o->on_event(index, event);
}

void Fanout::on_event_end(EventIndex index, const engine::Counts& counts) {
  for (engine::Observer* o : observers_) o->on_event_end(index, counts);
}

void Fanout::on_refused(const engine::HeapFault& fault) {
  for (engine::Observer* o : observers_) o->on_refused(fault);
}

void Fanout::on_allocated(const engine::ObjectRef& object, bool reused) {
  for (engine::Observer* o : observers_) o->on_allocated(object, reused);
}

void Fanout::on_same(SymbolId id, const engine::ObjectRef& existing) {
  for (engine::Observer* o : observers_) o->on_same(id, existing);
}

void Fanout::on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) {
  for (engine::Observer* o : observers_) o->on_freed(object, collecting, unreachable_since);
}

void Fanout::on_resized(const engine::ObjectRef& object, std::uint32_t old_size) {
  for (engine::Observer* o : observers_) o->on_resized(object, old_size);
}

void Fanout::on_memory(std::int64_t delta) {
  for (engine::Observer* o : observers_) o->on_memory(delta);
}

void Fanout::on_finalizer(const engine::ObjectRef& object) {
  for (engine::Observer* o : observers_) o->on_finalizer(object);
}

void Fanout::on_resurrected(const engine::ObjectRef& object, SymbolId name) {
  for (engine::Observer* o : observers_) o->on_resurrected(object, name);
}

void Fanout::on_callback(const engine::ObjectRef& weakref) {
  for (engine::Observer* o : observers_) o->on_callback(weakref);
}

void Fanout::on_full_collection_refused(const engine::FullCollectionRefused& refused) {
  for (engine::Observer* o : observers_) o->on_full_collection_refused(refused);
}

void Fanout::on_collection_start(const engine::CollectionStart& start) {
  for (engine::Observer* o : observers_) o->on_collection_start(start);
}

void Fanout::on_collection_end(const engine::CollectionEnd& end) {
  for (engine::Observer* o : observers_) o->on_collection_end(end);
}

void Fanout::on_slots_added(std::uint64_t added, std::uint64_t slots) {
  for (engine::Observer* o : observers_) o->on_slots_added(added, slots);
}

void Fanout::on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) {
  for (engine::Observer* o : observers_) {
    if (o->wants_phases()) o->on_phase(phase, entries);
  }
}

void Fanout::on_debug_object(bool collectable, const engine::ObjectRef& object) {
  for (engine::Observer* o : observers_) o->on_debug_object(collectable, object);
}

void Fanout::on_debug_collecting(const engine::DebugCollecting& debug) {
  for (engine::Observer* o : observers_) o->on_debug_collecting(debug);
}

void Fanout::on_debug_done(const engine::DebugDone& done) {
  for (engine::Observer* o : observers_) o->on_debug_done(done);
}

void Fanout::on_ignored_exception(const engine::ObjectRef& object) {
  for (engine::Observer* o : observers_) o->on_ignored_exception(object);
}

void Fanout::on_return(std::int64_t found) {
  for (engine::Observer* o : observers_) o->on_return(found);
}

void Fanout::on_count(const engine::Counts& counts) {
  for (engine::Observer* o : observers_) o->on_count(counts);
}

void Fanout::on_answer(const engine::Answer& answer) {
  for (engine::Observer* o : observers_) o->on_answer(answer);
}

void Fanout::on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) {
  for (engine::Observer* o : observers_) o->on_refcount(object, refcount, tracked);
}

void Fanout::on_generations(std::span<const engine::ObjectRef> youngest,
                            std::span<const engine::ObjectRef> middle,
                            std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                            std::uint64_t long_lived_pending) {
  for (engine::Observer* o : observers_)
    o->on_generations(youngest, middle, oldest, long_lived_total, long_lived_pending);
}

bool Fanout::wants_phases() const {
  return std::any_of(observers_.begin(), observers_.end(),
                     [](const engine::Observer* o) { return o->wants_phases(); });
}

}  // namespace gcsim::report
