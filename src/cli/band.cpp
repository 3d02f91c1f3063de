#include "band.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "exit_status.h"
#include "gcsim/placement.h"
#include "gcsim/sweep/row.h"

namespace gcsim::cli {

namespace {

using Threshold = std::array<std::int32_t, kGenerations>;

constexpr double kPlacements[] = {0.25, 0.5};
constexpr std::uint64_t kSeldom = 10;  // collections

struct BandFigure {
  const char* name;
  std::uint64_t (*of)(const sweep::Row& row);
};
constexpr BandFigure kFigures[] = {
    {"collections of gen 0", [](const sweep::Row& r) { return r.generation[0].collections; }},
    {"collections of gen 1", [](const sweep::Row& r) { return r.generation[1].collections; }},
    {"collections of gen 2", [](const sweep::Row& r) { return r.generation[2].collections; }},
    {"objects walked", [](const sweep::Row& r) { return r.visited(); }},
    {"objects collected", [](const sweep::Row& r) { return r.collected(); }},
    {"peak objects", [](const sweep::Row& r) { return r.peak_objects; }},
    {"peak bytes", [](const sweep::Row& r) { return Bytes{r.peak_bytes}; }},
    {"peak garbage objects", [](const sweep::Row& r) { return r.peak_garbage; }},
    {"peak garbage bytes", [](const sweep::Row& r) { return Bytes{r.peak_garbage_bytes}; }},
};

class BandRuns {
 public:
  BandRuns(const std::string& path, const Session& session) : path_(path), session_(session) {}

  // A row for each of the thresholds, over one reading of the trace. Faults were reported by the replay.
  std::vector<sweep::Row> rows(double placement, const std::vector<Threshold>& thresholds) const {
    auto opened = open_exact(open_input(path_), placement, nullptr, trace::Decoding::in_place);
    auto& reader = *std::get<std::unique_ptr<trace::Reader>>(opened);
    std::vector<std::unique_ptr<sweep::RowObserver>> observers;
    std::vector<std::unique_ptr<engine::Simulator>> simulators;
    std::vector<engine::Simulator*> side_by_side;
    for (const Threshold& threshold : thresholds) {
      engine::Settings settings = session_.settings;
      settings.threshold = threshold;
      sweep::Setting setting;
      setting.profile = settings.profile;
      setting.threshold = threshold;
      observers.push_back(std::make_unique<sweep::RowObserver>(setting));
      simulators.push_back(engine::Simulator::create(settings, observers.back().get()));
      side_by_side.push_back(simulators.back().get());
    }
    gcsim::ReplayOptions options;
    options.on_fault = [](const trace::TraceError&) { return OnFault::stop; };
    std::vector<Refusals> refusals;
    replay_side_by_side(reader, side_by_side, options, refusals, {});
    std::vector<sweep::Row> rows;
    for (std::size_t k = 0; k < observers.size(); ++k) rows.push_back(observers[k]->row(*simulators[k]));
    return rows;
  }

 private:
  const std::string& path_;
  const Session& session_;
};

std::vector<Generation> seldom_of(const sweep::Row& row) {
  std::vector<Generation> seldom;
  for (Generation g = 0; g < kGenerations; ++g) {
    const std::uint64_t n = row.generation[g].collections;
    if (n > 0 && n < kSeldom) seldom.push_back(g);
  }
  return seldom;
}

// A tenth down and a tenth up of the youngest threshold.
std::vector<Threshold> steps_of(Threshold threshold) {
  const std::int32_t step = std::max(threshold[0] / 10, 1);
  if (threshold[0] <= step) return {};
  Threshold down = threshold, up = threshold;
  down[0] -= step;
  up[0] += step;
  return {down, up};
}

void widen(report::Band& band, const sweep::Row& row) {
  for (std::size_t k = 0; k < std::size(kFigures); ++k) {
    const std::uint64_t value = kFigures[k].of(row);
    band.figures[k].lowest = std::min(band.figures[k].lowest, value);
    band.figures[k].highest = std::max(band.figures[k].highest, value);
  }
}

void compare_observed(report::Band& band, const trace::Observed& observed, const sweep::Row& row) {
  band.observed_threshold = observed.threshold;
  for (Generation g = 0; g < kGenerations; ++g) {
    band.observations.push_back(
        {fmt::format("collections of gen {}", g), row.generation[g].collections, observed.collections[g]});
  }
  for (Generation g = 0; g < kGenerations; ++g) {
    band.observations.push_back(
        {fmt::format("collected by gen {}", g), row.generation[g].collected, observed.collected[g]});
  }
}

}  // namespace

std::vector<double> placements_of_band(double own) {
  std::vector<double> placements(std::begin(kPlacements), std::end(kPlacements));
  placements.push_back(own);
  std::sort(placements.begin(), placements.end());
  placements.erase(std::unique(placements.begin(), placements.end()), placements.end());
  return placements;
}

report::Band measure_band(const std::string& path, const Session& session, const Overrides& rules) {
  if (!session.placement)
    throw UsageError(
        fmt::format("--band: {} is no approximate recording, its figures are exact", session.name));
  const BandRuns runs(path, session);
  const double own = rules.placement.value_or(kUsualPlacement);
  const Threshold threshold = session.settings.threshold;
  const std::optional<trace::Observed>& observed = session.reader->header().observed;
  std::vector<Threshold> thresholds{threshold};
  if (observed) thresholds.push_back(observed->threshold);
  for (const Threshold& step : steps_of(threshold)) thresholds.push_back(step);

  const std::vector<sweep::Row> here = runs.rows(own, thresholds);
  report::Band band;
  for (const BandFigure& figure : kFigures) {
    const std::uint64_t value = figure.of(here[0]);
    band.figures.push_back({figure.name, value, value, value});
  }
  if (observed) compare_observed(band, *observed, here[1]);
  band.placements = placements_of_band(own);
  band.seldom = seldom_of(here[0]);
  const std::size_t first_step = observed ? 2 : 1;
  if (!band.seldom.empty()) {
    for (std::size_t k = first_step; k < thresholds.size(); ++k) {
      band.thresholds.push_back(thresholds[k]);
      widen(band, here[k]);
    }
  }
  for (const double placement : band.placements) {
    if (placement == own) continue;
    for (const sweep::Row& row : runs.rows(placement, {threshold})) widen(band, row);
  }
  return band;
}

}  // namespace gcsim::cli
