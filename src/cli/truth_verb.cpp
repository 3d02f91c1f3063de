// gcsim truth: what a real interpreter's collector does under given thresholds, beside what a trace predicts.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/personality.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "calibration.h"
#include "gcsim/replay.h"
#include "gcsim/report/pauses.h"
#include "gcsim/report/style.h"
#include "input.h"
#include "interpreter.h"
#include "messages.h"
#include "numbers.h"
#include "output.h"
#include "process.h"
#include "rules.h"
#include "session.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim truth --threshold 700,10,10 -- python app.py arguments
  gcsim truth --threshold 700,10,10 --threshold 50000,20,100 --trace app.gct -- python app.py arguments

Runs a Python program plainly, twice under each of the thresholds, and says what its collector did from the
program's begin to its end. With --trace a replay's prediction stands beside it. With --pauses two more runs measure
how long the collections take, and what a fit to that is worth. What the program prints is thrown away.
)";

using Threshold = std::array<std::int32_t, kGenerations>;
using Json = nlohmann::ordered_json;

struct Figures {
  std::array<std::uint64_t, kGenerations> collections{};
  std::array<std::uint64_t, kGenerations> collected{};
  std::array<std::uint64_t, kGenerations> uncollectable{};
  std::array<std::uint64_t, kGenerations> count{};

  bool operator==(const Figures&) const = default;
};

struct Named {
  const char* name;
  std::array<std::uint64_t, kGenerations> Figures::*in;
};
constexpr Named kFigures[] = {{"collections", &Figures::collections},
                              {"collected", &Figures::collected},
                              {"uncollectable", &Figures::uncollectable},
                              {"count", &Figures::count}};

// What a replay's collections have to do.
struct Work {
  std::uint64_t collections = 0;
  std::uint64_t walked = 0;
  std::uint64_t collected = 0;
};

struct Truth {
  Threshold threshold{};
  std::string python;
  Figures first;
  Figures second;
  std::optional<Figures> predicted;
  Work predicted_work;
  report::MeasuredRun pauses;
};

struct TruthOptions {
  std::vector<std::string> thresholds;
  std::string trace;
  std::string python;
  std::string format = "text";
  std::string calibration;
  bool has_pauses = false;
  bool force = false;
  RulesOptions rules;
};
constexpr Choice<bool> kFormats[] = {{"text", false}, {"json", true}};

std::vector<Threshold> parse_thresholds(const std::vector<std::string>& words) {
  std::vector<Threshold> thresholds;
  for (const std::string& word : words) {
    const auto values = parse_list(word);
    if (!values || values->size() != kGenerations)
      throw UsageError(fmt::format("--threshold: expected three numbers such as 700,10,10, got '{}'", word));
    thresholds.push_back({(*values)[0], (*values)[1], (*values)[2]});
  }
  return thresholds;
}

// What the launcher writes when the program has ended; nobody else sees it.
class ResultFile {
 public:
  ResultFile() {
    std::string name = (std::filesystem::temp_directory_path() / "gcsim-truth-XXXXXX").string();
    const int file = ::mkstemp(name.data());
    if (file < 0) throw InputOutputError(fmt::format("can't make a file in {}", name));
    ::close(file);
    path_ = name;
  }
  ~ResultFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ResultFile(const ResultFile&) = delete;
  ResultFile& operator=(const ResultFile&) = delete;

  const std::string& path() const { return path_; }
  Json read() const {
    std::ifstream file(path_);
    return Json::parse(file, nullptr, false);
  }

 private:
  std::string path_;
};

// The order of sets and the layout of the address space would differ from run to run.
void fix_what_varies() {
  ::setenv("PYTHONHASHSEED", "0", 0);
  ::personality(ADDR_NO_RANDOMIZE);
}

Json run_once(const Interpreter& python, const Arguments& command, const Threshold& threshold,
              bool has_pauses) {
  const ResultFile result;
  std::vector<std::string> launch{
      python.launcher,  "--truth",     fmt::format("{}", fmt::join(threshold, ",")),
      "--output",       result.path(), "--python",
      python.executable};
  if (has_pauses) launch.insert(launch.end(), {"--pauses", "yes"});
  launch.push_back("--");
  launch.insert(launch.end(), command.begin(), command.end());
  output_of(launch);
  Json json = result.read();
  if (!json.is_object())
    throw InputOutputError(fmt::format("{} did not come to its end: there is no truth", command.back()));
  return json;
}

Figures figures_of(const Json& json) {
  Figures figures;
  for (const Named& each : kFigures) figures.*each.in = json.at(each.name).get<decltype(figures.count)>();
  return figures;
}

report::MeasuredRun pauses_of(const Json& json) {
  report::MeasuredRun run;
  for (const Json& row : json.at("pauses"))
    run.push_back({row.at(1).get<std::uint64_t>(), row.at(2).get<std::uint64_t>(), row.at(3).get<double>()});
  return run;
}

