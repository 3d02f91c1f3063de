// Values of leaves: what they hash to and which are equal, for the order and the contents of sets.
//
// Follows CPython as the profile's HashRules say: numbers modulo 2**61 - 1 or by machine words; str by
// SipHash with the zero key of PYTHONHASHSEED=0, over the string's internal representation (1, 2 or 4 bytes a
// character), or by multiplication over its bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/profile/profile.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::engine {

// A leaf's value in canonical form: equal values have equal text and the same family.
// Numbers are one family: 1 == 1.0, as in Python.
struct Value {
  bool is_text = false;  // a str
  std::string canonical;
  bool operator==(const Value&) const = default;
};

// Of decimal digits; and of floats, or a float and an int. Nothing if an int is too large for a float.
std::string sum_of_integers(std::string_view a, std::string_view b);
std::optional<std::string> sum_of_floats(std::string_view a, std::string_view b);

Value value_of(trace::Kind kind, std::string_view text);
Value default_float(std::uint64_t event);  // event + 0.5
Value default_str(std::uint64_t event);    // "str<event>"

std::int64_t hash_of(const Value& value, const profile::HashRules& rules);
// tuplehash, over the elements' hashes.
std::int64_t hash_of_tuple(const std::vector<std::int64_t>& elements, profile::TupleHash algorithm);

// True if the value exists once and for all (small ints, the first characters, the empty str).
bool is_interned(trace::Kind kind, std::string_view text, const profile::InternedValues& rules);

}  // namespace gcsim::engine
