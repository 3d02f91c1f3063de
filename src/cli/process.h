// Other programs: run beside gcsim, on the same terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace gcsim::cli {

// How a program ended: with an exit status, or by a signal.
struct Ending {
  int status = 0;
  int signal = 0;
};

// Runs it to its end. Signals of the terminal are its affair meanwhile; a request to terminate is passed on.
// Throws InputOutputError if it can't be started.
Ending run_program(const std::vector<std::string>& command);

// Its standard output, if it ends with 0.
std::optional<std::string> output_of(const std::vector<std::string>& command);

// Ends gcsim as the other program ended.
[[noreturn]] void end_likewise(const Ending& ending);

}  // namespace gcsim::cli
