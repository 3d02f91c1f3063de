// gcsim check: do the expectations inside traces hold, and do their golden files?
#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

#include "gcsim/replay.h"
#include "gcsim/report/expectation_checker.h"
#include "gcsim/report/fanout.h"
#include "golden.h"
#include "input.h"
#include "messages.h"
#include "output.h"
#include "rules.h"
#include "session.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim check traces/*.trace              the expectations inside, and X.golden beside X.trace
  gcsim check app.trace --golden app.json --update   store today's report
  gcsim check app.trace --golden app.json            fails when it changes

Checks the expectations written in traces (`# expect: free a b`) and golden files: stored transcripts, or
reports in text, JSON or JSON Lines. Exit status 1 if something does not hold.
)";

struct CheckOptions {
  std::vector<std::string> traces;
  RulesOptions rules;
  std::string golden;
  std::string golden_dir;
  bool update = false;
  bool quiet = false;
};

struct CheckPlan {
  CheckOptions options;
  Overrides rules;
};

void define(CLI::App& app, CheckOptions& o) {
  app.add_option("TRACE", o.traces, "the traces; - is standard input")->required();
  app.add_option("--golden", o.golden, "the golden file of the one TRACE")->type_name("FILE");
  app.add_option("--golden-dir", o.golden_dir, "where X.golden of each X.trace lies")->type_name("DIR");
  app.add_flag("--update", o.update,
               "write the golden files instead of comparing; the diff is yours to review");
  define_profile(app, o.rules);
  define_placement(app, o.rules);
  app.add_flag("-q,--quiet", o.quiet, "say nothing if all hold");
}

struct Counts {
  std::uint64_t traces = 0;
  std::uint64_t expectations = 0;
  std::uint64_t goldens = 0;
  std::uint64_t failures = 0;
  std::uint64_t failed_traces = 0;
};

// A golden file of one trace, and the report that must equal it.
struct Golden {
  std::string path;
  std::optional<std::string> content;
  report::Format format = report::Format::transcript;
};

std::optional<Golden> find_golden(const std::string& trace, const CheckOptions& options) {
  const bool asked_for = !options.golden.empty() || !options.golden_dir.empty();
  if (!asked_for && trace == "-") return std::nullopt;
  Golden golden;
  golden.path = options.golden.empty() ? golden_path(trace, options.golden_dir) : options.golden;
  golden.content = read_text(golden.path);
  if (!golden.content && !options.update && !options.golden.empty()) {
    throw InputOutputError(fmt::format("there is no golden file {}; --update makes it", golden.path));
  }
  if (!golden.content && !(asked_for && options.update)) return std::nullopt;
  golden.format = golden_format(golden.path, golden.content);
  return golden;
}

class TraceCheck {
 public:
  TraceCheck(const std::string& path, const CheckPlan& plan, Counts& counts)
      : path_(path), plan_(plan), counts_(counts) {}

  ExitStatus run() {
    golden_ = find_golden(path_, plan_.options);
    auto opened = open_session(open_input(path_), plan_.rules);
    if (const auto* error = std::get_if<trace::TraceError>(&opened)) return report_fault(*error);
    session_ = std::get<Session>(std::move(opened));
    replay_trace();
    ExitStatus status = report_faults();
    status = worse(status, report_failures());
    if (golden_) status = worse(status, compare_golden());
    if (checker_->checked() == 0 && !golden_ && status == ExitStatus::fine) status = nothing_checked();
    return status;
  }

 private:
  struct PendingFault {
    EventIndex event = 0;
    trace::TraceError error;
  };

  void replay_trace() {
    const trace::Vocabulary& words = session_.reader->vocabulary();
    checker_ = std::make_unique<report::ExpectationChecker>(words);
    std::vector<engine::Observer*> observers{checker_.get()};
    if (golden_) {
      report_ =
          report::make_report({golden_->format, report::default_events(golden_->format), false}, words, got_);
      observers.push_back(&tally_);
      if (report_->wants_notices()) observers.push_back(report_.get());
      report_->begin(session_.settings);
    }
    report::Fanout fanout(std::move(observers));
    auto simulator = engine::Simulator::create(session_.settings, &fanout);
    checker_->ask(*simulator);
    ReplayOptions options;
    options.on_batch = [this](const trace::EventBatch& batch) {
      checker_->next_batch(batch);
      if (report_) report_->next_batch(batch);
    };
    options.on_fault = [this](const trace::TraceError& error) {
      faults_.push_back({checker_->event(), error});
      return is_refusal(error.fault) ? OnFault::go_on : OnFault::stop;
    };
    const ReplayResult result = replay(*session_.reader, *simulator, options);
    if (report_) report_->finish(summary(result, *simulator));
  }

