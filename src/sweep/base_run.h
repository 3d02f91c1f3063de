// The base run: the trace once without a collector, written down as far as any setting's collections depend
// on it.
//
// Time is the event. Within an event things happen in a fixed order, which record_base_run() relies on and
// checks: a collection, if the profile has it inside the allocation; the birth; what the event releases; a
// collection, if the profile has it at the event's end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gcsim/large_pages.h"
#include "gcsim/sweep/replays.h"
#include "long_array.h"

namespace gcsim::sweep {

// What moves the youngest generation's count, or enters or leaves its list: one byte each.
namespace step {
inline constexpr std::uint8_t kEnters = 254;  // joins the collector's lists, and counts nothing
inline constexpr std::uint8_t kLeaves = 255;  // leaves them likewise
inline constexpr std::uint8_t kQuiet = 128;   // a birth that counts, but starts no collection
inline constexpr std::uint32_t kMostLists = 63;
constexpr std::uint8_t born(std::uint32_t list) {
  return static_cast<std::uint8_t>(2 * list);
}
constexpr std::uint8_t died(std::uint32_t list) {
  return static_cast<std::uint8_t>(2 * list + 1);
}
constexpr bool is_counted(std::uint8_t code) {
  return code < kEnters;
}
// REQUIRES of the next two: it is counted.
constexpr bool is_death(std::uint8_t code) {
  return (code & 1) != 0;
}
constexpr std::uint8_t list_of(std::uint8_t code) {
  return static_cast<std::uint8_t>((code & ~kQuiet) >> 1);
}
constexpr bool may_start_collection(std::uint8_t code) {
  return (code & (kQuiet | 1)) == 0;
}
}  // namespace step

// A list of memory blocks kept for reuse; number 0 stands for types that have none.
struct KeptBlocks {
  std::uint32_t capacity = 0;
  bool is_reusable = true;  // else blocks go in and never come out
  bool is_emptied = true;   // by a full collection
  std::uint32_t held = 0;   // when the trace begins

  bool operator==(const KeptBlocks&) const = default;
};

// An object's place in the order in which the collector came to know them, from 1.
inline constexpr std::uint32_t kNoBirth = 0;
inline constexpr std::uint32_t kNever = 0xffffffffu;  // of events

// How long what entered the collector's lists stays there.
enum class Stay : std::uint8_t {
  solid,      // until it dies
  fleeting,   // a tuple without containers: the first collection that sees it alive drops it
  unsettled,  // a tuple or dict of a recording that some collections drop: see Unsettled
};

// What keeps a tuple at its place in the list while a collection looks for what is reachable; one that
// nothing keeps there moves to the end when it is reached.
struct Hold {
  enum class Kind : std::uint8_t {
    name,     // a name refers to it
    anchor,   // a named object does, which was in the list before it or never is
    holder,   // only the tuple that holds it refers to it: it is reached by way of that
    unknown,  // something else
  };
  Kind kind = Kind::unknown;
  std::uint32_t anchor = kNoBirth;  // its birth

  bool operator==(const Hold&) const = default;
};
struct InnerTuple {
  Stay stay = Stay::solid;
  Hold hold;
  std::uint32_t birth = kNoBirth;
  std::uint32_t entered = 0, left = kNever;  // the events
  std::uint32_t number = 0;                  // in BaseRun::unsettled, if it is there
};
// What an unsettled one holds behind an event, as far as it matters.
struct Spell {
  std::uint32_t since = 0;
  bool is_pinned = false;                          // something that no collection untracks
  bool is_unknown = false;                         // too much to be written down
  Hold hold;                                       // of itself, if it holds tuples
  std::uint32_t inner_begin = 0, inner_count = 0;  // BaseRun::inner
};
// A collection drops it that comes in a spell in which it holds nothing that is tracked; of dicts, a full
// one.
struct Unsettled {
  std::uint32_t birth = kNoBirth;
  std::uint32_t entered = 0, left = kNever;  // the events
  bool is_dict = false;
  std::uint32_t spell_begin = 0, spell_count = 0;  // BaseRun::spells
};

// An object no name leads to at the end of the base run.
struct Garbage {
  std::uint32_t birth = kNoBirth;  // kNoBirth: the collector does not know it
  Stay stay = Stay::solid;
  std::uint32_t unsettled = kNever;  // its number in BaseRun::unsettled, if it is there
  bool is_counted = false;           // its death lowers the count
  bool is_closed = false;            // a generator that a collection closes before it counts the trash
  std::uint8_t list = 0;             // that its block joins
  std::uint32_t size = 0;            // bytes
  std::uint32_t since = 0;           // the event that cut it off from all names
  std::uint32_t edge_begin = 0;
  std::uint32_t edge_count = 0;
};

// In large pages, for what has its final size at once or is looked up at random.
template <class T>
using Large = std::vector<T, LargePages<T>>;

struct BaseRun {
  EventIndex events = 0;
  bool is_truncated = false;
  OwnSettings own;

  // By step.
  LongArray<std::uint8_t> code;
  LongArray<std::uint32_t> birth;  // who; kNoBirth: nobody the collector knows
  LongArray<std::uint32_t> event;
  std::uint32_t births = 0;
  LongArray<Stay> stay;  // by birth
  std::vector<KeptBlocks> lists;

  std::vector<Unsettled> unsettled;  // by birth
  std::vector<Spell> spells;
  std::vector<InnerTuple> inner;

  // The events at which a pending collection runs, if there are any: from the first one on only there.
  std::vector<std::uint32_t> checks;

  // How large the heap has been, behind each allocation that makes it larger than it ever was.
  struct Sample {
    std::uint32_t event = 0;
    std::uint32_t objects = 0;
    std::int64_t bytes = 0;  // recordings may tell of memory that was given back and never taken
  };
  LongArray<Sample> samples;

  struct Request {  // gc.collect(generation)
    std::uint32_t event = 0;
    Generation generation = 0;
  };
  std::vector<Request> requests;

  Large<Garbage> garbage;
  Large<std::uint32_t> edges;  // among garbage: indices into it
};

// Why a trace can't be swept in one pass, in words that follow "because".
struct NotProven {
  std::string because;
};

// Records the base run under the profile. Answers a fault only for a trace that can't be read.
std::variant<BaseRun, NotProven, trace::TraceError> record_base_run(const Open& open, const Setting& base,
                                                                    bool leaves_out_own_settings);

}  // namespace gcsim::sweep
