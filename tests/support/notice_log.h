// Writes each notice of the engine as one line of text, for tests to compare.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gcsim/engine/notice.h"
#include "gcsim/trace/vocabulary.h"
#include "support/replaying.h"

namespace gcsim::test {

class NoticeLog : public engine::Observer {
 public:
  explicit NoticeLog(const trace::Vocabulary& words, bool with_phases = false)
      : words_(words), with_phases_(with_phases) {}

  std::vector<std::string> lines;

  bool wants_phases() const override { return with_phases_; }
  void on_event(EventIndex index, const trace::Event&) override { add("event", std::to_string(index)); }
  void on_refused(const engine::HeapFault& f) override { add("refused", engine::transcript_word(f.fault)); }
  void on_allocated(const engine::ObjectRef& o, bool reused) override {
    add("allocated", name(o) + (reused ? " reused" : ""));
  }
  void on_same(SymbolId id, const engine::ObjectRef& o) override { add("same", name(o) + " " + word(id)); }
  void on_freed(const engine::ObjectRef& o, bool collecting, EventIndex since) override {
    add("freed", name(o) + (collecting ? " collecting" : "") + " since " + std::to_string(since));
  }
  void on_resized(const engine::ObjectRef& o, std::uint32_t old) override {
    add("resized", name(o) + " " + std::to_string(old) + " to " + std::to_string(o.size));
  }
  void on_finalizer(const engine::ObjectRef& o) override { add("finalizer", name(o)); }
  void on_resurrected(const engine::ObjectRef& o, SymbolId as) override {
    add("resurrected", name(o) + " " + word(as));
  }
  void on_callback(const engine::ObjectRef& o) override { add("callback", name(o)); }
  void on_full_collection_refused(const engine::FullCollectionRefused& r) override {
    add("full refused", std::to_string(r.long_lived_pending) + " of " + std::to_string(r.long_lived_total));
  }
  void on_collection_start(const engine::CollectionStart& s) override {
    std::string why = "asked";
    if (s.reason == engine::CollectionReason::threshold)
      why = std::to_string(s.count) + " over " + std::to_string(s.threshold);
    if (s.reason == engine::CollectionReason::no_slot) why = "no slot";
    add("collect", std::to_string(s.generation) + " " + why);
  }
  void on_collection_end(const engine::CollectionEnd& e) override {
    add("collected", std::to_string(e.collected) + " visited " + std::to_string(e.visited) + " survivors " +
                         std::to_string(e.survivors) + " untracked " + std::to_string(e.untracked) +
                         " long-lived " + std::to_string(e.long_lived_total) + "," +
                         std::to_string(e.long_lived_pending));
  }
  void on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) override {
    bool shows_refs = phase == engine::Phase::update_refs || phase == engine::Phase::subtract_refs;
    std::string list;
    for (const engine::PhaseEntry& e : entries)
      list += " " + name(e.object) + (shows_refs ? ":" + std::to_string(e.gc_refs) : "");
    lines.push_back(std::string(phase_name(phase)) + list);
  }
  void on_slots_added(std::uint64_t added, std::uint64_t slots) override {
    add("slots added", std::to_string(added) + " to " + std::to_string(slots));
  }
  void on_debug_object(bool collectable, const engine::ObjectRef& o) override {
    add(collectable ? "collectable" : "uncollectable", name(o));
  }
  void on_return(std::int64_t found) override { add("return", std::to_string(found)); }

 private:
  static std::string_view phase_name(engine::Phase phase) {
    constexpr std::string_view kNames[] = {"merge_younger",
                                           "update_refs",
                                           "subtract_refs",
                                           "move_unreachable",
                                           "unreachable",
                                           "handle_weakrefs",
                                           "finalize_garbage",
                                           "handle_resurrected",
                                           "delete_garbage",
                                           "mark",
                                           "sweep"};
    return kNames[static_cast<std::size_t>(phase)];
  }
  std::string word(SymbolId id) const { return std::string(words_.symbols.word(raw(id))); }
  std::string name(const engine::ObjectRef& o) const {
    return o.id != kNoSymbol ? word(o.id) : "<" + words_.types()[raw(o.type)].name + ">";
  }
  void add(std::string_view notice, std::string_view rest) {
    lines.push_back(std::string(notice) + " " + std::string(rest));
  }

  const trace::Vocabulary& words_;
  bool with_phases_;
};

struct Noticing {
  EventIndex from = 1;  // notices of earlier events are left out
  bool with_phases = false;
};

// All notices of a trace, one per line.
inline std::string notices(std::string_view trace, Noticing how = {}) {
  auto reader = open_bytes(trace);
  NoticeLog log(reader->vocabulary(), how.with_phases);
  auto simulator = engine::Simulator::create(settings(*reader), &log);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError&) { return OnFault::go_on; };
  replay(*reader, *simulator, options);
  std::string text;
  bool begun = false;
  for (const std::string& line : log.lines) {
    begun = begun || line == "event " + std::to_string(how.from);
    if (begun && !line.starts_with("event ")) text += line + "\n";
  }
  return text;
}

}  // namespace gcsim::test
