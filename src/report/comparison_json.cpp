#include "gcsim/report/comparison.h"
#include "gcsim/version.h"
#include "json_summary.h"

namespace gcsim::report {

namespace {

using Json = nlohmann::ordered_json;

// What a collector does not have has no key.
Json run_to_json(const RunFigures& run) {
  using profile::Reclamation;
  const Reclamation reclamation = run.settings.reclamation;
  const bool counts = reclamation != Reclamation::mark_and_sweep;
  Json json = {{"config", to_json(run.settings)}};
  Json work = Json::object();
  if (counts) work = {{"increments", run.operations.increments}, {"decrements", run.operations.decrements}};
  if (reclamation != Reclamation::counting_only) {
    work["collections"] = run.collections;
    work["objects_walked"] = run.objects_walked;
    work["references_walked"] = run.references_walked;
  }
  if (!counts) work["slots_walked"] = run.slots_walked;
  json["work"] = work;
  json["pauses"] = Json::object();
  if (reclamation != Reclamation::counting_only) json["pauses"]["longest_collection"] = run.longest_walk;
  if (counts) json["pauses"]["longest_cascade"] = run.longest_cascade;
  json["freed"] = {{"by_refcount", run.totals.freed_by_refcount},
                   {"by_collector", run.totals.freed_by_collector},
                   {"garbage_at_end", run.garbage_at_end}};
  json["delay_events"] = {
      {"mean", run.delays.mean()}, {"median", run.delays.median()}, {"longest", run.delays.longest()}};
  json["garbage"] = {{"peak_objects", run.totals.peak_garbage},
                     {"peak_bytes", run.totals.peak_garbage_bytes},
                     {"area_object_events", run.totals.garbage_area},
                     {"area_byte_events", run.totals.garbage_area_bytes}};
  json["peak_bytes"] = run.totals.peak_bytes;
  json["objects_allocated"] = run.totals.allocated;
  json["overhead_bytes_per_object"] = run.overhead_bytes_per_object();
  json["refused_events"] = run.refused_events;
  if (!run.first_refusal.empty()) json["first_refusal"] = run.first_refusal;
  return json;
}

Json difference_to_json(const Difference& d) {
  return {{"run", d.run}, {"event", d.event}, {"line", d.line}, {"text", d.text}, {"effects", d.effects}};
}

}  // namespace

std::string json_of(const Comparison& comparison) {
  Json json = {{"schema", "gcsim.comparison/1"}, {"gcsim", kVersion}};
  json["trace"] = to_json(comparison.trace);
  json["runs"] = Json::array();
  for (const RunFigures& run : comparison.runs) json["runs"].push_back(run_to_json(run));
  json["first_differences"] = Json::array();
  for (const Difference& d : comparison.differences)
    json["first_differences"].push_back(difference_to_json(d));
  return json.dump(2) + "\n";
}

}  // namespace gcsim::report
