#include "base_run.h"

#include <algorithm>

#include "by_event.h"
#include "gcsim/prefetch.h"
#include "keyed_values.h"
#include "passing_reader.h"
#include "recorded_tracking.h"
#include "witness.h"

namespace gcsim::sweep {

namespace {

using trace::Kind;
using trace::Op;

std::string in_event(std::string_view what, EventIndex event) {
  return std::string(what) + " (event " + std::to_string(event) + ")";
}

constexpr std::string_view kTooLong =
    "it may use objects that no name leads to, or it takes too long to prove the opposite";

// Objects from which on the recorder's notes fill more than the processor's nearest cache.
constexpr std::size_t kLookAheadFrom = 2'048;

// Which events a one-pass sweep knows. What the others would need is said where they are refused.
std::string_view why_not(const trace::Event& e) {
  switch (e.op) {
    case Op::alloc:
    case Op::bind:
    case Op::add:
    case Op::set_item:
    case Op::del_item:
    case Op::pop:
    case Op::remove:
    case Op::clear:
    case Op::del:
    case Op::set_attr:
    case Op::del_attr:
    case Op::collect:
    case Op::get_count:
    case Op::inspect_refcount:
    case Op::inspect_generations:
    case Op::inspect_is:
    case Op::gc_is_enabled:
    case Op::resize:
    case Op::own:
    case Op::memory:
    case Op::check:
    case Op::tick: return "";
    case Op::weakref: return (e.flags & trace::kCallback) != 0 ? "weak references have callbacks" : "";
    case Op::set_threshold:
    case Op::enable:
    case Op::disable: return "the trace sets thresholds or switches the collector";
    case Op::freeze:
    case Op::unfreeze: return "the trace freezes objects";
    case Op::track:
    case Op::untrack:
    case Op::atomic: return "only recordings say what is tracked";
    case Op::dict: return "it asks for a __dict__";
    case Op::call:
    case Op::return_:
    case Op::frame:
    case Op::raise:
    case Op::generator:
    case Op::next:
    case Op::yield_: return "it has calls";
    case Op::exit: return "it has the interpreter's exit";
    default: return "it has events that no one-pass sweep knows yet";
  }
}

// The same for recordings, which don't know what a reference is called.
std::string_view why_not_recorded(const trace::Event& e) {
  switch (e.op) {
    case Op::track:
    case Op::untrack:
    case Op::atomic: return "";
    case Op::set_item:
    case Op::del_item:
    case Op::pop:
    case Op::clear:
    case Op::set_attr:
    case Op::del_attr:
    case Op::weakref: return "it has events that recorders don't write";
    default: return why_not(e);
  }
}

// Replaces requests for collections by a question without consequences, and remembers them.
class WithoutCollections final : public PassingReader {
 public:
  WithoutCollections(std::unique_ptr<trace::Reader> reader, std::vector<BaseRun::Request>& requests)
      : PassingReader(std::move(reader)), requests_(requests) {}

 private:
  void change(trace::EventBatch& batch) override {
    for (std::size_t k = 0; k < batch.events.size(); ++k) {
      trace::Event& e = batch.events[k];
      if (e.op != Op::collect) continue;
      requests_.push_back({static_cast<std::uint32_t>(batch.first + k), e.number});
      e = left_out();
    }
  }

  std::vector<BaseRun::Request>& requests_;
};

class Recorder final : public engine::Observer {
 public:
  Recorder(const engine::Settings& settings, const trace::Vocabulary& words, BaseRun& run)
      : settings_(settings), profile_(*settings.profile), words_(words), run_(run) {
    run_.lists.push_back({});
    held_.push_back(0);
    count_ = settings.count[kYoungest];
    if (settings.explicit_tracking) recorded_.emplace(witness_);
    collects_in_allocation_ = profile_.collection_point == profile::CollectionPoint::in_allocation;
  }

  void set_simulator(const engine::Simulator& simulator) {
    simulator_ = &simulator;
    witness_.set_simulator(simulator);
  }
  void begin_batch(const trace::EventBatch& batch) {
    batch_ = &batch;
    witness_.make_room_for(words_.symbols.capacity());
  }
  const std::string& because() const { return because_; }
  bool wants_heap() const override { return false; }

