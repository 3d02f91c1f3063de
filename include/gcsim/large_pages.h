// Memory for arrays that grow large: in large pages where the system has them. A walk over a heap of many
// megabytes in small pages spends its time finding out where they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace gcsim {

template <class T>
struct LargePages {
  using value_type = T;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}

  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    if (bytes < kFrom) return static_cast<T*>(::operator new(bytes));
    return static_cast<T*>(take_pages((bytes + kPage - 1) / kPage * kPage));
  }
  void deallocate(T* memory, std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    if (bytes < kFrom) {
      ::operator delete(memory);
    } else {
      give_pages_back(memory, (bytes + kPage - 1) / kPage * kPage);
    }
  }

  template <class U>
  bool operator==(const LargePages<U>&) const {
    return true;
  }

 private:
  static constexpr std::size_t kPage = std::size_t{1} << 21;
  static constexpr std::size_t kFrom = kPage / 2;

#ifdef __linux__
  // From the system and back to it: what an array left behind as it grew would stay resident in malloc's
  // heap.
  static void* take_pages(std::size_t bytes) {
    void* const mapped =
        mmap(nullptr, bytes + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    auto* const begin = static_cast<std::byte*>(mapped);
    const std::size_t skipped = (kPage - reinterpret_cast<std::uintptr_t>(begin) % kPage) % kPage;
    if (skipped != 0) munmap(begin, skipped);
    munmap(begin + skipped + bytes, kPage - skipped);
    madvise(begin + skipped, bytes, MADV_HUGEPAGE);  // a wish: it may fail
    return begin + skipped;
  }
  static void give_pages_back(void* memory, std::size_t bytes) {
    munmap(memory, bytes);
  }
#else
  static void* take_pages(std::size_t bytes) {
    void* const memory = std::aligned_alloc(kPage, bytes);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
  }
  static void give_pages_back(void* memory, std::size_t) {
    std::free(memory);
  }
#endif
};

}  // namespace gcsim
