#include "blur.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <vector>

#include "gcsim/trace/spelling.h"
#include "gcsim/trace/writer.h"
#include "support/replaying.h"

namespace gcsim::test {

namespace {

using trace::Event;
using trace::Op;

std::size_t index(SymbolId id) {
  return raw(id);
}

class Blur : public engine::Observer {
 public:
  Blur(trace::Reader& reader, const Looks& looks) : reader_(reader), looks_(looks), header_(reader.header()) {
    header_.is_approximate = true;
    header_.threshold.clear();
    Overrides rules;
    rules.threshold.assign(looks.threshold.begin(), looks.threshold.end());
    simulator_ = engine::Simulator::create(settings(reader, rules), this);
    chunks_.emplace_back();  // before the first event
    allocs_.push_back(0);
  }

  std::string run() {
    trace::EventBatch batch;
    trace::Reader::Status status = trace::Reader::Status::events;
    while (status == trace::Reader::Status::events) {
      status = reader_.next(batch);
      REQUIRE((status != trace::Reader::Status::fault));
      for (const Event& e : batch.events) step(e, batch.operands_of(e));
    }
    last_look();
    for (const std::vector<Garbage>& found : found_) place(found);
    return text();
  }

  void on_collection_start(const engine::CollectionStart&) override { ticks_.push_back(now_); }
  void on_collection_end(const engine::CollectionEnd&) override {
    if (!dying_.empty()) found_.push_back(std::move(dying_));
    dying_.clear();
  }
  void on_freed(const engine::ObjectRef& o, bool collecting, EventIndex since) override {
    Object& object = objects_[index(o.id)];
    changed_.erase(o.id);
    if (collecting) {
      for (const SymbolId to : object.to) objects_[index(to)].was_held_by_garbage = true;
      dying_.push_back({o.id, std::max(since, object.last_named), object.to});
      return;
    }
    if (is_over_) return;
    Event e;
    e.op = Op::die;
    e.subject = o.id;
    std::vector<std::uint32_t> to;
    if (object.was_held_by_garbage) {
      for (const SymbolId each : object.to) {
        to.push_back(raw(each));
        objects_[index(each)].was_held_by_garbage = true;
        objects_[index(each)].last_named = now_;
      }
    }
    line(now_, e, to);
    object.to.clear();
  }

 private:
  struct Object {
    EventIndex birth = 0;
    EventIndex last_named = 0;
    std::vector<SymbolId> to;
    bool is_untrackable = false;  // an exact tuple or dict
    bool is_outside = false;
    bool is_atomic = false;
    bool was_held_by_garbage = false;
  };
  struct Garbage {
    SymbolId id;
    EventIndex since = 0;
    std::vector<SymbolId> to;
  };

  void step(const Event& e, std::span<const std::uint32_t> operands) {
    now_ = chunks_.size();
    chunks_.emplace_back();
    allocs_.push_back(allocs_.back() + (e.op == Op::alloc ? 1 : 0));
    if (e.op == Op::alloc) judge_all();
    follow(e);
    if (is_kept(e.op)) {
      if (e.subject != kNoSymbol) objects_[index(e.subject)].last_named = now_;
      line(now_, e, operands);
    }
    apply(e, operands);
  }

  static bool is_kept(Op op) { return op != Op::bind && op != Op::add && op != Op::remove && op != Op::del; }

  void apply(const Event& e, std::span<const std::uint32_t> operands) {
    trace::EventBatch one;
    one.first = now_;
    one.events.push_back(e);
    one.events.back().operand_begin = 0;
    one.operands.assign(operands.begin(), operands.end());
    one.sources.emplace_back();
    REQUIRE_FALSE(simulator_->apply(one, 0, reader_.vocabulary()).fault.has_value());
  }

  // The references, as the engine has them, too.
  void follow(const Event& e) {
    Object& o = objects_[index(e.subject == kNoSymbol ? SymbolId{0} : e.subject)];
    if (e.op == Op::alloc) {
      o = {};
      o.birth = now_;
      o.is_outside = (e.flags & trace::kOutside) != 0;
      o.is_untrackable = e.type == TypeId{trace::kTupleType} || e.type == TypeId{trace::kDictType};
    }
    if (e.op == Op::add) o.to.push_back(e.value);
    if (e.op == Op::remove) o.to.erase(std::next(std::find(o.to.rbegin(), o.to.rend(), e.value)).base());
    const bool is_changed = e.op == Op::alloc || e.op == Op::add || e.op == Op::remove || e.op == Op::track;
    if (is_changed && o.is_untrackable) changed_.insert(e.subject);
  }

