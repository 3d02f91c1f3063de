#include "sweep_trace.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "digest.h"
#include "exit_status.h"
#include "gcsim/placement.h"
#include "input.h"
#include "session.h"

namespace gcsim::cli {

SweptTrace::SweptTrace(const std::string& path, std::optional<double> placement)
    : path_(path), placement_(placement) {
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
  if (placement_ && *placement_ != kUsualPlacement) sha256_ += fmt::format(" placed at {}", *placement_);
}

sweep::Open SweptTrace::opener() const {
  return [this] {
    Input input;
    if (is_kept_) {
      input.source = trace::memory_source(bytes_);
      input.name = name_;
    } else {
      input = open_input(path_);
    }
    return open_exact(std::move(input), placement_, nullptr);
  };
}

}  // namespace gcsim::cli
