#include "recorded_tracking.h"

namespace gcsim::sweep {

using trace::Op;

RecordedTracking::Item& RecordedTracking::item(std::uint32_t object) {
  if (object >= items_.size()) items_.resize(object + 1 + items_.size() / 2);
  return items_[object];
}

void RecordedTracking::on_allocated(std::uint32_t object, Nature nature, bool is_outside) {
  Item& i = item(object);
  i = {};
  i.nature = nature;
  i.is_outside = is_outside;
}

void RecordedTracking::on_freed(std::uint32_t object) {
  leave(object);
  references_.release(object, [&](std::uint32_t child) {
    if (item(child).nature != Nature::tuple) return;
    note(child);
    note_holders(child);
  });
}

void RecordedTracking::before(EventIndex index, const trace::Event& e,
                              std::span<const std::uint32_t> operands) {
  event_ = static_cast<std::uint32_t>(index);
  renamed_.clear();
  const auto rename = [this](SymbolId word) {
    const std::uint32_t object = witness_.find(word);
    if (object != Witness::kNobody) renamed_.push_back(object);
  };
  switch (e.op) {
    case Op::alloc:
    case Op::bind:
      rename(e.name);
      if (e.op == Op::bind) rename(e.value);
      break;
    case Op::del:
      for (const std::uint32_t name : operands) rename(SymbolId{name});
      break;
    case Op::remove: remove(witness_.find(e.subject), witness_.find(e.value)); break;
    default: break;
  }
}

void RecordedTracking::after(const trace::Event& e, std::span<const std::uint32_t> operands) {
  const std::uint32_t subject = witness_.find(e.subject);
  if (e.op == Op::add) add(subject, witness_.find(e.value));
  if (e.op == Op::alloc) {
    for (const std::uint32_t element : operands) add(subject, witness_.find(SymbolId{element}));
  }
  for (const std::uint32_t object : renamed_) note_renamed(object);
}

// What it holds, and what holds it, may be held in another way now.
void RecordedTracking::note_renamed(std::uint32_t object) {
  Item& i = item(object);
  i.was_unnamed = i.was_unnamed || witness_.names_of(object) == 0;
  if (i.nature == Nature::tuple) {
    note(object);
    note_holders(object);
  }
  references_.for_each_child(object, [this](std::uint32_t child) {
    if (item(child).nature != Nature::tuple) return;
    note(child);
    note_holders(child);
  });
}

void RecordedTracking::add(std::uint32_t holder, std::uint32_t child) {
  if (holder == Witness::kNobody || child == Witness::kNobody) return;
  references_.add(holder, child);
  const Nature nature = item(child).nature;
  Item& h = item(holder);
  if (nature == Nature::dict || nature == Nature::other) ++h.solid;
  if (nature == Nature::tuple) {
    note(child);
    note_holders(child);
  }
  note(holder);
}

void RecordedTracking::remove(std::uint32_t holder, std::uint32_t child) {
  if (holder == Witness::kNobody || child == Witness::kNobody) return;
  if (!references_.remove(holder, child)) return;
  const Nature nature = item(child).nature;
  Item& h = item(holder);
  if (nature == Nature::dict || nature == Nature::other) --h.solid;
  if (nature == Nature::tuple) {
    note(child);
    note_holders(child);
  }
  note(holder);
}

void RecordedTracking::enter(std::uint32_t object, std::uint32_t birth) {
  Item& i = item(object);
  i.birth = birth;
  if (!is_container(i)) return;
  i.record = history_.begin(birth, event_, i.nature == Nature::dict);
  note(object);
  if (i.nature == Nature::tuple) note_holders(object);
}

void RecordedTracking::enter_again(std::uint32_t object) {
  if (item(object).record != kNone) history_.enter_again(items_[object].record);
}

void RecordedTracking::leave(std::uint32_t object) {
  Item& i = item(object);
  i.birth = kNoBirth;
  if (i.record == kNone) return;
  history_.end(i.record, event_);
  i.record = kNone;
  if (i.nature == Nature::tuple) note_holders(object);
}

void RecordedTracking::set_outside(std::uint32_t object, bool is_outside) {
  item(object).is_outside = is_outside;
  note(object);
}

void RecordedTracking::note(std::uint32_t object) {
  const Item& i = item(object);
  if (i.record != kNone) history_.note(i.record, event_, contents_of(object));
}

void RecordedTracking::note_holders(std::uint32_t tuple) {
  references_.for_each_holder(tuple, [this](std::uint32_t holder) {
    note(holder);
    return true;
  });
}

static TrackingHistory::Contents pinned() {
  TrackingHistory::Contents contents;
  contents.is_pinned = true;
  return contents;
}

TrackingHistory::Contents RecordedTracking::contents_of(std::uint32_t object) {
  TrackingHistory::Contents contents;
  const Item& i = items_[object];
  if (i.is_outside || i.solid > 0) return pinned();
  references_.for_each_child(object, [&](std::uint32_t child) {
    const Item& c = item(child);
    if (child == object) contents.is_pinned = true;  // by itself
    if (c.nature != Nature::tuple || c.record == kNone || contents.is_unknown) return;
    if (contents.inner.size() == kMostInner) {
      contents.inner.clear();
      contents.is_unknown = true;
      return;
    }
    contents.inner.push_back({c.record, held_of(child, object)});
  });
  if (contents.is_pinned) return pinned();
  if (!contents.inner.empty()) contents.held = held_of(object, kNone);
  return contents;
}

// `holder`: by what else than this.
TrackingHistory::Held RecordedTracking::held_of(std::uint32_t tuple, std::uint32_t holder) const {
  if (witness_.names_of(tuple) > 0) return {{Hold::Kind::name, kNoBirth}, kNone};
  TrackingHistory::Held held;
  bool is_alone = true;
  references_.for_each_holder(tuple, [&](std::uint32_t other) {
    is_alone = is_alone && other == holder;
    const Item& o = items_[other];
    if (other == holder || o.was_unnamed || witness_.names_of(other) == 0) return true;
    const bool is_oldest = held.by.kind != Hold::Kind::anchor || o.birth < held.by.anchor;
    if (is_oldest) held = {{Hold::Kind::anchor, o.birth}, o.record};
    return true;
  });
  if (is_alone && held.by.kind == Hold::Kind::unknown) held.by.kind = Hold::Kind::holder;
  return held;
}

}  // namespace gcsim::sweep
