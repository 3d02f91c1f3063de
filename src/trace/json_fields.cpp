#include "json_fields.h"

#include <string>

#include "escapes.h"

namespace gcsim::trace {

namespace {

constexpr std::size_t kBuckets = 128;
constexpr std::uint8_t kNone = 0xff;

// A hash without collisions among the names; if a new name breaks that, the table does not compile.
constexpr std::size_t bucket_of(std::string_view name) {
  const auto first = static_cast<unsigned char>(name.front());
  const auto last = static_cast<unsigned char>(name.back());
  return (first + last * 6u + name.size() * 8u) % kBuckets;
}

constexpr auto kByName = [] {
  std::array<std::uint8_t, kBuckets> table{};
  table.fill(kNone);
  for (std::size_t i = 0; i < kFields; ++i) {
    std::uint8_t& entry = table[bucket_of(kFieldNames[i])];
    if (entry != kNone) throw "two names of fields fall into one bucket";
    entry = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::optional<Field> field_named(std::string_view name) {
  if (name.empty()) return std::nullopt;
  const std::uint8_t i = kByName[bucket_of(name)];
  if (i == kNone || kFieldNames[i] != name) return std::nullopt;
  return Field{i};
}

std::string unescaped(std::string_view text) {
  std::string out;
  append_unescaped(text, out);
  return out;
}

}  // namespace

bool EventFields::read(JsonScan& scan) {
  present_ = 0;
  stranger_.reset();
  return scan_members(scan, [&](const JsonValue& key, const JsonValue& value) {
    const auto field = key.escaped ? field_named(unescaped(inside(scan.text(), key)))
                                   : field_named(inside(scan.text(), key));
    if (field && !has(*field)) {
      present_ |= set_of(*field);
      keys_[static_cast<std::size_t>(*field)] = key;
      values_[static_cast<std::size_t>(*field)] = value;
    } else if (!stranger_) {
      stranger_ = key;
    }
    return true;
  });
}

}  // namespace gcsim::trace
