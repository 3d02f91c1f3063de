// The Python that a user names, and the launcher that was built for it.
#pragma once

#include <string>

namespace gcsim::cli {

struct Interpreter {
  std::string executable;  // its path
  std::string version;     // 3.11.7
  std::string launcher;    // the path of the program of tools/record for it
};

// Asks the interpreter itself. Throws UsageError if it is none, or can't be recorded: with the reason.
Interpreter find_interpreter(const std::string& command);

}  // namespace gcsim::cli
