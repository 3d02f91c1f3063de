#include "witness.h"

namespace gcsim::sweep {

namespace {

using trace::Op;

// Objects looked at by surveys, for each event so far, and to begin with.
constexpr std::uint64_t kEffortPerEvent = 30;
constexpr std::uint64_t kEffort = 3'000'000;

// Events that take no reference away.
bool only_adds(Op op) {
  switch (op) {
    case Op::add:
    case Op::weakref:
    case Op::get_count:
    case Op::collect:
    case Op::gc_is_enabled:
    case Op::check:
    case Op::inspect_refcount:
    case Op::inspect_generations:
    case Op::inspect_is: return true;
    default: return false;
  }
}

}  // namespace

// True if the name meant something else before.
bool Witness::bind(SymbolId name, std::uint32_t object) {
  Word& w = word(name);
  const bool was_bound = is_alive(w.name_slot, w.name_serial);
  if (was_bound) --slots_[w.name_slot].names;
  w.name_slot = object;
  if (object == kNobody) return was_bound;
  w.name_serial = slots_[object].serial;
  ++slots_[object].names;
  return was_bound;
}

bool Witness::check(EventIndex index, const trace::Event& e, std::span<const std::uint32_t> operands) {
  bool is_fine = true;
  switch (e.op) {
    case Op::alloc:
      // Until an object is made for it, it stands for a value that exists once.
      word(e.subject) = {.is_value = true,
                         .name_slot = word(e.subject).name_slot,
                         .name_serial = word(e.subject).name_serial};
      for (const std::uint32_t element : operands) is_fine = uses(index, SymbolId{element}, true) && is_fine;
      return is_fine;
    case Op::bind: return uses(index, e.value, true);
    case Op::add:
    case Op::set_item:
    case Op::set_attr: return uses(index, e.subject, false) && uses(index, e.value, true);
    case Op::weakref: return uses(index, e.value, true);
    case Op::inspect_is: return uses(index, e.subject, false) && uses(index, e.value, false);
    case Op::del: return true;                      // only names
    default: return uses(index, e.subject, false);  // of `remove` the value is an element of the subject
  }
}

// What is only used, and not stored or bound, can't come back into reach by that: it is enough to know when
// (last_touch). What may come back must be in reach now.
bool Witness::uses(EventIndex index, SymbolId s, bool may_revive) {
  const std::uint32_t object = find(s);
  if (object == kNobody || slots_[object].names > 0) return true;
  slots_[object].touched = static_cast<std::uint32_t>(index);
  return !may_revive || is_reached(index, object);
}

bool Witness::check_shared(EventIndex index, std::uint32_t object) {
  if (slot(object).names > 0) return true;
  slots_[object].touched = static_cast<std::uint32_t>(index);
  return is_reached(index, object);
}

bool Witness::is_reached(EventIndex index, std::uint32_t object) {
  const bool is_affordable = effort_ <= kEffort + kEffortPerEvent * index;
  if (references_ != nullptr) {
    const auto has_name = [this](std::uint32_t i) { return names_of(i) > 0; };
    return is_affordable && references_->is_reached(object, has_name, effort_);
  }
  if (surveyed_ > lost_ && slots_[object].reached == surveys_) return true;
  if (!is_affordable) return false;
  survey();
  surveyed_ = index;
  return slots_[object].reached == surveys_;
}

// Marks all that names lead to.
void Witness::survey() {
  const engine::Snapshot snapshot = simulator_->snapshot();
  effort_ += snapshot.objects.size() + snapshot.edges.size() + slots_.size();
  ++surveys_;
  std::vector<std::uint32_t> open;
  const auto reach = [&](std::uint32_t i) {
    Slot& s = slot(raw(snapshot.objects[i].object));
    if (s.reached == surveys_) return;
    s.reached = surveys_;
    open.push_back(i);
  };
  for (const auto& name : snapshot.names) reach(name.object);
  while (!open.empty()) {
    const engine::SnapshotObject& o = snapshot.objects[open.back()];
    open.pop_back();
    for (const std::uint32_t child : snapshot.edges_of(o)) reach(child);
  }
}

void Witness::end_event(EventIndex index, const trace::Event& e, std::span<const std::uint32_t> operands) {
  bool loses = !only_adds(e.op);
  switch (e.op) {
    case Op::alloc:
    case Op::weakref: loses = e.name != kNoSymbol && bind(e.name, find(e.subject)); break;
    case Op::bind: loses = bind(e.name, find(e.value)); break;
    case Op::del:
      for (const std::uint32_t name : operands) bind(SymbolId{name}, kNobody);
      break;
    default: break;
  }
  if (loses) lost_ = index;
}

void Witness::on_allocated(const engine::ObjectRef& object) {
  Slot& s = slot(raw(object.object));
  ++s.serial;
  s.names = 0;
  s.touched = 0;
  s.reached = 0;
  if (object.id == kNoSymbol) return;
  Word& w = word(object.id);
  w.is_value = false;
  w.id_slot = raw(object.object);
  w.id_serial = s.serial;
}

void Witness::on_same(SymbolId id, const engine::ObjectRef& object) {
  Word& w = word(id);
  const std::uint32_t i = raw(object.object);
  const bool is_known = i < slots_.size() && slots_[i].serial % 2 == 1;
  w.is_value = !is_known;
  w.id_slot = is_known ? i : kNobody;
  w.id_serial = is_known ? slots_[i].serial : 0;
}

void Witness::on_freed(const engine::ObjectRef& object) {
  ++slot(raw(object.object)).serial;
}

}  // namespace gcsim::sweep
