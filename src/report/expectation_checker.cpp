#include "gcsim/report/expectation_checker.h"

#include <algorithm>

#include "answers.h"
#include "gcsim/trace/spelling.h"
#include "words.h"

namespace gcsim::report {

namespace {

void add_word(std::string& list, std::string_view word) {
  if (!list.empty()) list += ' ';
  list += word;
}

std::string numbers(std::initializer_list<std::uint64_t> values) {
  std::string text;
  for (const std::uint64_t value : values) add_word(text, std::to_string(value));
  return text;
}

// "free a b", or "no free" for an empty list.
std::string told(ClauseKind kind, const std::string& list) {
  if (list.empty()) return "no " + std::string(word_of(kind));
  return std::string(word_of(kind)) + " " + list;
}

std::uint64_t figure(const engine::CollectionEnd& end, std::string_view name) {
  if (name == "collected") return end.collected;
  if (name == "uncollectable") return end.uncollectable;
  if (name == "visited") return end.visited;
  return end.survivors;
}

std::uint64_t figure(const engine::HeapStats& heap, std::string_view name) {
  if (name == "arenas") return heap.arenas;
  if (name == "pools") return heap.pools;
  if (name == "blocks") return heap.blocks;
  if (name == "in_use") return heap.in_use();
  if (name == "held") return heap.held();
  return heap.arenas_released;
}

}  // namespace

void ExpectationChecker::next_batch(const trace::EventBatch& batch) {
  batch_ = &batch;
  next_expectation_ = 0;
  // Those of the last event of the batch before, when there were too many for one batch.
  for (const trace::Expectation& e : batch.expectations) {
    if (e.event >= batch.first) break;
    if (e.event == record_.event) check(e);
    ++next_expectation_;
  }
}

void ExpectationChecker::on_event(EventIndex index, const trace::Event& event) {
  record_ = {};
  record_.event = index;
  const bool has_expectation = next_expectation_ < batch_->expectations.size() &&
                               batch_->expectations[next_expectation_].event == index;
  watched_ = has_expectation || index + 1 == batch_->first + batch_->events.size();
  if (watched_) trace::append_event(record_.event_text, event, batch_->operands_of(event), words_);
  if (event.op == trace::Op::add_in_place) record_.renamed = event.name;
  // Naming an object that had no ID is no notice.
  if (event.op == trace::Op::dict && event.name != kNoSymbol) set_alive(event.name, event.name);
}

void ExpectationChecker::on_event_end(EventIndex index, const engine::Counts& counts) {
  record_.counts = counts;
  // The name goes over to another object, whose ID it is from now on.
  if (record_.renamed != kNoSymbol && record_.error.empty()) set_alive(record_.renamed, record_.renamed);
  const trace::Expectation* last = nullptr;
  while (next_expectation_ < batch_->expectations.size() &&
         batch_->expectations[next_expectation_].event == index) {
    last = &batch_->expectations[next_expectation_++];
    check(*last);
  }
  if (last != nullptr) check_all_collections_expected(*last);
}

void ExpectationChecker::check_all_collections_expected(const trace::Expectation& last) {
  const std::size_t ran = record_.collections.size();
  if (record_.collections_expected == 0 || record_.collections_expected >= ran) return;
  fail(last, 0, std::to_string(record_.collections_expected) + " collections in this event",
       std::to_string(ran));
}

void ExpectationChecker::check(const trace::Expectation& expectation) {
  const ParsedExpectation parsed = parse_expectation(expectation.text);
  if (const auto* error = std::get_if<ClauseError>(&parsed)) {
    unreadable_.push_back({expectation, *error});
    return;
  }
  for (const Clause& clause : std::get<std::vector<Clause>>(parsed)) {
    ++checked_;
    const std::string expected = clause.text();
    std::string got = observed(clause);
    if (got != expected) fail(expectation, clause.offset, expected, std::move(got));
  }
}

void ExpectationChecker::fail(const trace::Expectation& expectation, std::size_t offset, std::string expected,
                              std::string got) {
  failures_.push_back({expectation.event, record_.event_text, expectation.line,
                       expectation.column + static_cast<std::uint32_t>(offset), std::move(expected),
                       std::move(got)});
}

// What happened, in the form the clause would have if it held.
std::string ExpectationChecker::observed(const Clause& clause) {
  const std::string word(word_of(clause.kind));
  const auto answer = [&word](const std::string& value) {
    return value.empty() ? "no " + word : word + " " + value;
  };
  switch (clause.kind) {
    case ClauseKind::free: return told(clause.kind, record_.freed);
    case ClauseKind::finalize: return told(clause.kind, record_.finalized);
    case ClauseKind::callback: return told(clause.kind, record_.callbacks);
    case ClauseKind::resurrect: return told(clause.kind, record_.resurrected);
    case ClauseKind::ignored: return told(clause.kind, record_.ignored);
    case ClauseKind::order: return answer(record_.order);
    case ClauseKind::nothing: return all_effects().empty() ? word : all_effects();
    case ClauseKind::no: return observed_no(clause);
    case ClauseKind::collect: return observed_collection(clause);
    case ClauseKind::refused: return record_.full_refused ? "refused full" : "no refused";
    case ClauseKind::returns: return answer(record_.returned);
    case ClauseKind::count: {
      std::string values;
      for (const std::int32_t value : record_.counts) add_word(values, std::to_string(value));
      return answer(values);
    }
    case ClauseKind::refcount: return answer(record_.refcount);
    case ClauseKind::tracked: return answer(record_.tracked);
    case ClauseKind::generations: return answer(record_.generations);
    case ClauseKind::long_lived: return answer(record_.long_lived);
    case ClauseKind::same: return answer(record_.same);
    case ClauseKind::answer: return observed_answer(clause);
    case ClauseKind::error: refusals_.insert(record_.event); return answer(record_.error);
    case ClauseKind::alive:
    case ClauseKind::dead: return observed_life(clause);
    case ClauseKind::objects: return answer(std::to_string(objects_));
    case ClauseKind::bytes: return answer(std::to_string(bytes_));
    case ClauseKind::heap: return observed_heap(clause);
  }
  return "";
}

// The collection this clause is about: the clauses go through those of the event in their order.
std::string ExpectationChecker::observed_collection(const Clause& clause) {
  const std::size_t n = record_.collections_expected++;
  if (n >= record_.collections.size()) return n == 0 ? "no collection" : "no further collection";
  const engine::CollectionEnd& end = record_.collections[n];
  std::string text = "collect " + std::to_string(end.generation);
  for (std::size_t i = 1; i + 1 < clause.words.size(); i += 2) {
    text += " " + clause.words[i] + " " + std::to_string(figure(end, clause.words[i]));
  }
  return text;
}

std::string ExpectationChecker::observed_answer(const Clause& clause) const {
  const auto given = std::find_if(record_.answers.begin(), record_.answers.end(),
                                  [&clause](const auto& each) { return each.first == clause.words[0]; });
  if (given == record_.answers.end()) return "no " + clause.words[0];
  return given->first + " " + given->second;
}

std::string ExpectationChecker::observed_no(const Clause& clause) const {
  const std::string& what = clause.words[0];
  std::string text;
  if (what == "free") text = told(ClauseKind::free, record_.freed);
  if (what == "finalize") text = told(ClauseKind::finalize, record_.finalized);
  if (what == "callback") text = told(ClauseKind::callback, record_.callbacks);
  if (what == "resurrect") text = told(ClauseKind::resurrect, record_.resurrected);
  if (what == "refused") text = record_.full_refused ? "refused full" : "no refused";
  if (what == "error") text = record_.error.empty() ? "no error" : "error " + record_.error;
  if (what == "collection") {
    text = record_.collections.empty() ? "no collection"
                                       : std::to_string(record_.collections.size()) + " collection(s)";
  }
  return text;
}

std::string ExpectationChecker::observed_life(const Clause& clause) const {
  const bool expected = clause.kind == ClauseKind::alive;
  const bool holds = std::all_of(clause.words.begin(), clause.words.end(),
                                 [&](const std::string& id) { return is_alive(id) == expected; });
  if (holds) return clause.text();
  std::string text;
  for (const std::string& id : clause.words) add_word(text, id + (is_alive(id) ? " alive" : " dead"));
  return text;
}

std::string ExpectationChecker::observed_heap(const Clause& clause) const {
  const auto heap = simulator_ == nullptr ? std::nullopt : simulator_->heap_stats();
  if (!heap) return "no heap";
  std::string text(word_of(ClauseKind::heap));
  for (std::size_t i = 0; i + 1 < clause.words.size(); i += 2) {
    add_word(text, clause.words[i] + " " + std::to_string(figure(*heap, clause.words[i])));
  }
  return text;
}

std::string ExpectationChecker::all_effects() const {
  std::string text = record_.order;
  for (const engine::CollectionEnd& end : record_.collections) {
    add_word(text, "collect " + std::to_string(end.generation));
  }
  if (!record_.error.empty()) add_word(text, "error " + record_.error);
  return text;
}

void ExpectationChecker::set_alive(SymbolId id, SymbolId own) {
  if (id == kNoSymbol) return;
  if (own_symbol_.size() <= raw(id)) own_symbol_.resize(words_.symbols.capacity() + 1);
  own_symbol_[raw(id)] = raw(own) + 1;
}

bool ExpectationChecker::is_alive(std::string_view id) const {
  const auto symbol = words_.symbols.find(id);
  if (!symbol || *symbol >= own_symbol_.size() || own_symbol_[*symbol] == 0) return false;
  return own_symbol_[own_symbol_[*symbol] - 1] != 0;
}

std::string ExpectationChecker::name(const engine::ObjectRef& object) const {
  if (object.id != kNoSymbol) return std::string(id_of(object, words_));
  return "<" + std::string(type_of(object.type, words_)) + ">";
}

void ExpectationChecker::note(std::string& list, std::string_view word, const engine::ObjectRef& object) {
  if (!watched_ || object.id == kNoSymbol) return;
  add_word(list, id_of(object, words_));
  add_word(record_.order, std::string(word) + ":" + name(object));
}

void ExpectationChecker::on_refused(const engine::HeapFault& fault) {
  record_.error = engine::transcript_word(fault.fault);
}

void ExpectationChecker::on_allocated(const engine::ObjectRef& object, bool) {
  ++objects_;
  bytes_ += object.size;
  set_alive(object.id, object.id);
}

void ExpectationChecker::on_same(SymbolId id, const engine::ObjectRef& existing) {
  set_alive(id, existing.id);
  if (watched_) record_.same = name(existing);
}

void ExpectationChecker::on_freed(const engine::ObjectRef& object, bool, EventIndex) {
  --objects_;
  bytes_ -= object.size;
  note(record_.freed, "free", object);
  if (object.id != kNoSymbol && raw(object.id) < own_symbol_.size()) own_symbol_[raw(object.id)] = 0;
}

void ExpectationChecker::on_resized(const engine::ObjectRef& object, std::uint32_t old_size) {
  bytes_ += object.size;
  bytes_ -= old_size;
}

void ExpectationChecker::on_memory(std::int64_t delta) {
  bytes_ += delta;
}

void ExpectationChecker::on_finalizer(const engine::ObjectRef& object) {
  note(record_.finalized, "finalize", object);
}

void ExpectationChecker::on_resurrected(const engine::ObjectRef& object, SymbolId) {
  note(record_.resurrected, "resurrect", object);
}

void ExpectationChecker::on_callback(const engine::ObjectRef& weakref) {
  note(record_.callbacks, "callback", weakref);
}

void ExpectationChecker::on_ignored_exception(const engine::ObjectRef& object) {
  note(record_.ignored, "ignored", object);
}

void ExpectationChecker::on_full_collection_refused(const engine::FullCollectionRefused&) {
  record_.full_refused = true;
}

void ExpectationChecker::on_collection_end(const engine::CollectionEnd& end) {
  record_.collections.push_back(end);
}

void ExpectationChecker::on_return(std::int64_t found) {
  record_.returned = std::to_string(found);
}

void ExpectationChecker::on_answer(const engine::Answer& answer) {
  if (!watched_) return;
  record_.answers.emplace_back(rule_of(answer.kind).word, answer_words(answer, words_));
}

void ExpectationChecker::on_refcount(const engine::ObjectRef&, std::uint32_t refcount, bool tracked) {
  record_.refcount = std::to_string(refcount);
  record_.tracked = tracked ? "yes" : "no";
}

void ExpectationChecker::on_generations(std::span<const engine::ObjectRef> youngest,
                                        std::span<const engine::ObjectRef> middle,
                                        std::span<const engine::ObjectRef> oldest,
                                        std::uint64_t long_lived_total, std::uint64_t long_lived_pending) {
  if (!watched_) return;
  for (const auto& list : {youngest, middle, oldest}) {
    std::string names;
    for (const engine::ObjectRef& object : list) add_word(names, name(object));
    add_word(record_.generations, "[" + names + "]");
  }
  record_.long_lived = numbers({long_lived_total, long_lived_pending});
}

}  // namespace gcsim::report
