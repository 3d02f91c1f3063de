// The quick way to a sweep's rows: the trace is read once, without a collector, and what every collection of
// every setting would have seen is worked out from when each object was born, died and became garbage.
// README.md in src/sweep says how, and when it holds; where it is not proven to hold, it says why and
// computes nothing.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "gcsim/sweep/replays.h"
#include "gcsim/sweep/row.h"

namespace gcsim::sweep {

// One reading of a trace under one profile's rules.
class OnePass {
 public:
  // Why it can't be done, in words that follow "because".
  struct NotProven {
    std::string because;
  };
  // `base` says which profile.
  static std::variant<OnePass, NotProven, trace::TraceError> read(const Open& open, const Setting& base,
                                                                  bool leaves_out_own_settings);
  OnePass(OnePass&&) noexcept;
  ~OnePass();

  EventIndex events() const;
  bool is_truncated() const;
  // What decides how fast it is: pieces of garbage, and how many of them had to be looked at piece by piece
  // under some setting.
  struct Pieces {
    std::uint64_t clusters = 0;
    std::uint64_t components = 0;
  };
  Pieces pieces() const;

  struct Plan {
    unsigned jobs = 1;
    // Rows as they are finished, never two calls at once; false: stop.
    std::function<bool(std::span<const Row>)> on_rows;
    std::vector<std::vector<Collection>>* collections = nullptr;  // by setting, if wanted
  };
  // REQUIRES: the settings are of the profile that was read, and none freezes.
  void compute(std::span<const Setting> settings, const Plan& plan) const;

  struct Analysis;  // what was worked out; nobody's business outside src/sweep

 private:
  explicit OnePass(std::unique_ptr<Analysis> analysis);
  std::unique_ptr<Analysis> analysis_;
};

}  // namespace gcsim::sweep
