// The lines of all events so far, in little memory: runs of events that are equally far apart.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "gcsim/trace/event.h"

namespace gcsim::trace {

class LineRuns {
 public:
  // Events have to be noted in order, without gaps.
  void note(EventIndex event, std::uint64_t line) {
    if (is_full_) return;
    if (runs_.empty() || !continues(event, line)) {
      is_full_ = runs_.size() == kMaxRuns;
      if (is_full_) return;
      runs_.push_back({event, line, 0});
    }
    last_ = event;
  }

  // The same for `count` events, each `step` lines behind the one before.
  void note(EventIndex event, std::uint64_t count, std::uint64_t line, std::uint64_t step) {
    for (; count > 0; --count, ++event, line += step) {
      note(event, line);
      if (!runs_.empty() && runs_.back().step == step && last_ == event && event > runs_.back().first) {
        last_ = event + count - 1;
        return;
      }
    }
  }

  // Moves all runs behind those of `into` and begins anew.
  void take(std::vector<LineRun>& into) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const EventIndex behind = i + 1 < runs_.size() ? runs_[i + 1].first : last_ + 1;
      into.push_back({runs_[i].first, behind - runs_[i].first, runs_[i].line, runs_[i].step});
    }
    runs_.clear();
    last_ = 0;
    is_full_ = false;
  }

  std::optional<std::uint64_t> line_of(EventIndex event) const {
    if (event == 0 || event > last_ || runs_.empty()) return std::nullopt;
    const auto behind = std::upper_bound(runs_.begin(), runs_.end(), event,
                                         [](EventIndex index, const Run& run) { return index < run.first; });
    const Run& run = *std::prev(behind);
    return run.line + (event - run.first) * run.step;
  }

 private:
  static constexpr std::size_t kMaxRuns = std::size_t{1} << 20;

  struct Run {
    EventIndex first;
    std::uint64_t line;
    std::uint64_t step;  // lines from one event to the next; settled by the run's second event
  };
  std::vector<Run> runs_;
  EventIndex last_ = 0;   // the last event whose line is known
  bool is_full_ = false;  // an event fitted into no run: from there on nothing is kept

  bool continues(EventIndex event, std::uint64_t line) {
    Run& run = runs_.back();
    const EventIndex distance = event - run.first;
    if (distance == 1) run.step = line - run.line;
    return run.line + distance * run.step == line;
  }
};

}  // namespace gcsim::trace
