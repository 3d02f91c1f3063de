#include "utf8.h"

#include <cstdint>
#include <cstring>

namespace gcsim::trace {

namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080u;
constexpr std::uint64_t kOnes = 0x0101010101010101u;

// Whether each of eight bytes is ASCII and not NUL. (The last term also fires for 0x80 and above, which is
// just as well.)
bool is_plain(std::uint64_t eight) {
  return ((eight | (eight - kOnes)) & kHighBits) == 0;
}

bool is_continuation(unsigned char c) {
  return (c & 0xC0) == 0x80;
}

// The length of the well-formed character at the front, 0 if there is none (RFC 3629, section 4).
std::size_t character(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return first == 0 ? 0 : 1;
  const unsigned char second = byte(1);
  if (first < 0xC2 || first > 0xF4 || !is_continuation(second)) return 0;
  if (first < 0xE0) return 2;
  if (!is_continuation(byte(2))) return 0;
  // No overlong forms, no surrogates, nothing above U+10FFFF.
  if (first == 0xE0 && second < 0xA0) return 0;
  if (first == 0xED && second > 0x9F) return 0;
  if (first < 0xF0) return 3;
  if (!is_continuation(byte(3))) return 0;
  if (first == 0xF0 && second < 0x90) return 0;
  if (first == 0xF4 && second > 0x8F) return 0;
  return 4;
}

}  // namespace

std::size_t find_bad_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - at >= sizeof eight) {
      std::memcpy(&eight, text.data() + at, sizeof eight);
      if (is_plain(eight)) {
        at += sizeof eight;
        continue;
      }
    }
    const std::size_t length = character(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

Problem bad_byte(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == 0) return {Fault::malformed_text, at, "text", "a NUL byte", ""};
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::string shown{'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
  return {Fault::invalid_utf8, at, "text in UTF-8", "the byte " + shown, ""};
}

}  // namespace gcsim::trace
