#include "rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "numbers.h"
#include "suggest.h"

namespace gcsim::cli {

namespace {

constexpr Choice<profile::Reclamation> kCollectors[] = {
    {"generations", profile::Reclamation::counting_and_cycles},
    {"mark-sweep", profile::Reclamation::mark_and_sweep},
    {"none", profile::Reclamation::counting_only}};

}  // namespace

void define_profile(CLI::App& app, RulesOptions& options) {
  app.add_option("--profile", options.profile,
                 "the rules to follow (`gcsim profiles` lists them); overrides the trace's own")
      ->type_name("NAME");
}

void define_rules(CLI::App& app, RulesOptions& options) {
  define_profile(app, options);
  app.add_option("--collector", options.collector,
                 "generations, mark-sweep or none (counting alone), instead of the profile's own")
      ->type_name("C");
  define_limits(app, options);
}

void define_placement(CLI::App& app, RulesOptions& options) {
  app.add_option(
         "--placement", options.placement,
         "approximate recordings: where in its interval a piece of garbage begins to be garbage, from 0 "
         "to 1; by default 0.25")
      ->type_name("F");
}

void define_limits(CLI::App& app, RulesOptions& options) {
  app.add_option("--threshold", options.threshold,
                 "collection thresholds, as gc.set_threshold takes them; 0 as the first switches it off")
      ->type_name("A[,B[,C]]");
  app.add_option("--count", options.count, "the generations' counts when the trace begins")
      ->type_name("A,B,C");
  app.add_option(
         "--slots", options.slots,
         "mark and sweep: slots created ahead of time, and how few a sweep may leave available before "
         "more are added")
      ->type_name("N[,LEAST]");
}

const profile::Profile& profile_named(const std::string& name) {
  if (const profile::Profile* found = profile::find(name)) return *found;
  const auto planned = profile::planned();
  if (std::find(planned.begin(), planned.end(), name) != planned.end()) {
    throw UsageError(
        fmt::format("profile {} is not simulated yet; `gcsim profiles` lists those that are", name));
  }
  std::vector<std::string_view> known;
  for (const profile::Profile& p : profile::catalog()) known.push_back(p.name);
  throw UsageError(
      fmt::format("unknown profile '{}'{}\n  `gcsim profiles` lists them", name, did_you_mean(name, known)));
}

profile::Reclamation collector_named(const std::string& name) {
  return choose("--collector", name, kCollectors);
}

double parse_placement(const std::string& text) {
  double placement = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), placement);
  const bool is_whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  if (is_whole && placement >= 0 && placement <= 1) return placement;
  throw UsageError(fmt::format("--placement: expected a number from 0 to 1, got '{}'", text));
}

Overrides plan_rules(const RulesOptions& options) {
  Overrides overrides;
  if (!options.placement.empty()) overrides.placement = parse_placement(options.placement);
  if (!options.profile.empty()) overrides.profile = &profile_named(options.profile);
  if (!options.collector.empty()) overrides.reclamation = collector_named(options.collector);
  if (!options.threshold.empty()) {
    const auto values = parse_list(options.threshold);
    if (!values || values->size() > kGenerations) {
      throw UsageError(fmt::format("--threshold: expected one to three numbers such as 700,10,10, got '{}'",
                                   options.threshold));
    }
    overrides.threshold = *values;
  }
  if (!options.slots.empty()) {
    const auto values = parse_list(options.slots);
    const bool fits = values && values->size() <= 2 && values->front() >= 1 &&
                      static_cast<std::uint32_t>(values->front()) <= trace::kMaxSlots;
    if (!fits) {
      throw UsageError(
          fmt::format("--slots: expected one or two numbers such as 10k,4096, got '{}'", options.slots));
    }
    overrides.available_slots.assign(values->begin(), values->end());
  }
  if (!options.count.empty()) {
    const auto values = parse_list(options.count);
    if (!values || values->size() != kGenerations) {
      throw UsageError(
          fmt::format("--count: expected three numbers such as 699,9,9, got '{}'", options.count));
    }
    overrides.count = {{(*values)[0], (*values)[1], (*values)[2]}};
  }
  return overrides;
}

}  // namespace gcsim::cli
