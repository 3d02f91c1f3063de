// CSV and JSON Lines.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gcsim/sweep/report.h"

namespace gcsim::sweep {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "gcsim.sweep/1";

Json header_of(const SweepFacts& f) {
  Json header = {{"schema", kSchema}, {"gcsim", f.gcsim}};
  header["trace"] = {{"name", f.trace}, {"sha256", f.sha256}, {"events", f.events}, {"complete", f.complete}};
  header["method"] = f.method;
  if (!f.because.empty()) header["because"] = f.because;
  header["own_settings"] = f.leaves_out_own_settings ? "left out" : "kept";
  if (!f.placements.empty()) header["placements"] = f.placements;
  header["grid"] = {{"settings", f.settings}, {"digest", f.grid}};
  header["shard"] = {f.shard.number, f.shard.of};
  return header;
}

Json line_of(const Row& row, bool is_pareto, bool is_default) {
  Json line = {{"profile", row.setting.profile->name},
               {"threshold", row.setting.threshold},
               {"enabled", row.setting.enabled},
               {"freeze_at", row.setting.freeze_at}};
  for (const Figure& figure : figures()) {
    if (figure.name == "digest") {
      line["digest"] = fmt::format("{:016x}", row.digest);
    } else {
      line[std::string(figure.name)] = figure.of(row);
    }
  }
  line["pareto"] = is_pareto;
  line["default"] = is_default;
  return line;
}

// The least and the most of each figure.
Json range_of(const Row& least, const Row& most) {
  Json range;
  for (const Figure& figure : figures()) {
    if (figure.has_range()) range[std::string(figure.name)] = {figure.of(least), figure.of(most)};
  }
  return range;
}

struct Bad {
  std::string what;
};

const Json& field(const Json& object, std::string_view name) {
  const auto found = object.find(name);
  if (found == object.end()) throw Bad{fmt::format("no \"{}\"", name)};
  return *found;
}

template <class Value>
Value value(const Json& object, std::string_view name) {
  try {
    return field(object, name).get<Value>();
  } catch (const nlohmann::json::exception&) {
    throw Bad{fmt::format("\"{}\" is not what it should be", name)};
  }
}

SweepFacts facts_in(const Json& header) {
  const auto schema = value<std::string>(header, "schema");
  if (schema != kSchema) throw Bad{fmt::format("expected schema {}, got '{}'", kSchema, schema)};
  SweepFacts f;
  f.gcsim = value<std::string>(header, "gcsim");
  const Json& trace = field(header, "trace");
  f.trace = value<std::string>(trace, "name");
  f.sha256 = value<std::string>(trace, "sha256");
  f.events = value<EventIndex>(trace, "events");
  f.complete = value<bool>(trace, "complete");
  f.method = value<std::string>(header, "method");
  if (header.contains("because")) f.because = value<std::string>(header, "because");
  f.leaves_out_own_settings = value<std::string>(header, "own_settings") == "left out";
  if (header.contains("placements")) f.placements = value<std::vector<double>>(header, "placements");
  const Json& grid = field(header, "grid");
  f.settings = value<std::uint64_t>(grid, "settings");
  f.grid = value<std::string>(grid, "digest");
  const auto shard = value<std::array<std::uint32_t, 2>>(header, "shard");
  f.shard = {shard[0], shard[1]};
  if (f.shard.number < 1 || f.shard.number > f.shard.of) throw Bad{"\"shard\" is not what it should be"};
  return f;
}

Row row_in(const Json& line) {
  Row row;
  const auto profile = value<std::string>(line, "profile");
  row.setting.profile = profile::find(profile);
  if (row.setting.profile == nullptr) throw Bad{fmt::format("unknown profile '{}'", profile)};
  row.setting.threshold = value<Thresholds>(line, "threshold");
  row.setting.enabled = value<bool>(line, "enabled");
  row.setting.freeze_at = value<EventIndex>(line, "freeze_at");
  for (const Figure& figure : figures()) {
    if (figure.name == "digest") {
      row.digest = std::stoull("0" + value<std::string>(line, "digest"), nullptr, 16);
    } else {
      figure.in(row) = value<std::uint64_t>(line, figure.name);
    }
  }
  return row;
}

void add_range(Sweep& sweep, const Json& line) {
  const Json& range = field(line, "range");
  Row least = sweep.rows.back();
  Row most = least;
  for (const Figure& figure : figures()) {
    if (!figure.has_range()) continue;
    const auto both = value<std::array<std::uint64_t, 2>>(range, figure.name);
    figure.in(least) = both[0];
    figure.in(most) = both[1];
  }
  sweep.least.push_back(least);
  sweep.most.push_back(most);
}

}  // namespace

