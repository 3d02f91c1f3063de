// A whole file as bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gcsim::record {

class MappedFile {
 public:
  MappedFile() = default;
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;

  // Answers errno if that fails.
  int open(const std::string& path);
  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace gcsim::record
