#include "numbers.h"

#include <limits>

namespace gcsim::cli {

namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

std::uint64_t take_suffix(std::string_view& text) {
  if (text.empty()) return 1;
  switch (text.back()) {
    case 'k':
    case 'K': text.remove_suffix(1); return 1'000;
    case 'm':
    case 'M': text.remove_suffix(1); return 1'000'000;
    default: return 1;
  }
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
  const std::uint64_t factor = take_suffix(text);
  if (text.empty() || text.front() == '_' || text.back() == '_') return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c == '_') continue;
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kLargest - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  if (value > kLargest / factor) return std::nullopt;
  return value * factor;
}

std::optional<std::vector<std::int32_t>> parse_list(std::string_view text) {
  std::vector<std::int32_t> values;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::optional<std::uint64_t> value = parse_number(text.substr(0, comma));
    if (!value || *value > std::uint64_t{std::numeric_limits<std::int32_t>::max()}) return std::nullopt;
    values.push_back(static_cast<std::int32_t>(*value));
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace gcsim::cli
