// What a raw recording's file holds, as bytes: tools/record/raw_file.h says how they lie in it.
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
  // Where the mark should be; shorter if the file is.
  std::string_view mark() const;
  std::size_t size() const { return size_; }  // of the file
  // What was recorded; nothing if the mark is another one, or the window is not whole.
  std::string_view bytes() const { return {data_ + begin_, end_ - begin_}; }

 private:
  int map(int file, std::size_t size);
  void put_in_place();

  char* data_ = nullptr;
  std::size_t room_ = 0;
  std::size_t size_ = 0;  // of the file
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gcsim::record
