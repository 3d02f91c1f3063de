#include "json_summary.h"

#include "gcsim/version.h"
#include "words.h"

namespace gcsim::report {

namespace {

using Json = nlohmann::ordered_json;

bool has_generations(const engine::Settings& settings) {
  return settings.reclamation == profile::Reclamation::counting_and_cycles;
}

Json objects_to_json(const Totals& t) {
  return {{"allocated", t.allocated},
          {"freed_by_refcount", t.freed_by_refcount},
          {"freed_by_collector", t.freed_by_collector},
          {"alive_at_end", t.alive},
          {"peak_alive", t.peak_alive},
          {"peak_garbage", t.peak_garbage},
          {"garbage_area", t.garbage_area},
          {"finalizers_run", t.finalizers},
          {"resurrected", t.resurrected},
          {"callbacks_run", t.callbacks}};
}

Json bytes_to_json(const Totals& t) {
  return {{"allocated", t.bytes_allocated},
          {"freed", t.bytes_freed},
          {"freed_by_collector", t.bytes_freed_by_collector},
          {"alive_at_end", t.bytes_alive},
          {"peak", t.peak_bytes},
          {"peak_garbage", t.peak_garbage_bytes},
          {"garbage_area", t.garbage_area_bytes}};
}

Json generations_to_json(const Summary& summary) {
  Json json = Json::array();
  for (Generation g = 0; g < kGenerations; ++g) {
    const engine::GenerationStats& stats = summary.generations[g];
    json.push_back({{"gen", g},
                    {"collections", stats.collections},
                    {"collected", stats.collected},
                    {"uncollectable", stats.uncollectable},
                    {"visited", stats.visited}});
  }
  return json;
}

Json free_lists_to_json(const Summary& summary) {
  Json json = Json::array();
  for (const engine::FreeListStats& list : summary.free_lists) {
    json.push_back({{"type", list.type}, {"hits", list.hits}, {"misses", list.misses}, {"held", list.held}});
  }
  return json;
}

Json heap_to_json(const Summary& summary) {
  const engine::HeapStats& heap = *summary.heap;
  Json json = {{"in_use_bytes", heap.in_use()},
               {"held_bytes", heap.held()},
               {"peak_held_bytes", heap.peak_held},
               {"blocks", heap.blocks},
               {"block_bytes", heap.block_bytes},
               {"system_blocks", heap.system_blocks},
               {"system_bytes", heap.system_bytes},
               {"pools", heap.pools},
               {"peak_pools", heap.peak_pools},
               {"arenas", heap.arenas},
               {"arena_bytes", heap.arena_bytes},
               {"peak_arenas", heap.peak_arenas},
               {"arenas_allocated", heap.arenas_allocated},
               {"arenas_released", heap.arenas_released}};
  json["size_classes"] = Json::array();
  for (const engine::SizeClassStats& c : summary.size_classes) {
    if (c.pools == 0) continue;
    json["size_classes"].push_back({{"block_bytes", c.block_bytes},
                                    {"pools", c.pools},
                                    {"blocks_in_use", c.blocks_in_use},
                                    {"blocks_available", c.blocks_available}});
  }
  return json;
}

// One collection, in the words of gcmon where it has one.
Json row_to_json(const CollectionRow& row) {
  Json json = {{"event", row.event}, {"gen", row.end.generation}, {"reason", name_of(row.start.reason)}};
  if (row.start.reason == engine::CollectionReason::threshold) {
    json["count"] = row.start.count;
    json["threshold"] = row.start.threshold;
  }
  if (row.end.slots != 0) {  // mark and sweep
    json.erase("gen");
    json.update({{"marked", row.end.visited},
                 {"swept", row.end.collected},
                 {"slots", row.end.slots},
                 {"alive", row.alive},
                 {"alive_bytes", row.bytes_alive}});
    return json;
  }
  json.update({{"candidates", row.end.visited},
               {"survivors", row.end.survivors},
               {"untracked", row.end.untracked},
               {"collected", row.end.collected},
               {"uncollectable", row.end.uncollectable},
               {"long_lived_pending", row.end.long_lived_pending},
               {"long_lived_total", row.end.long_lived_total},
               {"alive", row.alive},
               {"alive_bytes", row.bytes_alive},
               {"heap_in_use_bytes", row.end.heap_in_use},
               {"heap_held_bytes", row.end.heap_held}});
  return json;
}

Json object_to_json(const LeakedObject& object) {
  Json json = Json::object();
  if (!object.id.empty()) json["id"] = object.id;
  json["type"] = object.type;
  json["size"] = object.size;
  return json;
}

void add_leaks(Json& json, const Summary& summary) {
  json["leak_groups"] = Json::array();
  json["leaks"] = Json::array();
  for (const LeakGroup& group : summary.leaks) {
    json["leak_groups"].push_back(
        {{"reason", group.reason}, {"objects", group.objects}, {"bytes", group.bytes}});
    for (const LeakGroup::Member& member : group.members) {
      Json leak = object_to_json(member.object);
      leak["reason"] = group.reason;
      if (member.cycle != 0) leak["cycle"] = member.cycle;
      json["leaks"].push_back(std::move(leak));
    }
  }
  json["garbage_cycles"] = summary.garbage_cycles;
  json["cycles"] = Json::array();
  for (std::size_t i = 0; i < summary.cycles.size(); ++i) {
    Json path = Json::array();
    for (const LeakedObject& object : summary.cycles[i].path) path.push_back(object_to_json(object));
    json["cycles"].push_back({{"cycle", i + 1},
                              {"objects", summary.cycles[i].objects},
                              {"path_length", summary.cycles[i].path_length},
                              {"path", std::move(path)}});
  }
}

}  // namespace

Json to_json(const TraceFacts& trace) {
  Json json = {{"name", trace.name}};
  if (trace.sha256) json["sha256"] = *trace.sha256;
  if (!trace.recorded.empty()) json["recorded"] = trace.recorded;
  if (trace.cut_short) json["cut_short"] = true;
  if (trace.placement) json["placement"] = *trace.placement;
  json["events"] = trace.events;
  json["faults"] = trace.faults;
  json["complete"] = trace.complete;
  return json;
}

Json to_json(const engine::Settings& settings) {
  Json json = {{"profile", settings.profile->name}, {"collector", name_of(settings.reclamation)}};
  if (has_generations(settings)) json["threshold"] = settings.threshold;
  json["enabled"] = settings.enabled;
  if (has_generations(settings)) json["count"] = settings.count;
  if (settings.explicit_tracking) json["tracking"] = "explicit";
  if (settings.long_lived_total != 0) json["long_lived_total"] = settings.long_lived_total;
  return json;
}

namespace {

void add_generations(Json& json, const Summary& summary) {
  json["generations"] = generations_to_json(summary);
  json["full_collections_refused"] = summary.totals.refused_full_collections;
  json["counts"] = summary.counts;
  json["threshold_at_end"] = summary.threshold_at_end;
  json["enabled_at_end"] = summary.enabled_at_end;
  json["tracked_at_end"] = summary.tracked;
  json["long_lived"] = {{"total", summary.long_lived_total}, {"pending", summary.long_lived_pending}};
}

void add_mark_and_sweep(Json& json, const Summary& summary) {
  const engine::GenerationStats& stats = summary.generations[kOldest];
  json["mark_and_sweep"] = {{"collections", stats.collections},
                            {"marked", stats.visited},
                            {"swept", stats.collected},
                            {"slots", summary.slots.slots},
                            {"slots_available", summary.slots.available}};
  json["enabled_at_end"] = summary.enabled_at_end;
}

}  // namespace

namespace {

void add_band(Json& json, const Band& band) {
  Json figures = Json::array();
  for (const Band::Figure& f : band.figures)
    figures.push_back({{"name", f.name}, {"here", f.here}, {"lowest", f.lowest}, {"highest", f.highest}});
  json["band"] = {{"placements", band.placements}, {"thresholds", band.thresholds}, {"figures", figures}};
  if (band.observations.empty()) return;
  Json observations = Json::array();
  for (const Band::Observation& o : band.observations)
    observations.push_back({{"name", o.name}, {"replayed", o.replayed}, {"observed", o.observed}});
  json["observed"] = {{"threshold", band.observed_threshold}, {"figures", observations}};
}

}  // namespace

Json to_json(const Summary& summary) {
  Json json = {{"schema", "gcsim.summary/1"}, {"gcsim", kVersion}};
  json["trace"] = to_json(summary.trace);
  json["config"] = to_json(summary.settings);
  json["objects"] = objects_to_json(summary.totals);
  json["bytes"] = bytes_to_json(summary.totals);
  if (has_generations(summary.settings)) add_generations(json, summary);
  if (summary.settings.reclamation == profile::Reclamation::mark_and_sweep) add_mark_and_sweep(json, summary);
  json["free_lists"] = free_lists_to_json(summary);
  if (summary.heap) json["heap"] = heap_to_json(summary);
  json["collections"] = Json::array();
  for (const CollectionRow& row : summary.collections) json["collections"].push_back(row_to_json(row));
  add_leaks(json, summary);
  if (summary.band) add_band(json, *summary.band);
  if (summary.pauses) {
    json["pauses_estimate"] = {{"milliseconds", summary.pauses->milliseconds},
                               {"longest_milliseconds", summary.pauses->longest},
                               {"error", summary.pauses->fit.error}};
  }
  return json;
}

}  // namespace gcsim::report