  report::Summary summary(const ReplayResult& result, const engine::Simulator& simulator) {
    report::TraceFacts facts = facts_of(session_);
    facts.events = result.events;
    facts.faults = result.faults;
    facts.complete = result.complete;
    return report::summarize(facts, session_.settings, simulator, tally_, session_.reader->vocabulary());
  }

  // An event that is refused as expected is no fault; a golden transcript tells of refusals itself.
  ExitStatus report_faults() {
    const bool in_transcript = golden_ && golden_->format == report::Format::transcript;
    ExitStatus status = ExitStatus::fine;
    for (const PendingFault& fault : faults_) {
      const bool refusal = is_refusal(fault.error.fault);
      if (refusal && (in_transcript || checker_->expects_error(fault.event))) continue;
      status = worse(status, report_fault(fault.error));
    }
    return status;
  }

  ExitStatus report_failures() {
    counts_.expectations += checker_->checked();
    ExitStatus status = ExitStatus::fine;
    for (const report::UnreadableExpectation& u : checker_->unreadable()) {
      status = worse(status, report_fault(bad_expectation(u.expectation, u.error, session_.name)));
    }
    for (const report::ExpectationFailure& f : checker_->failures())
      status = worse(status, report_failure(f));
    return status;
  }

  ExitStatus report_failure(const report::ExpectationFailure& f) {
    ++counts_.failures;
    print_message(
        fmt::format("{}:{}:{}: expectation failed\n  event {}:  {}\n  expected: {}\n  got:      {}\n",
                    session_.name, f.line, f.column, f.event, f.event_text, f.expected, f.got));
    return ExitStatus::check_failed;
  }

  ExitStatus compare_golden() {
    ++counts_.goldens;
    if (plan_.options.update) {
      update_golden();
      return ExitStatus::fine;
    }
    const std::string difference =
        golden_difference(golden_->path, *golden_->content, got_.text, golden_->format);
    if (difference.empty()) return ExitStatus::fine;
    ++counts_.failures;
    print_message(difference);
    return ExitStatus::check_failed;
  }

  void update_golden() {
    if (golden_->content == got_.text) return;
    OutputFile file(golden_->path, true);
    file.write(got_.text);
    file.commit();
    print_message(fmt::format("{}: written\n", golden_->path));
  }

  ExitStatus nothing_checked() {
    ++counts_.failures;
    print_message(fmt::format("{}: nothing was checked: no expectations inside, and no golden file {}\n",
                              session_.name, golden_path(path_, plan_.options.golden_dir)));
    return ExitStatus::check_failed;
  }

  const std::string& path_;
  const CheckPlan& plan_;
  Counts& counts_;
  std::optional<Golden> golden_;
  Session session_;
  std::unique_ptr<report::ExpectationChecker> checker_;
  report::Tally tally_{true};
  report::StringSink got_;
  std::unique_ptr<report::Report> report_;
  std::vector<PendingFault> faults_;
};

std::string plural(std::uint64_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

void print_closing(const Counts& counts) {
  std::string text = plural(counts.traces, "trace");
  if (counts.expectations > 0) text += ", " + plural(counts.expectations, "expectation");
  if (counts.goldens > 0) text += ", " + plural(counts.goldens, "golden file");
  text += counts.failed_traces == 0 ? ": all hold\n"
                                    : fmt::format(": {} failed\n", plural(counts.failed_traces, "trace"));
  StandardOutput().write(text);
}

ExitStatus run(const CheckPlan& plan) {
  Counts counts;
  ExitStatus status = ExitStatus::fine;
  for (const std::string& path : plan.options.traces) {
    const ExitStatus one = TraceCheck(path, plan, counts).run();
    ++counts.traces;
    if (one != ExitStatus::fine) ++counts.failed_traces;
    status = worse(status, one);
  }
  if (!plan.options.quiet || status != ExitStatus::fine) print_closing(counts);
  return status;
}

}  // namespace

ExitStatus run_check(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim check");
  CheckPlan plan;
  define(app, plan.options);
  if (const auto status = parse(app, arguments)) return *status;
  if (!plan.options.golden.empty() && plan.options.traces.size() > 1) {
    throw UsageError("--golden is for a single trace; --golden-dir is for several");
  }
  plan.rules = plan_rules(plan.options.rules);
  return run(plan);
}

}  // namespace gcsim::cli
