// What `gcsim sweep` ranges over and aims at, from words to settings and budgets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "arguments.h"
#include "gcsim/sweep/choice.h"
#include "gcsim/sweep/setting.h"

namespace gcsim::cli {

// At most so many settings, and values of one axis.
inline constexpr std::uint64_t kMostSettings = 100'000;

struct GridOptions {  // as typed; empty: not given
  std::vector<std::string> profiles;
  std::string threshold[kGenerations];
  std::string settings_file;
  std::string freeze_at;
  bool disable = false;
};

void define_grid(CLI::App& app, GridOptions& options);

// The values of an axis: numbers and ranges with commas between them. A:B:+S goes from A to B in steps of S,
// A:B:xF multiplies by F each time, rounds, and goes on by at least 1. Throws UsageError.
std::vector<std::int32_t> parse_axis(std::string_view option, std::string_view text);

struct GridPlan {
  sweep::Axes axes;
  std::vector<sweep::PartialSetting> listed;  // of the settings file
};
GridPlan plan_grid(const GridOptions& options);
// The grid of a trace. Throws UsageError if it has too many settings, or profiles without generations.
std::vector<sweep::Setting> settings_of(const GridPlan& plan, const trace::Header& header);

// "peak_garbage=50MB". Throws UsageError.
sweep::Budget parse_budget(std::string_view text);

}  // namespace gcsim::cli
