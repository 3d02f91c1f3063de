// The tuples and dicts of a recording that stay in the collector's lists until some collection drops them, as
// they are under one setting: each in its generation's list.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base_run.h"

namespace gcsim::sweep {

class UnsettledLists {
 public:
  explicit UnsettledLists(const BaseRun& run)
      : run_(&run), place_(run.unsettled.size(), kAbsent), past_(run.unsettled.size()) {}

  // Those that a collection of this generation finds; it sees what happened before the event.
  std::uint64_t gather(Generation g, std::uint64_t event);
  bool is_covered(std::uint32_t number, Generation g) const { return place_[number] <= g; }
  void free(std::uint32_t number) { place_[number] = kFreed; }
  // By the one that runs. What it has not found dies when it clears the rest: until then it is a survivor.
  void free_by_collection(std::uint32_t number, bool is_found) {
    if (is_found) return free(number);
    dragged_.push_back(number);
  }

  // Behind the analysis: drops what holds nothing that is tracked, and moves the others on. Answers how many
  // these are; nothing if the order of the list decides, which is not known.
  struct Collection {
    Generation generation;
    std::uint64_t event;                               // it sees what happened before
    std::array<std::uint32_t, kGenerations> boundary;  // the last birth that each generation does not cover
  };
  std::optional<std::uint64_t> promote(const Collection& c);

 private:
  enum class Verdict : std::uint8_t { keeps, drops, unknown };
  // Where it is, beside the lists 0 to 2.
  static constexpr std::uint8_t kDropped = 3;
  static constexpr std::uint8_t kFreed = 4;
  static constexpr std::uint8_t kAbsent = 5;
  static constexpr int kDeepest = 64;

  static bool is_there(const InnerTuple& t, std::uint64_t event) {
    return t.entered < event && t.left >= event;
  }
  const Spell& spell_at(const Unsettled& u, std::uint64_t event) const;
  Verdict judge(std::uint32_t number, const Collection& c, int depth) const;
  Verdict judge_inner(const InnerTuple& inner, std::uint32_t holder, const Collection& c, int depth) const;
  Verdict judge_in_order(const InnerTuple& inner, std::uint8_t list, Verdict own, std::uint32_t holder,
                         const Collection& c) const;
  std::optional<bool> comes_before(const InnerTuple& inner, std::uint8_t list, std::uint32_t holder,
                                   Generation g) const;
  bool stays_in_place(const Hold& hold, std::uint8_t list, std::uint32_t birth, std::uint32_t number,
                      const Collection& c) const;

  void remember(std::uint32_t number, const Collection& c);

  const BaseRun* run_;
  std::vector<std::uint8_t> place_;  // by number: its list, or one of the above
  // By number: has it been in its place in all collections? If a full one took it from the youngest
  // generation, it came before those of the middle one, which are older: these births, from the first to the
  // last.
  struct Past {
    bool is_certain = true;
    std::uint32_t behind_after = 0, behind_to = 0;

    bool has_overtaken(std::uint32_t birth) const { return birth > behind_after && birth <= behind_to; }
  };
  std::vector<Past> past_;
  std::array<std::vector<std::uint32_t>, kGenerations> lists_;
  std::uint32_t next_ = 0;  // that enters
  std::vector<std::uint32_t> dragged_;
};

}  // namespace gcsim::sweep
