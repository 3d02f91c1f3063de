// gcsim validate: every fault of a trace, not only the first.
#include <fmt/format.h>

#include <vector>

#include "gcsim/replay.h"
#include "gcsim/report/expectation.h"
#include "messages.h"
#include "numbers.h"
#include "output.h"
#include "rules.h"
#include "session.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim validate app.trace
  gcsim validate app.trace --max-errors 10

Reads traces to their end and reports every fault: what can't be read, what can't have happened, and
expectations that can't be understood. Whether expectations hold is for `gcsim check`.
)";

struct ValidateOptions {
  std::vector<std::string> traces;
  RulesOptions rules;
  std::string max_errors = "100";
};

struct ValidatePlan {
  std::vector<std::string> traces;
  Overrides rules;
  std::uint64_t max_errors = 0;
};

ValidatePlan plan_validate(const ValidateOptions& o) {
  const auto max_errors = parse_number(o.max_errors);
  if (!max_errors || *max_errors == 0) {
    throw UsageError(fmt::format("--max-errors: expected a number from 1, got '{}'", o.max_errors));
  }
  return {o.traces, plan_rules(o.rules), *max_errors};
}

class TraceValidation {
 public:
  TraceValidation(const std::string& path, const ValidatePlan& plan) : path_(path), plan_(plan) {}

  ExitStatus run() {
    auto opened = open_session(open_input(path_), plan_.rules);
    if (const auto* error = std::get_if<trace::TraceError>(&opened)) {
      note(*error);
      return close(path_, 0);
    }
    auto& session = std::get<Session>(opened);
    auto simulator = engine::Simulator::create(session.settings, nullptr);
    gcsim::ReplayOptions options;
    options.on_fault = [this](const trace::TraceError& error) { return note(error); };
    options.on_batch = [&](const trace::EventBatch& batch) { validate_expectations(batch, session.name); };
    const ReplayResult result = replay(*session.reader, *simulator, options);
    return close(session.name, result.events);
  }

 private:
  OnFault note(const trace::TraceError& error) {
    if (faults_ == plan_.max_errors) return OnFault::stop;
    ++faults_;
    status_ = worse(status_, report_fault(error));
    return faults_ < plan_.max_errors ? OnFault::go_on : OnFault::stop;
  }

  void validate_expectations(const trace::EventBatch& batch, const std::string& name) {
    for (const trace::Expectation& e : batch.expectations) {
      const auto parsed = report::parse_expectation(e.text);
      if (const auto* wrong = std::get_if<report::ClauseError>(&parsed))
        note(bad_expectation(e, *wrong, name));
    }
  }

  ExitStatus close(const std::string& name, EventIndex events) const {
    const std::string faults =
        faults_ == 0 ? "no faults" : fmt::format("{} fault{}", faults_, faults_ == 1 ? "" : "s");
    const bool stopped = faults_ == plan_.max_errors;
    StandardOutput().write(fmt::format("{}: {} event{}, {}{}\n", name, events, events == 1 ? "" : "s", faults,
                                       stopped ? "; stopped there (--max-errors)" : ""));
    return status_;
  }

  const std::string& path_;
  const ValidatePlan& plan_;
  std::uint64_t faults_ = 0;
  ExitStatus status_ = ExitStatus::fine;
};

}  // namespace

ExitStatus run_validate(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim validate");
  ValidateOptions options;
  app.add_option("TRACE", options.traces, "the traces; - is standard input")->required();
  app.add_option("--max-errors", options.max_errors, "stop after this many faults of a trace")
      ->type_name("N")
      ->capture_default_str();
  define_profile(app, options.rules);
  define_placement(app, options.rules);
  if (const auto status = parse(app, arguments)) return *status;
  const ValidatePlan plan = plan_validate(options);
  ExitStatus status = ExitStatus::fine;
  for (const std::string& path : plan.traces) status = worse(status, TraceValidation(path, plan).run());
  return status;
}

}  // namespace gcsim::cli
