#include "plain_words.h"

#include "event_builder.h"

namespace gcsim::trace {

const char* PlainWords::long_decimal(const char* at, std::uint32_t& into) {
  constexpr int kMostDigits = 10;
  if (*at == '0') return nullptr;
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

const char* PlainWords::type(const char* at, TypeId& into) {
  const char* end = end_of_word(at);
  const auto size = static_cast<std::size_t>(end - at);
  if (size == 0) return nullptr;
  if (size > sizeof(std::uint64_t)) return find_type({at, size}, into) ? end : nullptr;
  std::uint64_t name = 0;
  std::memcpy(&name, at, sizeof name);
  name &= ~std::uint64_t{0} >> (64 - 8 * size);
  ShortType& known = types_[name * 0x9E3779B97F4A7C15u >> 58];
  if (known.name != name) {
    TypeId type{0};
    if (!find_type({at, size}, type)) return nullptr;
    known = {name, type};
  }
  into = known.type;
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
