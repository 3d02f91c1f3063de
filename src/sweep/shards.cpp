// Putting the parts of a sweep together.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gcsim/sweep/report.h"

namespace gcsim::sweep {

namespace {

// The settings of a part, as many as it must have.
std::uint64_t size_of(const Shard& shard, std::uint64_t settings) {
  return (settings + shard.of - shard.number) / shard.of;
}

std::string name_of(const Shard& shard) {
  return fmt::format("part {} of {}", shard.number, shard.of);
}

// What the first part and this one must have in common.
std::string misfit(const SweepFacts& a, const SweepFacts& b) {
  if (a.sha256 != b.sha256) return "another trace";
  if (a.grid != b.grid || a.settings != b.settings) return "another grid";
  if (a.shard.of != b.shard.of) return fmt::format("part of {}, not of {}", b.shard.of, a.shard.of);
  if (a.leaves_out_own_settings != b.leaves_out_own_settings) return "another --ignore-own-settings";
  if (a.placements != b.placements) return "another --band";
  if (a.gcsim != b.gcsim) return fmt::format("by gcsim {}, not {}", b.gcsim, a.gcsim);
  if (a.events != b.events || a.complete != b.complete) return "another length of the trace";
  return "";
}

}  // namespace

std::variant<Sweep, MergeError> merge(std::span<const Sweep> parts) {
  const SweepFacts& facts = parts.front().facts;
  std::vector<const Sweep*> by_number(facts.shard.of);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const SweepFacts& f = parts[k].facts;
    if (const std::string what = misfit(facts, f); !what.empty())
      return MergeError{k, "does not fit: " + what};
    if (by_number[f.shard.number - 1] != nullptr) return MergeError{k, name_of(f.shard) + " is there twice"};
    const std::uint64_t expected = size_of(f.shard, f.settings);
    if (parts[k].rows.size() != expected)
      return MergeError{k, fmt::format("expected {} rows, got {}", expected, parts[k].rows.size())};
    by_number[f.shard.number - 1] = &parts[k];
  }
  std::vector<std::uint32_t> missing;
  for (std::uint32_t k = 0; k < facts.shard.of; ++k) {
    if (by_number[k] == nullptr) missing.push_back(k + 1);
  }
  if (!missing.empty()) {
    return MergeError{std::nullopt,
                      fmt::format("of {} parts {} missing: {}", facts.shard.of,
                                  missing.size() == 1 ? "one is" : "some are", fmt::join(missing, ", "))};
  }
  Sweep whole;
  whole.facts = facts;
  whole.facts.shard = {};
  std::vector<Setting> settings;
  for (std::size_t k = 0; k < facts.settings; ++k) {
    const Sweep& part = *by_number[k % facts.shard.of];
    const std::size_t row = k / facts.shard.of;
    if (part.base == row) whole.base = k;
    whole.rows.push_back(part.rows[row]);
    if (!part.least.empty()) {
      whole.least.push_back(part.least[row]);
      whole.most.push_back(part.most[row]);
    }
    settings.push_back(part.rows[row].setting);
  }
  if (digest_of(settings) != facts.grid)
    return MergeError{std::nullopt, "the rows are not those of the grid"};
  return whole;
}

}  // namespace gcsim::sweep
