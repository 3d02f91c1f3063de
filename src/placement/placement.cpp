#include "gcsim/placement.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gcsim/trace/spelling.h"
#include "waiting.h"

namespace gcsim {

namespace {

using trace::Event;
using trace::EventBatch;
using trace::Fault;
using trace::Op;
using trace::Operand;

// What became of an object so far.
enum class Phase : std::uint8_t {
  unknown,
  alive,
  waiting,  // its garbage event was read, its moment has not come
  garbage,  // its moment is past
  dead,     // its reference count reached 0
};

class PlacingReader final : public trace::Reader {
 public:
  PlacingReader(std::unique_ptr<trace::Reader> inner, double placement,
                std::shared_ptr<PlacementCounts> counts)
      : inner_(std::move(inner)),
        placement_(placement),
        counts_(counts ? std::move(counts) : std::make_shared<PlacementCounts>()),
        header_(inner_->header()) {
    header_.is_approximate = false;
    header_.written_as = trace::Format::json_lines;  // several events may stand in one line now
  }

  const trace::Header& header() const override { return header_; }
  trace::Vocabulary& vocabulary() override { return inner_->vocabulary(); }
  Status next(EventBatch& batch) override;
  const trace::TraceError& error() const override { return is_own_error_ ? error_ : inner_->error(); }
  void forget(std::span<const SymbolId> words) override;
  void close() override { inner_->close(); }
  Place locate(const EventBatch& batch, std::size_t event, Operand operand,
               std::uint32_t ordinal) const override;
  std::optional<std::uint64_t> line_of(EventIndex) const override { return std::nullopt; }

 private:
  struct Object {
    std::uint32_t birth = 0;
    Phase phase = Phase::unknown;
    bool is_referred_to = false;  // by what is garbage, or was
  };
  // Where an event that was written came from: one of the batch that was read, and which of its operands
  // is now the second one; or a line read long ago.
  struct Origin {
    static constexpr std::uint32_t kLongAgo = 0xffffffffu;
    std::uint32_t event = kLongAgo;
    std::uint32_t ordinal = 0;
  };
  Status place_batch();
  bool place(const Event& e);
  bool place_alloc(const Event& e);
  bool place_die(const Event& e);
  bool place_garbage_event(const Event& e);
  bool place_about(const Event& e);
  void pass_on(const Event& e);
  void begin_garbage();
  void refer(SymbolId from, SymbolId to, std::uint64_t line, Origin origin);
  void let_go(SymbolId id, std::uint64_t line, Origin origin);
  Event& write(const Event& e, std::uint64_t line, Origin origin);
  void place_expectations();
  bool check_targets(const Event& e);
  bool refuse(Fault fault, Operand operand, std::uint32_t ordinal, std::string expected, std::string got);
  bool refuse_kind(const Event& e);
  bool refuse_id(SymbolId id, Operand operand, std::uint32_t ordinal);

  Object& object(SymbolId id) {
    if (raw(id) >= objects_.size()) objects_.resize(raw(id) + 1 + objects_.size() / 2);
    return objects_[raw(id)];
  }
  std::string quoted(SymbolId id) { return "'" + std::string(vocabulary().symbols.word(raw(id))) + "'"; }

