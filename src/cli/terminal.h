// What depends on a person watching: colour and progress.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "arguments.h"
#include "gcsim/trace/reader.h"

namespace gcsim::cli {

enum class Color { automatic, always, never };

void define_color(CLI::App& app, std::string& color);
// Throws UsageError.
Color choose_color(std::string_view word);
// `automatic` means: standard output is the destination, and a terminal, and NO_COLOR is not set.
bool use_color(Color color, bool to_standard_output);

// The same source, with a line on standard error that says how far it has been read. Shows nothing in the
// first second, nor where standard error is no terminal.
std::unique_ptr<trace::Source> with_progress(std::unique_ptr<trace::Source> source,
                                             std::optional<std::uint64_t> size);

}  // namespace gcsim::cli
