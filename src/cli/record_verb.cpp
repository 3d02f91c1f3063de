// gcsim record: a Python program, run once, as a trace.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "conversion.h"
#include "gcsim/record/raw_recording.h"
#include "interpreter.h"
#include "messages.h"
#include "output.h"
#include "process.h"
#include "trace_forms.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim record -o app.gct -- python app.py arguments
  gcsim record -o app.gct -- python3.12 -m package
  gcsim record -o app.gct --python ~/env/bin/python -- app.py arguments

Runs a Python program as it is and writes what it did with its objects as a trace, which can then be replayed
under any thresholds. Its output and its exit status are the program's.
CPython 3.9 to 3.13, built with --enable-shared.
)";

struct RecordOptions {
  std::string output = "recording.gct";
  std::string python;
  bool is_exact = false;
  bool force = false;
  bool keep_raw = false;
};

// What stands behind `--`, split off before the options are parsed: it has options of its own.
std::pair<Arguments, Arguments> split(const Arguments& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) return {arguments, {}};
  return {{arguments.begin(), dashes}, {dashes + 1, arguments.end()}};
}

// The raw recording, which is gone when the trace is there.
class RawFile {
 public:
  RawFile(const std::string& output, bool is_kept) : path_(output + ".raw"), is_kept_(is_kept) {}
  ~RawFile() {
    std::error_code ignored;
    if (!is_kept_) std::filesystem::remove(path_, ignored);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  const std::string& path() const { return path_; }
  bool exists() const { return std::filesystem::exists(path_); }
  void keep() { is_kept_ = true; }

 private:
  std::string path_;
  bool is_kept_;
};

ExitStatus finish(RawFile& raw, OutputFile& file, trace::Format form) {
  auto [recording, error] = record::open_raw_recording(raw.path());
  if (!recording) throw InputOutputError(fmt::format("{}: {}", raw.path(), std::strerror(error)));
  if (!recording->is_complete) {
    print_message(
        "gcsim record: warning: the program ended before its interpreter did; the trace ends there, too\n");
  }
  auto opened = trace::open(std::move(recording->text), raw.path());
  auto* reader = std::get_if<std::unique_ptr<trace::Reader>>(&opened);
  const ExitStatus status = reader == nullptr
                                ? report_fault(std::get<trace::TraceError>(opened))
                                : write_trace(std::move(*reader), raw.path(), form, file);
  if (status == ExitStatus::fine) {
    file.commit();
  } else {
    raw.keep();
    print_message(
        fmt::format("gcsim record: this is a bug in gcsim; {} has what was recorded\n", raw.path()));
  }
  return status;
}

}  // namespace

ExitStatus run_record(const Arguments& arguments) {
  auto [own, command] = split(arguments);
  CLI::App app(kDescription, "gcsim record");
  RecordOptions options;
  app.add_option("-o,--output", options.output, "the trace; its extension says the form (.gct: binary)")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--python", options.python, "the interpreter; otherwise the first word behind -- is it")
      ->type_name("PYTHON");
  app.add_flag("--exact", options.is_exact, "see every reference: slow, for small programs (so far the only way)");
  app.add_flag("--force", options.force, "overwrite FILE");
  app.add_flag("--keep-raw", options.keep_raw, "keep FILE.raw, what the recorder itself wrote");
  app.footer(
      "Behind -- stands the command as one would type it: the interpreter, its options, the program, its "
      "arguments.");
  if (const auto status = parse(app, own)) return *status;
  if (!options.python.empty()) command.insert(command.begin(), options.python);
  if (command.empty()) throw UsageError("nothing to record\n  gcsim record -o app.gct -- python app.py");
  const auto form = form_of_extension(options.output);
  if (!form)
    throw UsageError(
        fmt::format("{}: the extension should be .gct, .trace, .json or .jsonl", options.output));

  const Interpreter python = find_interpreter(command.front());
  OutputFile file(options.output, options.force);
  RawFile raw(options.output, options.keep_raw);
  std::vector<std::string> launch{python.launcher, "--record", raw.path(),       "--mode",
                                  "exact",         "--",       python.executable};
  launch.insert(launch.end(), command.begin() + 1, command.end());
  const Ending ending = run_program(launch);
  if (!raw.exists()) return static_cast<ExitStatus>(ending.status);  // it was refused, and said why
  const ExitStatus status = finish(raw, file, *form);
  if (status != ExitStatus::fine) return status;
  if (ending.signal != 0) end_likewise(ending);
  return static_cast<ExitStatus>(ending.status);
}

}  // namespace gcsim::cli
