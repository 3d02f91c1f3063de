#include "rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "numbers.h"
#include "suggest.h"

namespace gcsim::cli {

void define_profile(CLI::App& app, RulesOptions& options) {
  app.add_option("--profile", options.profile,
                 "the rules to follow (`gcsim profiles` lists them); overrides the trace's own")
      ->type_name("NAME");
}

void define_rules(CLI::App& app, RulesOptions& options) {
  define_profile(app, options);
  app.add_option("--threshold", options.threshold,
                 "collection thresholds, as gc.set_threshold takes them; 0 as the first switches it off")
      ->type_name("A[,B[,C]]");
  app.add_option("--count", options.count, "the generations' counts when the trace begins")
      ->type_name("A,B,C");
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

Overrides plan_rules(const RulesOptions& options) {
  Overrides overrides;
  if (!options.profile.empty()) overrides.profile = &profile_named(options.profile);
  if (!options.threshold.empty()) {
    const auto values = parse_list(options.threshold);
    if (!values || values->size() > kGenerations) {
      throw UsageError(fmt::format("--threshold: expected one to three numbers such as 700,10,10, got '{}'",
                                   options.threshold));
    }
    overrides.threshold = *values;
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
