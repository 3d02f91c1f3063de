#include "unsettled_lists.h"

#include <algorithm>

namespace gcsim::sweep {

std::uint64_t UnsettledLists::gather(Generation g, std::uint64_t event) {
  for (; next_ < run_->unsettled.size() && run_->unsettled[next_].entered < event; ++next_) {
    if (place_[next_] == kFreed) continue;
    place_[next_] = 0;
    lists_[0].push_back(next_);
  }
  std::uint64_t found = 0;
  for (Generation list = 0; list <= g; ++list) {
    std::erase_if(lists_[list], [&](std::uint32_t number) {
      if (place_[number] != kFreed && run_->unsettled[number].left >= event) return false;
      place_[number] = kFreed;
      return true;
    });
    found += lists_[list].size();
  }
  return found;
}

std::optional<std::uint64_t> UnsettledLists::promote(const Collection& c) {
  std::vector<std::uint32_t> kept;
  std::vector<std::uint32_t> dropped;
  for (Generation list = 0; list <= c.generation; ++list) {
    for (const std::uint32_t number : lists_[list]) {
      if (place_[number] == kFreed) continue;
      const Verdict verdict = judge(number, c, 0);
      if (verdict == Verdict::unknown) return std::nullopt;
      (verdict == Verdict::drops ? dropped : kept).push_back(number);
    }
    lists_[list].clear();
  }
  for (const std::uint32_t number : dropped) place_[number] = kDropped;
  for (const std::uint32_t number : kept) remember(number, c);
  const std::uint64_t survivors = kept.size();
  for (const std::uint32_t number : dragged_) free(number);
  dragged_.clear();
  std::erase_if(kept, [this](std::uint32_t number) { return place_[number] == kFreed; });
  const Generation next = std::min(c.generation + 1, kOldest);
  for (const std::uint32_t number : kept) {
    place_[number] = static_cast<std::uint8_t>(next);
    lists_[next].push_back(number);
  }
  return survivors;
}

// Of one that moves on.
void UnsettledLists::remember(std::uint32_t number, const Collection& c) {
  const Unsettled& u = run_->unsettled[number];
  Past& past = past_[number];
  past.is_certain =
      past.is_certain && stays_in_place(spell_at(u, c.event).hold, place_[number], u.birth, number, c);
  if (place_[number] == kYoungest && c.generation == kOldest)
    past = {past.is_certain, c.boundary[1], c.boundary[0]};
}

const Spell& UnsettledLists::spell_at(const Unsettled& u, std::uint64_t event) const {
  const auto begin = run_->spells.begin() + u.spell_begin;
  const auto is_before = [](const Spell& s, std::uint64_t e) { return s.since < e; };
  const auto found = std::lower_bound(begin, begin + u.spell_count, event, is_before);
  return found == begin ? *found : *std::prev(found);
}

// By what it holds: does this collection drop it?
UnsettledLists::Verdict UnsettledLists::judge(std::uint32_t number, const Collection& c, int depth) const {
  const Unsettled& u = run_->unsettled[number];
  if (u.is_dict && c.generation != kOldest) return Verdict::keeps;
  const Spell& spell = spell_at(u, c.event);
  if (spell.is_pinned) return Verdict::keeps;
  if (spell.is_unknown || depth == kDeepest) return Verdict::unknown;
  Verdict verdict = Verdict::drops;
  for (std::uint32_t k = 0; k < spell.inner_count; ++k) {
    const Verdict inner = judge_inner(run_->inner[spell.inner_begin + k], number, c, depth + 1);
    if (inner == Verdict::keeps) return inner;
    if (inner == Verdict::unknown) verdict = inner;
  }
  return verdict;
}

// Does the inner tuple keep its holder in the list?
UnsettledLists::Verdict UnsettledLists::judge_inner(const InnerTuple& inner, std::uint32_t holder,
                                                    const Collection& c, int depth) const {
  if (!is_there(inner, c.event)) return Verdict::drops;
  if (inner.stay == Stay::solid) return Verdict::keeps;
  if (inner.stay == Stay::fleeting) {
    if (inner.birth <= c.boundary[kYoungest]) return Verdict::drops;
    return judge_in_order(inner, 0, Verdict::drops, holder, c);
  }
  const std::uint8_t list = place_[inner.number];
  if (list > kOldest) return Verdict::drops;
  if (list > c.generation) return Verdict::keeps;
  return judge_in_order(inner, list, judge(inner.number, c, depth), holder, c);
}

// A tuple is dropped while the list is walked: its holder is, too, if it comes later. All dicts do. A tuple
// that only its holder refers to moves behind it when the collection comes to it.
UnsettledLists::Verdict UnsettledLists::judge_in_order(const InnerTuple& inner, std::uint8_t list,
                                                       Verdict own, std::uint32_t holder,
                                                       const Collection& c) const {
  const Unsettled& u = run_->unsettled[holder];
  if (u.is_dict || own == Verdict::keeps) return own;
  if (inner.hold.kind == Hold::Kind::holder) return Verdict::keeps;
  if (!stays_in_place(inner.hold, list, inner.birth, inner.number, c)) return Verdict::unknown;
  const std::optional<bool> is_in_front = comes_before(inner, list, holder, c.generation);
  if (!is_in_front) return Verdict::unknown;
  if (*is_in_front) return own;
  const Hold& hold = spell_at(u, c.event).hold;
  return stays_in_place(hold, place_[holder], u.birth, holder, c) ? Verdict::keeps : Verdict::unknown;
}

// In the list that is walked: first those of the collected generation, then the younger ones, the youngest
// before the middle one.
static int rank(std::uint8_t list, Generation g) {
  return list == g ? 0 : list + 1;
}

// Nothing if that is unknown.
std::optional<bool> UnsettledLists::comes_before(const InnerTuple& inner, std::uint8_t list,
                                                 std::uint32_t holder, Generation g) const {
  if (list != place_[holder]) return rank(list, g) < rank(place_[holder], g);
  const std::uint32_t birth = run_->unsettled[holder].birth;
  if (list == kYoungest) return inner.birth < birth;
  const Past& own = past_[inner.number];
  const Past& other = past_[holder];
  if (!own.is_certain || !other.is_certain) return std::nullopt;
  return inner.birth < birth ? !other.has_overtaken(inner.birth) : own.has_overtaken(birth);
}

// For sure; else it may be unknown.
bool UnsettledLists::stays_in_place(const Hold& hold, std::uint8_t list, std::uint32_t birth,
                                    std::uint32_t number, const Collection& c) const {
  if (hold.kind == Hold::Kind::name) return true;
  if (hold.kind != Hold::Kind::anchor) return false;
  // A reference from outside the list, or from further to the front.
  if (hold.anchor <= c.boundary[c.generation]) return true;
  std::uint8_t anchor_list = 2;
  if (hold.anchor > c.boundary[0]) {
    anchor_list = 0;
  } else if (hold.anchor > c.boundary[1]) {
    anchor_list = 1;
  }
  if (anchor_list != list) return rank(anchor_list, c.generation) < rank(list, c.generation);
  if (hold.anchor > birth) return false;
  if (list == kYoungest) return true;
  const Past& past = past_[number];
  return past.is_certain && !past.has_overtaken(hold.anchor);
}

}  // namespace gcsim::sweep
