// Colour for people, or none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gcsim::report {

class Style {
 public:
  explicit Style(bool color) : color_(color) {}

  std::string heading(std::string_view text) const { return in("1", text); }
  std::string quiet(std::string_view text) const { return in("2", text); }
  std::string garbage(std::string_view text) const { return in("31", text); }
  std::string collection(std::string_view text) const { return in("33", text); }

 private:
  std::string in(std::string_view code, std::string_view text) const {
    if (!color_) return std::string(text);
    return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
  }
  bool color_;
};

// Digits in groups of three: 1,234,567.
std::string grouped(std::uint64_t value);
// "1 object", "2 objects"
std::string counted(std::uint64_t n, std::string_view what);

}  // namespace gcsim::report
