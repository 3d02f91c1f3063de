// Golden files: stored transcripts and reports that a replay must reproduce.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gcsim/report/report.h"

namespace gcsim::cli {

// The content of a text file; nothing if there is none. Throws InputOutputError if it can't be read.
std::optional<std::string> read_text(const std::string& path);

// What the golden file at `path` is, by its first line, or by its extension if it does not exist yet.
report::Format golden_format(const std::string& path, const std::optional<std::string>& content);

// X.golden beside X.trace, or in `directory` if that is not empty.
std::string golden_path(const std::string& trace, const std::string& directory);

// The lines in which they differ, for people; empty if they are the same. The first line of a transcript
// names who wrote it and is not compared.
std::string golden_difference(const std::string& path, std::string_view expected, std::string_view got,
                              report::Format format);

}  // namespace gcsim::cli
