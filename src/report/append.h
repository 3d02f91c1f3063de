// Numbers and words appended to text without a detour through the heap.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace gcsim::report {

template <class Integer>
void append_number(std::string& text, Integer value) {
  const fmt::format_int digits(value);
  text.append(digits.data(), digits.size());
}

// a<separator>b<separator>c
template <class Range>
void append_numbers(std::string& text, const Range& values, std::string_view separator) {
  bool first = true;
  for (const auto value : values) {
    if (!first) text += separator;
    append_number(text, value);
    first = false;
  }
}

}  // namespace gcsim::report
