// The escapes of JSON strings, which quoted words in text traces share.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gcsim::trace {

// The length of the escape at the front of `text` (which begins with a backslash); 0 if it is none.
// \u0000 is none, as no word of a trace contains a NUL, nor is half a surrogate pair.
std::size_t escape_length(std::string_view text);

// Appends what stands between the quotes with its escapes resolved. REQUIRES: they are well-formed.
void append_unescaped(std::string_view inside, std::string& out);

}  // namespace gcsim::trace
