// gcsim compare: one trace under several rules, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "digest.h"
#include "gcsim/replay.h"
#include "gcsim/report/comparison.h"
#include "input.h"
#include "messages.h"
#include "output.h"
#include "rules.h"
#include "session.h"
#include "terminal.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim compare app.trace --profile ruby-mark-sweep           the trace's own rules, and these
  gcsim compare app.trace --profile cpython-3.11 --profile cpython-3.13
  gcsim compare app.trace --collector none --collector mark-sweep   the same profile, other collectors
  gcsim compare app.trace --profile textbook --format json    for programs

Replays a trace under several rules at once: the work they cost, the pauses they make, the garbage that waits,
and the first event at which they differ.
)";

constexpr std::size_t kMostRuns = 16;
constexpr Choice<bool> kFormats[] = {{"text", false}, {"json", true}};

struct CompareOptions {  // as typed
  std::string trace;
  std::vector<std::string> profiles;
  std::vector<std::string> collectors;
  RulesOptions rules;  // for all runs
  std::string format = "text";
  std::string output = "-";
  bool force = false;
  std::string color = "auto";
  bool quiet = false;
};

void define(CLI::App& app, CompareOptions& o) {
  app.add_option("TRACE", o.trace, "the trace; - is standard input")->required();
  app.add_option(
         "--profile", o.profiles,
         "rules to follow (`gcsim profiles` lists them); given once, the trace's own are the first run")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--collector", o.collectors,
                 "one more run of the first profile: generations, mark-sweep or none (counting alone)")
      ->type_name("C")
      ->allow_extra_args(false);
  define_limits(app, o.rules);
  define_placement(app, o.rules);
  app.add_option("--format", o.format, "text or json")->type_name("F")->capture_default_str();
  app.add_option("-o,--output", o.output, "write there instead of to standard output")->type_name("FILE");
  app.add_flag("--force", o.force, "overwrite FILE");
  define_color(app, o.color);
  app.add_flag("-q,--quiet", o.quiet, "no progress");
}

// A run's rules as far as the command line says them.
struct Run {
  Overrides rules;
  engine::Settings settings;
};

class Comparing {
 public:
  explicit Comparing(const CompareOptions& options)
      : o_(options), is_json_(choose("--format", options.format, kFormats)) {
    color_ = use_color(choose_color(o_.color), o_.output == "-");
    plan();
  }

  ExitStatus run() {
    if (!open_trace()) return status_;
    if (o_.output != "-") file_ = std::make_unique<OutputFile>(o_.output, o_.force);
    replay_trace();
    if (stopped_by_fault_) return status_;
    const std::string text = is_json_ ? report::json_of(comparison_) : report::text_of(comparison_, color_);
    if (file_ == nullptr) {
      StandardOutput().write(text);
    } else {
      file_->write(text);
      file_->commit();
    }
    return status_;
  }

 private:
  void plan() {
    const Overrides common = plan_rules(o_.rules);
    // A profile that stands alone is compared with the trace's own.
    if (o_.profiles.size() + o_.collectors.size() == 0) {
      throw UsageError(
          "nothing to compare with: name a --profile or a --collector\n"
          "  `gcsim compare --help` shows how it is used");
    }
    if (o_.profiles.size() < 2) runs_.push_back({common, {}});
    for (const std::string& name : o_.profiles) {
      runs_.push_back({common, {}});
      runs_.back().rules.profile = &profile_named(name);
    }
    if (o_.profiles.size() == 1 && !o_.collectors.empty()) runs_.erase(runs_.begin());
    const Overrides first = runs_.front().rules;
    for (const std::string& name : o_.collectors) {
      runs_.push_back({first, {}});
      runs_.back().rules.reclamation = collector_named(name);
    }
    if (runs_.size() > kMostRuns) {
      throw UsageError(fmt::format("at most {} runs can be compared, not {}", kMostRuns, runs_.size()));
    }
  }

