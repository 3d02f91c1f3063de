#include "suggest.h"

#include <algorithm>
#include <array>

namespace gcsim::trace {

namespace {

constexpr std::size_t kFar = 3;
constexpr std::size_t kLongest = 64;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > kLongest || b.size() > kLongest) return kFar;
  if (a.size() > b.size() + 2 || b.size() > a.size() + 2) return kFar;
  // Three rows of the usual table: two back (for swaps), the last, and the one being filled.
  std::array<std::array<std::size_t, kLongest + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const auto& above = rows[(i - 1) % 3];
    auto& row = rows[i % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return std::min(rows[a.size() % 3][b.size()], kFar);
}

void Suggestion::offer(std::string_view word) {
  // Of a word of three letters, two edits leave nothing.
  const std::size_t allowed = std::min<std::size_t>(2, std::max(word.size(), misspelt_.size()) / 2);
  const std::size_t distance = edit_distance(misspelt_, word);
  if (distance > allowed || distance >= distance_) return;
  distance_ = distance;
  best_ = word;
}

std::string Suggestion::note() const {
  return best_.empty() ? "" : "did you mean '" + best_ + "'?";
}

}  // namespace gcsim::trace
