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
  // A recording sees that there is a reference, not under which key.
  if (explicit_tracking) return Layout::bag;
  switch (kind) {
    case Kind::list:
    case Kind::tuple: return Layout::sequence;
    case Kind::dict: return Layout::dict;
    case Kind::set: return Layout::set;
    case Kind::weakref: return Layout::weakref;
    case Kind::instance: return Layout::instance;
    default: return Layout::bag;
  }
}

}  // namespace

std::uint32_t key_number(const TypeState& type, KeyId key) {
  for (std::uint32_t i = 0; i < type.keys.size(); ++i) {
    if (type.keys[i] == key) return i;
  }
  return kHole;
}

TypeState make_type(const trace::TypeDecl& declared, const profile::Profile& profile, bool explicit_tracking,
                    const FreeLists& free_lists) {
  const profile::TypeRules& rules = profile::rules_for(profile, declared);
  TypeState t;
  t.rules = &rules;
  t.kind = declared.kind;
  t.layout = layout_of(declared.kind, explicit_tracking);
  t.finalizer = declared.finalizer;
  t.is_gc = rules.is_gc;
  t.in_trashcan = rules.in_trashcan;
  t.is_exact_tuple = declared.kind == trace::Kind::tuple;
  t.is_exact_dict = declared.kind == trace::Kind::dict;
  t.has_inline_attributes = declared.kind == trace::Kind::instance && !declared.has_slots;
  t.free_list = free_lists.handle_of(rules);
  t.keys_left = t.has_inline_attributes ? profile.inline_attributes.shared_keys : 0;
  t.keys = declared.slots;
  return t;
}

}  // namespace gcsim::engine
