// JSON written directly, where a document tree would cost too much.
#pragma once

#include <string>
#include <string_view>

namespace gcsim::report {

// The word in quotes, escaped. REQUIRES: valid UTF-8, as the readers guarantee.
inline void append_json_string(std::string& text, std::string_view word) {
  constexpr char kHex[] = "0123456789abcdef";
  text += '"';
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (byte < 0x20) {
      text += "\\u00";
      text += kHex[byte >> 4];
      text += kHex[byte & 15];
    } else {
      text += c;
    }
  }
  text += '"';
}

}  // namespace gcsim::report
