// "did you mean ..?": the known word that a misspelt one is nearest to.
#pragma once

#include <string>
#include <string_view>

namespace gcsim::trace {

class Suggestion {
 public:
  explicit Suggestion(std::string_view misspelt) : misspelt_(misspelt) {}
  // Considers one known word.
  void offer(std::string_view word);
  // "did you mean 'alloc'?", or nothing if no word offered is near.
  std::string note() const;

 private:
  std::string_view misspelt_;
  std::string best_;
  std::size_t distance_ = 3;  // words further away than two edits are no help
};

// How many letters have to be inserted, removed, changed or swapped with their neighbour; 3 stands for more
// than two.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace gcsim::trace