  void on_event(EventIndex index, const trace::Event& e) override;
  void on_event_end(EventIndex index, const engine::Counts& counts) override;
  void on_refused(const engine::HeapFault&) override {
    give_up("an event can't happen if nothing is ever collected");
  }
  void on_allocated(const engine::ObjectRef& object, bool reused) override;
  void on_same(SymbolId id, const engine::ObjectRef& object) override;
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex since) override;
  void on_resized(const engine::ObjectRef& object, std::uint32_t old_size) override;
  void on_memory(std::int64_t delta) override { grow(delta); }
  void on_resurrected(const engine::ObjectRef&, SymbolId) override { give_up("a finalizer resurrects"); }

  // After the last event: what is garbage, and whether all that was written down fits the simulator.
  void finish();

 private:
  // How a tuple is looked at: by what it holds.
  enum class Holds : std::uint8_t { solid, leaves, fleeting };
  struct Slot {
    bool is_alive = false;
    bool is_gc = false;
    bool is_closed = false;
    Kind kind = Kind::none;
    Holds holds = Holds::solid;
    std::uint8_t list = 0;
    std::uint32_t birth = kNoBirth;
    std::uint32_t dict = Witness::kNobody;  // an instance's
  };
  struct Type {
    const profile::TypeRules* rules = nullptr;
    Kind kind = Kind::none;
    bool is_closed = false;   // as Slot says it
    std::uint8_t list = 0;    // of types without lengths
    bool has_list = false;    // found yet
    bool is_checked = false;  // its class, with the first object
  };

  [[gnu::cold, gnu::noinline]] void give_up(std::string_view what) {
    if (because_.empty()) because_ = in_event(what, event_);
  }
  Type& type(TypeId id);
  bool is_closed(const Type& t) const;
  Slot& slot(ObjectIndex object) {
    if (raw(object) >= slots_.size()) [[unlikely]]
      slots_.resize(raw(object) + 1 + slots_.size() / 2);
    return slots_[raw(object)];
  }
  std::uint8_t list_of(Type& t, std::uint32_t length);
  std::uint8_t find_list(const profile::TypeRules& rules, std::uint32_t length);
  std::uint32_t held_at_start(const profile::TypeRules& rules, std::uint32_t length) const;
  void add_step(std::uint8_t code, std::uint32_t birth);
  std::uint32_t new_birth(bool is_fleeting);
  void enter(Slot& s, bool is_fleeting);
  Holds holds_of_tuple();
  Holding holding_of(SymbolId value) const;
  void after_set_item(std::uint32_t dict, KeyId key, SymbolId value);
  void after_set_attr(const trace::Event& e);
  void before_removal(const trace::Event& e);
  void check_class(TypeId id);
  void apply_recorded(const trace::Event& e);
  [[gnu::noinline]] void look_ahead(std::size_t k);
  void note_chance(EventIndex event);
  void count_birth(const Slot& s, bool is_subject, bool reused);
  void grow(std::int64_t bytes);
  void sample();
  std::uint32_t number_of_unsettled(std::uint32_t birth) const;
  void find_garbage(const engine::Snapshot& snapshot);
  void date_garbage(const engine::Snapshot& snapshot, const std::vector<std::uint32_t>& number);

  const engine::Settings& settings_;
  const profile::Profile& profile_;
  const trace::Vocabulary& words_;
  BaseRun& run_;
  const engine::Simulator* simulator_ = nullptr;
  const trace::EventBatch* batch_ = nullptr;
  Witness witness_;
  KeyedValues values_;
  std::optional<RecordedTracking> recorded_;  // of a recording
  bool collects_in_allocation_ = true;
  std::string because_;

