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

SweptTrace::SweptTrace(const std::string& path, std::optional<double> placement) : path_(path) {
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
  digest_ = digest.hex().value_or("");
  place(placement);
}

void SweptTrace::place(std::optional<double> placement) {
  placement_ = placement;
  sha256_ = digest_;
  if (placement && *placement != kUsualPlacement) sha256_ += fmt::format(" placed at {}", *placement);
}

SweptTrace SweptTrace::placed_at(double placement) const {
  SweptTrace other = *this;
  other.place(placement);
  return other;
}

std::optional<double> SweptTrace::placement() const {
  std::optional<double> placed;
  open_exact(open(), placement_, &placed, trace::Decoding::in_place);
  return placed;
}

Input SweptTrace::open() const {
  if (!is_kept_) return open_input(path_);
  Input input;
  input.source = trace::memory_source(bytes_);
  input.name = name_;
  return input;
}

sweep::Open SweptTrace::opener() const {
  return [this] { return open_exact(open(), placement_, nullptr, trace::Decoding::in_place); };
}

}  // namespace gcsim::cli
