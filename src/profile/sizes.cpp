// Sizes of leaves by their value: longobject.c, and unicodeobject.c's compact strings (PEP 393).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "gcsim/profile/profile.h"

namespace gcsim::profile {
namespace {

const TypeRules& rules_of(const Profile& profile, std::string_view name) {
  auto is_named = [name](const TypeRules& rules) { return rules.name == name; };
  return *std::find_if(profile.types.begin(), profile.types.end(), is_named);
}

// Longer numbers are measured by their logarithm: the exact way takes quadratic time.
constexpr std::size_t kExactDigits = 4300;  // what int() accepts by default (sys.set_int_max_str_digits)

// The number in groups of nine decimal digits, most significant first.
std::vector<std::uint32_t> groups_of(std::string_view decimal) {
  std::vector<std::uint32_t> groups;
  while (!decimal.empty()) {
    std::size_t n = decimal.size() % 9 == 0 ? 9 : decimal.size() % 9;
    std::uint32_t group = 0;
    for (char c : decimal.substr(0, n)) group = group * 10 + static_cast<std::uint32_t>(c - '0');
    groups.push_back(group);
    decimal.remove_prefix(n);
  }
  return groups;
}

// Divides by 2**30 and drops leading zeros.
void shift_out_digit(std::vector<std::uint32_t>& groups) {
  std::uint64_t rest = 0;
  for (std::uint32_t& group : groups) {
    std::uint64_t n = rest * 1'000'000'000 + group;
    group = static_cast<std::uint32_t>(n >> 30);
    rest = n & ((1u << 30) - 1);
  }
  groups.erase(groups.begin(),
               std::find_if(groups.begin(), groups.end(), [](std::uint32_t g) { return g != 0; }));
}

// How many digits of 30 bits a decimal number has in longobject.c; at least one.
std::uint32_t digits_30(std::string_view decimal) {
  if (decimal.size() > kExactDigits) {
    double bits = std::log2(std::stod("0." + std::string(decimal.substr(0, 17)))) +
                  static_cast<double>(decimal.size()) * std::log2(10.0);
    return static_cast<std::uint32_t>(bits / 30) + 1;
  }
  std::vector<std::uint32_t> groups = groups_of(decimal);
  std::uint32_t digits = 0;
  for (; !groups.empty(); ++digits) shift_out_digit(groups);
  return std::max(digits, 1u);
}

std::uint32_t size_of_text(const LeafSizes& sizes, std::uint32_t empty, std::string_view utf8) {
  if (sizes.str_is_bytes) return empty + static_cast<std::uint32_t>(utf8.size());
  std::uint32_t characters = 0;
  unsigned char widest = 0;
  for (char c : utf8) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) ++characters;
    widest = std::max(widest, byte);
  }
  if (widest < 0x80) return empty + characters;
  std::uint32_t base = empty - 1 + sizes.non_ascii_header;  // without the terminating character
  if (widest < 0xc4) return base + 1 + characters;
  if (widest < 0xf0) return base + 2 + 2 * characters;
  return base + 4 + 4 * characters;
}

// Whether the digits, with either sign, are a 64-bit integer (the least one apart).
bool fits_a_word(std::string_view digits) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size();
}

}  // namespace

std::uint32_t size_of_literal(const Profile& profile, trace::Kind kind, std::string_view text) {
  if (kind == trace::Kind::floating) return rules_of(profile, "float").size;
  if (profile.leaf_sizes.value_is_outside)
    return rules_of(profile, kind == trace::Kind::string ? "str" : "int").size;
  if (kind == trace::Kind::string)
    return size_of_text(profile.leaf_sizes, rules_of(profile, "str").size, text);
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (profile.leaf_sizes.machine_int != 0 && fits_a_word(text)) return profile.leaf_sizes.machine_int;
  return rules_of(profile, "int").size + 4 * (digits_30(text) - 1);
}

}  // namespace gcsim::profile
