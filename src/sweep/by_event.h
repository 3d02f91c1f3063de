// Sorting by event: in three passes over the digits of a number, where a sort by comparisons takes twenty.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace gcsim::sweep {

// An event, and something about it.
constexpr std::uint64_t at_event(std::uint32_t event, std::uint32_t what) {
  return std::uint64_t{event} << 32 | what;
}
constexpr std::uint32_t event_of(std::uint64_t entry) {
  return static_cast<std::uint32_t>(entry >> 32);
}
constexpr std::uint32_t what_of(std::uint64_t entry) {
  return static_cast<std::uint32_t>(entry);
}

// By the event alone: what has the same one keeps its order.
inline void sort_by_event(std::vector<std::uint64_t>& entries) {
  constexpr int kBits = 11;
  constexpr std::size_t kDigits = std::size_t{1} << kBits;
  std::vector<std::uint64_t> sorted(entries.size());
  for (int shift = 32; shift < 64; shift += kBits) {
    const auto digit = [shift](std::uint64_t entry) { return (entry >> shift) % kDigits; };
    std::array<std::size_t, kDigits + 1> begin{};
    for (const std::uint64_t entry : entries) ++begin[digit(entry) + 1];
    for (std::size_t k = 1; k <= kDigits; ++k) begin[k] += begin[k - 1];
    for (const std::uint64_t entry : entries) sorted[begin[digit(entry)]++] = entry;
    entries.swap(sorted);
  }
}

}  // namespace gcsim::sweep
