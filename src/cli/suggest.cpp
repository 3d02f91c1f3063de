#include "suggest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace gcsim::cli {

namespace {

// Edits that turn one word into the other; swapping two neighbours is one edit.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_previous;
  std::vector<std::size_t> previous(b.size() + 1);
  std::iota(previous.begin(), previous.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> current(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({changed, previous[j] + 1, current[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before_previous[j - 2] + 1);
    }
    before_previous = std::move(previous);
    previous = std::move(current);
  }
  return previous.back();
}

}  // namespace

std::string nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view found;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;  // farther ones are no help
  for (const std::string_view candidate : known) {
    const bool begins_so = word.size() >= 2 && candidate.starts_with(word);
    const std::size_t edits = begins_so ? 0 : distance(word, candidate);
    if (edits < least) {
      least = edits;
      found = candidate;
    }
  }
  return std::string(found);
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const std::string found = nearest(word, known);
  return found.empty() ? "" : "; did you mean '" + found + "'?";
}

}  // namespace gcsim::cli
