#include "interpreter.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <vector>

#include "exit_status.h"
#include "process.h"

namespace gcsim::cli {

namespace {

namespace fs = std::filesystem;

// One line each: what it is, its version, where it is, whether it is a shared library, and that one's path.
constexpr char kQuestions[] = R"(import sys, os, sysconfig
v = sysconfig.get_config_var
print(sys.implementation.name)
print('.'.join(map(str, sys.version_info[:3])))
print(sys.executable)
print(v('Py_ENABLE_SHARED') or 0)
print(os.path.realpath(os.path.join(v('LIBDIR') or '', v('INSTSONAME') or '')))
print(1 if v('Py_GIL_DISABLED') else 0)
)";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// Beside gcsim itself, as the build leaves them, or where an installation puts them.
std::string find_launcher(const std::string& version) {
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  const std::string name = "gcsim-record-" + version;
  for (const fs::path& folder :
       {self.parent_path() / "tools/record", self.parent_path(), self.parent_path() / "../lib/gcsim"}) {
    if (fs::exists(folder / name, ignored)) return (folder / name).string();
  }
  return "";
}

[[noreturn]] void refuse(const std::string& executable, const std::string& why) {
  throw UsageError(fmt::format("{} can't be recorded: {}", executable, why));
}

}  // namespace

Interpreter find_interpreter(const std::string& command) {
  const auto answer = output_of({command, "-I", "-S", "-c", kQuestions});
  const auto lines = lines_of(answer.value_or(""));
  if (lines.size() < 6)
    throw UsageError(fmt::format("'{}' is not a Python interpreter that can be run", command));
  if (lines[0] != "cpython") refuse(command, "it is " + lines[0] + ", not CPython");
  if (lines[5] != "0") refuse(command, "it is built without the global interpreter lock");
  if (lines[3] == "0") {
    refuse(command,
           "it is built statically, which hides the creation of objects from a recorder"
           "\n  a build configured with --enable-shared can be recorded");
  }
  Interpreter found{lines[2], lines[1], find_launcher(lines[1])};
  if (found.launcher.empty()) {
    refuse(command, fmt::format("no recorder was built for CPython {}\n  configure gcsim with "
                                "-DGCSIM_PYTHONS={} and build it again (versions 3.9 to 3.13)",
                                found.version, found.executable));
  }
  const auto library = output_of({found.launcher, "--library"});
  if (!library || lines_of(*library) != std::vector<std::string>{lines[4]}) {
    refuse(command, fmt::format("the recorder for CPython {} was built for another installation of it, {}",
                                found.version, library.value_or("which is gone")));
  }
  return found;
}

}  // namespace gcsim::cli
