// The options that say under which rules a trace is replayed. Several verbs share them.
#pragma once

#include <string>

#include "arguments.h"
#include "gcsim/profile/profile.h"
#include "gcsim/replay.h"

namespace gcsim::cli {

struct RulesOptions {  // as typed; empty: not given
  std::string profile;
  std::string collector;
  std::string slots;
  std::string threshold;
  std::string count;
  std::string placement;
};

void define_profile(CLI::App& app, RulesOptions& options);
void define_rules(CLI::App& app, RulesOptions& options);

// For approximate recordings.
void define_placement(CLI::App& app, RulesOptions& options);

// All but the profile and the collector: numbers, for whatever profile.
void define_limits(CLI::App& app, RulesOptions& options);

// Throws UsageError.
const profile::Profile& profile_named(const std::string& name);
profile::Reclamation collector_named(const std::string& name);
double parse_placement(const std::string& text);
Overrides plan_rules(const RulesOptions& options);

}  // namespace gcsim::cli
