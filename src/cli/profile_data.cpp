#include "profile_data.h"

namespace gcsim::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string_view word(profile::TriggerRule rule) {
  switch (rule) {
    case profile::TriggerRule::exceeds: return "exceeds";
    case profile::TriggerRule::reaches: return "reaches";
  }
  return "";
}

std::string_view word(profile::TeardownStep step) {
  switch (step) {
    case profile::TeardownStep::handle_weakrefs: return "handle_weakrefs";
    case profile::TeardownStep::finalize_garbage: return "finalize_garbage";
    case profile::TeardownStep::handle_resurrected: return "handle_resurrected";
    case profile::TeardownStep::delete_garbage: return "delete_garbage";
  }
  return "";
}

std::string_view word(profile::ExitStep step) {
  switch (step) {
    case profile::ExitStep::collect_if_enabled: return "collect_if_enabled";
    case profile::ExitStep::release_names: return "release_names";
    case profile::ExitStep::collect: return "collect";
  }
  return "";
}

std::string_view word(profile::UntrackRule rule) {
  switch (rule) {
    case profile::UntrackRule::never: return "never";
    case profile::UntrackRule::every_collection: return "every collection";
    case profile::UntrackRule::full_collections: return "full collections";
  }
  return "";
}

std::string_view word(profile::StringHash hash) {
  switch (hash) {
    case profile::StringHash::siphash_1_3: return "siphash_1_3";
  }
  return "";
}

std::string_view word(profile::Closing closing) {
  switch (closing) {
    case profile::Closing::none: return "none";
    case profile::Closing::drops_references: return "drops references";
  }
  return "";
}

// Only what applies: a type without a free list has no word about one.
Json rules_to_json(const profile::TypeRules& rules) {
  Json json = {{"tracked_by_gc", rules.is_gc}, {"size_bytes", rules.size}};
  if (rules.item_size != 0) json["item_size_bytes"] = rules.item_size;
  if (rules.free_list_capacity != profile::kNoFreeList) {
    json["free_list_capacity"] = rules.free_list_capacity;
    if (rules.free_list_max_length != 0) json["free_list_max_length"] = rules.free_list_max_length;
    if (rules.free_list_kept_length != 0) json["free_list_kept_length"] = rules.free_list_kept_length;
    json["emptied_by_full_collection"] = rules.emptied_by_full_collection;
  }
  if (rules.in_trashcan) json["in_trashcan"] = true;
  if (rules.weakly_referenceable) json["weakly_referenceable"] = true;
  if (rules.closing != profile::Closing::none) json["closing"] = word(rules.closing);
  return json;
}

}  // namespace

Json to_json(const profile::Profile& p) {
  Json json = {{"name", p.name}, {"summary", p.summary}, {"source", p.source}};
  json["threshold"] = p.threshold;
  json["trigger"] = word(p.trigger);
  json["full_collection_divisor"] = p.full_collection_divisor;
  json["teardown"] = Json::array();
  for (const profile::TeardownStep step : p.teardown) json["teardown"].push_back(word(step));
  json["exit"] = Json::array();
  for (const profile::ExitStep step : p.exit) json["exit"].push_back(word(step));
  json["untrack_tuples"] = word(p.untrack_tuples);
  json["untrack_dicts"] = word(p.untrack_dicts);
  json["trashcan_limit"] = p.trashcan_limit;
  json["callback_tuple_from"] = p.callback_tuple_from;
  json["inline_attributes"] = {{"shared_keys", p.inline_attributes.shared_keys},
                               {"kept_for_late_names", p.inline_attributes.kept_for_late_names}};
  json["interned"] = {{"smallest_int", p.interned.smallest_int},
                      {"largest_int", p.interned.largest_int},
                      {"latin1_characters", p.interned.latin1_characters},
                      {"empty_tuple", p.interned.empty_tuple}};
  json["string_hash"] = word(p.string_hash);
  for (const profile::TypeRules& rules : p.types)
    json["types"][std::string(rules.name)] = rules_to_json(rules);
  json["types"]["(declared class)"] = rules_to_json(p.instance);
  json["types"]["(declared class with slots)"] = rules_to_json(p.slotted);
  json["types"]["(any other)"] = rules_to_json(p.opaque);
  return json;
}

}  // namespace gcsim::cli
