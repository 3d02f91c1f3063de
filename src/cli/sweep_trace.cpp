#include "sweep_trace.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "digest.h"
#include "exit_status.h"
#include "input.h"

namespace gcsim::cli {

SweptTrace::SweptTrace(const std::string& path) : path_(path) {
  Input input = open_input(path);
  name_ = input.name;
  is_kept_ = input.is_stdin || !input.size.has_value();
  Digest digest(std::move(input.source));
  std::vector<char> block(std::size_t{1} << 18);
  for (;;) {
    const auto got = digest.read(block.data(), block.size());
    if (!got) throw InputOutputError(fmt::format("can't read {}: {}", name_, std::strerror(errno)));
    if (*got == 0) break;
    if (is_kept_) bytes_.append(block.data(), *got);
  }
  sha256_ = digest.hex().value_or("");
}

sweep::Open SweptTrace::opener() const {
  return [this] {
    if (is_kept_) return trace::open(trace::memory_source(bytes_), name_);
    return trace::open(open_input(path_).source, name_);
  };
}

}  // namespace gcsim::cli
