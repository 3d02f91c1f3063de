// Recordings say themselves when an object enters and leaves the collector's lists. What they leave to the
// collector: it drops tuples and dicts that hold nothing that is tracked. Follows what each of these holds.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "references.h"
#include "tracking_history.h"
#include "witness.h"

namespace gcsim::sweep {

class RecordedTracking {
 public:
  enum class Nature : std::uint8_t { leaf, tuple, dict, other };  // a leaf has no collector header

  explicit RecordedTracking(Witness& witness) : witness_(witness) { witness.use(references_); }

  void on_allocated(std::uint32_t object, Nature nature, bool is_outside);
  void on_freed(std::uint32_t object);
  // Around the event.
  void before(EventIndex index, const trace::Event& e, std::span<const std::uint32_t> operands);
  void after(const trace::Event& e, std::span<const std::uint32_t> operands);

  // It is in the lists from this event on, as the birth-th.
  void enter(std::uint32_t object, std::uint32_t birth);
  // The trace says that it enters, and it is there.
  void enter_again(std::uint32_t object);
  void leave(std::uint32_t object);
  void set_outside(std::uint32_t object, bool is_outside);

  // What was noted before this event can be seen by a collection.
  void note_chance(EventIndex event) { history_.note_chance(static_cast<std::uint32_t>(event)); }
  bool finish(BaseRun& run) { return history_.finish(run); }

 private:
  static constexpr std::uint32_t kNone = TrackingHistory::kNone;
  static constexpr std::size_t kMostInner = 64;
  struct Item {
    Nature nature = Nature::leaf;
    bool is_outside = false;         // holds what is older than the trace
    std::uint32_t solid = 0;         // references to what no collection untracks
    std::uint32_t birth = kNoBirth;  // while it is in the lists
    std::uint32_t record = kNone;    // likewise, of a tuple or dict
    bool was_unnamed = false;        // at some time
  };

  Item& item(std::uint32_t object);
  bool is_container(const Item& i) const { return i.nature == Nature::tuple || i.nature == Nature::dict; }
  void add(std::uint32_t holder, std::uint32_t child);
  void remove(std::uint32_t holder, std::uint32_t child);
  void note(std::uint32_t object);
  void note_holders(std::uint32_t tuple);
  TrackingHistory::Contents contents_of(std::uint32_t object);
  TrackingHistory::Held held_of(std::uint32_t tuple, std::uint32_t holder) const;
  void note_renamed(std::uint32_t object);

  Witness& witness_;
  References references_;
  TrackingHistory history_;
  std::uint32_t event_ = 0;
  std::vector<Item> items_;
  std::vector<std::uint32_t> renamed_;  // objects that gain or lose a name in this event
};

}  // namespace gcsim::sweep
