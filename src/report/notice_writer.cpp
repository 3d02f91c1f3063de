#include "notice_writer.h"

#include "answers.h"
#include "append.h"
#include "gcsim/trace/spelling.h"
#include "words.h"

namespace gcsim::report {

void NoticeWriter::learn(const engine::Settings& settings) {
  sweeps_ = settings.reclamation == profile::Reclamation::mark_and_sweep;
}

void NoticeWriter::on_event(EventIndex index, const trace::Event& event) {
  index_ = index;
  event_ = &event;
  event_is_open_ = false;
  has_notice_ = false;
  if (events_ == Events::all) open_event();
}

// What the event is: a line of its own, or the head of the event's object.
void NoticeWriter::open_event() {
  event_is_open_ = true;
  std::string& out = text();
  if (layout_ == Layout::by_event) out += wrote_events_ ? ",\n    " : "\n    ";
  wrote_events_ = true;
  out += "{\"event\":";
  append_number(out, index_);
  if (layout_ == Layout::lines) field("kind", "event");
  if (batch_ != nullptr && index_ >= batch_->first && index_ - batch_->first < batch_->events.size()) {
    number("line", batch_->line(index_ - batch_->first));
  }
  std::string words;
  trace::append_event(words, *event_,
                      batch_ != nullptr ? batch_->operands_of(*event_) : std::span<const std::uint32_t>(),
                      words_);
  field("text", words);
  out += layout_ == Layout::lines ? "}\n" : ",\"notices\":[";
}

void NoticeWriter::on_event_end(EventIndex, const engine::Counts& values) {
  if (event_is_open_ && layout_ == Layout::by_event) {
    text() += ']';
    counts("count", values);
    text() += '}';
  } else if (events_ == Events::all) {
    open("counts");
    counts("count", values);
    close();
  }
  out_.flush_if_large();
}

void NoticeWriter::open(std::string_view kind) {
  std::string& out = text();
  if (layout_ == Layout::by_event) {
    if (!event_is_open_) open_event();
    if (has_notice_) out += ',';
    has_notice_ = true;
    out += "{\"kind\":";
  } else {
    out += "{\"event\":";
    append_number(out, index_);
    out += ",\"kind\":";
  }
  trace::append_json_string(out, kind);
}

void NoticeWriter::close() {
  text() += layout_ == Layout::lines ? "}\n" : "}";
}

void NoticeWriter::key(std::string_view name) {
  text() += ",\"";
  text() += name;
  text() += "\":";
}

void NoticeWriter::field(std::string_view name, std::string_view value) {
  key(name);
  trace::append_json_string(text(), value);
}

void NoticeWriter::number(std::string_view name, std::uint64_t value) {
  key(name);
  append_number(text(), value);
}

void NoticeWriter::counts(std::string_view name, const engine::Counts& values) {
  key(name);
  text() += '[';
  append_numbers(text(), values, ",");
  text() += ']';
}

void NoticeWriter::object(const engine::ObjectRef& object) {
  if (object.id != kNoSymbol) field("id", id_of(object, words_));
  field("type", type_of(object.type, words_));
}

void NoticeWriter::object_kind(std::string_view kind, const engine::ObjectRef& o) {
  open(kind);
  object(o);
}

void NoticeWriter::on_refused(const engine::HeapFault& fault) {
  open("refused");
  field("error", engine::transcript_word(fault.fault));
  field("fault", trace::words(fault.fault));
  if (fault.symbol != kNoSymbol) field("name", words_.symbols.word(raw(fault.symbol)));
  close();
}

void NoticeWriter::on_allocated(const engine::ObjectRef& o, bool reused) {
  if (events_ != Events::all) return;
  object_kind("allocated", o);
  number("size", o.size);
  if (reused) text() += ",\"reused\":true";
  close();
}

void NoticeWriter::on_same(SymbolId id, const engine::ObjectRef& existing) {
  object_kind("same", existing);
  field("name", words_.symbols.word(raw(id)));
  close();
}

void NoticeWriter::on_freed(const engine::ObjectRef& o, bool collecting, EventIndex unreachable_since) {
  object_kind("freed", o);
  number("size", o.size);
  field("by", collecting ? "collector" : "refcount");
  if (unreachable_since < index_) number("unreachable_since", unreachable_since);
  close();
}

void NoticeWriter::on_resized(const engine::ObjectRef& o, std::uint32_t old_size) {
  if (events_ != Events::all) return;
  object_kind("resized", o);
  number("size", o.size);
  number("old_size", old_size);
  close();
}

void NoticeWriter::on_finalizer(const engine::ObjectRef& o) {
  object_kind("finalizer", o);
  close();
}

void NoticeWriter::on_resurrected(const engine::ObjectRef& o, SymbolId name) {
  object_kind("resurrected", o);
  field("name", words_.symbols.word(raw(name)));
  close();
}

void NoticeWriter::on_callback(const engine::ObjectRef& weakref) {
  object_kind("callback", weakref);
  close();
}

void NoticeWriter::on_full_collection_refused(const engine::FullCollectionRefused& refused) {
  open("full_collection_refused");
  number("long_lived_pending", refused.long_lived_pending);
  number("long_lived_total", refused.long_lived_total);
  close();
}

void NoticeWriter::on_collection_start(const engine::CollectionStart& start) {
  open("collection_start");
  if (!sweeps_) number("gen", start.generation);
  field("reason", name_of(start.reason));
  if (start.reason == engine::CollectionReason::threshold) {
    number("count", static_cast<std::uint64_t>(start.count));
    number("threshold", static_cast<std::uint64_t>(start.threshold));
  }
  close();
}

void NoticeWriter::on_collection_end(const engine::CollectionEnd& e) {
  open("collection_end");
  if (sweeps_) {
    number("marked", e.visited);
    number("swept", e.collected);
    number("slots", e.slots);
    return close();
  }
  number("gen", e.generation);
  number("candidates", e.visited);
  number("survivors", e.survivors);
  number("untracked", e.untracked);
  number("collected", e.collected);
  number("uncollectable", e.uncollectable);
  number("long_lived_pending", e.long_lived_pending);
  number("long_lived_total", e.long_lived_total);
  number("heap_in_use_bytes", e.heap_in_use);
  number("heap_held_bytes", e.heap_held);
  close();
}

void NoticeWriter::on_slots_added(std::uint64_t added, std::uint64_t slots) {
  open("slots_added");
  number("added", added);
  number("slots", slots);
  close();
}

void NoticeWriter::on_phase(engine::Phase phase, std::span<const engine::PhaseEntry> entries) {
  open("phase");
  field("phase", name_of(phase));
  key("objects");
  text() += '[';
  for (std::size_t i = 0; i < entries.size(); ++i) {
    text() += i == 0 ? "{\"type\":" : ",{\"type\":";
    trace::append_json_string(text(), type_of(entries[i].object.type, words_));
    if (entries[i].object.id != kNoSymbol) field("id", id_of(entries[i].object, words_));
    if (shows_gc_refs(phase)) number("gc_refs", entries[i].gc_refs);
    text() += '}';
  }
  text() += ']';
  close();
}

void NoticeWriter::on_debug_object(bool collectable, const engine::ObjectRef& o) {
  object_kind(collectable ? "debug_collectable" : "debug_uncollectable", o);
  close();
}

void NoticeWriter::on_debug_collecting(const engine::DebugCollecting& debug) {
  open("debug_collecting");
  number("gen", debug.generation);
  key("objects");
  text() += '[';
  append_numbers(text(), debug.objects, ",");
  text() += ']';
  if (debug.shows_frozen) number("frozen", debug.frozen);
  close();
}

void NoticeWriter::on_debug_done(const engine::DebugDone& done) {
  open("debug_done");
  if (done.shows_figures) {
    number("unreachable", done.unreachable);
    number("uncollectable", done.uncollectable);
  }
  close();
}

void NoticeWriter::on_ignored_exception(const engine::ObjectRef& o) {
  object_kind("ignored_exception", o);
  close();
}

void NoticeWriter::on_return(std::int64_t found) {
  open("return");
  key("value");
  append_number(text(), found);
  close();
}

void NoticeWriter::on_count(const engine::Counts& values) {
  open("count");
  counts("value", values);
  close();
}

void NoticeWriter::on_answer(const engine::Answer& answer) {
  open(rule_of(answer.kind).word);
  key("value");
  append_answer_json(text(), answer, words_);
  close();
}

void NoticeWriter::on_refcount(const engine::ObjectRef& o, std::uint32_t refcount, bool tracked) {
  object_kind("refcount", o);
  number("refcount", refcount);
  key("tracked");
  text() += tracked ? "true" : "false";
  close();
}

// Objects by ID; those without one by their type in angle brackets, as in a transcript.
void NoticeWriter::list(std::string_view name, std::span<const engine::ObjectRef> objects) {
  key(name);
  text() += '[';
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (i > 0) text() += ',';
    const bool has_id = objects[i].id != kNoSymbol;
    trace::append_json_string(text(), has_id ? std::string(id_of(objects[i], words_))
                                             : "<" + std::string(type_of(objects[i].type, words_)) + ">");
  }
  text() += ']';
}

void NoticeWriter::on_generations(std::span<const engine::ObjectRef> youngest,
                                  std::span<const engine::ObjectRef> middle,
                                  std::span<const engine::ObjectRef> oldest, std::uint64_t long_lived_total,
                                  std::uint64_t long_lived_pending) {
  open("generations");
  list("generation0", youngest);
  list("generation1", middle);
  list("generation2", oldest);
  number("long_lived_total", long_lived_total);
  number("long_lived_pending", long_lived_pending);
  close();
}

}  // namespace gcsim::report
