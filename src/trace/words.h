// What a word of a trace may be: IDs, numbers, literals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gcsim::trace {

// [A-Za-z_][A-Za-z0-9_.]* or a decimal number
bool is_id(std::string_view word);
// [A-Za-z_][A-Za-z0-9_]*
bool is_identifier(std::string_view word);
// -?[0-9]+
bool is_whole_number(std::string_view word);

// The value of a whole number; nothing if it is none or does not fit.
std::optional<std::int64_t> to_number(std::string_view word);

// Canonical texts of literal values, so that equal values have equal texts; nothing if the word is none.
// An int has no leading zeros, a float is the shortest that reads back the same.
std::optional<std::string> canonical_int(std::string_view word);
std::optional<std::string> canonical_float(std::string_view word);

}  // namespace gcsim::trace