  std::unique_ptr<trace::Reader> inner_;
  double placement_;
  std::shared_ptr<PlacementCounts> counts_;
  trace::Header header_;
  EventBatch read_;                 // the batch at hand, of which ..
  std::size_t next_ = 0;            // .. this event is the next one to place
  std::size_t expected_ = 0;        // .. and this expectation
  Status status_ = Status::events;  // what the inner reader said of it
  bool has_batch_ = false;          // there is more of it
  EventBatch* out_ = nullptr;
  std::vector<Origin> origins_;  // of the events written
  std::vector<Object> objects_;  // by word
  std::vector<SymbolId> forgotten_;
  std::uint64_t allocs_ = 0;
  Waiting waiting_;
  std::vector<WaitingGarbage> due_;
  trace::TraceError error_;
  bool is_own_error_ = false;
};

// Events of approximate recordings that change nothing about who is alive.
bool is_passed_on(Op op) {
  switch (op) {
    case Op::memory:
    case Op::check:
    case Op::collect:
    case Op::enable:
    case Op::disable:
    case Op::set_threshold:
    case Op::freeze:
    case Op::unfreeze:
    case Op::set_debug:
    case Op::get_count:
    case Op::gc_is_enabled:
    case Op::gc_get_threshold:
    case Op::gc_get_stats:
    case Op::gc_get_objects:
    case Op::gc_freeze_count:
    case Op::gc_garbage:
    case Op::gc_clear_garbage:
    case Op::gc_add_callback:
    case Op::gc_remove_callback:
    case Op::inspect_generations: return true;
    default: return false;
  }
}

trace::Reader::Status PlacingReader::next(EventBatch& batch) {
  is_own_error_ = false;
  batch.clear();
  origins_.clear();
  out_ = &batch;
  if (!has_batch_) {
    status_ = inner_->next(read_);
    if (status_ == Status::fault) return Status::fault;
    has_batch_ = true;
    next_ = 0;
    expected_ = 0;
  }
  return place_batch();
}

// What was placed before a fault is handed out first; the faulty event is then met again.
trace::Reader::Status PlacingReader::place_batch() {
  while (next_ < read_.events.size()) {
    const bool is_placed = place(read_.events[next_]);
    if (!is_placed && !out_->events.empty()) return Status::events;
    ++next_;
    if (!is_placed) {
      is_own_error_ = true;
      return Status::fault;
    }
    place_expectations();
  }
  if (status_ == Status::end && waiting_.has_due(allocs_)) begin_garbage();
  place_expectations();
  has_batch_ = false;
  return status_;
}

// Of the events up to the one placed last: they are about the last event that came of it, or of one before.
void PlacingReader::place_expectations() {
  const EventIndex placed = read_.first + next_;
  while (expected_ < read_.expectations.size() && read_.expectations[expected_].event < placed) {
    trace::Expectation e = read_.expectations[expected_++];
    e.event = out_->first + out_->events.size() - 1;
    out_->expectations.push_back(std::move(e));
  }
}

bool PlacingReader::place(const Event& e) {
  // All garbage of one moment begins together: what belongs together stands on adjacent lines.
  if (e.op != Op::garbage && e.op != Op::own && waiting_.has_due(allocs_)) begin_garbage();
  switch (e.op) {
    case Op::alloc: return place_alloc(e);
    case Op::die: return place_die(e);
    case Op::garbage: return place_garbage_event(e);
    case Op::own:
    case Op::track:
    case Op::untrack:
    case Op::resize:
    case Op::atomic:
    case Op::inspect_refcount:
    case Op::gc_is_tracked: return place_about(e);
    case Op::tick: return true;
    default: break;
  }
  if (!is_passed_on(e.op)) return refuse_kind(e);
  pass_on(e);
  return true;
}

bool PlacingReader::refuse_kind(const Event& e) {
  std::string event;
  trace::append_event(event, e, read_.operands_of(e), vocabulary());
  event.resize(std::min(event.find(' '), event.size()));
  return refuse(Fault::other_recording, Operand::whole, 0, "an event of an approximate recording",
                "'" + event + "'");
}

bool PlacingReader::place_alloc(const Event& e) {
  Object& o = object(e.subject);
  if (o.phase != Phase::unknown && o.phase != Phase::dead)
    return refuse(Fault::duplicate_id, Operand::subject, 0, "an ID that no object had", quoted(e.subject));
  if (e.operand_count != 0)
    return refuse(Fault::other_recording, Operand::item, 0,
                  "no elements: what garbage refers to is told when it is garbage",
                  quoted(SymbolId{read_.operands_of(e)[0]}));
  if (e.name != e.subject)
    return refuse(Fault::other_recording, Operand::name, 0, "no name: an object has its ID", quoted(e.name));
  ++allocs_;
  o = {static_cast<std::uint32_t>(allocs_), Phase::alive, false};
  // What a live tuple or dict holds is not told: it stays tracked until `atomic` says otherwise.
  Event placed = e;
  placed.flags |= trace::kOutside;
  write(placed, read_.line(next_), {static_cast<std::uint32_t>(next_), 0});
  return true;
}

bool PlacingReader::place_die(const Event& e) {
  Object& o = object(e.subject);
  if (o.phase == Phase::waiting || o.phase == Phase::garbage) {
    ++counts_->left_out;
    return true;
  }
  if (o.phase != Phase::alive) return refuse_id(e.subject, Operand::subject, 0);
  if (!check_targets(e)) return false;
  const std::uint64_t line = read_.line(next_);
  Origin origin{static_cast<std::uint32_t>(next_), 0};
  // Only garbage can keep it now.
  if (object(e.subject).is_referred_to) {
    for (const std::uint32_t to : read_.operands_of(e)) {
      refer(e.subject, SymbolId{to}, line, origin);
      ++origin.ordinal;
    }
  }
  object(e.subject).phase = Phase::dead;
  let_go(e.subject, line, {static_cast<std::uint32_t>(next_), 0});
  return true;
}

bool PlacingReader::place_garbage_event(const Event& e) {
  const Phase phase = object(e.subject).phase;
  if (phase == Phase::waiting || phase == Phase::garbage)
    return refuse(Fault::dead_object, Operand::subject, 0, "an object that is not garbage yet",
                  quoted(e.subject));
  if (phase != Phase::alive) return refuse_id(e.subject, Operand::subject, 0);
  if (!check_targets(e)) return false;
  const auto later = static_cast<std::uint64_t>(placement_ * e.number);
  WaitingGarbage& waiting =
      waiting_.add({e.subject, object(e.subject).birth}, allocs_ + later, read_.line(next_));
  for (const std::uint32_t to : read_.operands_of(e))
    waiting.to.push_back({SymbolId{to}, object(SymbolId{to}).birth});
  waiting_.settle();
  object(e.subject).phase = Phase::waiting;
  ++counts_->garbage;
  return true;
}

// An event about one object, as long as it is alive for sure.
bool PlacingReader::place_about(const Event& e) {
  const Phase phase = object(e.subject).phase;
  if (phase == Phase::garbage) {
    ++counts_->left_out;
    return true;
  }
  if (phase != Phase::alive && phase != Phase::waiting) return refuse_id(e.subject, Operand::subject, 0);
  Event placed = e;
  if (e.op == Op::track) placed.flags |= trace::kOutside;
  write(placed, read_.line(next_), {static_cast<std::uint32_t>(next_), 0});
  return true;
}

void PlacingReader::pass_on(const Event& e) {
  Event& placed = write(e, read_.line(next_), {static_cast<std::uint32_t>(next_), 0});
  const auto operands = read_.operands_of(e);
  out_->operands.insert(out_->operands.end(), operands.begin(), operands.end());
  placed.operand_count = e.operand_count;
}

// All garbage whose moment has come: first all references, so that what is held by others is not lost.
void PlacingReader::begin_garbage() {
  waiting_.take_due(allocs_, due_);
  for (const WaitingGarbage& garbage : due_) {
    for (const Dated& to : garbage.to) {
      const bool is_same = object(to.id).birth == to.birth;
      if (is_same) {
        refer(garbage.object.id, to.id, garbage.line, {});
      } else {
        ++counts_->left_out;
      }
    }
  }
  for (const WaitingGarbage& garbage : due_) {
    object(garbage.object.id).phase = Phase::garbage;
    let_go(garbage.object.id, garbage.line, {});
  }
}

// The object `to` must still have its name: a collection may have taken it otherwise.
void PlacingReader::refer(SymbolId from, SymbolId to, std::uint64_t line, Origin origin) {
  Object& o = object(to);
  if (o.phase != Phase::alive && o.phase != Phase::waiting) {
    ++counts_->left_out;
    return;
  }
  o.is_referred_to = true;
  Event e;
  e.op = Op::add;
  e.subject = from;
  e.value = to;
  write(e, line, origin);
}

void PlacingReader::let_go(SymbolId id, std::uint64_t line, Origin origin) {
  Event e;
  e.op = Op::del;
  Event& written = write(e, line, origin);
  out_->operands.push_back(raw(id));
  written.operand_count = 1;
}

Event& PlacingReader::write(const Event& e, std::uint64_t line, Origin origin) {
  Event& written = out_->events.emplace_back(e);
  written.operand_begin = static_cast<std::uint32_t>(out_->operands.size());
  written.operand_count = 0;
  out_->sources.push_back({.offset = 0, .length = 0, .line = line});
  origins_.push_back(origin);
  return written;
}

// What an event refers to must have been made, and not have died before.
bool PlacingReader::check_targets(const Event& e) {
  std::uint32_t ordinal = 0;
  for (const std::uint32_t to : read_.operands_of(e)) {
    const Phase phase = object(SymbolId{to}).phase;
    if (phase == Phase::unknown || phase == Phase::dead)
      return refuse_id(SymbolId{to}, Operand::item, ordinal);
    ++ordinal;
  }
  return true;
}

bool PlacingReader::refuse_id(SymbolId id, Operand operand, std::uint32_t ordinal) {
  const Fault fault = object(id).phase == Phase::unknown ? Fault::unknown_id : Fault::dead_object;
  return refuse(fault, operand, ordinal, "the ID of a live object", quoted(id));
}

bool PlacingReader::refuse(Fault fault, Operand operand, std::uint32_t ordinal, std::string expected,
                           std::string got) {
  Place place = inner_->locate(read_, next_, operand, ordinal);
  error_ = {};
  error_.where = std::move(place.where);
  error_.source = std::move(place.source);
  error_.source_column = place.source_column;
  error_.fault = fault;
  error_.expected = std::move(expected);
  error_.got = std::move(got);
  return false;
}

// The words of a batch that is not placed to its end may stand in the rest of it.
void PlacingReader::forget(std::span<const SymbolId> words) {
  forgotten_.insert(forgotten_.end(), words.begin(), words.end());
  if (has_batch_) return;
  std::erase_if(forgotten_, [this](SymbolId word) {
    const Phase phase = object(word).phase;
    return phase == Phase::alive || phase == Phase::waiting;
  });
  for (const SymbolId word : forgotten_) object(word) = {};
  inner_->forget(forgotten_);
  forgotten_.clear();
}

trace::Reader::Place PlacingReader::locate(const EventBatch& batch, std::size_t event, Operand operand,
                                           std::uint32_t ordinal) const {
  const Origin origin = origins_[event];
  if (origin.event == Origin::kLongAgo) {
    Place place;
    if (!read_.events.empty()) place.where.file = inner_->locate(read_, 0, Operand::whole, 0).where.file;
    place.where.line = batch.line(event);
    return place;
  }
  const Op read = read_.events[origin.event].op;
  if (read == Op::die && batch.events[event].op == Op::del)
    return inner_->locate(read_, origin.event, Operand::subject, 0);
  if (read == Op::die && operand == Operand::value) {
    operand = Operand::item;
    ordinal = origin.ordinal;
  }
  return inner_->locate(read_, origin.event, operand, ordinal);
}

}  // namespace

std::unique_ptr<trace::Reader> place_garbage(std::unique_ptr<trace::Reader> reader, double placement,
                                             std::shared_ptr<PlacementCounts> counts) {
  return std::make_unique<PlacingReader>(std::move(reader), placement, std::move(counts));
}

}  // namespace gcsim
