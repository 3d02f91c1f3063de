#include <algorithm>
#include <cerrno>
#include <cstring>

#include "gcsim/trace/reader.h"

namespace gcsim::trace {

namespace {

class MemorySource final : public Source {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    const std::size_t taken = std::min(size, bytes_.size());
    if (taken > 0) std::memcpy(into, bytes_.data(), taken);
    bytes_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view bytes_;
};

class FileSource final : public Source {
 public:
  explicit FileSource(std::FILE* file) : file_(file) {}
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (file_ != stdin) std::fclose(file_);
  }

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    errno = 0;
    const std::size_t taken = std::fread(into, 1, size, file_);
    if (taken == 0 && std::ferror(file_) != 0) return std::nullopt;
    return taken;
  }

 private:
  std::FILE* file_;
};

}  // namespace

std::unique_ptr<Source> memory_source(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<Source> file_source(std::FILE* file) {
  return std::make_unique<FileSource>(file);
}

}  // namespace gcsim::trace
