// What happened, event by event, for people.
//
//   #3 (line 5)  del a b
//       freed b (list, 56 bytes)
#pragma once

#include <string>

#include "gcsim/report/report.h"
#include "gcsim/report/style.h"

namespace gcsim::report {

class TextEvents : public Report {
 public:
  TextEvents(Events events, bool color, const trace::Vocabulary& words, Sink& sink)
      : events_(events), style_(color), words_(words), out_(sink) {}

  void begin(const engine::Settings& settings) override;
  void next_batch(const trace::EventBatch& batch) override { batch_ = &batch; }
  bool wants_notices() const override { return events_ != Events::none; }
  bool wants_phases() const override { return events_ == Events::all; }

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_event_end(EventIndex index, const engine::Counts& counts) override;
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
  void on_count(const engine::Counts& counts) override;
  void on_debug_collecting(const engine::DebugCollecting& debug) override;
  void on_debug_done(const engine::DebugDone& done) override;
  void on_ignored_exception(const engine::ObjectRef& object) override;
  void on_answer(const engine::Answer& answer) override;
  void on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) override;
  void on_generations(std::span<const engine::ObjectRef> youngest, std::span<const engine::ObjectRef> middle,
                      std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                      std::uint64_t long_lived_pending) override;

 protected:
  std::string& text() { return out_.text(); }
  void flush() { out_.flush(); }
  const Style& style() const { return style_; }
  // Leaves out all events if they would fill more than a screen.
  void leave_out_if_many();
  std::uint64_t left_out() const { return left_out_; }

 private:
  void show_event();
  void line(std::string_view words);
  std::string name(const engine::ObjectRef& object) const;
  std::string described(const engine::ObjectRef& object) const;
  std::string list(std::span<const engine::ObjectRef> objects) const;

  Events events_;
  bool sweeps_ = false;  // the collector is mark and sweep
  Style style_;
  const trace::Vocabulary& words_;
  Buffer out_;
  const trace::EventBatch* batch_ = nullptr;
  const trace::Event* event_ = nullptr;
  EventIndex index_ = 0;
  bool shown_ = false;  // the current event's own line
  bool collecting_ = false;
  std::uint64_t lines_ = 0;
  std::uint64_t left_out_ = 0;  // lines
};

}  // namespace gcsim::report
