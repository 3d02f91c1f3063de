#include "sweep_grid.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "input.h"
#include "numbers.h"
#include "rules.h"
#include "suggest.h"

namespace gcsim::cli {

namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();

[[noreturn]] void bad_axis(std::string_view option, std::string_view text) {
  throw UsageError(fmt::format(
      "{}: expected numbers such as 700 or 5k, or ranges such as 100:1000:+100 or 100:100k:x1.5, got '{}'",
      option, text));
}

[[noreturn]] void too_many(std::string_view what, std::uint64_t n) {
  throw UsageError(fmt::format("{} {}: a sweep has at most {}", n, what, kMostSettings));
}

std::int64_t axis_number(std::string_view option, std::string_view text, std::string_view whole) {
  const auto value = parse_number(text);
  if (!value || *value > static_cast<std::uint64_t>(kLargest)) bad_axis(option, whole);
  return static_cast<std::int64_t>(*value);
}

double factor(std::string_view option, std::string_view text, std::string_view whole) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value > 1) || !std::isfinite(value))
    bad_axis(option, whole);
  return value;
}

void add_range(std::string_view option, std::string_view item, std::vector<std::int32_t>& values) {
  const std::size_t first = item.find(':');
  const std::size_t second = item.find(':', first + 1);
  if (second == std::string_view::npos || second + 2 > item.size()) bad_axis(option, item);
  const std::int64_t begin = axis_number(option, item.substr(0, first), item);
  const std::int64_t end = axis_number(option, item.substr(first + 1, second - first - 1), item);
  const char kind = item[second + 1];
  const std::string_view amount = item.substr(second + 2);
  if (begin > end || (kind != '+' && kind != 'x')) bad_axis(option, item);
  const std::int64_t step = kind == '+' ? axis_number(option, amount, item) : 1;
  const double by = kind == 'x' ? factor(option, amount, item) : 1;
  if (step == 0 || (kind == 'x' && begin == 0)) bad_axis(option, item);
  auto exact = static_cast<double>(begin);
  for (std::int64_t value = begin; value <= end;) {
    values.push_back(static_cast<std::int32_t>(value));
    if (values.size() > kMostSettings) too_many("values and more on one axis", values.size());
    exact *= by;
    value = kind == '+' ? value + step : std::max<std::int64_t>(value + 1, std::llround(exact));
  }
}

std::string read_all(const std::string& path) {
  Input input = open_input(path);
  std::string bytes;
  char block[1 << 16];
  while (const auto got = input.source->read(block, sizeof block)) {
    if (*got == 0) return bytes;
    bytes.append(block, *got);
  }
  throw InputOutputError(fmt::format("can't read {}", path));
}

// A file of settings: CSV with a line of names, or a JSON array of objects. What a sweep writes as CSV can be
// read again.
class SettingsFile {
 public:
  explicit SettingsFile(const std::string& path) : path_(path), text_(read_all(path)) {}

