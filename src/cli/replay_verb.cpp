// gcsim replay: one walk from the trace to a report.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "band.h"
#include "calibration.h"
#include "digest.h"
#include "gcsim/replay.h"
#include "gcsim/report/fanout.h"
#include "input.h"
#include "messages.h"
#include "output.h"
#include "replay_options.h"
#include "session.h"
#include "terminal.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

// The log is for -v alone; results and errors do not go through it.
void open_log(bool verbose) {
  auto log = spdlog::stderr_logger_st("gcsim");
  log->set_pattern("%n: %v");
  log->set_level(verbose ? spdlog::level::info : spdlog::level::off);
  spdlog::set_default_logger(std::move(log));
}

class ReplayRun {
 public:
  explicit ReplayRun(const ReplayPlan& plan) : plan_(plan) {}

  ExitStatus run() {
    if (!open_trace()) return status_;
    open_output();
    observe();
    replay_trace();
    finish();
    return status_;
  }

 private:
  bool is_transcript() const { return plan_.report.format == report::Format::transcript; }

  bool open_trace() {
    Input input = open_input(plan_.trace);
    is_stdin_ = input.is_stdin;
    if (!plan_.quiet) input.source = with_progress(std::move(input.source), input.size);
    if (plan_.report.format == report::Format::json || plan_.report.format == report::Format::jsonl) {
      digest_ = std::make_shared<Digest>(std::move(input.source));
      input.source = Digest::source_of(digest_);
    }
    auto opened = open_session(std::move(input), plan_.rules);
    if (const auto* error = std::get_if<trace::TraceError>(&opened)) {
      status_ = report_fault(*error);
      return false;
    }
    session_ = std::get<Session>(std::move(opened));
    spdlog::info("{} under {}, thresholds {}", session_.name, session_.settings.profile->name,
                 fmt::join(session_.settings.threshold, ","));
    return true;
  }

  void open_output() {
    if (plan_.output == "-") {
      sink_ = std::make_unique<StandardOutput>();
    } else {
      auto file = std::make_unique<OutputFile>(plan_.output, plan_.overwrite);
      file_ = file.get();
      sink_ = std::move(file);
    }
  }

  void observe() {
    report_ = report::make_report(plan_.report, session_.reader->vocabulary(), *sink_);
    std::vector<engine::Observer*> observers;
    if (report_->wants_summary()) observers.push_back(&tally_);
    if (report_->wants_notices()) observers.push_back(report_.get());
    fanout_ = report::Fanout(observers);
    engine::Observer* only = observers.size() == 1 ? observers.front() : &fanout_;
    simulator_ = engine::Simulator::create(session_.settings, only);
  }

  void replay_trace() {
    report_->begin(session_.settings);
    gcsim::ReplayOptions options;
    options.until = plan_.until;
    options.on_fault = [this](const trace::TraceError& error) { return on_fault(error); };
    options.on_batch = [this](const trace::EventBatch& batch) { report_->next_batch(batch); };
    result_ = replay(*session_.reader, *simulator_, options);
    spdlog::info("{} events, {} faults, {} objects alive", result_.events, result_.faults,
                 simulator_->alive());
  }

  // A transcript tells of refused events itself, and they are no error there.
  OnFault on_fault(const trace::TraceError& error) {
    if (!is_transcript() || plan_.stop_at_fault || !is_refusal(error.fault)) {
      status_ = worse(status_, report_fault(error));
    }
    const bool can_go_on = is_refusal(error.fault) || status_of(error.fault) == ExitStatus::trace_invalid;
    stopped_ = plan_.stop_at_fault || !can_go_on;
    return stopped_ ? OnFault::stop : OnFault::go_on;
  }

  void finish() {
    report::Summary summary;
    if (report_->wants_summary()) {
      summary =
          report::summarize(facts(), session_.settings, *simulator_, tally_, session_.reader->vocabulary());
    }
    if (plan_.band && !stopped_) summary.band = measure_band(plan_.trace, session_, plan_.rules);
    if (plan_.pauses) summary.pauses = estimate_pauses(*plan_.pauses, summary);
    report_->finish(summary);
    if (file_ != nullptr) file_->commit();
  }

  report::TraceFacts facts() {
    report::TraceFacts facts = facts_of(session_);
    facts.events = result_.events;
    facts.faults = result_.faults;
    // Faults that were passed over leave a replay complete; they are counted.
    const bool cut_off = plan_.until != 0 && result_.events == plan_.until && !result_.complete;
    facts.stopped_by_fault = stopped_ && !result_.truncated;
    facts.complete = !stopped_ && !result_.truncated && !cut_off;
    if (digest_ != nullptr) {
      session_.reader->close();
      // A pipe may never end. How much of it was read ahead of where the replay stopped does not matter.
      if (!is_stdin_) digest_->drain();
      if (!is_stdin_ || !(stopped_ || cut_off)) facts.sha256 = digest_->hex();
    }
    return facts;
  }

  const ReplayPlan& plan_;
  ExitStatus status_ = ExitStatus::fine;
  bool stopped_ = false;  // at a fault
  bool is_stdin_ = false;
  Session session_;
  std::shared_ptr<Digest> digest_;  // null: nobody asks for it
  std::unique_ptr<report::Sink> sink_;
  OutputFile* file_ = nullptr;  // the sink, if it is a file
  report::Tally tally_{true};
  std::unique_ptr<report::Report> report_;
  report::Fanout fanout_{{}};
  std::unique_ptr<engine::Simulator> simulator_;
  ReplayResult result_;
};

}  // namespace

ExitStatus run_replay(const Arguments& arguments) {
  const auto planned = plan_replay(arguments);
  if (const auto* status = std::get_if<ExitStatus>(&planned)) return *status;
  const auto& plan = std::get<ReplayPlan>(planned);
  open_log(plan.verbose);
  return ReplayRun(plan).run();
}

}  // namespace gcsim::cli
