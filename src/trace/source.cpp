#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

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

class OwnedFile {
 public:
  explicit OwnedFile(std::FILE* file) : file_(file) {}
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
  ~OwnedFile() {
    if (file_ != stdin) std::fclose(file_);
  }
  std::FILE* get() const { return file_; }

 private:
  std::FILE* file_;
};

class FileSource final : public Source {
 public:
  explicit FileSource(std::FILE* file) : file_(file) {}

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    errno = 0;
    const std::size_t taken = std::fread(into, 1, size, file_.get());
    if (taken == 0 && std::ferror(file_.get()) != 0) return std::nullopt;
    return taken;
  }

 private:
  OwnedFile file_;
};

// A pipe or a terminal, where bytes may be long in coming.
class WaitingSource final : public Source {
 public:
  explicit WaitingSource(std::FILE* file) : file_(file), descriptor_(::fileno(file)) {
    if (::pipe2(interruption_.data(), O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "can't make a pipe");
  }
  WaitingSource(const WaitingSource&) = delete;
  WaitingSource& operator=(const WaitingSource&) = delete;
  ~WaitingSource() override {
    for (const int end : interruption_) ::close(end);
  }

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    std::size_t taken = 0;
    while (taken < size && !at_end_) {
      ssize_t more = -1;
      if (wait()) more = ::read(descriptor_, into + taken, size - taken);
      if (more < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (more < 0 && taken == 0) return std::nullopt;
      if (more < 0) break;
      taken += static_cast<std::size_t>(more);
      at_end_ = more == 0;
    }
    return taken;
  }

  // As long as it is on, a byte lies in the pipe.
  void interrupt(bool is_on) override {
    char byte = 0;
    const auto done = is_on ? ::write(interruption_[1], &byte, 1) : ::read(interruption_[0], &byte, 1);
    static_cast<void>(done);
  }

 private:
  OwnedFile file_;
  int descriptor_;
  std::array<int, 2> interruption_ = {-1, -1};
  bool at_end_ = false;

  // False: there is nothing yet, and it should not wait; or it can't, errno says why.
  bool wait() {
    std::array<pollfd, 2> waited = {{{descriptor_, POLLIN, 0}, {interruption_[0], POLLIN, 0}}};
    if (::poll(waited.data(), waited.size(), -1) < 0) return false;
    if (waited[0].revents != 0) return true;
    errno = ECANCELED;
    return false;
  }
};

bool may_wait(std::FILE* file) {
  struct stat status {};
  return ::fstat(::fileno(file), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

}  // namespace

std::unique_ptr<Source> memory_source(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<Source> file_source(std::FILE* file) {
  if (may_wait(file)) return std::make_unique<WaitingSource>(file);
  return std::make_unique<FileSource>(file);
}

}  // namespace gcsim::trace
