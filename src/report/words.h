// The words in which notices are told, in every format alike.
#pragma once

#include <string_view>

#include "gcsim/engine/notice.h"
#include "gcsim/engine/simulator.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

// Empty for objects the trace gave no ID.
inline std::string_view id_of(const engine::ObjectRef& object, const trace::Vocabulary& words) {
  return object.id == kNoSymbol ? std::string_view() : words.symbols.word(raw(object.id));
}

inline std::string_view type_of(TypeId type, const trace::Vocabulary& words) {
  return words.types()[static_cast<std::size_t>(type)].name;
}

std::string_view name_of(engine::CollectionReason reason);
// As `--collector` knows it.
std::string_view name_of(profile::Reclamation reclamation);
std::string_view name_of(engine::Phase phase);
// The phases from subtract_refs on know how many references come from outside.
bool shows_gc_refs(engine::Phase phase);

}  // namespace gcsim::report
