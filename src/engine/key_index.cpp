#include "key_index.h"

#include <bit>

namespace gcsim::engine {

void KeyIndex::reset(std::uint32_t entries) {
  slots_.assign(std::bit_ceil(std::size_t{entries} * 2 + 16), kFree);
  used_ = live_ = 0;
}

void KeyIndex::insert(std::uint32_t key, std::uint32_t entry) {
  if ((std::size_t{used_} + 1) * 2 > slots_.size()) {
    std::vector<std::uint64_t> old = std::move(slots_);
    reset(live_ + 1);
    for (std::uint64_t s : old) {
      if (s < kErased) insert(static_cast<std::uint32_t>(s >> 32), static_cast<std::uint32_t>(s));
    }
  }
  std::uint64_t i = slot_of(key);
  while (slots_[i] < kErased) i = (i + 1) & (slots_.size() - 1);
  if (slots_[i] == kFree) ++used_;
  ++live_;
  slots_[i] = std::uint64_t{key} << 32 | entry;
}

bool KeyIndex::find(std::uint32_t key, std::uint32_t& entry) const {
  for (std::uint64_t i = slot_of(key); slots_[i] != kFree; i = (i + 1) & (slots_.size() - 1)) {
    if (slots_[i] != kErased && slots_[i] >> 32 == key) {
      entry = static_cast<std::uint32_t>(slots_[i]);
      return true;
    }
  }
  return false;
}

void KeyIndex::erase(std::uint32_t key) {
  for (std::uint64_t i = slot_of(key); slots_[i] != kFree; i = (i + 1) & (slots_.size() - 1)) {
    if (slots_[i] != kErased && slots_[i] >> 32 == key) {
      slots_[i] = kErased;
      --live_;
      return;
    }
  }
}

}  // namespace gcsim::engine
