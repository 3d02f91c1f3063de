// Finds a key's entry in a large dict in O(1). Small dicts are searched front to back and have none.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::engine {

class KeyIndex {
 public:
  // Forgets everything and makes room for `entries` keys.
  void reset(std::uint32_t entries);
  void insert(std::uint32_t key, std::uint32_t entry);
  // The entry number, or nothing.
  bool find(std::uint32_t key, std::uint32_t& entry) const;
  void erase(std::uint32_t key);

 private:
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  static constexpr std::uint64_t kErased = kFree - 1;
  std::uint64_t slot_of(std::uint32_t key) const {
    return (key * 0x9e3779b97f4a7c15u >> 20) & (slots_.size() - 1);
  }
  std::vector<std::uint64_t> slots_;  // key << 32 | entry
  std::uint32_t used_ = 0;            // slots in use, erased ones included
  std::uint32_t live_ = 0;
};

}  // namespace gcsim::engine
