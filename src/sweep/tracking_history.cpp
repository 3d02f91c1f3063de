#include "tracking_history.h"

#include <algorithm>
#include <utility>

namespace gcsim::sweep {

std::uint32_t TrackingHistory::begin(std::uint32_t birth, std::uint32_t event, bool is_dict) {
  Record& r = records_.emplace_back();
  r.birth = birth;
  r.entered = event;
  r.is_dict = is_dict;
  return static_cast<std::uint32_t>(records_.size() - 1);
}

void TrackingHistory::note(std::uint32_t record, std::uint32_t event, Contents contents) {
  std::vector<Noted>& spells = records_[record].spells;
  // What no collection can have seen is forgotten.
  if (!spells.empty() && last_chance_ <= spells.back().since) spells.pop_back();
  if (!spells.empty() && spells.back().contents == contents) return;
  spells.push_back({event, std::move(contents)});
}

void TrackingHistory::end(std::uint32_t record, std::uint32_t event) {
  Record& r = records_[record];
  r.left = event;
  if (!r.spells.empty() && last_chance_ <= r.spells.back().since) r.spells.pop_back();
}

// By an inner tuple that stays itself. Those are known that entered before it: others are asked when a
// collection comes.
bool TrackingHistory::is_pinned(const Noted& spell, std::uint32_t end, std::size_t record) const {
  if (spell.contents.is_pinned) return true;
  return std::any_of(spell.contents.inner.begin(), spell.contents.inner.end(), [&](const Inner& inner) {
    const Record& r = records_[inner.record];
    return inner.record < record && r.stay == Stay::solid && r.entered <= spell.since && r.left >= end;
  });
}

Stay TrackingHistory::stay_of(std::size_t record) const {
  const Record& r = records_[record];
  bool all_pinned = true;
  bool holds_nothing = true;
  for (std::size_t k = 0; k < r.spells.size(); ++k) {
    const Noted& spell = r.spells[k];
    const std::uint32_t end = k + 1 < r.spells.size() ? r.spells[k + 1].since : r.left;
    all_pinned = all_pinned && is_pinned(spell, end, record);
    holds_nothing = holds_nothing && spell.contents == Contents{};
  }
  if (all_pinned) return Stay::solid;
  return holds_nothing && !r.is_dict ? Stay::fleeting : Stay::unsettled;
}

bool TrackingHistory::finish(BaseRun& run) {
  std::vector<std::uint32_t> number(records_.size(), kNone);  // in BaseRun::unsettled
  std::uint32_t unsettled = 0;
  for (std::size_t k = 0; k < records_.size(); ++k) {
    Record& r = records_[k];
    if (r.left == kNever) end(static_cast<std::uint32_t>(k), kNever);
    r.stay = stay_of(k);
    run.stay[r.birth - 1] = r.stay;
    if (r.stay == Stay::unsettled) number[k] = unsettled++;
    if (r.is_entered_again && r.stay != Stay::solid) return false;
  }
  for (const Record& r : records_) {
    if (r.stay == Stay::unsettled) write(r, number, run);
  }
  return true;
}

// An anchor that a collection may drop is none.
Hold TrackingHistory::resolved(const Held& held) const {
  if (held.anchor_record == kNone || records_[held.anchor_record].stay == Stay::solid) return held.by;
  return {};
}

void TrackingHistory::write(const Record& record, const std::vector<std::uint32_t>& number,
                            BaseRun& run) const {
  Unsettled u;
  u.birth = record.birth;
  u.entered = record.entered;
  u.left = record.left;
  u.is_dict = record.is_dict;
  u.spell_begin = static_cast<std::uint32_t>(run.spells.size());
  u.spell_count = static_cast<std::uint32_t>(record.spells.size());
  for (const Noted& noted : record.spells) {
    Spell spell;
    spell.since = noted.since;
    spell.is_pinned = noted.contents.is_pinned;
    spell.is_unknown = noted.contents.is_unknown;
    spell.hold = resolved(noted.contents.held);
    spell.inner_begin = static_cast<std::uint32_t>(run.inner.size());
    spell.inner_count = static_cast<std::uint32_t>(noted.contents.inner.size());
    for (const Inner& inner : noted.contents.inner) {
      const Record& r = records_[inner.record];
      run.inner.push_back({r.stay, resolved(inner.held), r.birth, r.entered, r.left, number[inner.record]});
    }
    run.spells.push_back(spell);
  }
  run.unsettled.push_back(u);
}

}  // namespace gcsim::sweep
