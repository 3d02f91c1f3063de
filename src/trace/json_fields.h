// The members of one JSON event, each where it lies in the text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "json_scan.h"

namespace gcsim::trace {

enum class Field : std::uint8_t {
  op,
  id,
  type,
  name,
  names,
  value,
  items,
  from,
  to,
  key,
  obj,
  attr,
  callback,
  action,  // "do"
  generation,
  values,
  flags,
  what,
  size,
  free_list,
  before,
  outside,
  text,
  events,
  function,
  args,
  through,
  error,
  reuse,
  span,
  delta,
};
inline constexpr std::size_t kFields = 31;
using FieldSet = std::uint64_t;

inline constexpr std::array<std::string_view, kFields> kFieldNames = {
    "op",       "id",   "type",    "name",      "names",    "value",   "items",      "from",
    "to",       "key",  "obj",     "attr",      "callback", "do",      "generation", "values",
    "flags",    "what", "size",    "free_list", "before",   "outside", "text",       "events",
    "function", "args", "through", "error",     "reuse",    "span",    "delta",
};

constexpr FieldSet set_of(Field field) {
  return FieldSet{1} << static_cast<unsigned>(field);
}
template <class... Fields>
constexpr FieldSet set_of(Field first, Fields... rest) {
  return set_of(first) | set_of(rest...);
}

class EventFields {
 public:
  // Reads the object at hand. False: the scan's problem() says what is wrong with its syntax. A member that
  // no event has, or that comes twice, is no fault of syntax: stranger() is the first such key.
  bool read(JsonScan& scan);

  bool has(Field field) const { return (present_ & set_of(field)) != 0; }
  FieldSet present() const { return present_; }
  // REQUIRES: has(field)
  const JsonValue& operator[](Field field) const { return values_[static_cast<std::size_t>(field)]; }
  const JsonValue& key_of(Field field) const { return keys_[static_cast<std::size_t>(field)]; }
  const std::optional<JsonValue>& stranger() const { return stranger_; }

 private:
  FieldSet present_ = 0;
  std::array<JsonValue, kFields> values_;
  std::array<JsonValue, kFields> keys_;
  std::optional<JsonValue> stranger_;
};

// What stands between the quotes of a string.
inline std::string_view inside(std::string_view text, const JsonValue& string) {
  return text.substr(string.begin + 1, string.end - string.begin - 2);
}

}  // namespace gcsim::trace
