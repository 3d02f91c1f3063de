// Who of those that the collector came to know is alive, and how many of them came after a given one.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace gcsim::sweep {

// A set of births with quick sums: 64 bits to a word, 64 words to a block, 64 blocks to a stretch.
class BirthSet {
 public:
  explicit BirthSet(std::uint32_t births)
      : words_(births / 64 + 1), blocks_(words_.size() / 64 + 1), stretches_(blocks_.size() / 64 + 1) {}

  void add(std::uint32_t birth) { change(birth, 1); }
  void remove(std::uint32_t birth) { change(birth, ~0u); }

  // Members larger than `birth`, of which none is larger than `newest`.
  std::uint64_t after(std::uint32_t birth, std::uint32_t newest) const {
    if (newest <= birth) return 0;
    const std::size_t last = newest / 64;
    std::size_t word = (birth + 1) / 64;
    std::uint64_t n = static_cast<std::uint64_t>(std::popcount(words_[word] >> ((birth + 1) % 64)));
    for (++word; word <= last && word % 64 != 0; ++word)
      n += static_cast<std::uint64_t>(std::popcount(words_[word]));
    if (word > last) return n;
    std::size_t block = word / 64;
    for (; block <= last / 64 && block % 64 != 0; ++block) n += blocks_[block];
    if (block > last / 64) return n;
    for (std::size_t stretch = block / 64; stretch <= last / 4096; ++stretch) n += stretches_[stretch];
    return n;
  }

 private:
  void change(std::uint32_t birth, std::uint32_t by) {
    words_[birth / 64] ^= std::uint64_t{1} << (birth % 64);
    blocks_[birth / 4096] += by;
    stretches_[birth / (4096 * 64)] += by;
  }

  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> blocks_;
  std::vector<std::uint32_t> stretches_;
};

}  // namespace gcsim::sweep