  std::vector<sweep::PartialSetting> read() {
    const std::size_t begin = text_.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos) fail(1, "expected settings, got nothing");
    if (text_[begin] == '[') {
      json();
    } else {
      csv();
    }
    if (settings_.empty()) fail(1, "expected settings, got none");
    return std::move(settings_);
  }

 private:
  [[noreturn]] void fail(std::uint64_t line, const std::string& what) const {
    throw UsageError(fmt::format("{}:{}: {}", path_, line, what));
  }

  static std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> cells;
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (;;) {
      const std::size_t comma = line.find(',');
      std::string_view cell = line.substr(0, comma);
      while (cell.starts_with(' ')) cell.remove_prefix(1);
      while (cell.ends_with(' ')) cell.remove_suffix(1);
      cells.push_back(cell);
      if (comma == std::string_view::npos) return cells;
      line.remove_prefix(comma + 1);
    }
  }

  void csv() {
    std::string_view rest = text_;
    std::vector<std::string_view> names;
    for (std::uint64_t number = 1; !rest.empty(); ++number) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (line.empty()) continue;
      const auto cells = split(line);
      if (names.empty()) {
        names = cells;
        for (const std::string_view name : names) check_name(number, name);
        continue;
      }
      if (cells.size() != names.size())
        fail(number, fmt::format("expected {} cells, got {}", names.size(), cells.size()));
      sweep::PartialSetting setting;
      for (std::size_t k = 0; k < cells.size(); ++k) set(setting, number, names[k], cells[k]);
      settings_.push_back(setting);
    }
  }

  void check_name(std::uint64_t number, std::string_view name) const {
    std::vector<std::string_view> known = {"profile",     "threshold_0", "threshold_1",
                                           "threshold_2", "enabled",     "freeze_at"};
    const std::string suggestion = did_you_mean(name, known);
    known.push_back("pareto");
    for (const sweep::Figure& figure : sweep::figures()) known.push_back(figure.name);
    for (const std::string_view range : {"_least", "_most"}) {
      if (name.ends_with(range)) return check_name(number, name.substr(0, name.size() - range.size()));
    }
    for (const std::string_view word : known) {
      if (word == name) return;
    }
    fail(number, fmt::format("unknown column '{}'{}", name, suggestion));
  }

  void set(sweep::PartialSetting& setting, std::uint64_t line, std::string_view name,
           std::string_view cell) const {
    if (cell.empty()) return;
    if (name == "profile") {
      setting.profile = profile::find(cell);
      if (setting.profile == nullptr) fail(line, fmt::format("unknown profile '{}'", cell));
    } else if (name.starts_with("threshold_")) {
      setting.threshold[static_cast<std::size_t>(name.back() - '0')] =
          static_cast<std::int32_t>(number(line, name, cell, kLargest));
    } else if (name == "enabled") {
      if (cell != "0" && cell != "1") fail(line, fmt::format("enabled: expected 0 or 1, got '{}'", cell));
      setting.enabled = cell == "1";
    } else if (name == "freeze_at") {
      setting.freeze_at = number(line, name, cell, std::numeric_limits<std::int64_t>::max());
    }
  }

  std::uint64_t number(std::uint64_t line, std::string_view name, std::string_view text,
                       std::int64_t most) const {
    const auto value = parse_number(text);
    if (!value || *value > static_cast<std::uint64_t>(most))
      fail(line, fmt::format("{}: expected a number, got '{}'", name, text));
    return *value;
  }

  void json() {
    const auto document = nlohmann::json::parse(text_, nullptr, false);
    if (!document.is_array()) fail(1, "expected a JSON array of settings");
    for (const auto& each : document) {
      const std::string which = fmt::format("setting {}", settings_.size() + 1);
      if (!each.is_object()) fail(1, which + ": expected an object");
      sweep::PartialSetting setting;
      for (const auto& [name, value] : each.items()) set_json(setting, which, name, value);
      settings_.push_back(setting);
    }
  }

  void set_json(sweep::PartialSetting& setting, const std::string& which, const std::string& name,
                const nlohmann::json& value) const {
    const auto reject = [&](std::string_view expected) {
      fail(1, fmt::format("{}: {}: expected {}, got {}", which, name, expected, value.dump()));
    };
    if (name == "profile") {
      if (!value.is_string() || profile::find(value.get<std::string>()) == nullptr)
        reject("the name of a profile");
      setting.profile = profile::find(value.get<std::string>());
    } else if (name == "threshold") {
      if (!value.is_array() || value.empty() || value.size() > kGenerations) reject("one to three numbers");
      for (std::size_t g = 0; g < value.size(); ++g) {
        if (!value[g].is_number_unsigned() ||
            value[g].get<std::uint64_t>() > static_cast<std::uint64_t>(kLargest))
          reject("one to three numbers");
        setting.threshold[g] = value[g].get<std::int32_t>();
      }
    } else if (name == "enabled") {
      if (!value.is_boolean()) reject("true or false");
      setting.enabled = value.get<bool>();
    } else if (name == "freeze_at") {
      if (!value.is_number_unsigned()) reject("the number of an event");
      setting.freeze_at = value.get<EventIndex>();
    } else {
      static constexpr std::string_view kKnown[] = {"profile", "threshold", "enabled", "freeze_at"};
      fail(1, fmt::format("{}: unknown key '{}'{}", which, name, did_you_mean(name, kKnown)));
    }
  }

  std::string path_;
  std::string text_;
  std::vector<sweep::PartialSetting> settings_;
};

