// An ordered list of objects with O(1) append and removal: CPython's doubly linked list kept as an array.
//
// Each object knows its position; removal leaves a hole, and holes at the end vanish at once. The order of
// the entries is exactly that of the linked list. Holes are squeezed out before the array would grow.
#pragma once

#include <cstdint>

#include "index_array.h"
#include "object.h"

namespace gcsim::engine {

class ObjectList {
 public:
  explicit ObjectList(ListId id) : id_(id) {}

  ListId id() const { return id_; }
  std::uint32_t live() const { return live_; }
  bool empty() const { return live_ == 0; }
  // Entries from begin() to end() in order; some may be kHole.
  const IndexArray& items() const { return items_; }

  // REQUIRES: the object is in no list.
  [[gnu::always_inline]] void append(ObjectArray& heap, std::uint32_t object) {
    if (items_.size() == items_.capacity()) [[unlikely]]
      make_room(heap, 1);
    append_in_place(heap, object);
  }
  // As append, but never moves entries: for a list somebody is walking.
  void append_in_place(ObjectArray& heap, std::uint32_t object) {
    heap[object].position = static_cast<std::uint32_t>(items_.size());
    heap[object].set_list(id_);
    items_.push_back(object);
    ++live_;
  }
  // For an object that is being made: the position that it has then. REQUIRES: has_room().
  std::uint32_t push_newborn(std::uint32_t object) {
    items_.push_in_place(object);
    ++live_;
    return static_cast<std::uint32_t>(items_.size() - 1);
  }
  // REQUIRES: the object is in this list.
  [[gnu::always_inline]] void remove(ObjectArray& heap, std::uint32_t object) {
    items_[heap[object].position] = kHole;
    heap[object].set_list(ListId::none);
    --live_;
    while (!items_.empty() && items_.back() == kHole) items_.pop_back();
  }
  // For an object that is no more, in a list whose last entries may be holes.
  [[gnu::always_inline]] void remove_at(std::uint32_t position) {
    items_[position] = kHole;
    --live_;
    items_.shrink(items_.size() - (std::size_t{position} + 1 == items_.size() ? 1 : 0));
  }
  bool has_room() const { return items_.size() < items_.capacity(); }
  // Appends all of `from`, in order; `from` is empty afterwards (gc_list_merge).
  void take_all(ObjectArray& heap, ObjectList& from) {
    if (items_.size() + from.live_ > items_.capacity()) make_room(heap, from.live_);
    for (std::uint32_t i : from.items_) {
      if (i != kHole) append_in_place(heap, i);
    }
    from.items_.clear();
    from.live_ = 0;
  }
  // Removes the holes.
  void squeeze(ObjectArray& heap) {
    std::uint32_t n = 0;
    for (std::uint32_t i : items_) {
      if (i == kHole) continue;
      heap[i].position = n;
      items_[n++] = i;
    }
    items_.shrink(n);
  }
  // For a walk that keeps some entries: writes the kept ones to the front as it goes.
  IndexArray& walk() { return items_; }
  void end_walk(std::uint32_t kept) {
    items_.shrink(kept);
    live_ = kept;
  }

 private:
  void make_room(ObjectArray& heap, std::size_t n);

  ListId id_;
  std::uint32_t live_ = 0;
  IndexArray items_;
};

[[gnu::cold, gnu::noinline]] inline void ObjectList::make_room(ObjectArray& heap, std::size_t n) {
  if (live_ < items_.size() / 2) squeeze(heap);
  if (items_.size() + n > items_.capacity()) items_.reserve(2 * items_.size() + n + 63);
}

}  // namespace gcsim::engine
