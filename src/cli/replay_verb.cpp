// gcsim replay: one walk from the trace to a report.
#include <fmt/format.h>

#include <memory>

#include "gcsim/replay.h"
#include "input.h"
#include "output.h"
#include "replay_options.h"
#include "tap.h"
#include "terminal.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

ExitStatus run(const ReplayPlan& plan) {
  Input input = open_input(plan.trace);
  auto opened = trace::open(std::move(input.source), input.name);
  if (const auto* error = std::get_if<trace::TraceError>(&opened)) {
    print_message(trace::format(*error));
    return status_of(error->fault);
  }
  trace::Reader& reader = *std::get<std::unique_ptr<trace::Reader>>(opened);
  auto chosen = settings_for(reader.header(), plan.rules);
  if (const auto* error = std::get_if<trace::TraceError>(&chosen)) {
    print_message(trace::format(*error));
    return status_of(error->fault);
  }
  const engine::Settings& settings = std::get<engine::Settings>(chosen);
  StandardOutput out;
  auto report = report::make_report(plan.report, reader.vocabulary(), out);
  report->begin(settings);
  auto simulator = engine::Simulator::create(settings, report.get());
  Tap tap(reader, [&](const trace::EventBatch& batch) { report->next_batch(batch); });
  gcsim::ReplayOptions options;
  options.until = plan.until;
  options.on_fault = [&](const trace::TraceError&) { return OnFault::go_on; };
  replay(tap, *simulator, options);
  report->finish({});
  return ExitStatus::fine;
}

}  // namespace

ExitStatus run_replay(const Arguments& arguments) {
  const auto planned = plan_replay(arguments);
  if (const auto* status = std::get_if<ExitStatus>(&planned)) return *status;
  return run(std::get<ReplayPlan>(planned));
}

}  // namespace gcsim::cli
