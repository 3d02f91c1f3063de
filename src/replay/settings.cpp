// Which rules and which start state a replay uses: the command line over the trace over the profile.
#include <string>

#include "gcsim/replay.h"

namespace gcsim {
namespace {

trace::TraceError unknown_profile(const trace::Header& header) {
  trace::TraceError error;
  error.where = header.profile_position;
  error.fault = trace::Fault::unknown_profile;
  error.expected = "the name of a profile (gcsim profiles lists them)";
  error.got = "'" + *header.profile + "'";
  for (std::string_view name : profile::planned()) {
    if (name == *header.profile) error.note = *header.profile + " is planned but not simulated yet";
  }
  return error;
}

void override_thresholds(std::array<std::int32_t, kGenerations>& threshold,
                         const std::vector<std::int32_t>& values) {
  for (std::size_t g = 0; g < values.size() && g < threshold.size(); ++g) threshold[g] = values[g];
}

// The profile's least number is for its own number of slots.
void override_slots(profile::SlotRules& slots, const std::vector<std::uint32_t>& values) {
  if (values.empty()) return;
  slots.initial = values[0];
  slots.least_available = values.size() > 1 ? values[1] : 0;
}

}  // namespace

std::variant<engine::Settings, trace::TraceError> settings_for(const trace::Header& header,
                                                               const Overrides& overrides) {
  const profile::Profile* profile = overrides.profile;
  if (profile == nullptr && header.profile) {
    profile = profile::find(*header.profile);
    if (profile == nullptr) return unknown_profile(header);
  }
  engine::Settings settings;
  settings.profile = profile != nullptr ? profile : &profile::default_profile();
  settings.threshold = settings.profile->threshold;
  override_thresholds(settings.threshold, header.threshold);
  override_thresholds(settings.threshold, overrides.threshold);
  settings.enabled = overrides.enabled.value_or(header.enabled.value_or(true));
  settings.count = overrides.count.value_or(header.count.value_or(engine::Counts{}));
  settings.reclamation = overrides.reclamation.value_or(settings.profile->reclamation);
  settings.slots = settings.profile->slots;
  override_slots(settings.slots, header.available_slots);
  override_slots(settings.slots, overrides.available_slots);
  settings.explicit_tracking = header.explicit_tracking;
  settings.long_lived_total = header.long_lived_total;
  for (const trace::FreeListFill& f : header.free_lists) {
    settings.free_lists.push_back({f.type, f.length.value_or(0), f.held});
  }
  return settings;
}

}  // namespace gcsim
