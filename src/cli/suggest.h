// "Did you mean": the known word nearest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gcsim::cli {

// The nearest of the known words, or nothing if none is near.
std::string nearest(std::string_view word, std::span<const std::string_view> known);
// "; did you mean 'replay'?", or nothing if no word is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace gcsim::cli
