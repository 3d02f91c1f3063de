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

#include "gcsim/sweep/replays.h"

namespace gcsim::sweep {

// What moves the youngest generation's count, or enters its list: one byte each.
namespace step {
inline constexpr std::uint8_t kEnters = 254;  // joins the collector's lists, and counts nothing
constexpr std::uint8_t born(std::uint32_t list) {
  return static_cast<std::uint8_t>(2 * list);
}
constexpr std::uint8_t died(std::uint32_t list) {
  return static_cast<std::uint8_t>(2 * list + 1);
}
inline constexpr std::uint32_t kMostLists = 100;
}  // namespace step

// A list of memory blocks kept for reuse; number 0 stands for types that have none.
struct KeptBlocks {
  std::uint32_t capacity = 0;
  bool is_reusable = true;  // else blocks go in and never come out
  bool is_emptied = true;   // by a full collection
  std::uint32_t held = 0;   // when the trace begins

  bool operator==(const KeptBlocks&) const = default;
};

// An object's place in the order in which the collector came to know them, from 1. A *fleeting* one is a
// tuple without containers: the first collection that sees it alive drops it from the lists.
inline constexpr std::uint32_t kNoBirth = 0;

// An object no name leads to at the end of the base run.
struct Garbage {
  std::uint32_t birth = kNoBirth;  // kNoBirth: the collector does not know it
  bool is_fleeting = false;
  bool is_counted = false;  // its death lowers the count
  std::uint8_t list = 0;    // that its block joins
  std::uint32_t size = 0;   // bytes
  std::uint32_t since = 0;  // the event that cut it off from all names
  std::uint32_t edge_begin = 0;
  std::uint32_t edge_count = 0;
};

struct BaseRun {
  EventIndex events = 0;
  bool is_truncated = false;
  OwnSettings own;

  // By step.
  std::vector<std::uint8_t> code;
  std::vector<std::uint32_t> birth;  // who; kNoBirth: nobody the collector knows
  std::vector<std::uint32_t> event;
  std::uint32_t births = 0;
  std::vector<bool> is_fleeting;  // by birth
  std::vector<KeptBlocks> lists;

  // Peaks are taken behind each allocation.
  struct Sample {
    std::uint32_t event = 0;
    std::uint32_t objects = 0;
    Bytes bytes = 0;
  };
  std::vector<Sample> samples;

  struct Request {  // gc.collect(generation)
    std::uint32_t event = 0;
    Generation generation = 0;
  };
  std::vector<Request> requests;

  std::vector<Garbage> garbage;
  std::vector<std::uint32_t> edges;  // among garbage: indices into it
};

// Why a trace can't be swept in one pass, in words that follow "because".
struct NotProven {
  std::string because;
};

// Records the base run under the profile. Answers a fault only for a trace that can't be read.
std::variant<BaseRun, NotProven, trace::TraceError> record_base_run(const Open& open, const Setting& base,
                                                                    bool leaves_out_own_settings);

}  // namespace gcsim::sweep