  // Collections run in allocations: what they would untrack is told before each.
  void judge_all() {
    for (const SymbolId id : std::exchange(changed_, {})) {
      Object& o = objects_[index(id)];
      const bool is_atomic = !o.is_outside && std::all_of(o.to.begin(), o.to.end(), [this](SymbolId to) {
        return objects_[index(to)].is_atomic;
      });
      if (is_atomic == o.is_atomic) continue;
      o.is_atomic = is_atomic;
      o.last_named = now_ - 1;
      Event e;
      e.op = is_atomic ? Op::atomic : Op::track;
      e.subject = id;
      line(now_ - 1, e, {});
    }
  }

  void last_look() {
    now_ = chunks_.size();
    chunks_.emplace_back();
    allocs_.push_back(allocs_.back());
    is_over_ = true;
    Event e;
    e.op = Op::collect;
    e.number = kOldest;
    apply(e, {});
  }

  // Garbage of one look: what hangs together has one interval.
  void place(const std::vector<Garbage>& found) {
    std::map<SymbolId, std::size_t> at;
    for (std::size_t k = 0; k < found.size(); ++k) at[found[k].id] = k;
    std::vector<std::size_t> leader(found.size());
    std::iota(leader.begin(), leader.end(), 0);
    const auto find = [&](std::size_t k) {
      while (leader[k] != k) k = leader[k] = leader[leader[k]];
      return k;
    };
    for (std::size_t k = 0; k < found.size(); ++k) {
      for (const SymbolId to : found[k].to) {
        if (at.contains(to)) leader[find(k)] = find(at[to]);
      }
    }
    std::vector<EventIndex> lower(found.size()), upper(found.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
      EventIndex& low = lower[find(k)];
      low = std::max({low, look_before(found[k].since), objects_[index(found[k].id)].birth,
                      objects_[index(found[k].id)].last_named});
      for (const SymbolId to : found[k].to) low = std::max(low, objects_[index(to)].birth);
      upper[find(k)] = std::max(upper[find(k)], look_after(found[k].since));
    }
    for (std::size_t c = 0; c < found.size(); ++c) {
      for (std::size_t k = 0; k < found.size(); ++k) {
        if (find(k) == c) place(found[k], lower[c], upper[c]);
      }
    }
  }

  void place(const Garbage& garbage, EventIndex lower, EventIndex upper) {
    Event e;
    e.op = Op::garbage;
    e.subject = garbage.id;
    const EventIndex where = looks_.are_exact ? garbage.since : lower;
    e.number = looks_.are_exact ? 0 : static_cast<std::uint32_t>(allocs_[upper] - allocs_[lower]);
    std::vector<std::uint32_t> to;
    for (const SymbolId each : garbage.to) to.push_back(raw(each));
    line(where, e, to);
  }

  // Events behind which a look stands. It stands inside an allocation, before its object.
  EventIndex look_before(EventIndex event) const {
    const auto after = std::upper_bound(ticks_.begin(), ticks_.end(), event);
    return after == ticks_.begin() ? 0 : *std::prev(after) - 1;
  }
  EventIndex look_after(EventIndex event) const {
    return *std::upper_bound(ticks_.begin(), ticks_.end(), event) - 1;
  }

  void line(EventIndex where, const Event& e, std::span<const std::uint32_t> operands) {
    trace::append_json_event(chunks_[where], e, operands, reader_.vocabulary());
    chunks_[where] += '\n';
  }

  std::string text() const {
    std::string all;
    auto writer = trace::make_writer(trace::Format::json_lines, reader_.vocabulary(),
                                     [&](std::string_view t) { all += t; });
    writer->begin(header_);
    writer->finish();
    all.resize(all.find('\n') + 1);  // without the trailer
    for (const std::string& chunk : chunks_) all += chunk;
    return all;
  }

  trace::Reader& reader_;
  const Looks& looks_;
  trace::Header header_;
  std::unique_ptr<engine::Simulator> simulator_;
  std::vector<std::string> chunks_;    // by event: what is written behind the one before
  std::vector<std::uint64_t> allocs_;  // by event, so far
  std::vector<EventIndex> ticks_;
  std::map<std::size_t, Object> objects_;
  std::set<SymbolId> changed_;
  std::vector<Garbage> dying_;
  std::vector<std::vector<Garbage>> found_;  // look by look
  EventIndex now_ = 0;
  bool is_over_ = false;
};

}  // namespace

std::string blurred(trace::Reader& exact, const Looks& looks) {
  return Blur(exact, looks).run();
}

}  // namespace gcsim::test
