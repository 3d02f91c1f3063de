#include "plain_words.h"

#include "event_builder.h"

namespace gcsim::trace {

const char* PlainWords::long_decimal(const char* at, std::uint32_t& into) {
  constexpr int kMostDigits = 10;
  if (*at <= '0' || *at > '9') return nullptr;
  std::uint64_t number = 0;
  for (int digits = 0; *at >= '0' && *at <= '9'; ++at) {
    if (++digits > kMostDigits) return nullptr;
    number = number * 10 + static_cast<unsigned>(*at - '0');
  }
  into = static_cast<std::uint32_t>(number);
  return number >> 32 == 0 ? at : nullptr;
}

const char* PlainWords::lettered(const char* at, SymbolId& into) {
  const bool begins_well = is_in_word(*at) && (*at < '0' || *at > '9') && *at != '.';
  if (!begins_well) return nullptr;
  const char* end = end_of_word(at);
  into = SymbolId{vocabulary_.symbols.intern({at, static_cast<std::size_t>(end - at)})};
  return end;
}

const char* PlainWords::unmet_type(const char* at, TypeId& into) {
  const char* end = end_of_word(at);
  const auto size = static_cast<std::size_t>(end - at);
  if (size == 0 || !find_type({at, size}, into)) return nullptr;
  if (size > sizeof(std::uint64_t)) return end;
  const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * size);
  const std::uint64_t eight = load_eight(at);
  types_[slot_of(eight)] = {eight & mask, mask, static_cast<std::uint32_t>(size), into};
  return end;
}

bool PlainWords::find_type(std::string_view name, TypeId& into) const {
  const auto known = vocabulary_.find_type(name);
  if (!known) return false;
  into = *known;
  const TypeDecl& type = vocabulary_.types()[raw(*known)];
  switch (type.kind) {
    case Kind::list:
    case Kind::tuple:
    case Kind::dict:
    case Kind::set:
    case Kind::opaque: return true;
    case Kind::instance: return type.finalizer != Finalizer::resurrects;
    default: return false;
  }
}

const char* PlainWords::key(const char* at, Event& event) {
  const char* end = attribute(at, event);
  if (end != nullptr) event.number = index_of({at, static_cast<std::size_t>(end - at)});
  return end;
}

const char* PlainWords::attribute(const char* at, Event& event) {
  const char* end = end_of_word(at);
  if (end == at) return nullptr;
  event.key = KeyId{vocabulary_.keys.intern({at, static_cast<std::size_t>(end - at)})};
  return end;
}

}  // namespace gcsim::trace
