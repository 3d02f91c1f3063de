// Free lists: memory of dead objects kept by their type for its next allocation.
//
// An allocation served from one moves no count, and neither does a death that fills one; so their
// capacities decide when collections run. Only the number of blocks matters here.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/engine/simulator.h"
#include "gcsim/profile/profile.h"

namespace gcsim::engine {

class FreeLists {
 public:
  // One list, or one per length for types that keep several.
  struct List {
    std::uint32_t held = 0;
    std::uint32_t capacity = 0;
    bool reusable = true;  // false: blocks go in and never come out
    bool emptied_by_full_collection = true;
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;

    bool can_take() const { return held != 0 && reusable; }
    // Takes a block; false if there is none: the allocation is a real one.
    bool take() {
      if (!can_take()) {
        ++misses;
        return false;
      }
      --held;
      ++hits;
      return true;
    }
    // Takes a block and keeps it again at once, `n` times; false if there is none to take.
    bool pass(std::uint32_t n) {
      if (!can_take()) return false;
      hits += n;
      return true;
    }
    // Keeps the block; false if there is no room: it is really freed.
    bool keep() {
      if (held >= capacity) return false;
      ++held;
      return true;
    }
  };
  struct OfType {
    const profile::TypeRules* rules = nullptr;
    bool has_lengths = false;
    std::vector<List> by_length;  // one entry without lengths; else index = length, 0 unused
    std::uint64_t misses = 0;     // of lengths without a list

    List* find(std::uint32_t length) {
      if (!has_lengths) return by_length.data();
      return length > 0 && length < by_length.size() ? &by_length[length] : nullptr;
    }
  };
  static constexpr std::uint32_t kNone = 0xffffffffu;

  // One entry for each of the profile's types that has a capacity, in its order.
  explicit FreeLists(const profile::Profile& profile);

  // The handle of a type's lists, or kNone if it keeps none.
  std::uint32_t handle_of(const profile::TypeRules& rules) const;
  void fill(std::string_view type, std::uint32_t length, std::uint32_t held);

  // The type's list if it has just one, whatever the length; that of a type without lists never holds a
  // block; else nullptr. It stays where it is.
  List* only_list(std::uint32_t handle) {
    if (handle == kNone) return &none_;
    return types_[handle].has_lengths ? nullptr : types_[handle].by_length.data();
  }

  // The list that blocks of this length go through, or nullptr.
  List* find(std::uint32_t handle, std::uint32_t length) {
    return handle == kNone ? nullptr : types_[handle].find(length);
  }

  [[gnu::always_inline]] bool take(std::uint32_t handle, std::uint32_t length) {
    OfType& t = types_[handle];
    List* list = t.find(length);
    if (list != nullptr) return list->take();
    ++t.misses;
    return false;
  }
  [[gnu::always_inline]] bool keep(std::uint32_t handle, std::uint32_t length) {
    List* list = types_[handle].find(length);
    return list != nullptr && list->keep();
  }
  // What a full collection does at its end (clear_freelists). Returns how many blocks with a collector header
  // were given back.
  std::uint64_t empty();

  std::vector<FreeListStats> stats() const;
  const std::vector<OfType>& types() const { return types_; }

 private:
  std::vector<OfType> types_;
  List none_;
};

}  // namespace gcsim::engine
