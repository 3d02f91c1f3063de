// Where traces come from: a file, or standard input for "-".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gcsim/trace/reader.h"

namespace gcsim::cli {

struct Input {
  std::unique_ptr<trace::Source> source;
  std::string name;                   // as errors call it
  std::optional<std::uint64_t> size;  // bytes, if known
  bool is_stdin = false;
};

// Throws InputOutputError.
Input open_input(const std::string& path);

// The name without directories, as reports show it.
std::string base_name(const std::string& name);

}  // namespace gcsim::cli
