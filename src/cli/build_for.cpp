#include "build_for.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "interpreter.h"
#include "output.h"
#include "process.h"

namespace gcsim::cli {

namespace {

namespace fs = std::filesystem;

// As the build leaves them beside gcsim, or where an installation puts them.
std::vector<std::string> find_sources() {
  const fs::path self = own_folder();
  std::vector<std::string> sources;
  std::error_code ignored;
  for (const fs::path& folder : {self / "tools/record/source", self / "../share/gcsim/record"}) {
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      if (entry.path().extension() == ".c") sources.push_back(entry.path().string());
    }
    if (!sources.empty()) break;
  }
  std::sort(sources.begin(), sources.end());
  if (sources.empty())
    throw InputOutputError(
        fmt::format("the recorder's sources are not there ({})", (self / "tools/record/source").string()));
  return sources;
}

std::vector<std::string> compiler_command(const Interpreter& python, const std::string& target) {
  const char* named = std::getenv("CC");
  std::vector<std::string> command{named == nullptr || *named == '\0' ? "cc" : named};
  command.insert(command.end(), {"-std=gnu11", "-O2", "-isystem", python.headers, "-o", target});
  for (const std::string& source : find_sources()) command.push_back(source);
  const std::string folder = fs::path(python.library).parent_path().string();
  command.insert(command.end(), {python.library, "-Wl,-rpath," + folder, "-lpthread", "-ldl"});
  return command;
}

// The recorder knows best whether it sees everything there.
bool passes_its_test(const std::string& launcher, const Interpreter& python) {
  const std::string raw = launcher + ".raw";
  const Ending ending = run_program({launcher, "--record", raw, "--mode", "fast", "--python",
                                     python.executable, "--", python.executable, "-I", "-c", "pass"});
  std::error_code ignored;
  fs::remove(raw, ignored);
  return ending.signal == 0 && ending.status == 0;
}

}  // namespace

ExitStatus build_recorder_for(const std::string& name) {
  const Interpreter python = examine_interpreter(name);
  if (!fs::exists(fs::path(python.headers) / "internal/pycore_gc.h"))
    throw UsageError(
        fmt::format("{} can't be recorded: its headers are not there ({}/internal/pycore_gc.h)"
                    "\n  distributions have them in packages such as python3-dev",
                    name, python.headers));
  const fs::path target = own_launcher_place(python);
  std::error_code error;
  fs::create_directories(target.parent_path(), error);
  if (error)
    throw InputOutputError(fmt::format("can't make {}: {}", target.parent_path().string(), error.message()));
  const std::string unfinished = target.string() + ".part";
  const Ending ending = run_program(compiler_command(python, unfinished));
  if (ending.signal != 0 || ending.status != 0)
    throw InputOutputError(fmt::format("the recorder can't be compiled for {}", name));
  if (!is_launcher_of(unfinished, python) || !passes_its_test(unfinished, python)) {
    fs::remove(unfinished, error);
    throw UsageError(fmt::format("{} can't be recorded: the recorder does not pass its test there", name));
  }
  fs::rename(unfinished, target);
  StandardOutput().write(fmt::format("CPython {}: {}\n", python.version, target.string()));
  return ExitStatus::fine;
}

}  // namespace gcsim::cli
