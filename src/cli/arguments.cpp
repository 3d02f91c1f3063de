#include "arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "output.h"
#include "suggest.h"

namespace gcsim::cli {

namespace {

// The message for an option that does not exist, if that is what is wrong.
std::optional<std::string> unknown_option(const CLI::App& app, const Arguments& arguments) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (!argument.starts_with("--")) continue;
    const std::string word = argument.substr(0, argument.find('='));
    if (std::find(names.begin(), names.end(), word) != names.end()) continue;
    return fmt::format("unknown option {}{}", word, did_you_mean(word, known));
  }
  return std::nullopt;
}

}  // namespace

std::optional<ExitStatus> parse(CLI::App& app, const Arguments& arguments) {
  Arguments reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants it
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    StandardOutput().write(app.help());
    return ExitStatus::fine;
  } catch (const CLI::ParseError& error) {
    throw UsageError(fmt::format("{}\n  `{} --help` shows how it is used",
                                 unknown_option(app, arguments).value_or(error.what()), app.get_name()));
  }
  return std::nullopt;
}

void reject_choice(std::string_view option, std::string_view word,
                   const std::vector<std::string_view>& known) {
  throw UsageError(fmt::format("{}: expected one of {}, got '{}'{}", option, fmt::join(known, ", "), word,
                               did_you_mean(word, known)));
}

}  // namespace gcsim::cli
