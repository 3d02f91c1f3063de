#include "mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../tools/record/raw_file.h"

namespace gcsim::record {

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, room_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      room_(other.room_),
      size_(other.size_),
      begin_(std::exchange(other.begin_, 0)),
      end_(std::exchange(other.end_, 0)) {}

int MappedFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno;
  struct stat status {};
  int error = ::fstat(file, &status) == 0 ? 0 : errno;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (error == 0 && size > 0) error = map(file, size);
  ::close(file);
  if (error == 0 && size_ >= kRawWindow && mark() == RAW_FILE_MARK) put_in_place();
  return error;
}

std::string_view MappedFile::mark() const {
  return {data_, std::min<std::size_t>(size_, kRawSettledAt)};
}

// With room for the newest bytes behind the others. Nothing of it is written to the file.
int MappedFile::map(int file, std::size_t size) {
  constexpr int kProtection = PROT_READ | PROT_WRITE;
  room_ = size + kRawWindow;
  void* const all = ::mmap(nullptr, room_, kProtection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) return errno;
  data_ = static_cast<char*>(all);
  if (::mmap(all, size, kProtection, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED) return errno;
  size_ = size;
  return 0;
}

void MappedFile::put_in_place() {
  begin_ = kRawWindow;
  end_ = size_;
  const char* const newest = data_ + kRawNewestAt;
  if (*newest == 0) return;
  constexpr std::size_t kLength = kRawWindow - kRawNewestAt;
  std::uint64_t settled = 0;
  std::memcpy(&settled, data_ + kRawSettledAt, sizeof settled);
  const std::size_t at = begin_ + std::min<std::uint64_t>(settled, end_ - begin_);
  std::memcpy(data_ + at, newest, kLength);
  end_ = at + kLength;
}

}  // namespace gcsim::record