  // Only now is it known which rules are the trace's own.
  void settle(const trace::Header& header) {
    for (Run& run : runs_) run.settings = std::get<engine::Settings>(settings_for(header, run.rules));
    for (std::size_t k = 1; k < runs_.size(); ++k) {
      const auto is_same = [&](const Run& other) {
        return other.settings.profile == runs_[k].settings.profile &&
               other.settings.reclamation == runs_[k].settings.reclamation;
      };
      if (std::none_of(runs_.begin(), runs_.begin() + static_cast<std::ptrdiff_t>(k), is_same)) continue;
      const bool was_named = runs_[0].rules.profile != nullptr;
      throw UsageError(fmt::format("{} would be compared with itself{}", runs_[k].settings.profile->name,
                                   was_named ? "" : ": it is what the trace is replayed under anyway"));
    }
  }

  bool open_trace() {
    Input input = open_input(o_.trace);
    if (!o_.quiet) input.source = with_progress(std::move(input.source), input.size);
    if (is_json_) {
      digest_ = std::make_shared<Digest>(std::move(input.source));
      input.source = Digest::source_of(digest_);
    }
    auto opened = open_session(std::move(input), runs_.front().rules);
    if (const auto* error = std::get_if<trace::TraceError>(&opened)) {
      status_ = report_fault(*error);
      return false;
    }
    session_ = std::get<Session>(std::move(opened));
    settle(session_.reader->header());
    return true;
  }

  void replay_trace() {
    const trace::Vocabulary& words = session_.reader->vocabulary();
    std::vector<std::unique_ptr<engine::Simulator>> simulators;
    std::vector<engine::Simulator*> side_by_side;
    std::vector<const report::EffectLog*> logs;
    for (const Run& run : runs_) {
      observers_.push_back(std::make_unique<report::RunObserver>(run.settings, words));
      simulators.push_back(engine::Simulator::create(run.settings, observers_.back().get()));
      side_by_side.push_back(simulators.back().get());
      logs.push_back(&observers_.back()->effects());
    }
    report::DifferenceFinder finder(runs_.size());
    gcsim::ReplayOptions options;
    options.on_fault = [this](const trace::TraceError& error) {
      status_ = worse(status_, report_fault(error));
      stopped_by_fault_ = error.fault != trace::Fault::truncated;
      return OnFault::stop;
    };
    options.on_batch = [&](const trace::EventBatch&) {
      for (const auto& observer : observers_) observer->begin_batch(!finder.is_done());
    };
    std::vector<Refusals> refusals;
    const ReplayResult result =
        replay_side_by_side(*session_.reader, side_by_side, options, refusals,
                            [&](const trace::EventBatch& batch) { finder.compare(batch, logs, words); });
    if (stopped_by_fault_) return;
    comparison_.differences = finder.differences();
    for (std::size_t k = 0; k < runs_.size(); ++k) {
      comparison_.runs.push_back(observers_[k]->figures(*simulators[k]));
      comparison_.runs.back().refused_events = refusals[k].events;
      if (refusals[k].first) comparison_.runs.back().first_refusal = in_one_line(*refusals[k].first);
    }
    comparison_.trace = facts(result);
  }

  static std::string in_one_line(const trace::TraceError& error) {
    const std::string text = trace::format(error);
    return text.substr(0, text.find('\n'));
  }

  report::TraceFacts facts(const ReplayResult& result) {
    report::TraceFacts facts = facts_of(session_);
    facts.events = result.events;
    facts.faults = result.faults;
    facts.complete = !result.truncated;
    if (digest_ != nullptr) facts.sha256 = digest_->hex();
    return facts;
  }

  const CompareOptions& o_;
  bool is_json_ = false;
  bool color_ = false;
  std::vector<Run> runs_;
  ExitStatus status_ = ExitStatus::fine;
  bool stopped_by_fault_ = false;
  Session session_;
  std::shared_ptr<Digest> digest_;  // null: nobody asks for it
  std::unique_ptr<OutputFile> file_;
  std::vector<std::unique_ptr<report::RunObserver>> observers_;
  report::Comparison comparison_;
};

}  // namespace

ExitStatus run_compare(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim compare");
  CompareOptions options;
  define(app, options);
  if (const auto status = parse(app, arguments)) return *status;
  return Comparing(options).run();
}

}  // namespace gcsim::cli
