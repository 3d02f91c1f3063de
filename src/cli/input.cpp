#include "input.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "exit_status.h"

namespace gcsim::cli {

namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw InputOutputError(fmt::format("can't read {}: {}", path, std::strerror(error)));
}

std::optional<std::uint64_t> size_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

Input open_input(const std::string& path) {
  struct stat status {};
  if (path == "-") {
    if (::fstat(0, &status) != 0) fail("standard input", errno);
    return {trace::file_source(stdin), "<stdin>", size_of(status), true};
  }
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) fail(path, errno);
  std::unique_ptr<trace::Source> source = trace::file_source(file);
  if (::fstat(::fileno(file), &status) != 0) fail(path, errno);
  if (S_ISDIR(status.st_mode)) fail(path, EISDIR);
  return {std::move(source), path, size_of(status), false};
}

std::string base_name(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

}  // namespace gcsim::cli
