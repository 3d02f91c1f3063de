#include "escapes.h"

#include <cstdint>
#include <optional>

namespace gcsim::trace {

namespace {

constexpr std::string_view kNames = "\"\\/bfnrt";
constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";

// The four hexadecimal digits behind \u at the front of `text`.
std::optional<std::uint32_t> code_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    const auto digit = c >= '0' && c <= '9'                 ? c - '0'
                       : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                            : -1;
    if (digit < 0) return std::nullopt;
    unit = unit * 16 + static_cast<std::uint32_t>(digit);
  }
  return unit;
}

bool is_high(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

void append_utf8(std::uint32_t c, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 63));
  } else {
    if (c < 0x10000) {
      put(0xE0 | c >> 12);
    } else {
      put(0xF0 | c >> 18);
      put(0x80 | (c >> 12 & 63));
    }
    put(0x80 | (c >> 6 & 63));
    put(0x80 | (c & 63));
  }
}

}  // namespace

std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return 0;
  if (text[1] != 'u') return kNames.find(text[1]) == std::string_view::npos ? 0 : 2;
  const auto unit = code_unit(text);
  if (!unit || *unit == 0 || is_low(*unit)) return 0;
  if (!is_high(*unit)) return 6;
  const auto low = code_unit(text.substr(6));
  return low && is_low(*low) ? 12 : 0;
}

void append_unescaped(std::string_view inside, std::string& out) {
  while (!inside.empty()) {
    const std::size_t plain = std::min(inside.find('\\'), inside.size());
    out.append(inside.substr(0, plain));
    inside.remove_prefix(plain);
    if (inside.empty()) return;
    const std::size_t length = escape_length(inside);
    if (length == 2) {
      out.push_back(kMeanings[kNames.find(inside[1])]);
    } else {
      std::uint32_t c = *code_unit(inside);
      if (length == 12) c = 0x10000 + ((c - 0xD800) << 10) + (*code_unit(inside.substr(6)) - 0xDC00);
      append_utf8(c, out);
    }
    inside.remove_prefix(length);
  }
}

}  // namespace gcsim::trace
