// Arrays that grow with the trace: in pieces that stay where they are, so that growing copies nothing and
// touches no memory twice, and in large pages.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "gcsim/large_pages.h"

namespace gcsim::sweep {

template <class T>
class LongArray {
 public:
  LongArray() = default;
  LongArray(LongArray&& other) noexcept { swap(other); }
  LongArray& operator=(LongArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~LongArray() {
    const std::size_t small = std::min(pieces_.size(), kSmall);
    for (std::size_t k = 0; k < small; ++k) std::allocator<T>().deallocate(pieces_[k], kPiece);
    for (std::size_t k = small; k < pieces_.size(); k += kPieces)
      LargePages<T>().deallocate(pieces_[k], kAtOnce);
  }

  bool empty() const { return in_use_ == 0; }
  std::size_t size() const { return in_use_ * kPiece - static_cast<std::size_t>(end_ - next_); }
  T& operator[](std::size_t k) { return pieces_[k / kPiece][k % kPiece]; }
  const T& operator[](std::size_t k) const { return pieces_[k / kPiece][k % kPiece]; }
  T& back() { return next_[-1]; }
  // A place at the end, with nothing in it yet.
  T& add() {
    if (next_ == end_) [[unlikely]]
      grow();
    return *next_++;
  }
  void push_back(const T& value) { add() = value; }

 private:
  // 256 KiB, or the power of two below. The first one comes alone: a short trace needs no large page, which
  // costs as much as all its small ones. Then eight at once.
  static constexpr std::size_t kPiece = std::bit_floor((std::size_t{1} << 18) / sizeof(T));
  static constexpr std::size_t kSmall = 1;
  static constexpr std::size_t kPieces = 8;
  static constexpr std::size_t kAtOnce = kPieces * kPiece;

  void grow() {
    if (in_use_ == pieces_.size()) allocate();
    next_ = pieces_[in_use_++];
    end_ = next_ + kPiece;
  }
  void allocate() {
    pieces_.reserve(pieces_.size() + kPieces);
    if (pieces_.size() < kSmall) return pieces_.push_back(std::allocator<T>().allocate(kPiece));
    T* const memory = LargePages<T>().allocate(kAtOnce);
    for (std::size_t k = 0; k < kPieces; ++k) pieces_.push_back(memory + k * kPiece);
  }
  void swap(LongArray& other) noexcept {
    std::swap(pieces_, other.pieces_);
    std::swap(in_use_, other.in_use_);
    std::swap(next_, other.next_);
    std::swap(end_, other.end_);
  }

  std::vector<T*> pieces_;
  std::size_t in_use_ = 0;              // pieces
  T *next_ = nullptr, *end_ = nullptr;  // in the last of these: the next place, and where it ends
};

}  // namespace gcsim::sweep
