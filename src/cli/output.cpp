#include "output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "exit_status.h"

namespace gcsim::cli {

namespace {

// The unfinished file, for the signal handler, which may only use what is safe in one.
std::array<char, 4096> g_unfinished{};
std::atomic<bool> g_is_unfinished{false};

extern "C" void remove_unfinished_and_die(int signal) {
  if (g_is_unfinished) ::unlink(g_unfinished.data());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void remember_unfinished(const std::string& path) {
  if (path.size() >= g_unfinished.size()) return;
  std::memcpy(g_unfinished.data(), path.c_str(), path.size() + 1);
  g_is_unfinished = true;
}

mode_t current_umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

// 0, or the errno of the write that failed.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void prepare_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, remove_unfinished_and_die);
}

void print_message(std::string_view text) {
  write_all(STDERR_FILENO, text);
}

void StandardOutput::write(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == EPIPE) throw ClosedPipe{};
  if (error != 0) {
    throw InputOutputError(fmt::format("can't write to standard output: {}", std::strerror(error)));
  }
}

OutputFile::OutputFile(std::string path, bool overwrite) : path_(std::move(path)) {
  struct stat existing {};
  const bool exists = ::stat(path_.c_str(), &existing) == 0;
  if (exists && S_ISDIR(existing.st_mode)) fail(EISDIR);
  if (exists && !S_ISREG(existing.st_mode)) {  // a device or a pipe: nothing to replace
    descriptor_ = ::open(path_.c_str(), O_WRONLY);
    if (descriptor_ < 0) fail(errno);
    return;
  }
  if (exists && !overwrite) {
    throw InputOutputError(fmt::format("{} exists; --force overwrites it", path_));
  }
  create_beside(exists ? existing.st_mode & 0777 : 0666 & ~current_umask());
}

void OutputFile::create_beside(unsigned mode) {
  std::error_code unresolved;  // a symbolic link stays one: what it points to is replaced
  target_ = std::filesystem::weakly_canonical(path_, unresolved).string();
  if (unresolved) target_ = path_;
  temporary_ = target_ + ".part-XXXXXX";
  descriptor_ = ::mkstemp(temporary_.data());
  if (descriptor_ < 0) fail(errno);
  ::fchmod(descriptor_, mode);
  remember_unfinished(temporary_);
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  discard();
}

void OutputFile::discard() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  g_is_unfinished = false;
}

void OutputFile::write(std::string_view text) {
  const int error = write_all(descriptor_, text);
  if (error == EPIPE) throw ClosedPipe{};
  if (error != 0) fail(error);
}

void OutputFile::commit() {
  const int descriptor = descriptor_;
  descriptor_ = -1;
  int error = ::close(descriptor) == 0 ? 0 : errno;
  if (error == 0 && !temporary_.empty() && ::rename(temporary_.c_str(), target_.c_str()) != 0) error = errno;
  if (error != 0) {
    discard();
    fail(error);
  }
  g_is_unfinished = false;
}

void OutputFile::fail(int error) const {
  throw InputOutputError(fmt::format("can't write {}: {}", path_, std::strerror(error)));
}

}  // namespace gcsim::cli
