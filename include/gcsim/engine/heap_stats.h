// Figures of the private heap, in CPython's terms (sys._debugmallocstats). Sizes in bytes.
#pragma once

#include <cstdint>

namespace gcsim::engine {

struct HeapStats {
  std::uint64_t blocks = 0;         // in arenas, in use
  std::uint64_t asked_bytes = 0;    // by those blocks' users
  std::uint64_t block_bytes = 0;    // the same, each rounded up to its size class
  std::uint64_t system_blocks = 0;  // too large for the private heap
  std::uint64_t system_bytes = 0;
  std::uint64_t pools = 0;  // with blocks in use
  std::uint64_t peak_pools = 0;
  std::uint64_t arenas = 0;
  std::uint64_t arena_bytes = 0;
  std::uint64_t peak_arenas = 0;
  std::uint64_t arenas_allocated = 0;
  std::uint64_t arenas_released = 0;
  std::uint64_t peak_held = 0;

  std::uint64_t in_use() const { return asked_bytes + system_bytes; }
  std::uint64_t held() const { return arena_bytes + system_bytes; }
};

struct SizeClassStats {
  std::uint32_t block_bytes = 0;
  std::uint64_t pools = 0;
  std::uint64_t blocks_in_use = 0;
  std::uint64_t blocks_available = 0;  // in those pools
};

}  // namespace gcsim::engine