// Of the same collection in two runs the shorter time is the less disturbed one.
report::MeasuredRun measure_pauses(const Interpreter& python, const Arguments& command,
                                   const Threshold& threshold) {
  report::MeasuredRun run = pauses_of(run_once(python, command, threshold, true));
  const report::MeasuredRun again = pauses_of(run_once(python, command, threshold, true));
  const auto is_same = [](const report::MeasuredPause& a, const report::MeasuredPause& b) {
    return a.walked == b.walked && a.collected == b.collected;
  };
  if (!std::equal(run.begin(), run.end(), again.begin(), again.end(), is_same)) return run;
  for (std::size_t k = 0; k < run.size(); ++k)
    run[k].nanoseconds = std::min(run[k].nanoseconds, again[k].nanoseconds);
  return run;
}

Truth measure(const Interpreter& python, const Arguments& command, const Threshold& threshold,
              bool has_pauses) {
  Truth truth;
  truth.threshold = threshold;
  const Json first = run_once(python, command, threshold, false);
  truth.python = first.at("python").get<std::string>();
  truth.first = figures_of(first);
  truth.second = figures_of(run_once(python, command, threshold, false));
  if (has_pauses) truth.pauses = measure_pauses(python, command, threshold);
  return truth;
}

struct Prediction {
  Figures figures;
  Work work;
};

std::variant<Prediction, trace::TraceError> predict(const std::string& path, Overrides rules,
                                                    const Threshold& threshold) {
  rules.threshold.assign(threshold.begin(), threshold.end());
  auto opened = open_session(open_input(path), rules);
  if (auto* error = std::get_if<trace::TraceError>(&opened)) return std::move(*error);
  auto& session = std::get<Session>(opened);
  auto simulator = engine::Simulator::create(session.settings, nullptr);
  std::optional<trace::TraceError> fault;
  gcsim::ReplayOptions options;
  options.on_fault = [&](const trace::TraceError& error) {
    fault = error;
    return OnFault::stop;
  };
  replay(*session.reader, *simulator, options);
  if (fault) return std::move(*fault);
  Prediction prediction;
  Figures& figures = prediction.figures;
  for (Generation g = 0; g < kGenerations; ++g) {
    const engine::GenerationStats& stats = simulator->generation_stats()[g];
    prediction.work.collections += stats.collections;
    prediction.work.walked += stats.visited;
    prediction.work.collected += stats.collected;
    figures.collections[g] = stats.collections;
    figures.collected[g] = stats.collected;
    figures.uncollectable[g] = stats.uncollectable;
    figures.count[g] = static_cast<std::uint64_t>(simulator->counts()[g]);
  }
  return prediction;
}

std::string text_of(const Truth& truth) {
  std::string text =
      fmt::format("cpython-{}, thresholds {}\n", truth.python, fmt::join(truth.threshold, ", "));
  const auto cells = [](const auto& values) {
    return fmt::format("{:>12}{:>12}{:>12}", report::grouped(values[0]), report::grouped(values[1]),
                       report::grouped(values[2]));
  };
  text += fmt::format("  {:<26}{:>12}{:>12}{:>12}\n", "generation", 0, 1, 2);
  for (const Named& each : kFigures) {
    text += fmt::format("  {:<26}{}\n", each.name, cells(truth.first.*each.in));
    if (truth.second.*each.in != truth.first.*each.in)
      text += fmt::format("  {:<26}{}\n", "  in the second run", cells(truth.second.*each.in));
    if (truth.predicted) text += fmt::format("  {:<26}{}\n", "  predicted", cells(*truth.predicted.*each.in));
  }
  return text;
}

Json json_of(const Figures& figures) {
  Json json;
  for (const Named& each : kFigures) json[each.name] = figures.*each.in;
  return json;
}

Json json_of(const Truth& truth) {
  Json json{{"python", truth.python}, {"threshold", truth.threshold}, {"truth", json_of(truth.first)}};
  if (truth.second != truth.first) json["second_run"] = json_of(truth.second);
  if (truth.predicted) json["predicted"] = json_of(*truth.predicted);
  return json;
}

double milliseconds_of(const report::MeasuredRun& run) {
  double nanoseconds = 0;
  for (const report::MeasuredPause& pause : run) nanoseconds += pause.nanoseconds;
  return nanoseconds / 1e6;
}

double predicted_milliseconds(const report::PauseFit& fit, const Truth& truth) {
  const Work& work = truth.predicted_work;
  return fit.nanoseconds(work.collections, work.walked, work.collected) / 1e6;
}

