#include "recordings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>

#include "conversion.h"
#include "gcsim/record/raw_recording.h"
#include "messages.h"
#include "output.h"
#include "quality.h"
#include "trace_forms.h"

namespace gcsim::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPatience{1000};
constexpr std::chrono::milliseconds kBetweenLooks{20};

// ".4711", or ".4711.2" if the process became another program; empty: the program itself.
std::string process_of(const std::string& raw, const std::string& output) {
  return raw.substr(raw_recording_of(output).size());
}

bool is_process(std::string_view suffix) {
  return suffix.size() > 1 && suffix.front() == '.' &&
         suffix.find_first_not_of("0123456789.") == std::string_view::npos;
}

// The process writes through a mapping, which goes when it ends, however it does.
bool is_being_written(const std::string& raw, const std::string& output) {
  const std::string suffix = process_of(raw, output);
  if (suffix.empty()) return false;  // gcsim has waited for it
  const std::string process = suffix.substr(1, suffix.find('.', 1) - 1);
  std::ifstream maps("/proc/" + process + "/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.ends_with(raw)) return true;
  }
  return false;
}

std::string trace_of(const std::string& raw, const Finishing& finishing) {
  const std::string suffix = process_of(raw, finishing.output);
  if (suffix.empty()) return finishing.output;
  const fs::path output(finishing.output);
  const auto name = [&](const std::string& more) {
    return fs::path(output).replace_filename(output.stem().string() + suffix + more +
                                             output.extension().string());
  };
  fs::path trace = name("");
  // Nobody could know the numbers of the processes.
  for (int k = 2; !finishing.force && fs::exists(trace); ++k) trace = name(fmt::format(".{}", k));
  return trace.string();
}

void remove_quietly(const std::string& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

using OpenedTrace = std::variant<std::unique_ptr<trace::Reader>, trace::TraceError>;

// A program may be killed at once.
bool is_without_events(const record::RawRecording& recording, const OpenedTrace& opened) {
  const auto* error = std::get_if<trace::TraceError>(&opened);
  return error != nullptr && error->fault == trace::Fault::empty_trace && !recording.is_complete;
}

void warn_of_end(const record::RawRecording& recording, const std::string& output) {
  if (!recording.stopped.empty()) {
    print_message(
        fmt::format("gcsim record: warning: {} ends before the program: {}\n", output, recording.stopped));
  } else if (!recording.is_complete) {
    print_message(fmt::format("gcsim record: warning: {} is incomplete: the program was ended\n", output));
  }
}

// Throws if the trace can't be written: what was recorded stays then. Adds the trace to `traces`.
ExitStatus finish_one(const std::string& raw, const Finishing& finishing, std::vector<std::string>& traces) {
  const std::string output = trace_of(raw, finishing);
  auto [recording, error] = record::open_raw_recording(raw);
  if (!recording) return report_fault(error);
  auto opened = trace::open(std::move(recording->text), raw);
  if (is_without_events(*recording, opened)) {
    print_message(fmt::format(
        "gcsim record: warning: there is no {}: the program was ended before its first step\n", output));
    remove_quietly(raw);
    return ExitStatus::fine;
  }
  warn_of_end(*recording, output);
  OutputFile file(output, finishing.force);
  auto* reader = std::get_if<std::unique_ptr<trace::Reader>>(&opened);
  const ExitStatus status = reader == nullptr
                                ? report_fault(std::get<trace::TraceError>(opened))
                                : write_trace(std::move(*reader), raw, *form_of_extension(output), file);
  if (status != ExitStatus::fine) {
    print_message(fmt::format("gcsim record: this is a bug in gcsim; {} has what was recorded\n", raw));
    return status;
  }
  file.commit();
  traces.push_back(output);
  if (!finishing.keep_raw) remove_quietly(raw);
  if (!finishing.check_quality) return status;
  if (const std::string quality = quality_of(output); !quality.empty())
    print_message(fmt::format("gcsim record: {}: {}\n", output, quality));
  return status;
}

std::vector<std::string> wait_for_writers(const std::string& output) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    std::vector<std::string> written;
    for (const std::string& raw : raw_recordings_of(output)) {
      if (is_being_written(raw, output)) written.push_back(raw);
    }
    if (written.empty() || std::chrono::steady_clock::now() >= until) return written;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace

std::string raw_recording_of(const std::string& output) {
  // Programs change their folder.
  return fs::weakly_canonical(fs::absolute(output)).string() + ".raw";
}

std::vector<std::string> raw_recordings_of(const std::string& output) {
  const std::string first = raw_recording_of(output);
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::path(first).parent_path(), ignored)) {
    const std::string path = entry.path().string();
    if (path == first || (path.starts_with(first) && is_process(std::string_view(path).substr(first.size()))))
      found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found;
}

ExitStatus finish_recordings(const Finishing& finishing) {
  const std::vector<std::string> written = wait_for_writers(finishing.output);
  std::vector<std::string> traces;
  ExitStatus status = ExitStatus::fine;
  for (const std::string& raw : raw_recordings_of(finishing.output)) {
    if (std::find(written.begin(), written.end(), raw) != written.end()) continue;
    status = worse(status, finish_one(raw, finishing, traces));
  }
  if (traces.size() > 1)
    print_message(fmt::format("gcsim record: {} processes: {}\n", traces.size(), fmt::join(traces, " ")));
  for (const std::string& raw : written) {
    print_message(
        fmt::format("gcsim record: process {} still runs; when it has ended: gcsim record --finish -o {}\n",
                    process_of(raw, finishing.output).substr(1), finishing.output));
  }
  return status;
}

}  // namespace gcsim::cli
