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
  LongArray(LongArray&& other) noexcept
      : pieces_(std::exchange(other.pieces_, {})), size_(std::exchange(other.size_, 0)) {}
  LongArray& operator=(LongArray&& other) noexcept {
    std::swap(pieces_, other.pieces_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~LongArray() {
    const std::size_t small = std::min(pieces_.size(), kSmall);
    for (std::size_t k = 0; k < small; ++k) std::allocator<T>().deallocate(pieces_[k], kPiece);
    for (std::size_t k = small; k < pieces_.size(); k += kPieces)
      LargePages<T>().deallocate(pieces_[k], kAtOnce);
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t k) { return pieces_[k / kPiece][k % kPiece]; }
  const T& operator[](std::size_t k) const { return pieces_[k / kPiece][k % kPiece]; }
  T& back() { return (*this)[size_ - 1]; }
  // A place at the end, with nothing in it yet.
  T& add() {
    if (size_ == pieces_.size() * kPiece) [[unlikely]]
      grow();
    return (*this)[size_++];
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
    pieces_.reserve(pieces_.size() + kPieces);
    if (pieces_.size() < kSmall) return pieces_.push_back(std::allocator<T>().allocate(kPiece));
    T* const memory = LargePages<T>().allocate(kAtOnce);
    for (std::size_t k = 0; k < kPieces; ++k) pieces_.push_back(memory + k * kPiece);
  }

  std::vector<T*> pieces_;
  std::size_t size_ = 0;
};

}  // namespace gcsim::sweep
