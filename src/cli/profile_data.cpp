#include "profile_data.h"

namespace gcsim::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string_view word(profile::Reclamation reclamation) {
  switch (reclamation) {
    case profile::Reclamation::counting_and_cycles: return "counting and cycles";
    case profile::Reclamation::counting_only: return "counting only";
    case profile::Reclamation::mark_and_sweep: return "mark and sweep";
  }
  return "";
}

std::string_view word(profile::TriggerRule rule) {
  switch (rule) {
    case profile::TriggerRule::exceeds: return "exceeds";
    case profile::TriggerRule::reaches: return "reaches";
  }
  return "";
}

std::string_view word(profile::CollectionPoint point) {
  switch (point) {
    case profile::CollectionPoint::in_allocation: return "in allocation";
    case profile::CollectionPoint::at_check: return "at check";
    case profile::CollectionPoint::at_check_while_enabled: return "at check while enabled";
  }
  return "";
}

std::string_view word(profile::DyingStep step) {
  switch (step) {
    case profile::DyingStep::finalize: return "finalize";
    case profile::DyingStep::clear_weakrefs: return "clear_weakrefs";
  }
  return "";
}

std::string_view word(profile::AttributeStorage storage) {
  switch (storage) {
    case profile::AttributeStorage::dict: return "dict";
    case profile::AttributeStorage::inline_values: return "inline values";
    case profile::AttributeStorage::embedded_values: return "embedded values";
  }
  return "";
}

std::string_view word(profile::DictOrder order) {
  return order == profile::DictOrder::insertion ? "insertion" : "hash slots";
}
std::string_view word(profile::DiscardedSlot slot) {
  switch (slot) {
    case profile::DiscardedSlot::never: return "never";
    case profile::DiscardedSlot::first_met: return "first met";
    case profile::DiscardedSlot::last_met: return "last met";
  }
  return "";
}
std::string_view word(profile::NumberHash hash) {
  return hash == profile::NumberHash::by_word ? "by word" : "modulo 2**61-1";
}
std::string_view word(profile::TupleHash hash) {
  return hash == profile::TupleHash::xxhash ? "xxhash" : "multiply_xor";
}

std::string_view word(profile::TeardownStep step) {
  switch (step) {
    case profile::TeardownStep::set_aside_uncollectable: return "set_aside_uncollectable";
    case profile::TeardownStep::count_garbage: return "count_garbage";
    case profile::TeardownStep::keep_all_if_resurrected: return "keep_all_if_resurrected";
    case profile::TeardownStep::keep_uncollectable: return "keep_uncollectable";
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
    case profile::ExitStep::collect: return "collect";
    case profile::ExitStep::drop_modules: return "drop_modules";
    case profile::ExitStep::clear_modules: return "clear_modules";
    case profile::ExitStep::clear_modules_backwards: return "clear_modules_backwards";
    case profile::ExitStep::clear_main: return "clear_main";
    case profile::ExitStep::clear_unshared_modules: return "clear_unshared_modules";
    case profile::ExitStep::clear_other_modules: return "clear_other_modules";
  }
  return "";
}

std::string_view word(profile::ImportError error) {
  switch (error) {
    case profile::ImportError::name: return "name";
    case profile::ImportError::quoted_name: return "quoted_name";
    case profile::ImportError::name_of_module: return "name_of_module";
    case profile::ImportError::circular: return "circular";
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
    case profile::StringHash::multiply_xor: return "multiply_xor";
    case profile::StringHash::siphash_2_4: return "siphash_2_4";
    case profile::StringHash::siphash_1_3: return "siphash_1_3";
  }
  return "";
}

std::string_view word(profile::Closing closing) {
  switch (closing) {
    case profile::Closing::none: return "none";
    case profile::Closing::drops_references: return "drops references";
    case profile::Closing::drops_references_once_started: return "drops references once started";
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
  if (!rules.is_clearable) json["is_clearable"] = false;
  if (rules.closing != profile::Closing::none) json["closing"] = word(rules.closing);
  return json;
}

Json to_json(const profile::SlotRules& slots) {
  return {{"initial", slots.initial},
          {"growth_numerator", slots.growth_numerator},
          {"growth_denominator", slots.growth_denominator},
          {"least_available", slots.least_available},
          {"least_available_percent", slots.least_available_percent},
          {"collects_on_request_if_disabled", slots.collects_on_request_if_disabled}};
}

Json calls_to_json(const profile::CallRules& calls) {
  bool are_objects = calls.frames == profile::FrameStorage::objects;
  bool with_name = calls.handler_end == profile::HandlerEnd::with_the_name;
  bool releases = calls.generator_close == profile::GeneratorClose::releases_locals;
  Json json = {{"frames", are_objects ? "objects" : "on demand"},
               {"keeps_frame_per_code", calls.keeps_frame_per_code},
               {"tracks_running_frames", calls.tracks_running_frames},
               {"caller_keeps_arguments", calls.caller_keeps_arguments},
               {"generator_close", releases ? "releases its locals" : "ends its call"},
               {"generator_frame_keeps_caller", calls.generator_frame_keeps_caller},
               {"handler_end", with_name ? "with the name" : "with the call"},
               {"handler_references", calls.handler_references},
               {"exception_keeps_traceback", calls.exception_keeps_traceback},
               {"frame", rules_to_json(calls.frame)},
               {"traceback", rules_to_json(calls.traceback)}};
  for (const profile::TypeRules& rules : calls.exceptions)
    json["exceptions"][std::string(rules.name)] = rules_to_json(rules);
  return json;
}

}  // namespace