void reject_without_generations(const std::vector<sweep::Setting>& settings) {
  for (const sweep::Setting& setting : settings) {
    if (setting.profile->reclamation == profile::Reclamation::counting_and_cycles) continue;
    throw UsageError(fmt::format("{} has no thresholds to sweep over; `gcsim compare` sets it beside others",
                                 setting.profile->name));
  }
}

// Bytes with or without a unit: 50MB, 64KiB, 1_000.
std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  static constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
      {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30},  {"kB", 1'000},
      {"KB", 1'000},       {"MB", 1'000'000},   {"GB", 1'000'000'000}};
  for (const auto& [unit, bytes] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto n = parse_number(text.substr(0, text.size() - unit.size()));
    if (!n || *n > std::numeric_limits<std::uint64_t>::max() / bytes) return std::nullopt;
    return *n * bytes;
  }
  return parse_number(text);
}

}  // namespace

void define_grid(CLI::App& app, GridOptions& o) {
  for (Generation g = 0; g < kGenerations; ++g) {
    app.add_option(fmt::format("--threshold{}", g), o.threshold[g],
                   g == 0 ? "values of the first threshold: numbers, A:B:+STEP, A:B:xFACTOR, with commas"
                          : "likewise")
        ->type_name("LIST");
  }
  app.add_option("--profile", o.profiles, "rules to follow, given once or more often; else the trace's own")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--settings", o.settings_file,
                 "further settings: CSV with columns as in --format csv, or JSON")
      ->type_name("FILE");
  app.add_flag("--disable", o.disable, "also with gc.disable() at the start");
  app.add_option("--freeze-at", o.freeze_at, "also with gc.freeze() behind these events")->type_name("LIST");
}

std::vector<std::int32_t> parse_axis(std::string_view option, std::string_view text) {
  std::vector<std::int32_t> values;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    if (item.find(':') != std::string_view::npos) {
      add_range(option, item, values);
    } else {
      values.push_back(static_cast<std::int32_t>(axis_number(option, item, item)));
    }
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

GridPlan plan_grid(const GridOptions& o) {
  GridPlan plan;
  for (const std::string& name : o.profiles) plan.axes.profiles.push_back(&profile_named(name));
  for (Generation g = 0; g < kGenerations; ++g) {
    if (!o.threshold[g].empty())
      plan.axes.threshold[g] = parse_axis(fmt::format("--threshold{}", g), o.threshold[g]);
  }
  if (!o.freeze_at.empty()) {
    for (const std::int32_t at : parse_axis("--freeze-at", o.freeze_at)) {
      if (at == 0) throw UsageError("--freeze-at: events count from 1");
      plan.axes.freeze_at.push_back(static_cast<EventIndex>(at));
    }
  }
  plan.axes.with_disabled = o.disable;
  if (!o.settings_file.empty()) plan.listed = SettingsFile(o.settings_file).read();
  const sweep::Axes& a = plan.axes;
  const bool has_axis =
      a.size() > 1 || !(a.threshold[0].empty() && a.threshold[1].empty() && a.threshold[2].empty());
  if (!has_axis && plan.listed.empty()) {
    throw UsageError(
        "nothing to sweep over: name a --threshold0, --profile, --settings ..\n"
        "  `gcsim sweep --help` shows how it is used");
  }
  return plan;
}

std::vector<sweep::Setting> settings_of(const GridPlan& plan, const trace::Header& header) {
  if (plan.axes.size() + plan.listed.size() > kMostSettings)
    too_many("settings", plan.axes.size() + plan.listed.size());
  std::vector<sweep::Setting> settings = sweep::expand(plan.axes, header);
  for (const sweep::PartialSetting& partial : plan.listed)
    sweep::add_new(settings, sweep::complete(partial, header));
  reject_without_generations(settings);
  return settings;
}

sweep::Budget parse_budget(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  std::vector<std::string_view> known;
  for (const sweep::Cost& cost : sweep::costs()) known.push_back(cost.name);
  const sweep::Cost* cost = sweep::find_cost(name);
  if (cost == nullptr) reject_choice("--budget", name, known);
  const std::string_view limit = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const auto value = cost->is_memory ? parse_bytes(limit) : parse_number(limit);
  if (!value) {
    throw UsageError(fmt::format("--budget {}: expected {} such as {}, got '{}'", name, cost->unit,
                                 cost->is_memory ? "50MB" : "10k", limit));
  }
  return {cost, *value};
}

}  // namespace gcsim::cli
