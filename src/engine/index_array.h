// A growing array of 32-bit numbers, for those that nearly every event appends to: std::vector's growth,
// which the compiler keeps out of line here, and half its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "gcsim/large_pages.h"

namespace gcsim::engine {

class IndexArray {
 public:
  IndexArray() = default;
  IndexArray(const IndexArray&) = delete;
  IndexArray& operator=(const IndexArray&) = delete;
  ~IndexArray() {
    if (data_ != nullptr) LargePages<std::uint32_t>().deallocate(data_, capacity_);
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::uint32_t* data() { return data_; }
  const std::uint32_t* data() const { return data_; }
  std::uint32_t& operator[](std::size_t at) { return data_[at]; }
  std::uint32_t operator[](std::size_t at) const { return data_[at]; }
  std::uint32_t* begin() { return data_; }
  std::uint32_t* end() { return data_ + size_; }
  const std::uint32_t* begin() const { return data_; }
  const std::uint32_t* end() const { return data_ + size_; }
  std::uint32_t back() const { return data_[size_ - 1]; }

  [[gnu::always_inline]] void push_back(std::uint32_t value) {
    if (size_ == capacity_) [[unlikely]]
      reserve(2 * std::size_t{size_} + 64);
    data_[size_++] = value;
  }
  // REQUIRES: size() < capacity().
  void push_in_place(std::uint32_t value) { data_[size_++] = value; }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  // REQUIRES: n <= size().
  void shrink(std::size_t n) { size_ = static_cast<std::uint32_t>(n); }
  void drop_front(std::size_t n) {
    std::memmove(data_, data_ + n, (size_ - n) * sizeof *data_);
    shrink(size_ - n);
  }
  [[gnu::cold, gnu::noinline]] void reserve(std::size_t n) {
    if (n <= capacity_) return;
    std::uint32_t* const larger = LargePages<std::uint32_t>().allocate(n);
    if (data_ != nullptr) {
      std::memcpy(larger, data_, size_ * sizeof *data_);
      LargePages<std::uint32_t>().deallocate(data_, capacity_);
    }
    data_ = larger;
    capacity_ = static_cast<std::uint32_t>(n);
  }

 private:
  std::uint32_t* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace gcsim::engine