Json to_json(const profile::Profile& p) {
  Json json = {{"name", p.name}, {"summary", p.summary}, {"source", p.source}};
  json["reclamation"] = word(p.reclamation);
  if (p.reclamation == profile::Reclamation::mark_and_sweep) json["slots"] = to_json(p.slots);
  json["overhead"] = {{"count_bytes", p.overhead.count_bytes}, {"mark_bits", p.overhead.mark_bits}};
  json["threshold"] = p.threshold;
  json["trigger"] = word(p.trigger);
  json["collection_point"] = word(p.collection_point);
  json["full_collection_divisor"] = p.full_collection_divisor;
  json["teardown"] = Json::array();
  for (const profile::TeardownStep step : p.teardown) json["teardown"].push_back(word(step));
  json["clears_trash_weakrefs"] = p.clears_trash_weakrefs;
  json["has_freeze"] = p.has_freeze;
  json["collector_module"] = {
      {"callbacks", p.collector_module.callbacks},
      {"callback_takes_argument_tuple", p.collector_module.callback_takes_argument_tuple},
      {"get_stats", p.collector_module.get_stats},
      {"get_objects_by_generation", p.collector_module.get_objects_by_generation},
      {"is_finalized", p.collector_module.is_finalized},
      {"says_found_nothing", p.collector_module.says_found_nothing},
      {"debug_objects_flag", p.collector_module.debug_objects_flag}};
  json["dying"] = Json::array();
  for (const profile::DyingStep step : p.dying) json["dying"].push_back(word(step));
  json["finalizes_once"] = p.finalizes_once;
  json["exit"] = Json::array();
  for (const profile::ExitStep step : p.exit) json["exit"].push_back(word(step));
  json["modules"] = {{"import_error", word(p.modules.import_error)},
                     {"tracked_after_dict", p.modules.tracked_after_dict},
                     {"cleared_by_death", p.modules.cleared_by_death},
                     {"loaded_at_start", p.modules.loaded_at_start}};
  json["untrack_tuples"] = word(p.untrack_tuples);
  json["untrack_dicts"] = word(p.untrack_dicts);
  json["trashcan"] = {{"limit", p.trashcan.limit},
                      {"instance_limit", p.trashcan.instance_limit},
                      {"emptied_by_instances", p.trashcan.emptied_by_instances},
                      {"emptied_below", p.trashcan.emptied_below},
                      {"explicit_collection_depth", p.trashcan.explicit_collection_depth}};
  json["callback_tuple_from"] = p.callback_tuple_from;
  json["callback_takes_argument_tuple"] = p.callback_takes_argument_tuple;
  json["attribute_storage"] = word(p.attribute_storage);
  json["inline_attributes"] = {{"shared_keys", p.inline_attributes.shared_keys},
                               {"kept_for_late_names", p.inline_attributes.kept_for_late_names}};
  json["interned"] = {{"smallest_int", p.interned.smallest_int},
                      {"largest_int", p.interned.largest_int},
                      {"character_limit", p.interned.character_limit},
                      {"empty_tuple", p.interned.empty_tuple},
                      {"strings_are_immortal", p.interned.strings_are_immortal},
                      {"constants_shared_by_compilation", p.interned.constants_shared_by_compilation},
                      {"negative_constants_are_shared", p.interned.negative_constants_are_shared},
                      {"immortal_refcount", p.interned.immortal_refcount}};
  json["leaf_sizes"] = {{"non_ascii_header", p.leaf_sizes.non_ascii_header},
                        {"str_is_bytes", p.leaf_sizes.str_is_bytes},
                        {"machine_int", p.leaf_sizes.machine_int},
                        {"value_is_outside", p.leaf_sizes.value_is_outside}};
  json["dict_order"] = word(p.dict_order);
  json["dict_traverses_keys"] = p.dict_traverses_keys;
  json["sets"] = {{"linear_probes", p.sets.linear_probes},
                  {"shifts_before_jump", p.sets.shifts_before_jump},
                  {"reused", word(p.sets.reused)},
                  {"full_numerator", p.sets.full_numerator},
                  {"full_denominator", p.sets.full_denominator},
                  {"counts_last_slot", p.sets.counts_last_slot}};
  json["hashing"] = {{"strings", word(p.hashing.strings)},
                     {"numbers", word(p.hashing.numbers)},
                     {"tuples", word(p.hashing.tuples)}};
  json["heap"] = {{"request_limit_bytes", p.heap.request_limit},
                  {"alignment_bytes", p.heap.alignment},
                  {"collector_header_bytes", p.heap.collector_header},
                  {"pool_header_bytes", p.heap.pool_header},
                  {"pool_bytes", p.heap.pool},
                  {"arena_bytes", p.heap.arena},
                  {"arena_offset_bytes", p.heap.arena_offset},
                  {"keeps_last_arena", p.heap.keeps_last_arena}};
  json["free_lists_emptied"] = p.free_lists_emptied;
  json["calls"] = calls_to_json(p.calls);
  for (const profile::TypeRules& rules : p.types)
    json["types"][std::string(rules.name)] = rules_to_json(rules);
  json["types"]["(declared class)"] = rules_to_json(p.instance);
  json["types"]["(declared class with slots)"] = rules_to_json(p.slotted);
  json["types"]["(declared class with empty slots)"] = rules_to_json(p.slotless);
  json["types"]["(any other)"] = rules_to_json(p.opaque);
  return json;
}

}  // namespace gcsim::cli