  EventIndex event_ = 0;
  const trace::Event* now_ = nullptr;
  std::size_t next_request_ = 0;
  std::uint32_t counted_ = 0;  // allocations of this event that moved the count, or could
  bool has_released_ = false;  // has this event?
  std::vector<Type> types_;
  Large<Slot> slots_;
  std::vector<std::pair<const profile::TypeRules*, std::uint32_t>> list_keys_;  // by list, from 1
  std::vector<std::uint32_t> held_;                                             // by list, now
  std::int32_t count_ = 0;
  std::uint64_t in_lists_ = 0;
  std::uint64_t objects_ = 0;
  std::int64_t bytes_ = 0;
  BaseRun::Sample largest_;
};

Recorder::Type& Recorder::type(TypeId id) {
  while (types_.size() <= raw(id)) {
    const trace::TypeDecl& declared = words_.types()[types_.size()];
    Type t;
    t.rules = &profile::rules_for(profile_, declared);
    t.kind = declared.kind;
    t.is_closed = is_closed(t);
    types_.push_back(t);
  }
  return types_[raw(id)];
}

// As in the engine: finalize_garbage. No generator of a recording is known to have started.
bool Recorder::is_closed(const Type& t) const {
  using profile::Closing;
  const bool has_frame = t.kind == Kind::generator || t.kind == Kind::frame;
  return t.rules->closing == Closing::drops_references ||
         (t.rules->closing == Closing::drops_references_once_started && !has_frame);
}

std::uint32_t Recorder::held_at_start(const profile::TypeRules& rules, std::uint32_t length) const {
  for (const auto& fill : settings_.free_lists) {
    if (fill.type == rules.name && (rules.free_list_max_length == 0 || fill.length == length))
      return std::min(fill.held, rules.free_list_capacity);
  }
  return 0;
}

// As FreeLists does it: one list for each length of a type that has lengths, up to the longest one kept.
std::uint8_t Recorder::list_of(Type& t, std::uint32_t length) {
  if (t.rules->free_list_max_length != 0) return find_list(*t.rules, length);
  if (!t.has_list) {
    t.list = find_list(*t.rules, 0);
    t.has_list = true;
  }
  return t.list;
}

std::uint8_t Recorder::find_list(const profile::TypeRules& rules, std::uint32_t length) {
  if (rules.free_list_capacity == profile::kNoFreeList) return 0;
  const bool has_lengths = rules.free_list_max_length != 0;
  const std::uint32_t longest = std::max(rules.free_list_max_length, rules.free_list_kept_length);
  if (has_lengths && (length == 0 || length > longest)) return 0;
  const auto key = std::make_pair(&rules, has_lengths ? length : 0);
  const auto found = std::find(list_keys_.begin(), list_keys_.end(), key);
  const auto number = static_cast<std::size_t>(found - list_keys_.begin()) + 1;
  if (found == list_keys_.end()) {
    if (number >= step::kMostLists) {
      give_up("there are too many free lists");
      return 0;
    }
    list_keys_.push_back(key);
    const std::uint32_t held = held_at_start(rules, length);
    run_.lists.push_back({rules.free_list_capacity, !has_lengths || length <= rules.free_list_max_length,
                          rules.emptied_by_full_collection, held});
    held_.push_back(held);
  }
  return static_cast<std::uint8_t>(number);
}

// Also follows the count, to be compared with the engine's.
void Recorder::add_step(std::uint8_t code, std::uint32_t birth) {
  run_.code.push_back(code);
  run_.birth.push_back(birth);
  run_.event.push_back(static_cast<std::uint32_t>(event_));
  if (!step::is_counted(code)) return;
  const std::size_t list = step::list_of(code);
  if (!step::is_death(code)) {
    if (run_.lists[list].is_reusable && held_[list] > 0) {
      --held_[list];
    } else {
      ++count_;
    }
  } else if (held_[list] < run_.lists[list].capacity) {
    ++held_[list];
  } else if (count_ > 0) {
    --count_;
  }
}

std::uint32_t Recorder::new_birth(bool is_fleeting) {
  run_.stay.push_back(is_fleeting ? Stay::fleeting : Stay::solid);
  ++in_lists_;
  return ++run_.births;
}

// Joins the lists without moving the count.
void Recorder::enter(Slot& s, bool is_fleeting) {
  s.birth = new_birth(is_fleeting);
  add_step(step::kEnters, s.birth);
}

void Recorder::on_event(EventIndex index, const trace::Event& e) {
  event_ = index;
  now_ = &e;
  counted_ = 0;
  has_released_ = false;
  const std::string_view reason = recorded_ ? why_not_recorded(e) : why_not(e);
  if (!reason.empty()) give_up(reason);
  if (index > 0xffff'ffff) give_up("it has more than 4,294,967,295 events");
  if (!because_.empty()) return;
  if (slots_.size() > kLookAheadFrom) look_ahead(static_cast<std::size_t>(index - batch_->first));
  if (!witness_.check(index, e, batch_->operands_of(e))) give_up(kTooLong);
  if (recorded_) {
    recorded_->before(index, e, batch_->operands_of(e));
  } else {
    before_removal(e);
  }
  if (e.op == Op::check) {
    run_.checks.push_back(static_cast<std::uint32_t>(index));
    note_chance(index);
  }
  if (next_request_ < run_.requests.size() && run_.requests[next_request_].event == index) {
    note_chance(index);
    ++next_request_;
  }
}

// What the words of events to come stand for.
void Recorder::look_ahead(std::size_t k) {
  constexpr std::size_t kWord = 16, kObject = 8;
  const auto for_each_word = [this](std::size_t i, auto visit) {
    if (i >= batch_->events.size()) return;
    const trace::Event& e = batch_->events[i];
    if (e.op != Op::del) {
      visit(e.subject);
      visit(e.value);
    } else if (e.operand_count > 0) {
      visit(SymbolId{batch_->operands_of(e).front()});
    }
  };
  for_each_word(k + kWord, [this](SymbolId word) { witness_.look_ahead_word(word); });
  for_each_word(k + kObject, [this](SymbolId word) {
    const std::uint32_t object = witness_.look_ahead_object(word);
    if (object != Witness::kNobody) prefetch(slots_.data() + object);
  });
}

// What is written down before the event can be seen by a collection.
void Recorder::note_chance(EventIndex event) {
  if (recorded_) recorded_->note_chance(event);
}

// A tracked dict stays tracked for sure while it holds what is always tracked: a full collection untracks the
// others.
void Recorder::before_removal(const trace::Event& e) {
  if (e.op != Op::del_item && e.op != Op::del_attr && e.op != Op::pop && e.op != Op::clear) return;
  const std::uint32_t subject = witness_.find(e.subject);
  if (subject == Witness::kNobody) return;
  const Slot& s = slots_[subject];
  const bool is_attribute = e.op == Op::del_attr;
  const std::uint32_t holder = is_attribute && s.dict != Witness::kNobody ? s.dict : subject;
  if (is_attribute || e.op == Op::del_item) values_.remove(holder, e.key);
  if (slots_[holder].kind != Kind::dict || slots_[holder].birth == kNoBirth) return;
  const bool is_emptied = e.op == Op::pop || e.op == Op::clear;
  if (is_emptied || values_.counts(holder).solid == 0)
    give_up("whether a dict is tracked depends on when collections run");
}

// Of one the event allocates.
Recorder::Holds Recorder::holds_of_tuple() {
  if (now_->op != Op::alloc) return Holds::leaves;
  bool has_fleeting = false;
  for (const std::uint32_t element : batch_->operands_of(*now_)) {
    const Holding holding = holding_of(SymbolId{element});
    if (holding == Holding::solid) return Holds::solid;
    has_fleeting = has_fleeting || holding == Holding::fleeting;
  }
  return has_fleeting ? Holds::fleeting : Holds::leaves;
}

// Solid: a container that no collection untracks as a tuple.
Holding Recorder::holding_of(SymbolId value) const {
  const std::uint32_t i = witness_.find(value);
  if (i == Witness::kNobody || !slots_[i].is_gc) return Holding::leaf;
  const bool is_solid = slots_[i].kind != Kind::tuple || slots_[i].holds == Holds::solid;
  return is_solid ? Holding::solid : Holding::fleeting;
}

void Recorder::check_class(TypeId id) {
  using profile::TeardownStep;
  const trace::TypeDecl& declared = words_.types()[raw(id)];
  if (declared.finalizer == trace::Finalizer::none) return;
  const auto& teardown = profile_.teardown;
  const bool sets_aside =
      std::find(teardown.begin(), teardown.end(), TeardownStep::set_aside_uncollectable) != teardown.end();
  if (declared.finalizer == trace::Finalizer::resurrects) give_up("a finalizer resurrects");
  if (sets_aside) give_up("finalizers make garbage uncollectable");
}

void Recorder::grow(std::int64_t bytes) {
  bytes_ += bytes;
  if (bytes > 0) sample();
}

// A setting's heap is this one minus what it has freed so far, which only grows: where this one is no larger
// than before, none has a new peak.
void Recorder::sample() {
  BaseRun::Sample& most = largest_;
  if (objects_ <= most.objects && bytes_ <= most.bytes) return;
  most.objects = std::max(most.objects, static_cast<std::uint32_t>(objects_));
  most.bytes = std::max(most.bytes, bytes_);
  if (run_.samples.empty() || most.event != event_) run_.samples.add();
  most.event = static_cast<std::uint32_t>(event_);
  run_.samples.back() = most;
}

// What a free list goes by: how many elements it has room for.
std::uint32_t length_of(const profile::TypeRules& rules, std::uint32_t size) {
  return rules.item_size != 0 && size > rules.size ? (size - rules.size) / rules.item_size : 0;
}

// Its block, if it dies, goes to the list of its new length.
void Recorder::on_resized(const engine::ObjectRef& object, std::uint32_t old_size) {
  grow(std::int64_t{object.size} - old_size);
  if (!because_.empty()) return;
  Slot& s = slot(object.object);
  Type& t = type(object.type);
  if (s.is_gc) s.list = list_of(t, length_of(*t.rules, now_->number));
}

void Recorder::on_allocated(const engine::ObjectRef& object, bool reused) {
  witness_.on_allocated(object);
  ++objects_;
  bytes_ += object.size;
  sample();
  if (!because_.empty()) return;
  Type& t = type(object.type);
  if (!t.is_checked) [[unlikely]] {
    check_class(object.type);
    t.is_checked = true;
  }
  Slot& s = slot(object.object);
  s = Slot{};
  s.is_alive = true;
  s.is_gc = t.rules->is_gc;
  s.kind = t.kind;
  s.is_closed = t.is_closed;
  if (recorded_) {
    using Nature = RecordedTracking::Nature;
    const Nature nature = !s.is_gc                ? Nature::leaf
                          : t.kind == Kind::tuple ? Nature::tuple
                          : t.kind == Kind::dict  ? Nature::dict
                                                  : Nature::other;
    recorded_->on_allocated(raw(object.object), nature, (now_->flags & trace::kOutside) != 0);
  }
  if (!s.is_gc) return;
  if (++counted_ > 1 || has_released_) return give_up("an event makes several objects");
  const bool is_subject = object.id != kNoSymbol;
  if (t.kind == Kind::tuple) {
    if (profile_.untrack_tuples == profile::UntrackRule::full_collections)
      return give_up("tuples are untracked by full collections only");
    s.holds = is_subject && !recorded_ ? holds_of_tuple() : Holds::leaves;
    if (s.holds == Holds::fleeting)
      return give_up("tuples hold tuples, which are untracked in the order of lists");
  }
  if (!is_subject && t.kind == Kind::dict) {
    const std::uint32_t instance = witness_.find(now_->subject);
    if (now_->op != Op::set_attr || instance == Witness::kNobody)
      return give_up("a dict is made that no event of this trace names");
    slots_[instance].dict = raw(object.object);
    values_.move(instance, raw(object.object));
  }
  // Recordings tell the size.
  const bool has_elements = t.kind == Kind::tuple && is_subject && !recorded_;
  s.list = list_of(t, has_elements                         ? now_->operand_count
                      : t.rules->free_list_max_length != 0 ? length_of(*t.rules, object.size)
                                                           : 0);
  const bool drops = s.holds == Holds::leaves && t.kind == Kind::tuple &&
                     profile_.untrack_tuples == profile::UntrackRule::every_collection;
  const bool is_tracked = recorded_ ? !is_subject : t.kind != Kind::dict;
  if (is_subject && (now_->flags & trace::kBefore) != 0) {
    if (is_tracked) enter(s, drops);
    return;
  }
  if (is_tracked) s.birth = new_birth(drops);
  count_birth(s, is_subject, reused);
}

void Recorder::count_birth(const Slot& s, bool is_subject, bool reused) {
  const std::uint8_t flags = is_subject ? now_->flags : std::uint8_t{0};
  const std::uint8_t list = (flags & trace::kBypassFreeList) != 0 ? std::uint8_t{0} : s.list;
  const bool takes_kept = run_.lists[list].is_reusable && held_[list] > 0;
  if (takes_kept != reused) give_up("free lists hold something else than expected");
  const bool is_quiet = (flags & trace::kError) != 0;
  add_step(static_cast<std::uint8_t>(step::born(list) | (is_quiet ? step::kQuiet : 0)), s.birth);
  note_chance(event_);
}

// One weak reference serves all who ask, also if only garbage holds it still: where that was collected, a new
// one is made.
void Recorder::on_same(SymbolId id, const engine::ObjectRef& object) {
  if (because_.empty() && now_->op == Op::weakref && !witness_.check_shared(event_, raw(object.object)))
    give_up(kTooLong);
  witness_.on_same(id, object);
}

void Recorder::on_freed(const engine::ObjectRef& object, bool collecting, EventIndex) {
  witness_.on_freed(object);
  values_.forget(raw(object.object));
  if (recorded_) recorded_->on_freed(raw(object.object));
  --objects_;
  bytes_ -= object.size;
  if (!because_.empty()) return;
  if (collecting) return give_up("something is collected");
  has_released_ = true;
  Slot& s = slot(object.object);
  s.is_alive = false;
  if (!s.is_gc) return;
  if (s.birth != kNoBirth) --in_lists_;
  add_step(step::died(s.list), s.birth);
}

// What recordings say of the object, behind the event.
void Recorder::apply_recorded(const trace::Event& e) {
  const std::uint32_t object = witness_.find(e.subject);
  if (object == Witness::kNobody) return;
  Slot& s = slots_[object];
  if (e.op == Op::atomic) recorded_->set_outside(object, false);
  if (e.op != Op::track && e.op != Op::untrack) return;
  if ((e.flags & trace::kOutside) != 0) recorded_->set_outside(object, true);
  const bool is_tracked = s.birth != kNoBirth;
  if (e.op == Op::untrack) {
    if (!is_tracked) return;
    recorded_->leave(object);
    --in_lists_;
    add_step(step::kLeaves, s.birth);
    s.birth = kNoBirth;
  } else if (is_tracked) {
    recorded_->enter_again(object);
  } else {
    enter(s, false);
    recorded_->enter(object, s.birth);
  }
}

// insertdict tracks the dict when it first gets something that may be tracked; attributes that move to a
// __dict__ decide likewise.
void Recorder::after_set_item(std::uint32_t dict, KeyId key, SymbolId value) {
  values_.put(dict, key, holding_of(value));
  Slot& d = slots_[dict];
  const KeyedValues::Counts counts = values_.counts(dict);
  if (counts.solid > 0) {
    if (d.birth == kNoBirth) enter(d, false);
  } else if (d.birth != kNoBirth || counts.fleeting > 0) {
    give_up("whether a dict is tracked depends on when collections run");
  }
}

void Recorder::after_set_attr(const trace::Event& e) {
  const std::uint32_t instance = witness_.find(e.subject);
  if (instance == Witness::kNobody) return;
  if (slots_[instance].dict != Witness::kNobody) return after_set_item(slots_[instance].dict, e.key, e.value);
  values_.put(instance, e.key, holding_of(e.value));
}

void Recorder::on_event_end(EventIndex index, const engine::Counts& counts) {
  if (!because_.empty()) return;
  const trace::Event& e = *now_;
  const auto operands = batch_->operands_of(e);
  if (e.op == Op::set_item) {
    const std::uint32_t dict = witness_.find(e.subject);
    if (dict != Witness::kNobody && slots_[dict].kind == Kind::dict) after_set_item(dict, e.key, e.value);
  }
  if (e.op == Op::set_attr) after_set_attr(e);
  witness_.end_event(index, e, operands);
  if (recorded_) {
    apply_recorded(e);
    recorded_->after(e, operands);
  }
  if (!collects_in_allocation_ && counted_ > 0) note_chance(index + 1);
  if (counts[kYoungest] != count_) give_up("the count moves in a way that is not known");
}

void Recorder::finish() {
  run_.events = event_;
  if (!because_.empty()) return;
  if (run_.code.size() > kNever) return give_up("it has more than 4,294,967,295 births and deaths");
  if (simulator_->tracked() != in_lists_) return give_up("objects are tracked in a way that is not known");
  if (recorded_ && !recorded_->finish(run_))
    return give_up("a tuple or dict is tracked again that a collection may have untracked");
  find_garbage(simulator_->snapshot());
}

std::uint32_t Recorder::number_of_unsettled(std::uint32_t birth) const {
  const auto is_older = [](const Unsettled& u, std::uint32_t b) { return u.birth < b; };
  const auto found = std::lower_bound(run_.unsettled.begin(), run_.unsettled.end(), birth, is_older);
  return static_cast<std::uint32_t>(found - run_.unsettled.begin());
}

void Recorder::find_garbage(const engine::Snapshot& snapshot) {
  std::vector<bool> is_reached(snapshot.objects.size());
  std::vector<std::uint32_t> open;
  const auto reach = [&](std::uint32_t i) {
    if (is_reached[i]) return;
    is_reached[i] = true;
    open.push_back(i);
  };
  for (const auto& name : snapshot.names) reach(name.object);
  for (std::uint32_t i = 0; i < snapshot.objects.size(); ++i) {
    if (snapshot.objects[i].immortal) reach(i);
  }
  while (!open.empty()) {
    const engine::SnapshotObject& o = snapshot.objects[open.back()];
    open.pop_back();
    for (const std::uint32_t child : snapshot.edges_of(o)) reach(child);
  }
  std::vector<std::uint32_t> number(snapshot.objects.size(), Witness::kNobody);
  run_.garbage.reserve(snapshot.objects.size() -
                       static_cast<std::size_t>(std::count(is_reached.begin(), is_reached.end(), true)));
  for (std::uint32_t i = 0; i < snapshot.objects.size(); ++i) {
    if (is_reached[i]) continue;
    const engine::SnapshotObject& o = snapshot.objects[i];
    if (o.refcount == 0) return give_up("a deallocation still waits at the end");
    const Slot& s = slots_[raw(o.object)];
    number[i] = static_cast<std::uint32_t>(run_.garbage.size());
    Garbage g;
    g.birth = s.birth;
    if (s.birth != kNoBirth) g.stay = run_.stay[s.birth - 1];
    if (g.stay == Stay::unsettled) g.unsettled = number_of_unsettled(s.birth);
    g.is_counted = s.is_gc;
    g.is_closed = s.is_closed && s.birth != kNoBirth;
    g.list = s.list;
    g.size = o.size;
    g.since = static_cast<std::uint32_t>(o.last_released);  // of its own references; see components
    run_.garbage.push_back(g);
  }
  for (std::uint32_t i = 0; i < snapshot.objects.size(); ++i) {
    if (number[i] == Witness::kNobody) continue;
    Garbage& g = run_.garbage[number[i]];
    g.edge_begin = static_cast<std::uint32_t>(run_.edges.size());
    for (const std::uint32_t child : snapshot.edges_of(snapshot.objects[i])) {
      if (number[child] != Witness::kNobody) run_.edges.push_back(number[child]);
    }
    g.edge_count = static_cast<std::uint32_t>(run_.edges.size()) - g.edge_begin;
  }
  date_garbage(snapshot, number);
}

// Each object became garbage when the last reference on any path to it went. Latest first, each hands its
// date to all it reaches that has none yet.
void Recorder::date_garbage(const engine::Snapshot& snapshot, const std::vector<std::uint32_t>& number) {
  std::vector<std::uint64_t> order;
  order.reserve(run_.garbage.size());
  for (const Garbage& g : run_.garbage)
    order.push_back(at_event(kNever - g.since, static_cast<std::uint32_t>(order.size())));
  sort_by_event(order);
  std::vector<bool> is_dated(run_.garbage.size());
  std::vector<std::uint32_t> open;
  for (const std::uint64_t entry : order) {
    const std::uint32_t first = what_of(entry);
    if (is_dated[first]) continue;
    is_dated[first] = true;
    open.assign(1, first);
    while (!open.empty()) {
      Garbage& g = run_.garbage[open.back()];
      open.pop_back();
      g.since = run_.garbage[first].since;
      for (std::uint32_t k = g.edge_begin; k < g.edge_begin + g.edge_count; ++k) {
        const std::uint32_t child = run_.edges[k];
        if (is_dated[child]) continue;
        is_dated[child] = true;
        open.push_back(child);
      }
    }
  }
  for (std::uint32_t i = 0; i < snapshot.objects.size(); ++i) {
    if (number[i] == Witness::kNobody) continue;
    const EventIndex touched = witness_.last_touch(raw(snapshot.objects[i].object));
    if (touched != 0 && touched >= run_.garbage[number[i]].since) {
      event_ = touched;
      return give_up("it may use objects that no name leads to");
    }
  }
}

// What of the profile would need more than is written down.
std::string_view why_not(const profile::Profile& profile) {
  if (!profile.trashcan.emptied_by_instances)
    return "deallocations of this version may wait in the trashcan beyond their event";
  if (profile.untrack_dicts == profile::UntrackRule::every_collection)
    return "every collection untracks dicts";
  const auto& teardown = profile.teardown;
  const auto counts = std::find(teardown.begin(), teardown.end(), profile::TeardownStep::count_garbage);
  if (std::find(counts, teardown.end(), profile::TeardownStep::finalize_garbage) != teardown.end())
    return "collections of this version count the trash before they close generators";
  return "";
}

}  // namespace

std::variant<BaseRun, NotProven, trace::TraceError> record_base_run(const Open& open, const Setting& base,
                                                                    bool leaves_out_own_settings) {
  auto opened = open();
  if (auto* error = std::get_if<trace::TraceError>(&opened)) return std::move(*error);
  auto inner = std::get<std::unique_ptr<trace::Reader>>(std::move(opened));
  if (const std::string_view reason = why_not(*base.profile); !reason.empty())
    return NotProven{std::string(reason)};
  BaseRun run;
  WithoutCollections reader(with_own_settings(std::move(inner), leaves_out_own_settings, run.own),
                            run.requests);
  Setting disabled = base;
  disabled.enabled = false;
  const engine::Settings settings = engine_settings(disabled, reader.header());
  Recorder recorder(settings, reader.vocabulary(), run);
  const auto simulator = engine::Simulator::create(settings, &recorder);
  recorder.set_simulator(*simulator);
  gcsim::ReplayOptions options;
  std::optional<trace::TraceError> fault;
  options.on_fault = [&](const trace::TraceError& error) {
    if (error.fault != trace::Fault::truncated && recorder.because().empty()) fault = error;
    return OnFault::stop;
  };
  options.on_batch = [&](const trace::EventBatch& batch) {
    if (!recorder.because().empty()) throw NotProven{recorder.because()};
    recorder.begin_batch(batch);
  };
  ReplayResult result;
  try {
    result = replay(reader, *simulator, options);
  } catch (NotProven& not_proven) {
    return std::move(not_proven);
  }
  if (!recorder.because().empty()) return NotProven{recorder.because()};
  if (fault) return std::move(*fault);
  run.is_truncated = result.truncated;
  recorder.finish();
  if (!recorder.because().empty()) return NotProven{recorder.because()};
  return run;
}

}  // namespace gcsim::sweep