void Sweep::widen(std::span<const Row> others) {
  if (least.empty()) least = most = rows;
  for (std::size_t k = 0; k < others.size(); ++k) {
    for (const Figure& figure : figures()) {
      if (!figure.has_range()) continue;
      figure.in(least[k]) = std::min(figure.of(least[k]), figure.of(others[k]));
      figure.in(most[k]) = std::max(figure.of(most[k]), figure.of(others[k]));
    }
  }
}

std::string digest_of(std::span<const Setting> settings) {
  std::uint64_t digest = Row::kEmpty;
  const auto mix = [&](std::string_view text) {
    for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  };
  for (const Setting& s : settings) {
    mix(fmt::format("{} {} {} {}\n", s.profile->name, fmt::join(s.threshold, " "), s.enabled, s.freeze_at));
  }
  return fmt::format("{:016x}", digest);
}

std::string csv_of(const Sweep& sweep) {
  std::string text = "profile,threshold_0,threshold_1,threshold_2,enabled,freeze_at";
  for (const Figure& figure : figures()) text += fmt::format(",{}", figure.name);
  text += ",pareto";
  for (const Figure& figure : figures()) {
    if (!sweep.least.empty() && figure.has_range()) text += fmt::format(",{0}_least,{0}_most", figure.name);
  }
  text += '\n';
  const std::vector<bool> front = pareto_front(sweep.rows);
  for (std::size_t k = 0; k < sweep.rows.size(); ++k) {
    const Row& row = sweep.rows[k];
    const Setting& s = row.setting;
    text += fmt::format("{},{},{},{}", s.profile->name, fmt::join(s.threshold, ","), s.enabled ? 1 : 0,
                        s.freeze_at);
    for (const Figure& figure : figures()) {
      text +=
          figure.name == "digest" ? fmt::format(",{:016x}", row.digest) : fmt::format(",{}", figure.of(row));
    }
    text += front[k] ? ",1" : ",0";
    for (const Figure& figure : figures()) {
      if (!sweep.least.empty() && figure.has_range())
        text += fmt::format(",{},{}", figure.of(sweep.least[k]), figure.of(sweep.most[k]));
    }
    text += '\n';
  }
  return text;
}

std::string json_lines_of(const Sweep& sweep) {
  std::string text = header_of(sweep.facts).dump() + "\n";
  const std::vector<bool> front = pareto_front(sweep.rows);
  for (std::size_t k = 0; k < sweep.rows.size(); ++k) {
    Json line = line_of(sweep.rows[k], front[k], sweep.base == k);
    if (!sweep.least.empty()) line["range"] = range_of(sweep.least[k], sweep.most[k]);
    text += line.dump() + "\n";
  }
  return text;
}

std::variant<Sweep, ResultsError> parse_json_lines(std::string_view text) {
  Sweep sweep;
  for (std::uint64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return ResultsError{number, "the line is cut off"};
    const Json line = Json::parse(text.substr(0, end), nullptr, false);
    text.remove_prefix(end + 1);
    if (!line.is_object()) return ResultsError{number, "expected a JSON object"};
    try {
      if (number == 1) {
        sweep.facts = facts_in(line);
      } else {
        if (value<bool>(line, "default")) sweep.base = sweep.rows.size();
        sweep.rows.push_back(row_in(line));
        if (!sweep.facts.placements.empty()) add_range(sweep, line);
      }
    } catch (const Bad& bad) {
      return ResultsError{number, bad.what};
    } catch (const std::exception&) {
      return ResultsError{number, "\"digest\" is not what it should be"};
    }
  }
  if (sweep.facts.sha256.empty())
    return ResultsError{1, fmt::format("expected a header with schema {}", kSchema)};
  return sweep;
}

}  // namespace gcsim::sweep
