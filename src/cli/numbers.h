// Numbers as people type them: 50_000, 50k, 2M; lists with commas.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gcsim::cli {

std::optional<std::uint64_t> parse_number(std::string_view text);
// Counts and thresholds: each fits into an int, as in CPython.
std::optional<std::vector<std::int32_t>> parse_list(std::string_view text);

}  // namespace gcsim::cli
