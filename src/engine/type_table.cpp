#include "type_table.h"

#include "object.h"

namespace gcsim::engine {
namespace {

Layout layout_of(trace::Kind kind, bool explicit_tracking) {
  using trace::Kind;
  switch (kind) {
    case Kind::none:
    case Kind::integer:
    case Kind::floating:
    case Kind::string: return Layout::leaf;
    default: break;
  }
  // Only events of calls make these.
  switch (kind) {
    case Kind::traceback:
    case Kind::exception: return Layout::row;
    case Kind::frame:
    case Kind::generator: return Layout::frame;
    default: break;
  }
  // A recording sees that there is a reference, not under which key.
  if (explicit_tracking) return Layout::bag;
  switch (kind) {
    case Kind::list:
    case Kind::tuple: return Layout::sequence;
    case Kind::dict: return Layout::dict;
    case Kind::set: return Layout::set;
    case Kind::weakref: return Layout::weakref;
    case Kind::module:
    case Kind::instance: return Layout::instance;
    default: return Layout::bag;
  }
}

}  // namespace

std::uint32_t claim_new_key_number(TypeState& type, KeyId key) {
  if (type.keys_left == 0) return kHole;
  --type.keys_left;
  type.keys.push_back(key);
  return static_cast<std::uint32_t>(type.keys.size() - 1);
}

TypeState make_type(const trace::TypeDecl& declared, const profile::Profile& profile, bool explicit_tracking,
                    FreeLists& free_lists, profile::Reclamation reclamation) {
  using profile::Reclamation;
  const profile::TypeRules& rules = profile::rules_for(profile, declared);
  TypeState t;
  t.rules = &rules;
  t.kind = declared.kind;
  t.layout = layout_of(declared.kind, explicit_tracking);
  t.finalizer = declared.finalizer;
  t.is_gc = rules.is_gc && reclamation == Reclamation::counting_and_cycles;
  t.allocation = t.is_gc ? Allocation::counted : Allocation::uncounted;
  if (reclamation == Reclamation::mark_and_sweep) t.allocation = Allocation::slot;
  t.in_trashcan = rules.in_trashcan;
  t.is_exact_tuple = declared.kind == trace::Kind::tuple;
  bool is_instance = declared.kind == trace::Kind::instance;
  bool is_module = declared.kind == trace::Kind::module;
  t.is_clearable = rules.is_clearable && !t.is_exact_tuple && declared.kind != trace::Kind::generator;
  t.clears_globals = is_module && profile.modules.cleared_by_death;
  t.has_dict = (is_instance && !declared.has_slots) || is_module;
  t.has_inline_attributes =
      is_instance && t.has_dict && profile.attribute_storage != profile::AttributeStorage::dict;
  t.remembers_finalizer = profile.finalizes_once && rules.is_gc;
  t.empties_trashcan = !is_instance || profile.trashcan.emptied_by_instances;
  if (t.in_trashcan)
    t.trashcan_limit = is_instance ? profile.trashcan.instance_limit : profile.trashcan.limit;
  t.closes_first = declared.kind == trace::Kind::generator;
  // A swept slot goes back to the one list of all types.
  if (reclamation != Reclamation::mark_and_sweep) t.free_list = free_lists.handle_of(rules);
  t.only_list = free_lists.only_list(t.free_list);
  t.keys_left = t.has_inline_attributes ? profile.inline_attributes.shared_keys : 0;
  if (t.has_inline_attributes) t.keys_kept = profile.inline_attributes.kept_for_late_names;
  t.keys = declared.slots;
  t.is_tracked_at_birth = t.is_gc && t.kind != trace::Kind::dict && !explicit_tracking;
  t.may_exist_once = t.is_exact_tuple || t.layout == Layout::leaf;
  bool is_container = t.layout == Layout::sequence || t.layout == Layout::bag || t.layout == Layout::row;
  t.has_plain_contents = is_container || t.layout == Layout::instance;
  t.grows_by_words = t.layout == Layout::bag || (t.layout == Layout::sequence && !t.is_exact_tuple);
  t.has_plain_birth = (t.has_plain_contents || t.layout == Layout::dict) &&
                      declared.kind != trace::Kind::function && t.finalizer != trace::Finalizer::resurrects;
  t.is_empty_at_birth = (t.has_plain_contents || t.layout == Layout::dict || t.layout == Layout::set) &&
                        rules.item_size == 0 && !t.may_exist_once;
  const bool has_few_contents =
      t.layout == Layout::dict || t.layout == Layout::leaf || t.layout == Layout::weakref;
  t.has_plain_death = (t.has_plain_contents || has_few_contents) && t.finalizer == trace::Finalizer::none &&
                      !t.closes_first && !t.clears_globals && reclamation != Reclamation::mark_and_sweep;
  const bool is_born_plain =
      (t.is_empty_at_birth && t.has_plain_birth) || (t.layout == Layout::weakref && t.is_tracked_at_birth);
  t.has_quick_birth = is_born_plain && t.allocation != Allocation::slot && t.only_list != nullptr;
  t.has_quick_death = t.has_plain_death && t.only_list != nullptr;
  if (t.layout == Layout::dict || t.layout == Layout::instance) t.words_per_reference = 2;
  return t;
}

}  // namespace gcsim::engine
