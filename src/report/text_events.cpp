#include "text_events.h"

#include <fmt/format.h>

#include "answers.h"
#include "gcsim/trace/spelling.h"
#include "words.h"

namespace gcsim::report {

namespace {

// Events::few shows the effects only if they fit on a screen.
constexpr std::uint64_t kFewLines = 60;

}  // namespace

void TextEvents::begin(const engine::Settings& settings) {
  sweeps_ = settings.reclamation == profile::Reclamation::mark_and_sweep;
}

void TextEvents::on_event(EventIndex index, const trace::Event& event) {
  index_ = index;
  event_ = &event;
  shown_ = false;
  if (events_ == Events::all) show_event();
}

void TextEvents::on_event_end(EventIndex, const engine::Counts& counts) {
  if (events_ == Events::all && !sweeps_)
    line(style_.quiet(fmt::format("counts {}, {}, {}", counts[0], counts[1], counts[2])));
  if (events_ == Events::few) {
    leave_out_if_many();
  } else {
    out_.flush_if_large();
  }
}

void TextEvents::leave_out_if_many() {
  if (lines_ <= kFewLines) return;
  left_out_ = lines_;
  text().clear();
}

void TextEvents::show_event() {
  shown_ = true;
  ++lines_;
  if (left_out_ > 0) return;
  std::string where = fmt::format("#{}", index_);
  const bool known =
      batch_ != nullptr && index_ >= batch_->first && index_ - batch_->first < batch_->events.size();
  if (known) where += fmt::format(" (line {})", batch_->line(index_ - batch_->first));
  text() += style_.quiet(where);
  text() += "  ";
  std::string words;
  trace::append_event(words, *event_,
                      batch_ != nullptr ? batch_->operands_of(*event_) : std::span<const std::uint32_t>(),
                      words_);
  text() += style_.heading(words);
  text() += '\n';
}

void TextEvents::line(std::string_view words) {
  if (!shown_) show_event();
  ++lines_;
  if (left_out_ > 0) return;
  text() += collecting_ ? "      " : "    ";
  text() += words;
  text() += '\n';
}

std::string TextEvents::name(const engine::ObjectRef& object) const {
  if (object.id != kNoSymbol) return std::string(id_of(object, words_));
  return fmt::format("<{}>", type_of(object.type, words_));
}

std::string TextEvents::described(const engine::ObjectRef& object) const {
  if (object.id == kNoSymbol) {
    return fmt::format("a {} ({} bytes)", type_of(object.type, words_), object.size);
  }
  return fmt::format("{} ({}, {} bytes)", name(object), type_of(object.type, words_), object.size);
}

std::string TextEvents::list(std::span<const engine::ObjectRef> objects) const {
  std::string names;
  for (const engine::ObjectRef& object : objects) {
    if (!names.empty()) names += ' ';
    names += name(object);
  }
  return names.empty() ? "-" : names;
}

void TextEvents::on_refused(const engine::HeapFault& fault) {
  const bool has_name = fault.symbol != kNoSymbol;
  line(style_.garbage(fmt::format("refused: {}{}{}", trace::words(fault.fault), has_name ? " " : "",
                                  has_name ? words_.symbols.word(raw(fault.symbol)) : std::string_view())));
}

void TextEvents::on_allocated(const engine::ObjectRef& object, bool reused) {
  if (events_ != Events::all) return;
  line(fmt::format("allocated {}{}", described(object), reused ? ", from a free list" : ""));
}

void TextEvents::on_same(SymbolId id, const engine::ObjectRef& existing) {
  line(fmt::format("{} is {}, the object that exists already", words_.symbols.word(raw(id)), name(existing)));
}

void TextEvents::on_freed(const engine::ObjectRef& object, bool, EventIndex unreachable_since) {
  if (unreachable_since < index_) {
    line(fmt::format("freed {}, garbage since event {}", described(object), unreachable_since));
  } else {
    line(fmt::format("freed {}", described(object)));
  }
}

void TextEvents::on_resized(const engine::ObjectRef& object, std::uint32_t old_size) {
  if (events_ == Events::all) line(fmt::format("resized {} from {} bytes", described(object), old_size));
}

void TextEvents::on_finalizer(const engine::ObjectRef& object) {
  line(fmt::format("{} of {} ran", sweeps_ ? "finalizer" : "__del__", name(object)));
}

void TextEvents::on_resurrected(const engine::ObjectRef& object, SymbolId name_bound) {
  line(fmt::format("{} resurrected: bound to {}", name(object), words_.symbols.word(raw(name_bound))));
}

void TextEvents::on_callback(const engine::ObjectRef& weakref) {
  line(fmt::format("callback of weak reference {} ran", name(weakref)));
}

void TextEvents::on_full_collection_refused(const engine::FullCollectionRefused& refused) {
  line(style_.collection(fmt::format(
      "full collection due but refused: only {} pending, a quarter of {} long-lived would be needed",
      refused.long_lived_pending, refused.long_lived_total)));
}

void TextEvents::on_collection_start(const engine::CollectionStart& start) {
  std::string why = "as the program asked";
  if (start.reason == engine::CollectionReason::exit) why = "at exit";
  if (start.reason == engine::CollectionReason::threshold) {
    why = fmt::format("because count {} {} threshold {}", start.count,
                      start.count > start.threshold ? "exceeds" : "reaches", start.threshold);
  }
  if (start.reason == engine::CollectionReason::no_slot) why = "because no slot was available";
  const std::string what =
      sweeps_ ? "mark and sweep" : fmt::format("collection of generation {}", start.generation);
  line(style_.collection(fmt::format("{}, {}", what, why)));
  collecting_ = true;
}

void TextEvents::on_collection_end(const engine::CollectionEnd& end) {
  collecting_ = false;
  if (sweeps_) {
    line(style_.collection(fmt::format("marked {}, swept {}, of {} slots", grouped(end.visited),
                                       grouped(end.collected), grouped(end.slots))));
    return;
  }
  std::string words = fmt::format("walked {}, kept {}, collected {}", grouped(end.visited),
                                  grouped(end.survivors), grouped(end.collected));
  if (end.untracked > 0) words += fmt::format(", untracked {}", grouped(end.untracked));
  if (end.uncollectable > 0) words += fmt::format(", uncollectable {}", grouped(end.uncollectable));
  if (end.heap_held > 0 && events_ == Events::all)
    words += fmt::format("; heap: {} of {} bytes in use", grouped(end.heap_in_use), grouped(end.heap_held));
  line(style_.collection(words));
}

void TextEvents::on_slots_added(std::uint64_t added, std::uint64_t slots) {
  line(style_.collection(fmt::format("added {} slots, {} in all", grouped(added), grouped(slots))));
}

void TextEvents::on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) {
  std::string names;
  for (const engine::PhaseEntry& entry : entries) {
    names += ' ';
    names += name(entry.object);
    if (shows_gc_refs(phase)) names += fmt::format(":{}", entry.gc_refs);
  }
  line(fmt::format("{:<19}{}", name_of(phase), names.empty() ? " -" : names));
}

