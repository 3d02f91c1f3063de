// Notices as JSON objects: one a line (`jsonl`), or gathered by event inside a document (`json`).
#pragma once

#include <string>
#include <string_view>

#include "gcsim/report/report.h"

namespace gcsim::report {

class NoticeWriter : public Report {
 public:
  enum class Layout {
    lines,     // {"event":7,"kind":"freed",..}
    by_event,  // {"event":7,"text":"del a","notices":[{"kind":"freed",..}],"count":[0,0,0]}, comma between
  };
  NoticeWriter(Layout layout, Events events, const trace::Vocabulary& words, Sink& sink)
      : layout_(layout), events_(events), words_(words), out_(sink) {}

  void next_batch(const trace::EventBatch& batch) override { batch_ = &batch; }
  bool wants_notices() const override { return events_ != Events::none; }
  bool wants_phases() const override { return events_ == Events::all; }

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_event_end(EventIndex index, const engine::Counts& values) override;
  void on_refused(const engine::HeapFault& fault) override;
  void on_allocated(const engine::ObjectRef& object, bool reused) override;
  void on_same(SymbolId id, const engine::ObjectRef& existing) override;
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) override;
  void on_resized(const engine::ObjectRef& object, std::uint32_t old_size) override;
  void on_finalizer(const engine::ObjectRef& object) override;
  void on_resurrected(const engine::ObjectRef& object, SymbolId name) override;
  void on_callback(const engine::ObjectRef& weakref) override;
  void on_full_collection_refused(const engine::FullCollectionRefused& refused) override;
  void on_collection_start(const engine::CollectionStart& start) override;
  void on_collection_end(const engine::CollectionEnd& end) override;
  void on_slots_added(std::uint64_t added, std::uint64_t slots) override;
  void on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) override;
  void on_debug_object(bool collectable, const engine::ObjectRef& object) override;
  void on_return(std::int64_t found) override;
  void on_count(const engine::Counts& values) override;
  void on_debug_collecting(const engine::DebugCollecting& debug) override;
  void on_debug_done(const engine::DebugDone& done) override;
  void on_ignored_exception(const engine::ObjectRef& o) override;
  void on_answer(const engine::Answer& answer) override;
  void on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) override;
  void on_generations(std::span<const engine::ObjectRef> youngest, std::span<const engine::ObjectRef> middle,
                      std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                      std::uint64_t long_lived_pending) override;

 protected:
  std::string& text() { return out_.text(); }
  void flush() { out_.flush(); }
  bool wrote_events() const { return wrote_events_; }
  void learn(const engine::Settings& settings);

 private:
  void open_event();
  void open(std::string_view kind);
  void close();
  void key(std::string_view name);
  void field(std::string_view name, std::string_view value);
  void number(std::string_view name, std::uint64_t value);
  void counts(std::string_view name, const engine::Counts& values);
  void object(const engine::ObjectRef& object);
  void object_kind(std::string_view kind, const engine::ObjectRef& object);
  void list(std::string_view name, std::span<const engine::ObjectRef> objects);

  Layout layout_;
  bool sweeps_ = false;  // the collector is mark and sweep
  Events events_;
  const trace::Vocabulary& words_;
  Buffer out_;
  const trace::EventBatch* batch_ = nullptr;
  const trace::Event* event_ = nullptr;
  EventIndex index_ = 0;
  bool event_is_open_ = false;
  bool has_notice_ = false;
  bool wrote_events_ = false;
};

}  // namespace gcsim::report
