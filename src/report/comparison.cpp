#include "gcsim/report/comparison.h"

#include <algorithm>
#include <functional>

#include "answers.h"
#include "gcsim/inspect/leaks.h"
#include "gcsim/report/style.h"
#include "gcsim/trace/spelling.h"
#include "words.h"

namespace gcsim::report {

namespace {

constexpr std::size_t kEffectsShown = 6;

std::string in_words(const EffectLog::Effect& e, const trace::Vocabulary& words) {
  using Kind = EffectLog::Kind;
  const std::string name = e.id == kNoSymbol ? "" : std::string(words.symbols.word(raw(e.id)));
  switch (e.kind) {
    case Kind::freed: return "freed " + name;
    case Kind::finalizer: return "finalized " + name;
    case Kind::callback: return "called back " + name;
    case Kind::resurrected: return "resurrected " + name;
    case Kind::same: return name + " is an object that exists already";
    case Kind::refused:
      return "refused: " + std::string(trace::words(static_cast<trace::Fault>(e.a))) +
             (name.empty() ? "" : " ") + name;
    case Kind::collection:
      return "collected generation " + std::to_string(e.c) + ": walked " + grouped(e.a) + ", collected " +
             grouped(e.b);
    case Kind::sweep: return "marked " + grouped(e.a) + " and swept " + grouped(e.b);
    case Kind::returned: return "returned " + std::to_string(e.a);
    case Kind::answer:
      return std::string(rule_of(static_cast<engine::AnswerKind>(e.c)).word) + " " + std::to_string(e.a);
    case Kind::refcount: return name + " has " + counted(e.a, "reference");
  }
  return "";
}

}  // namespace

void Delays::add(EventIndex delay) {
  ++count_;
  sum_ += delay;
  if (delay == 0) {
    ++at_once_;
  } else {
    ++later_[delay];
  }
}

double Delays::mean() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

EventIndex Delays::median() const {
  const std::uint64_t middle = (count_ + 1) / 2;
  std::uint64_t passed = at_once_;
  if (passed >= middle) return 0;
  for (const auto& [delay, objects] : later_) {
    passed += objects;
    if (passed >= middle) return delay;
  }
  return 0;
}

EventIndex Delays::longest() const {
  return later_.empty() ? 0 : later_.rbegin()->first;
}

double RunFigures::overhead_bytes_per_object() const {
  if (totals.allocated == 0) return 0;
  return static_cast<double>(overhead_bits) / 8 / static_cast<double>(totals.allocated);
}

void EffectLog::begin_batch() {
  effects_.clear();
  begins_.clear();
}

void EffectLog::begin_event() {
  begins_.push_back(effects_.size());
}

std::span<const EffectLog::Effect> EffectLog::effects_of(std::size_t event) const {
  const std::size_t end = event + 1 < begins_.size() ? begins_[event + 1] : effects_.size();
  return std::span(effects_).subspan(begins_[event], end - begins_[event]);
}

std::string EffectLog::in_words(std::size_t event, const trace::Vocabulary& words) const {
  const std::span<const Effect> effects = effects_of(event);
  if (effects.empty()) return "nothing";
  std::string text;
  for (std::size_t k = 0; k < std::min(effects.size(), kEffectsShown); ++k) {
    const bool goes_on = k > 0 && effects[k].kind == Kind::freed && effects[k - 1].kind == Kind::freed;
    const std::string each = report::in_words(effects[k], words);
    text += k == 0 ? "" : goes_on ? ", " : "; ";
    text += goes_on ? each.substr(std::string_view("freed ").size()) : each;
  }
  if (effects.size() > kEffectsShown) text += " ... and " + grouped(effects.size() - kEffectsShown) + " more";
  return text;
}

RunObserver::RunObserver(const engine::Settings& settings, const trace::Vocabulary& words)
    : Tally(false), words_(words) {
  figures_.settings = settings;
}

void RunObserver::begin_batch(bool log_effects) {
  logs_ = log_effects;
  log_.begin_batch();
}

void RunObserver::log(const EffectLog::Effect& effect) {
  if (logs_) log_.add(effect);
}

// What the collector in use needs beside the object; the profile says how large that is.
std::uint32_t RunObserver::overhead_of(TypeId type) {
  using profile::Reclamation;
  while (overhead_.size() <= raw(type)) {
    const profile::Profile& profile = *figures_.settings.profile;
    const profile::TypeRules& rules = profile::rules_for(profile, words_.types()[overhead_.size()]);
    std::uint32_t bytes = profile.overhead.count_bytes;
    if (figures_.settings.reclamation == Reclamation::counting_and_cycles && rules.is_gc)
      bytes += profile.heap.collector_header;
    const bool marks = figures_.settings.reclamation == Reclamation::mark_and_sweep;
    overhead_.push_back(marks ? std::max(profile.overhead.mark_bits, 1u) : 8 * bytes);
  }
  return overhead_[raw(type)];
}

void RunObserver::on_event(EventIndex index, const trace::Event& event) {
  Tally::on_event(index, event);
  event_ = index;
  cascade_ = 0;
  if (logs_) log_.begin_event();
}

void RunObserver::on_refused(const engine::HeapFault& fault) {
  log({EffectLog::Kind::refused, fault.symbol, static_cast<std::uint64_t>(fault.fault), 0, 0});
}

void RunObserver::on_allocated(const engine::ObjectRef& object, bool reused) {
  Tally::on_allocated(object, reused);
  figures_.overhead_bits += overhead_of(object.type);
}

void RunObserver::on_same(SymbolId id, const engine::ObjectRef&) {
  log({EffectLog::Kind::same, id, 0, 0, 0});
}

void RunObserver::on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) {
  Tally::on_freed(object, collecting, unreachable_since);
  figures_.delays.add(event_ - std::min(event_, unreachable_since));
  if (!collecting) figures_.longest_cascade = std::max(figures_.longest_cascade, ++cascade_);
  if (object.id != kNoSymbol) log({EffectLog::Kind::freed, object.id, 0, 0, 0});
}

