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

#include "gcsim/replay.h"
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
program's begin to its end. With --trace a replay's prediction stands beside it. What the program prints is thrown away.
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

struct Truth {
  Threshold threshold{};
  std::string python;
  Figures first;
  Figures second;
  std::optional<Figures> predicted;
};

struct TruthOptions {
  std::vector<std::string> thresholds;
  std::string trace;
  std::string python;
  std::string format = "text";
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

std::pair<std::string, Figures> run_once(const Interpreter& python, const Arguments& command,
                                         const Threshold& threshold) {
  const ResultFile result;
  std::vector<std::string> launch{
      python.launcher,   "--truth",     fmt::format("{}", fmt::join(threshold, ",")),
      "--output",        result.path(), "--python",
      python.executable, "--"};
  launch.insert(launch.end(), command.begin(), command.end());
  output_of(launch);
  const Json json = result.read();
  if (!json.is_object())
    throw InputOutputError(fmt::format("{} did not come to its end: there is no truth", command.back()));
  Figures figures;
  for (const Named& each : kFigures) figures.*each.in = json.at(each.name).get<decltype(figures.count)>();
  return {json.at("python").get<std::string>(), figures};
}

Truth measure(const Interpreter& python, const Arguments& command, const Threshold& threshold) {
  Truth truth;
  truth.threshold = threshold;
  std::tie(truth.python, truth.first) = run_once(python, command, threshold);
  truth.second = run_once(python, command, threshold).second;
  return truth;
}

std::variant<Figures, trace::TraceError> predict(const std::string& path, Overrides rules,
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
  Figures figures;
  for (Generation g = 0; g < kGenerations; ++g) {
    const engine::GenerationStats& stats = simulator->generation_stats()[g];
    figures.collections[g] = stats.collections;
    figures.collected[g] = stats.collected;
    figures.uncollectable[g] = stats.uncollectable;
    figures.count[g] = static_cast<std::uint64_t>(simulator->counts()[g]);
  }
  return figures;
}

std::string text_of(const Truth& truth) {
  std::string text =
      fmt::format("cpython-{}, thresholds {}\n", truth.python, fmt::join(truth.threshold, ", "));
  const auto cells = [](const auto& values) {
    return fmt::format("{:>12}{:>12}{:>12}", values[0], values[1], values[2]);
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

std::string report(const std::vector<Truth>& truths, bool is_json) {
  if (is_json) {
    Json json = Json::array();
    for (const Truth& truth : truths) json.push_back(json_of(truth));
    return json.dump(2) + "\n";
  }
  std::string text;
  for (const Truth& truth : truths) text += (text.empty() ? "" : "\n") + text_of(truth);
  return text;
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
  if (const auto status = parse(app, own)) return *status;
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
    Truth truth = measure(python, command, threshold);
    if (truth.second != truth.first) status = ExitStatus::check_failed;
    if (!options.trace.empty()) {
      auto predicted = predict(options.trace, rules, threshold);
      if (const auto* error = std::get_if<trace::TraceError>(&predicted)) return report_fault(*error);
      truth.predicted = std::get<Figures>(predicted);
    }
    truths.push_back(std::move(truth));
  }
  StandardOutput().write(report(truths, is_json));
  if (status != ExitStatus::fine)
    print_message("gcsim: the two runs of the program differ: it does not always do the same\n");
  return status;
}

}  // namespace gcsim::cli