void TextEvents::on_debug_object(bool collectable, const engine::ObjectRef& object) {
  line(fmt::format("gc: {} <{} {}>", collectable ? "collectable" : "uncollectable",
                   type_of(object.type, words_), name(object)));
}

void TextEvents::on_debug_collecting(const engine::DebugCollecting& debug) {
  line(fmt::format("gc: collecting generation {}...", debug.generation));
  line(fmt::format("gc: objects in each generation: {} {} {}", debug.objects[0], debug.objects[1],
                   debug.objects[2]));
  if (debug.shows_frozen) line(fmt::format("gc: objects in permanent generation: {}", debug.frozen));
}

void TextEvents::on_debug_done(const engine::DebugDone& done) {
  if (!done.shows_figures) return line("gc: done");
  line(fmt::format("gc: done, {} unreachable, {} uncollectable", done.unreachable, done.uncollectable));
}

void TextEvents::on_ignored_exception(const engine::ObjectRef& object) {
  const bool is_callback = words_.types()[static_cast<std::size_t>(object.type)].kind == trace::Kind::weakref;
  line(style_.garbage(fmt::format("exception ignored in {} {}",
                                  is_callback ? "the callback of weak reference" : "__del__ of",
                                  name(object))));
}

void TextEvents::on_return(std::int64_t found) {
  line(fmt::format("gc.collect() returned {}", found));
}

void TextEvents::on_count(const engine::Counts& counts) {
  line(fmt::format("gc.get_count() returned ({}, {}, {})", counts[0], counts[1], counts[2]));
}

void TextEvents::on_answer(const engine::Answer& answer) {
  line(fmt::format("{} {}", rule_of(answer.kind).phrase, answer_words(answer, words_)));
}

void TextEvents::on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) {
  line(fmt::format("{} has reference count {}, {}", name(object), refcount,
                   tracked ? "tracked" : "not tracked"));
}

void TextEvents::on_generations(std::span<const engine::ObjectRef> youngest,
                                std::span<const engine::ObjectRef> middle,
                                std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                                std::uint64_t long_lived_pending) {
  line(fmt::format("generation 0: {}", list(youngest)));
  line(fmt::format("generation 1: {}", list(middle)));
  line(fmt::format("generation 2: {}", list(oldest)));
  line(fmt::format("long-lived: {}, pending: {}", long_lived_total, long_lived_pending));
}

}  // namespace gcsim::report
