#include "gcsim/sweep/setting.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace gcsim::sweep {

namespace {

auto key_of(const Setting& s) {
  return std::make_tuple(s.profile, s.threshold, s.enabled, s.freeze_at);
}

Overrides overrides_of(const Setting& setting) {
  Overrides overrides;
  overrides.profile = setting.profile;
  overrides.threshold.assign(setting.threshold.begin(), setting.threshold.end());
  if (!setting.enabled) overrides.enabled = false;
  return overrides;
}

std::uint64_t length(std::size_t values) {
  return std::max<std::uint64_t>(values, 1);
}

// Collects settings, each once.
class Grid {
 public:
  void add(const Setting& setting) {
    if (seen_.insert(key_of(setting)).second) settings.push_back(setting);
  }
  std::vector<Setting> settings;

 private:
  std::set<decltype(key_of(Setting{}))> seen_;
};

void add_thresholds(Grid& grid, const Axes& axes, Setting setting, Generation g) {
  if (g == kGenerations) {
    grid.add(setting);
    for (EventIndex at : axes.freeze_at) {
      setting.freeze_at = at;
      grid.add(setting);
    }
    return;
  }
  if (axes.threshold[g].empty()) return add_thresholds(grid, axes, setting, g + 1);
  for (std::int32_t value : axes.threshold[g]) {
    setting.threshold[g] = value;
    add_thresholds(grid, axes, setting, g + 1);
  }
}

}  // namespace

std::uint64_t Axes::size() const {
  std::uint64_t n = 1 + freeze_at.size();
  for (const auto& values : threshold) n *= length(values.size());
  return (n + (with_disabled ? 1 : 0)) * length(profiles.size());
}

Setting default_setting(const trace::Header& header, const profile::Profile* profile) {
  Overrides overrides;
  overrides.profile = profile;
  const auto settings = std::get<engine::Settings>(settings_for(header, overrides));
  return {settings.profile, settings.threshold, settings.enabled, 0};
}

Setting complete(const PartialSetting& partial, const trace::Header& header) {
  Setting setting = default_setting(header, partial.profile);
  for (Generation g = 0; g < kGenerations; ++g) {
    if (partial.threshold[g] >= 0) setting.threshold[g] = partial.threshold[g];
  }
  setting.enabled = setting.enabled && partial.enabled;
  setting.freeze_at = partial.freeze_at;
  return setting;
}

std::vector<Setting> expand(const Axes& axes, const trace::Header& header) {
  Grid grid;
  std::vector<const profile::Profile*> profiles = axes.profiles;
  if (profiles.empty()) profiles.push_back(nullptr);
  for (const profile::Profile* profile : profiles) {
    const Setting base = default_setting(header, profile);
    if (profile == profiles.front()) grid.add(base);
    add_thresholds(grid, axes, base, 0);
    Setting disabled = base;
    disabled.enabled = false;
    if (axes.with_disabled) grid.add(disabled);
  }
  return std::move(grid.settings);
}

void add_new(std::vector<Setting>& settings, const Setting& setting) {
  if (std::find(settings.begin(), settings.end(), setting) == settings.end()) settings.push_back(setting);
}

engine::Settings engine_settings(const Setting& setting, const trace::Header& header) {
  return std::get<engine::Settings>(settings_for(header, overrides_of(setting)));
}

std::string words(const Setting& setting) {
  std::string text = "disabled";
  if (setting.enabled) {
    const Thresholds& t = setting.threshold;
    text = std::to_string(t[0]) + ", " + std::to_string(t[1]) + ", " + std::to_string(t[2]);
  }
  if (setting.freeze_at != 0) text += ", frozen at " + std::to_string(setting.freeze_at);
  return text;
}

std::string python_words(const Setting& setting) {
  const Thresholds& t = setting.threshold;
  std::string text = setting.enabled ? "gc.set_threshold(" + std::to_string(t[0]) + ", " +
                                           std::to_string(t[1]) + ", " + std::to_string(t[2]) + ")"
                                     : "gc.disable()";
  if (setting.freeze_at != 0) text += "; gc.freeze() behind event " + std::to_string(setting.freeze_at);
  return text;
}

}  // namespace gcsim::sweep
