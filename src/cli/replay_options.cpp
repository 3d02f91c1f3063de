#include "replay_options.h"

#include <fmt/format.h>

#include "calibration.h"
#include "numbers.h"
#include "terminal.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim replay app.trace                            what happened, and what is left
  gcsim replay app.trace --threshold 50k,20,100     the same under other thresholds
  gcsim replay app.trace --events none              only the summary
  gcsim replay app.trace --format json -o app.json  for programs
  gcsim replay app.trace --format transcript        every death and collection, to be diffed

Replays a trace and reports the effects of its events and a summary.
TRACE is text, JSON, JSON Lines or binary (.gct).
)";

constexpr Choice<report::Format> kFormats[] = {{"text", report::Format::text},
                                               {"json", report::Format::json},
                                               {"jsonl", report::Format::jsonl},
                                               {"transcript", report::Format::transcript}};
constexpr Choice<report::Events> kEvents[] = {
    {"none", report::Events::none}, {"effects", report::Events::effects}, {"all", report::Events::all}};
constexpr Choice<bool> kOnError[] = {{"stop", true}, {"continue", false}};

void define(CLI::App& app, ReplayOptions& o) {
  app.add_option("TRACE", o.trace, "the trace; - is standard input")->required();
  define_rules(app, o.rules);
  define_placement(app, o.rules);
  app.add_option("--format", o.format, "text, json, jsonl or transcript")
      ->type_name("F")
      ->capture_default_str();
  app.add_option("--events", o.events,
                 "none, effects (events that did something) or all (and each phase of each collection); by "
                 "default json has none, jsonl effects, and text effects if they fit on a screen")
      ->type_name("E");
  app.add_option("--on-error", o.on_error,
                 "stop or continue at an event that can't happen; a transcript continues by default")
      ->type_name("WHAT");
  app.add_option("--until", o.until, "stop behind this event")->type_name("N");
  app.add_flag("--band", o.band,
               "approximate recordings: how far the figures may be off, by replays at several placements");
  app.add_option("--calibration", o.calibration,
                 "what `gcsim truth --calibration` measured: estimate how long the collections take")
      ->type_name("FILE");
  app.add_option("-o,--output", o.output, "write there instead of to standard output")->type_name("FILE");
  app.add_flag("--force", o.force, "overwrite FILE");
  define_color(app, o.color);
  app.add_flag("-q,--quiet", o.quiet, "no progress");
  app.add_flag("-v,--verbose", o.verbose, "say on standard error what is being done");
}

ReplayPlan plan(const ReplayOptions& o) {
  ReplayPlan plan;
  plan.trace = o.trace;
  plan.rules = plan_rules(o.rules);
  plan.report.format = choose("--format", o.format, kFormats);
  plan.report.events =
      o.events.empty() ? report::default_events(plan.report.format) : choose("--events", o.events, kEvents);
  plan.report.color = use_color(choose_color(o.color), o.output == "-");
  plan.stop_at_fault = o.on_error.empty() ? plan.report.format != report::Format::transcript
                                          : choose("--on-error", o.on_error, kOnError);
  if (!o.until.empty()) {
    const auto until = parse_number(o.until);
    if (!until || *until == 0) {
      throw UsageError(fmt::format("--until: expected the number of an event, from 1, got '{}'", o.until));
    }
    plan.until = *until;
  }
  if (o.band && (o.trace == "-" || plan.until != 0 || plan.report.format == report::Format::transcript)) {
    throw UsageError(
        "--band replays the whole trace several times, for the summary: not with standard input, --until or "
        "transcripts");
  }
  plan.band = o.band;
  if (!o.calibration.empty()) plan.pauses = read_calibration(o.calibration);
  plan.output = o.output;
  plan.overwrite = o.force;
  plan.quiet = o.quiet;
  plan.verbose = o.verbose;
  return plan;
}

}  // namespace

std::variant<ReplayPlan, ExitStatus> plan_replay(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim replay");
  ReplayOptions options;
  define(app, options);
  if (const auto status = parse(app, arguments)) return *status;
  return plan(options);
}

}  // namespace gcsim::cli