void RunObserver::on_finalizer(const engine::ObjectRef& object) {
  Tally::on_finalizer(object);
  log({EffectLog::Kind::finalizer, object.id, 0, 0, 0});
}

void RunObserver::on_resurrected(const engine::ObjectRef& object, SymbolId name) {
  Tally::on_resurrected(object, name);
  log({EffectLog::Kind::resurrected, object.id, 0, 0, 0});
}

void RunObserver::on_callback(const engine::ObjectRef& weakref) {
  Tally::on_callback(weakref);
  log({EffectLog::Kind::callback, weakref.id, 0, 0, 0});
}

void RunObserver::on_collection_end(const engine::CollectionEnd& end) {
  Tally::on_collection_end(end);
  ++figures_.collections;
  figures_.objects_walked += end.visited;
  figures_.slots_walked += end.slots;
  figures_.references_walked += end.references;
  figures_.longest_walk = std::max(figures_.longest_walk, end.visited + end.slots);
  const bool sweeps = figures_.settings.reclamation == profile::Reclamation::mark_and_sweep;
  log({sweeps ? EffectLog::Kind::sweep : EffectLog::Kind::collection, kNoSymbol, end.visited, end.collected,
       end.generation});
}

void RunObserver::on_return(std::int64_t found) {
  log({EffectLog::Kind::returned, kNoSymbol, static_cast<std::uint64_t>(found), 0, 0});
}

void RunObserver::on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool) {
  log({EffectLog::Kind::refcount, object.id, refcount, 0, 0});
}

void RunObserver::on_answer(const engine::Answer& answer) {
  const std::hash<std::string> hash;
  log({EffectLog::Kind::answer, kNoSymbol,
       answer.numbers.empty() ? 0 : static_cast<std::uint64_t>(answer.numbers.front()),
       hash(answer_words(answer, words_)), static_cast<std::uint64_t>(answer.kind)});
}

RunFigures RunObserver::figures(const engine::Simulator& simulator) {
  const engine::Snapshot snapshot = simulator.snapshot();
  for (const inspect::Leak& leak : inspect::find_leaks(snapshot).objects) {
    if (leak.unreachable_since == 0) continue;
    add_remaining_garbage(snapshot.objects[leak.object].size, leak.unreachable_since);
    ++figures_.garbage_at_end;
  }
  figures_.totals = totals();
  figures_.operations = simulator.count_operations();
  return figures_;
}

bool DifferenceFinder::is_done() const {
  return std::all_of(found_.begin() + 1, found_.end(), [](const auto& d) { return d.has_value(); });
}

void DifferenceFinder::compare(const trace::EventBatch& batch, const std::vector<const EffectLog*>& logs,
                               const trace::Vocabulary& words) {
  if (is_done()) return;
  const EffectLog& first = *logs.front();
  for (std::size_t run = 1; run < logs.size(); ++run) {
    const EffectLog& other = *logs[run];
    for (std::size_t k = 0; k < batch.events.size() && !found_[run]; ++k) {
      const auto mine = first.effects_of(k);
      const auto theirs = other.effects_of(k);
      if (std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end())) continue;
      Difference d{run, batch.first + k, batch.line(k), "", {}};
      trace::append_event(d.text, batch.events[k], batch.operands_of(batch.events[k]), words);
      d.effects = {first.in_words(k, words), other.in_words(k, words)};
      found_[run] = std::move(d);
    }
  }
}

std::vector<Difference> DifferenceFinder::differences() const {
  std::vector<Difference> all;
  for (const auto& d : found_) {
    if (d) all.push_back(*d);
  }
  return all;
}

}  // namespace gcsim::report
