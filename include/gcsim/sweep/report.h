// A sweep's results, for people and for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gcsim/sweep/choice.h"
#include "gcsim/sweep/row.h"

namespace gcsim::sweep {

// Which part of a grid: of `of` parts, number `number`, from 1.
struct Shard {
  std::uint32_t number = 1;
  std::uint32_t of = 1;

  // Settings are dealt out in turn, so that each part has cheap and dear ones.
  bool has(std::size_t setting) const { return setting % of == number - 1; }
  bool operator==(const Shard&) const = default;
};

// What was swept, and how.
struct SweepFacts {
  std::string trace;  // its name without directories
  std::string sha256;
  EventIndex events = 0;
  bool complete = true;  // false: the trace is cut off
  std::string method;    // "one-pass", "replay"
  std::string because;   // why not in one pass; empty if it was
  bool leaves_out_own_settings = false;
  std::uint64_t settings = 0;  // of the whole grid
  std::string grid;            // its digest
  Shard shard;
  std::string gcsim;  // the version that computed it
  // Of garbage, over which the figures' range goes; empty: none is wanted.
  std::vector<double> placements = {};

  bool operator==(const SweepFacts&) const = default;
};

struct Sweep {
  SweepFacts facts;
  std::vector<Row> rows;
  std::optional<std::size_t> base;  // the row of the default setting, if it is among them
  // By row: the least and the most that each figure is at one of the placements; empty if there are none. No
  // digests.
  std::vector<Row> least, most;

  // Takes the rows of another placement into the range.
  void widen(std::span<const Row> others);
};

// A digest of the settings and their order, in hexadecimal.
std::string digest_of(std::span<const Setting> settings);

// A table, and below it what the budgets choose. At most 110 columns wide.
std::string text_of(const Sweep& sweep, std::span<const Budget> budgets, bool color);
std::string csv_of(const Sweep& sweep);
// Schema gcsim.sweep/1: a header line, then a line for each setting.
std::string json_lines_of(const Sweep& sweep);

// What is wrong with a file of results, and in which line.
struct ResultsError {
  std::uint64_t line = 0;
  std::string what;
};
std::variant<Sweep, ResultsError> parse_json_lines(std::string_view text);

// The whole of a grid from all its parts, in any order. REQUIRES: there is one.
struct MergeError {
  std::optional<std::size_t> part;  // which of them is wrong; nothing: it is not one alone
  std::string what;
};
std::variant<Sweep, MergeError> merge(std::span<const Sweep> parts);

// A scatter plot, both axes logarithmic: objects walked to the right, peak garbage upwards.
std::string svg_of(const Sweep& sweep);
// The same with characters, for a terminal; about 76 by 20.
std::string plot_of(const Sweep& sweep);

}  // namespace gcsim::sweep
