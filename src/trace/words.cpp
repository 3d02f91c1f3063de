#include "words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gcsim::trace {

namespace {

// Classes of bytes, as bits.
constexpr unsigned char kDigit = 1;
constexpr unsigned char kLetter = 2;  // and _
constexpr unsigned char kDot = 4;

constexpr auto kClasses = [] {
  std::array<unsigned char, 256> classes{};
  for (unsigned c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  for (unsigned c = 'a'; c <= 'z'; ++c) classes[c] = kLetter;
  for (unsigned c = 'A'; c <= 'Z'; ++c) classes[c] = kLetter;
  classes['_'] = kLetter;
  classes['.'] = kDot;
  return classes;
}();

bool consists_of(std::string_view word, unsigned classes) {
  unsigned all = 1;
  for (const char c : word) all &= (kClasses[static_cast<unsigned char>(c)] & classes) != 0 ? 1u : 0u;
  return all != 0;
}

bool begins_with(std::string_view word, unsigned classes) {
  return !word.empty() && (kClasses[static_cast<unsigned char>(word[0])] & classes) != 0;
}

}  // namespace

bool is_id(std::string_view word) {
  if (begins_with(word, kLetter)) return consists_of(word, kLetter | kDigit | kDot);
  return begins_with(word, kDigit) && consists_of(word, kDigit);
}

bool is_identifier(std::string_view word) {
  return begins_with(word, kLetter) && consists_of(word, kLetter | kDigit);
}

bool is_whole_number(std::string_view word) {
  if (!word.empty() && word[0] == '-') word.remove_prefix(1);
  return begins_with(word, kDigit) && consists_of(word, kDigit);
}

std::optional<std::int64_t> to_number(std::string_view word) {
  if (!is_whole_number(word)) return std::nullopt;
  std::int64_t number = 0;
  const auto result = std::from_chars(word.data(), word.data() + word.size(), number);
  if (result.ec != std::errc{}) return std::nullopt;
  return number;
}

std::optional<std::string> canonical_int(std::string_view word) {
  if (!is_whole_number(word)) return std::nullopt;
  const bool negative = word[0] == '-';
  const std::size_t first = word.find_first_not_of('0', negative ? 1 : 0);
  if (first == std::string_view::npos) return "0";
  std::string digits(word.substr(first));
  if (negative) digits.insert(digits.begin(), '-');
  return digits;
}

std::optional<std::string> canonical_float(std::string_view word) {
  if (word.size() > 1 && word[0] == '+' && word[1] != '-') word.remove_prefix(1);
  double value = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
  if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) return std::nullopt;
  if (std::isnan(value)) return "nan";
  std::array<char, 64> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  std::string text(digits.data(), written.ptr);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

}  // namespace gcsim::trace
