#include "calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "exit_status.h"

namespace gcsim::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kSchema[] = "gcsim.calibration/1";
constexpr double kPerMillisecond = 1e6;  // nanoseconds

constexpr std::pair<const char*, double report::PauseFit::*> kTerms[] = {
    {"per_collection_ns", &report::PauseFit::per_collection},
    {"per_walked_ns", &report::PauseFit::per_walked},
    {"per_collected_ns", &report::PauseFit::per_collected},
    {"error", &report::PauseFit::error}};

}  // namespace

std::string calibration_text(const report::PauseFit& fit, const std::string& python) {
  Json json{{"schema", kSchema}, {"python", python}, {"collections_measured", fit.measured}};
  for (const auto& [name, term] : kTerms) json[name] = fit.*term;
  return json.dump(2) + "\n";
}

report::PauseFit read_calibration(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw InputOutputError(fmt::format("can't read {}", path));
  const Json json = Json::parse(file, nullptr, false);
  const auto refuse = [&] {
    throw UsageError(
        fmt::format("{} is no calibration\n  gcsim truth --calibration {} makes one", path, path));
  };
  if (!json.is_object() || json.value("schema", "") != kSchema) refuse();
  report::PauseFit fit;
  for (const auto& [name, term] : kTerms) {
    if (!json.contains(name) || !json[name].is_number() || json[name].get<double>() < 0) refuse();
    fit.*term = json[name].get<double>();
  }
  if (const auto measured = json.find("collections_measured");
      measured != json.end() && measured->is_number_unsigned())
    fit.measured = measured->get<std::uint64_t>();
  return fit;
}

report::PauseEstimate estimate_pauses(const report::PauseFit& fit, const report::Summary& summary) {
  report::PauseEstimate estimate{fit, {}, 0};
  for (Generation g = 0; g < kGenerations; ++g) {
    const engine::GenerationStats& stats = summary.generations[g];
    estimate.milliseconds[g] =
        fit.nanoseconds(stats.collections, stats.visited, stats.collected) / kPerMillisecond;
  }
  for (const report::CollectionRow& row : summary.collections) {
    const double each = fit.nanoseconds(1, row.end.visited, row.end.collected) / kPerMillisecond;
    estimate.longest = std::max(estimate.longest, each);
  }
  return estimate;
}

}  // namespace gcsim::cli
