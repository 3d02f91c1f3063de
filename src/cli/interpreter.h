// The Python that a user names, and the launcher that was built for it.
#pragma once

#include <string>
#include <vector>

namespace gcsim::cli {

struct Interpreter {
  std::string executable;  // its path
  std::string version;     // 3.11.7
  std::string library;     // the shared library it is in
  std::string headers;     // the folder of Python.h
  std::string launcher;    // the path of the program of tools/record for it; empty: there is none
};

// Asks the interpreter itself. Both throw UsageError if it is none, or of a kind that can't be recorded: with
// the reason.
Interpreter examine_interpreter(const std::string& command);  // no launcher is looked for
Interpreter find_interpreter(const std::string& command);     // nor without a launcher

// Where a launcher of that version may be: as the build leaves it, as an installation puts it, and where
// `gcsim record --build-for` does.
std::vector<std::string> launcher_places(const Interpreter& python);
std::string own_launcher_place(const Interpreter& python);  // the last of these
// Of that installation, and one whose recordings this gcsim can finish.
bool is_launcher_of(const std::string& launcher, const Interpreter& python);

// The folder gcsim itself is in.
std::string own_folder();

}  // namespace gcsim::cli
