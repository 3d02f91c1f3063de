// Sizes of leaves by their value: longobject.c, and unicodeobject.c's compact strings (PEP 393).
#include <algorithm>
#include <cstddef>
#include <vector>

#include "gcsim/profile/profile.h"

namespace gcsim::profile {
namespace {

const TypeRules& rules_of(const Profile& profile, std::string_view name) {
  auto is_named = [name](const TypeRules& rules) { return rules.name == name; };
  return *std::find_if(profile.types.begin(), profile.types.end(), is_named);
}

// Base-2**30 digits of a decimal number, at least one: long division by 2**30 until nothing is left.
std::uint32_t digits_30(std::string_view decimal) {
  std::vector<std::uint32_t> number;  // base 10**9, most significant first
  std::size_t head = decimal.size() % 9;
  for (std::size_t at = 0; at < decimal.size(); at += at == 0 && head != 0 ? head : 9) {
    std::uint32_t group = 0;
    for (char c : decimal.substr(at, at == 0 && head != 0 ? head : 9))
      group = group * 10 + static_cast<std::uint32_t>(c - '0');
    number.push_back(group);
  }
  std::uint32_t digits = 0;
  while (!number.empty()) {
    std::uint64_t rest = 0;
    for (std::uint32_t& group : number) {
      std::uint64_t n = rest * 1'000'000'000 + group;
      group = static_cast<std::uint32_t>(n >> 30);
      rest = n & ((1u << 30) - 1);
    }
    number.erase(number.begin(),
                 std::find_if(number.begin(), number.end(), [](std::uint32_t g) { return g != 0; }));
    ++digits;
  }
  return std::max(digits, 1u);
}

// The header of a str that is not ASCII also holds its length in UTF-8 and a pointer to it.
std::uint32_t size_of_text(std::uint32_t ascii_base, std::string_view utf8) {
  std::uint32_t characters = 0;
  unsigned char widest = 0;
  for (char c : utf8) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80) ++characters;
    widest = std::max(widest, byte);
  }
  if (widest < 0x80) return ascii_base + characters;
  std::uint32_t base = ascii_base + 23;
  if (widest < 0xc4) return base + 1 + characters;
  if (widest < 0xf0) return base + 2 + 2 * characters;
  return base + 4 + 4 * characters;
}

}  // namespace

std::uint32_t size_of_literal(const Profile& profile, trace::Kind kind, std::string_view text) {
  if (kind == trace::Kind::floating) return rules_of(profile, "float").size;
  if (kind == trace::Kind::string) return size_of_text(rules_of(profile, "str").size, text);
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  return rules_of(profile, "int").size + 4 * (digits_30(text) - 1);
}

}  // namespace gcsim::profile
