// Blocks too large for the private heap. Where the system's malloc puts them is not modelled: their addresses
// are stand-ins, one at a time per block, and the last one freed of a power of two is the next one taken.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace gcsim::engine {

class SystemBlocks {
 public:
  std::uint64_t allocate(std::uint32_t bytes) {
    std::vector<std::uint64_t>& free = free_[width(bytes)];
    if (free.empty()) {
      std::uint64_t block = end_;
      end_ += std::max(std::uint64_t{1} << width(bytes), kAlignment);
      return block;
    }
    std::uint64_t block = free.back();
    free.pop_back();
    return block;
  }
  void free(std::uint64_t block, std::uint32_t bytes) { free_[width(bytes)].push_back(block); }
  // Whether a block stays where it is when its size changes.
  static bool fits(std::uint32_t bytes, std::uint32_t new_bytes) { return width(bytes) == width(new_bytes); }

 private:
  static constexpr std::uint64_t kAlignment = 16;
  static unsigned width(std::uint32_t bytes) {
    return bytes == 0 ? 0 : static_cast<unsigned>(std::bit_width(bytes - 1));
  }

  std::uint64_t end_ = 0x5600'0000'0000;
  std::array<std::vector<std::uint64_t>, 33> free_;
};

}  // namespace gcsim::engine