std::string text_of(const report::PauseFit& fit, const std::vector<Truth>& truths) {
  std::string text = fmt::format(
      "\nPauses, in processor time: a fit to {} collections\n"
      "  {:.2f} us for each, {:.1f} ns for each object walked, {:.1f} ns for each collected\n"
      "  a total that the other runs predict was off by up to {:.0f} %\n  {:<26}{:>12}{}\n",
      fit.measured, fit.per_collection / 1000, fit.per_walked, fit.per_collected, 100 * fit.error,
      "milliseconds", "measured", truths.front().predicted ? "   predicted" : "");
  for (const Truth& truth : truths) {
    text += fmt::format("  {:<26}{:>12.3f}", fmt::format("{}", fmt::join(truth.threshold, ", ")),
                        milliseconds_of(truth.pauses));
    if (truth.predicted) text += fmt::format("{:>12.3f}", predicted_milliseconds(fit, truth));
    text += '\n';
  }
  return text;
}

// With a fit each run has its pauses, too.
std::string report(const std::vector<Truth>& truths, const std::optional<report::PauseFit>& fit,
                   bool is_json) {
  std::string text;
  Json json = Json::array();
  for (const Truth& truth : truths) {
    text += (text.empty() ? "" : "\n") + text_of(truth);
    json.push_back(json_of(truth));
    if (!fit) continue;
    json.back()["pauses_milliseconds"] = milliseconds_of(truth.pauses);
    if (truth.predicted) json.back()["predicted_pauses_milliseconds"] = predicted_milliseconds(*fit, truth);
    json.back()["pauses_error"] = fit->error;
  }
  if (is_json) return json.dump(2) + "\n";
  return fit ? text + text_of(*fit, truths) : text;
}

// Nothing is said of pauses that nobody asked for.
std::optional<report::PauseFit> fit_to(const std::vector<Truth>& truths, const TruthOptions& options) {
  if (!options.has_pauses) return std::nullopt;
  std::vector<report::MeasuredRun> runs;
  for (const Truth& truth : truths) runs.push_back(truth.pauses);
  const auto fit = report::fit_pauses(runs);
  if (!fit)
    throw UsageError("--pauses: too few collections to say how long they take\n  try lower thresholds");
  if (!options.calibration.empty()) {
    OutputFile file(options.calibration, options.force);
    file.write(calibration_text(*fit, truths.front().python));
    file.commit();
  }
  return fit;
}

}  // namespace

ExitStatus run_truth(const Arguments& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  const Arguments own(arguments.begin(), dashes);
  Arguments command(dashes == arguments.end() ? dashes : dashes + 1, arguments.end());
  CLI::App app(kDescription, "gcsim truth");
  TruthOptions options;
  app.add_option("--threshold", options.thresholds, "as gc.set_threshold takes them; once for each run")
      ->type_name("A,B,C")
      ->allow_extra_args(false);
  app.add_option("--trace", options.trace, "a recording of the program: what its replay predicts")
      ->type_name("FILE");
  define_placement(app, options.rules);
  app.add_option("--python", options.python, "the interpreter; otherwise the first word behind -- is it")
      ->type_name("PYTHON");
  app.add_option("--format", options.format, "text or json")->type_name("F")->capture_default_str();
  app.add_flag("--pauses", options.has_pauses, "measure how long the collections take, in runs of their own");
  app.add_option("--calibration", options.calibration,
                 "write what --pauses found, for gcsim replay --calibration")
      ->type_name("FILE");
  app.add_flag("--force", options.force, "overwrite that FILE");
  if (const auto status = parse(app, own)) return *status;
  if (!options.calibration.empty()) options.has_pauses = true;
  const bool is_json = choose("--format", options.format, kFormats);
  if (!options.python.empty()) command.insert(command.begin(), options.python);
  if (command.size() < 2 || options.thresholds.empty()) {
    throw UsageError("nothing to run\n  gcsim truth --threshold 700,10,10 -- python app.py");
  }
  const std::vector<Threshold> thresholds = parse_thresholds(options.thresholds);
  const Overrides rules = plan_rules(options.rules);
  const Interpreter python = find_interpreter(command.front());
  fix_what_varies();
  std::vector<Truth> truths;
  ExitStatus status = ExitStatus::fine;
  for (const Threshold& threshold : thresholds) {
    Truth truth = measure(python, command, threshold, options.has_pauses);
    if (truth.second != truth.first) status = ExitStatus::check_failed;
    if (!options.trace.empty()) {
      auto predicted = predict(options.trace, rules, threshold);
      if (const auto* error = std::get_if<trace::TraceError>(&predicted)) return report_fault(*error);
      const auto& prediction = std::get<Prediction>(predicted);
      truth.predicted = prediction.figures;
      truth.predicted_work = prediction.work;
    }
    truths.push_back(std::move(truth));
  }
  StandardOutput().write(report(truths, fit_to(truths, options), is_json));
  if (status != ExitStatus::fine)
    print_message("gcsim: the two runs of the program differ: it does not always do the same\n");
  return status;
}

}  // namespace gcsim::cli
