#include "interpreter.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "exit_status.h"
#include "gcsim/record/raw_recording.h"
#include "process.h"

namespace gcsim::cli {

namespace {

namespace fs = std::filesystem;

// One line each, in the order of Answer.
constexpr char kQuestions[] = R"(import sys, os, sysconfig
v = sysconfig.get_config_var
print(sys.implementation.name)
print('.'.join(map(str, sys.version_info[:3])))
print('served' if (3, 9) <= sys.version_info < (3, 14) else 'not served')
print(sys.executable)
print(v('Py_ENABLE_SHARED') or 0)
print(os.path.realpath(os.path.join(v('LIBDIR') or '', v('INSTSONAME') or '')))
print(1 if v('Py_GIL_DISABLED') else 0)
print(1 if hasattr(sys, 'getobjects') else 0)
print(sysconfig.get_path('include'))
)";
enum Answer {
  kName,
  kVersion,
  kServed,
  kExecutable,
  kShared,
  kLibrary,
  kFreeThreaded,
  kTraceRefs,
  kHeaders,
  kAnswers
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

[[noreturn]] void refuse(const std::string& executable, const std::string& why) {
  throw UsageError(fmt::format("{} can't be recorded: {}", executable, why));
}

fs::path data_folder() {
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') return data;
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "/" : home) / ".local/share";
}

// FNV-1a: two installations of one version have recorders of their own.
std::string hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

}  // namespace

std::string own_folder() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored).parent_path().string();
}

std::string own_launcher_place(const Interpreter& python) {
  const std::string name = fmt::format("gcsim-record-{}-{}", python.version, hash_of(python.library));
  return (data_folder() / "gcsim/recorders" / name).string();
}

std::vector<std::string> launcher_places(const Interpreter& python) {
  const fs::path self = own_folder();
  const std::string name = "gcsim-record-" + python.version;
  return {(self / "tools/record" / name).string(), (self / name).string(),
          (self / "../lib/gcsim" / name).string(), own_launcher_place(python)};
}

bool is_launcher_of(const std::string& launcher, const Interpreter& python) {
  std::error_code ignored;
  if (!fs::exists(launcher, ignored)) return false;
  const auto library = output_of({launcher, "--library"});
  return library && lines_of(*library) == std::vector{python.library, std::string(record::kRawMark)};
}

Interpreter examine_interpreter(const std::string& command) {
  const auto answer = output_of({command, "-I", "-S", "-c", kQuestions});
  const auto lines = lines_of(answer.value_or(""));
  if (lines.size() < kAnswers)
    throw UsageError(fmt::format("'{}' is not a Python 3 interpreter that can be run", command));
  if (lines[kName] != "cpython") refuse(command, "it is " + lines[kName] + ", not CPython");
  if (lines[kServed] != "served")
    refuse(command, fmt::format("it is CPython {}, and the recorder knows 3.9 to 3.13", lines[kVersion]));
  if (lines[kFreeThreaded] != "0") refuse(command, "it is built without the global interpreter lock");
  if (lines[kTraceRefs] != "0") refuse(command, "it is built with Py_TRACE_REFS, which changes all objects");
  if (lines[kShared] == "0") {
    refuse(command,
           "it is built statically, which hides the creation of objects from a recorder"
           "\n  a build configured with --enable-shared can be recorded");
  }
  return {lines[kExecutable], lines[kVersion], lines[kLibrary], lines[kHeaders], ""};
}

Interpreter find_interpreter(const std::string& command) {
  Interpreter found = examine_interpreter(command);
  for (const std::string& launcher : launcher_places(found)) {
    if (!is_launcher_of(launcher, found)) continue;
    found.launcher = launcher;
    return found;
  }
  refuse(command, fmt::format("there is no recorder of this gcsim for that installation of CPython {}\n"
                              "  gcsim record --build-for {} makes one",
                              found.version, found.executable));
}

}  // namespace gcsim::cli
