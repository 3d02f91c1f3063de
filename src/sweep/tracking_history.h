// The tuples and dicts of a recording while they were tracked: collections untrack those that hold nothing
// that may be tracked itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base_run.h"

namespace gcsim::sweep {

class TrackingHistory {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  // As Hold; an anchor that is a tuple or dict itself is named by its record.
  struct Held {
    Hold by;
    std::uint32_t anchor_record = kNone;

    bool operator==(const Held&) const = default;
  };
  // A tuple that another tuple or a dict holds, by its record.
  struct Inner {
    std::uint32_t record = kNone;
    Held held;

    bool operator==(const Inner&) const = default;
  };
  struct Contents {
    bool is_pinned = false;   // by what no collection untracks
    bool is_unknown = false;  // too much to be written down
    Held held;                // itself, if it holds tuples
    std::vector<Inner> inner;

    bool operator==(const Contents&) const = default;
  };

  // It enters the lists: answers its record.
  std::uint32_t begin(std::uint32_t birth, std::uint32_t event, bool is_dict);
  // What it holds from this event on.
  void note(std::uint32_t record, std::uint32_t event, Contents contents);
  void end(std::uint32_t record, std::uint32_t event);
  // The trace has it enter the lists although it is in them: right only if no collection ever untracks it.
  void enter_again(std::uint32_t record) { records_[record].is_entered_again = true; }
  // Collections may run here, and see what was noted before this event.
  void note_chance(std::uint32_t event) { last_chance_ = event; }

  // Behind the last event: fills in `stay`, `unsettled` and what belongs to them. False if something enters
  // the lists that is in them under some settings only.
  bool finish(BaseRun& run);

 private:
  struct Noted {
    std::uint32_t since = 0;
    Contents contents;
  };
  struct Record {
    std::uint32_t birth = kNoBirth;
    std::uint32_t entered = 0;
    std::uint32_t left = kNever;
    bool is_dict = false;
    bool is_entered_again = false;
    Stay stay = Stay::unsettled;
    std::vector<Noted> spells;
  };

  Stay stay_of(std::size_t record) const;
  bool is_pinned(const Noted& spell, std::uint32_t end, std::size_t record) const;
  Hold resolved(const Held& held) const;
  void write(const Record& record, const std::vector<std::uint32_t>& number, BaseRun& run) const;

  std::vector<Record> records_;
  std::uint32_t last_chance_ = 0;
};

}  // namespace gcsim::sweep
