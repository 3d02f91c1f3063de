// One verb's command line. CLI11 parses it; what it yields are plain structs, and its types stay in the
// files that include this one.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exit_status.h"

namespace gcsim::cli {

using Arguments = std::vector<std::string>;

// Parses; answers a status if the command is over (help was asked for). Throws UsageError.
std::optional<ExitStatus> parse(CLI::App& app, const Arguments& arguments);

template <class Value>
using Choice = std::pair<std::string_view, Value>;

[[noreturn]] void reject_choice(std::string_view option, std::string_view word,
                                const std::vector<std::string_view>& known);

// The value of one of the words an option knows. Throws UsageError, with the nearest word.
template <class Value, std::size_t N>
Value choose(std::string_view option, std::string_view word, const Choice<Value> (&choices)[N]) {
  std::vector<std::string_view> known;
  for (const auto& [name, value] : choices) {
    if (name == word) return value;
    known.push_back(name);
  }
  reject_choice(option, word, known);
}

}  // namespace gcsim::cli
