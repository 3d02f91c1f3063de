// Settings: what differs from one replay of a sweep to the next. Everything else is the trace's own.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gcsim/profile/profile.h"
#include "gcsim/replay.h"
#include "gcsim/trace/reader.h"

namespace gcsim::sweep {

using Thresholds = std::array<std::int32_t, kGenerations>;

struct Setting {
  const profile::Profile* profile = nullptr;
  Thresholds threshold{};
  bool enabled = true;       // false: as if gc.disable() stood before the first event
  EventIndex freeze_at = 0;  // as if gc.freeze() stood behind this event; 0: nowhere

  auto operator<=>(const Setting&) const = default;
};

// What a sweep ranges over. An axis without values has one: the trace's own, or else the profile's.
struct Axes {
  std::vector<const profile::Profile*> profiles;
  std::array<std::vector<std::int32_t>, kGenerations> threshold;
  bool with_disabled = false;         // for each profile one setting more
  std::vector<EventIndex> freeze_at;  // beside never

  // Settings the axes give, the default ones not counted in.
  std::uint64_t size() const;
};

// A setting of which only a part is said; the rest is as in the default.
struct PartialSetting {
  const profile::Profile* profile = nullptr;
  std::array<std::int32_t, kGenerations> threshold = {-1, -1, -1};  // -1: not said
  bool enabled = true;
  EventIndex freeze_at = 0;
};

// What a replay without any options would use. REQUIRES: the header's profile exists, if it names one.
Setting default_setting(const trace::Header& header, const profile::Profile* profile);
Setting complete(const PartialSetting& partial, const trace::Header& header);

// All combinations, the first axis slowest, each once; in front of them the first profile's default.
std::vector<Setting> expand(const Axes& axes, const trace::Header& header);
// Appends what is not there yet.
void add_new(std::vector<Setting>& settings, const Setting& setting);

engine::Settings engine_settings(const Setting& setting, const trace::Header& header);

// "700, 10, 10", "disabled", "700, 10, 10, frozen at 5000"; without the profile.
std::string words(const Setting& setting);
// "gc.set_threshold(700, 10, 10)", and what else the program has to say.
std::string python_words(const Setting& setting);

}  // namespace gcsim::sweep
