// gcsim record: a Python program, run once, as a trace.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "build_for.h"
#include "interpreter.h"
#include "numbers.h"
#include "output.h"
#include "process.h"
#include "recordings.h"
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
  std::string build_for;
  std::string max_events;
  std::string max_size;
  bool is_exact = false;
  bool is_paused = false;
  bool is_finishing = false;
  bool force = false;
  bool keep_raw = false;
  bool skip_check = false;
};

std::string limit(const char* option, const std::string& value) {
  const auto number = parse_number(value);
  if (!number || *number == 0)
    throw UsageError(fmt::format("{}: expected a number such as 50M, got '{}'", option, value));
  return std::to_string(*number);
}

// What stands behind `--`, split off before the options are parsed: it has options of its own.
std::pair<Arguments, Arguments> split(const Arguments& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) return {arguments, {}};
  return {{arguments.begin(), dashes}, {dashes + 1, arguments.end()}};
}

// What an earlier run of gcsim that was killed has left.
void make_way(const RecordOptions& options) {
  for (const std::string& raw : raw_recordings_of(options.output)) {
    if (!options.force)
      throw InputOutputError(
          fmt::format("{} is left of an earlier recording\n  gcsim record --finish -o {} makes a trace of "
                      "it; --force removes it",
                      raw, options.output));
    std::filesystem::remove(raw);
  }
}

ExitStatus finish_left_over(const Finishing& finishing) {
  if (raw_recordings_of(finishing.output).empty())
    throw InputOutputError(fmt::format("{}: no recording of it is left to be finished", finishing.output));
  return finish_recordings(finishing);
}

// The recorder's own options, and behind them the command.
std::vector<std::string> launch_of(const RecordOptions& options, const Interpreter& python,
                                   const Arguments& command) {
  std::vector<std::string> launch{python.launcher,
                                  "--record",
                                  raw_recording_of(options.output),
                                  "--mode",
                                  options.is_exact ? "exact" : "fast",
                                  "--python",
                                  python.executable};
  const auto add = [&](const char* name, const std::string& value) {
    launch.insert(launch.end(), {name, value});
  };
  if (options.is_paused) add("--paused", "yes");
  if (!options.max_events.empty()) add("--max-events", limit("--max-events", options.max_events));
  if (!options.max_size.empty()) add("--max-bytes", limit("--max-size", options.max_size));
  launch.push_back("--");
  launch.insert(launch.end(), command.begin(), command.end());
  return launch;
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
  app.add_flag("--exact", options.is_exact, "see every reference: slow, for small programs");
  app.add_flag("--paused", options.is_paused,
               "the program begins the recording: import gcsim_record; gcsim_record.start()");
  app.add_option("--max-events", options.max_events, "end the recording, not the program, after so many")
      ->type_name("N");
  app.add_option("--max-size", options.max_size, "likewise when FILE.raw has so many bytes")
      ->type_name("BYTES");
  app.add_flag("--finish", options.is_finishing,
               "make traces of what an earlier run with this FILE has left");
  app.add_option("--build-for", options.build_for,
                 "compile a recorder for that interpreter, and record nothing")
      ->type_name("PYTHON");
  app.add_flag("--force", options.force, "overwrite FILE");
  app.add_flag("--no-check", options.skip_check,
               "do not replay the trace at the end, which says how good it is");
  app.add_flag("--keep-raw", options.keep_raw, "keep FILE.raw, what the recorder itself wrote");
  app.footer(
      "Behind -- stands the command as one would type it: the interpreter, its options, the program, its "
      "arguments.");
  if (const auto status = parse(app, own)) return *status;
  if (!options.build_for.empty()) return build_recorder_for(options.build_for);
  if (!form_of_extension(options.output))
    throw UsageError(
        fmt::format("{}: the extension should be .gct, .trace, .json or .jsonl", options.output));
  const Finishing finishing{options.output, options.force, options.keep_raw, !options.skip_check};
  if (options.is_finishing) return finish_left_over(finishing);
  if (!options.python.empty()) command.insert(command.begin(), options.python);
  if (command.empty()) throw UsageError("nothing to record\n  gcsim record -o app.gct -- python app.py");
  make_way(options);
  const Interpreter python = find_interpreter(command.front());
  if (std::filesystem::exists(options.output) && !options.force)
    throw InputOutputError(fmt::format("{} exists; --force overwrites it", options.output));
  const Ending ending = run_program(launch_of(options, python, command));
  if (raw_recordings_of(options.output).empty()) {
    // It was refused, and said why; or nothing began.
    if (options.is_paused) print_message("gcsim record: warning: the program did not start a recording\n");
  } else if (const auto status = finish_recordings(finishing); status != ExitStatus::fine) {
    return status;
  }
  if (ending.signal != 0) end_likewise(ending);
  return static_cast<ExitStatus>(ending.status);
}

}  // namespace gcsim::cli
