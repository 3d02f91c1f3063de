// gcsim sweep: one trace under many settings.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "gcsim/sweep/report.h"
#include "gcsim/sweep/store.h"
#include "gcsim/version.h"
#include "input.h"
#include "messages.h"
#include "numbers.h"
#include "output.h"
#include "sweep_grid.h"
#include "sweep_trace.h"
#include "terminal.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim sweep app.trace --threshold0 100:100k:x2 --threshold1 5,10,20    a table
  gcsim sweep app.trace --threshold0 100:100k:x1.5 --budget peak_garbage=50MB    the best within a budget
  gcsim sweep app.trace --profile cpython-3.11 --profile cpython-3.13 --threshold0 700,2000 --format csv
  gcsim sweep app.trace --threshold0 1k:100k:x2 --dry-run    what that would be, and how long it takes
  gcsim sweep app.trace --threshold0 100:100k:x1.1 --store rows.sqlite    compute only what is not there yet
  gcsim sweep --store rows.sqlite --list

Replays a trace under many thresholds: what the collections of each setting cost, what they find, and how much
garbage lies about meanwhile. The default setting is always among them.
)";

enum class Format { text, csv, json_lines };
constexpr Choice<Format> kFormats[] = {
    {"text", Format::text}, {"csv", Format::csv}, {"jsonl", Format::json_lines}};

struct SweepOptions {  // as typed
  std::string trace;
  GridOptions grid;
  bool ignore_own_settings = false;
  std::vector<std::string> budgets;
  std::string jobs;
  bool dry_run = false;
  std::string store;
  bool list = false;
  bool exports = false;
  std::string format = "text";
  std::string output = "-";
  bool force = false;
  std::string color = "auto";
  bool quiet = false;
};

void define(CLI::App& app, SweepOptions& o) {
  app.add_option("TRACE", o.trace, "the trace; - is standard input");
  define_grid(app, o.grid);
  app.add_flag("--ignore-own-settings", o.ignore_own_settings,
               "leave out what the trace itself says by gc.set_threshold, gc.enable and gc.disable");
  app.add_option("--budget", o.budgets,
                 "recommend the best setting within: peak_garbage=BYTES, peak_memory=BYTES, visited=OBJECTS, "
                 "pause=OBJECTS walked at once, collections=N")
      ->type_name("COST=N")
      ->allow_extra_args(false);
  app.add_option("--jobs", o.jobs, "threads; by default one for each core")->type_name("N");
  app.add_flag("--dry-run", o.dry_run, "only list the settings and estimate the time");
  app.add_option("--store", o.store,
                 "an SQLite file of rows: what it has of this trace is not computed again, the rest is added")
      ->type_name("FILE");
  app.add_flag("--list", o.list, "only list the traces of the store");
  app.add_flag("--export", o.exports, "only report what the store has of TRACE, or of its only trace");
  app.add_option("--format", o.format, "text, csv or jsonl")->type_name("F")->capture_default_str();
  app.add_option("-o,--output", o.output, "write there instead of to standard output")->type_name("FILE");
  app.add_flag("--force", o.force, "overwrite FILE");
  define_color(app, o.color);
  app.add_flag("-q,--quiet", o.quiet, "no progress, no notes");
}

unsigned parse_jobs(const std::string& text) {
  if (text.empty()) return std::max(std::thread::hardware_concurrency(), 1u);
  const auto n = parse_number(text);
  if (!n || *n < 1 || *n > 1024)
    throw UsageError(fmt::format("--jobs: expected a number of threads, got '{}'", text));
  return static_cast<unsigned>(*n);
}

// A line on standard error about how far the replays are, if that is a terminal.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  Progress(bool quiet, std::size_t settings, EventIndex events)
      : shows_(!quiet && ::isatty(STDERR_FILENO) == 1), settings_(settings), all_(settings * events) {}
  ~Progress() {
    if (shown_) print_message(kEraseLine);
  }

  void add(std::uint64_t events) {
    if (!shows_) return;
    const std::lock_guard lock(mutex_);
    done_ += events;
    const auto now = Clock::now();
    if (now < due_) return;
    due_ = now + std::chrono::milliseconds(200);
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(done_) / seconds;
    const auto left = static_cast<double>(all_ - std::min(all_, done_)) / rate;
    print_message(fmt::format("{}{} of {} settings, {:.1f} M events/s, {:.0f} s left", kEraseLine,
                              all_ == 0 ? 0 : done_ * settings_ / all_, settings_, rate / 1e6, left));
    shown_ = true;
  }

 private:
  static constexpr char kEraseLine[] = "\r\033[K";

  bool shows_;
  std::size_t settings_;
  std::uint64_t all_;
  std::uint64_t done_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point due_ = start_ + std::chrono::seconds(1);
  bool shown_ = false;
  std::mutex mutex_;
};

std::unique_ptr<OutputFile> open_output(const SweepOptions& o) {
  return o.output == "-" ? nullptr : std::make_unique<OutputFile>(o.output, o.force);
}

std::vector<sweep::Budget> parse_budgets(const SweepOptions& o) {
  std::vector<sweep::Budget> budgets;
  for (const std::string& budget : o.budgets) budgets.push_back(parse_budget(budget));
  return budgets;
}

void write(const sweep::Sweep& sweep, const SweepOptions& o, std::span<const sweep::Budget> budgets,
           OutputFile* file) {
  std::string text;
  switch (choose("--format", o.format, kFormats)) {
    case Format::text:
      text = sweep::text_of(sweep, budgets, use_color(choose_color(o.color), file == nullptr));
      break;
    case Format::csv: text = sweep::csv_of(sweep); break;
    case Format::json_lines: text = sweep::json_lines_of(sweep); break;
  }
  if (file == nullptr) return StandardOutput().write(text);
  file->write(text);
  file->commit();
}

// Is there a setting within the budgets, if there are any?
ExitStatus verdict(const sweep::Sweep& sweep, std::span<const sweep::Budget> budgets) {
  if (budgets.empty()) return ExitStatus::fine;
  const auto choice = sweep::choose(sweep.rows, budgets);
  return choice && choice->fits ? ExitStatus::fine : ExitStatus::check_failed;
}

class Sweeping {
 public:
  explicit Sweeping(const SweepOptions& options)
      : o_(options), grid_(plan_grid(options.grid)), budgets_(parse_budgets(options)) {
    replays_.jobs = parse_jobs(o_.jobs);
    replays_.leaves_out_own_settings = o_.ignore_own_settings;
  }

  ExitStatus run() {
    trace_ = std::make_unique<SweptTrace>(o_.trace);
    if (!read_header()) return status_;
    if (o_.dry_run) return dry_run();
    const auto file = open_output(o_);
    if (!o_.store.empty()) store_ = std::make_unique<sweep::Store>(o_.store, sweep::Store::Access::write);
    if (!compute()) return status_;
    write(sweep_, o_, budgets_, file.get());
    return worse(status_, verdict(sweep_, budgets_));
  }

 private:
  bool fault(const trace::TraceError& error) {
    status_ = report_fault(error);
    return false;
  }

  bool read_header() {
    const auto opened = trace_->opener()();
    if (const auto* error = std::get_if<trace::TraceError>(&opened)) return fault(*error);
    const trace::Header& header = std::get<std::unique_ptr<trace::Reader>>(opened)->header();
    const auto own = settings_for(header, {});
    if (const auto* error = std::get_if<trace::TraceError>(&own)) return fault(*error);
    settings_ = settings_of(grid_, header);
    sweep_.facts.trace = base_name(trace_->name());
    sweep_.facts.sha256 = trace_->sha256();
    sweep_.facts.leaves_out_own_settings = o_.ignore_own_settings;
    sweep_.facts.settings = settings_.size();
    sweep_.facts.grid = sweep::digest_of(settings_);
    return true;
  }

  bool compute() {
    const sweep::Open open = trace_->opener();
    sweep_.facts.method = "replay";
    sweep_.base = 0;
    sweep_.rows.resize(settings_.size());
    is_known_.resize(settings_.size());
    if (store_ != nullptr && store_->look_up(sweep_.facts)) take(store_->find(sweep_.facts, settings_));
    if (!is_known_.front() && !compute_default(open)) return false;
    if (!sweep_.facts.complete) status_ = ExitStatus::trace_truncated;
    return compute_rest(open);
  }

  void take(std::span<const sweep::Row> rows) {
    for (const sweep::Row& row : rows) {
      const auto at = static_cast<std::size_t>(std::find(settings_.begin(), settings_.end(), row.setting) -
                                               settings_.begin());
      sweep_.rows[at] = row;
      is_known_[at] = true;
    }
  }
  void keep(std::span<const sweep::Row> rows) {
    take(rows);
    if (store_ != nullptr) store_->add(sweep_.facts, rows);
  }

  // It shows whether the trace can happen at all, and how long it is.
  bool compute_default(const sweep::Open& open) {
    const sweep::Trial trial = sweep::try_setting(open, settings_.front(), replays_);
    if (trial.result.fault) return fault(*trial.result.fault);
    sweep_.facts.events = trial.result.events;
    sweep_.facts.complete = !trial.result.truncated;
    note_own_settings(trial.own);
    keep({&trial.row, 1});
    return true;
  }

  bool compute_rest(const sweep::Open& open) {
    std::vector<sweep::Setting> missing;
    for (std::size_t k = 0; k < settings_.size(); ++k) {
      if (!is_known_[k]) missing.push_back(settings_[k]);
    }
    Progress progress(o_.quiet, missing.size(), sweep_.facts.events);
    replays_.on_progress = [&](std::uint64_t events) { progress.add(events); };
    replays_.on_rows = [this](std::span<const sweep::Row> rows) {
      keep(rows);
      return true;
    };
    const sweep::ReplaysResult result = sweep::replay_settings(open, missing, replays_);
    if (result.fault) return fault(*result.fault);
    return true;
  }

  void note_own_settings(const sweep::OwnSettings& own) {
    if (own.event == 0 || o_.ignore_own_settings || o_.quiet) return;
    print_message(fmt::format(
        "gcsim: note: the trace itself sets thresholds or switches the collector in event {} (line {}); "
        "from there on that holds in every setting. --ignore-own-settings leaves it out\n",
        own.event, own.line));
  }

  // How long the sweep would take, from the beginning of the trace.
  ExitStatus dry_run() {
    constexpr EventIndex kSample = 300'000;
    StandardOutput out;
    for (const sweep::Setting& setting : settings_)
      out.write(fmt::format("{:<16} {}\n", setting.profile->name, sweep::words(setting)));
    auto opened = trace_->opener()();
    auto& reader = *std::get<std::unique_ptr<trace::Reader>>(opened);
    sweep::RowObserver observer(settings_.front());
    const auto simulator = sweep::simulator_for(settings_.front(), reader.header(), &observer);
    gcsim::ReplayOptions options;
    options.until = kSample;
    const auto start = Progress::Clock::now();
    const ReplayResult sample = replay(reader, *simulator, options);
    const double seconds = std::chrono::duration<double>(Progress::Clock::now() - start).count();
    EventIndex events = sample.events;
    trace::EventBatch batch;
    batch.first = events + 1;
    while (sample.events == kSample && reader.next(batch) == trace::Reader::Status::events)
      events += batch.events.size();
    const double each =
        seconds * static_cast<double>(events) / static_cast<double>(std::max<EventIndex>(sample.events, 1));
    const auto settings = static_cast<double>(settings_.size());
    out.write(fmt::format("\n{} settings of {} events each; by replays about {:.1f} s on {} threads\n",
                          settings_.size(), events, each * std::ceil(settings / replays_.jobs),
                          replays_.jobs));
    return status_;
  }

  const SweepOptions& o_;
  GridPlan grid_;
  std::vector<sweep::Budget> budgets_;
  sweep::ReplaysPlan replays_;
  ExitStatus status_ = ExitStatus::fine;
  std::unique_ptr<SweptTrace> trace_;
  std::unique_ptr<sweep::Store> store_;  // null: none is wanted
  std::vector<sweep::Setting> settings_;
  std::vector<bool> is_known_;  // by setting: its row is there
  sweep::Sweep sweep_;
};

// What the store has, without computing anything.
class Exporting {
 public:
  explicit Exporting(const SweepOptions& options) : o_(options), budgets_(parse_budgets(options)) {}

  ExitStatus run() {
    const sweep::Store store(o_.store, sweep::Store::Access::read);
    const auto file = open_output(o_);
    sweep::Sweep sweep;
    sweep.facts = choose_trace(store.list());
    sweep.rows = store.rows(sweep.facts);
    sweep.facts.settings = sweep.rows.size();
    std::vector<sweep::Setting> settings;
    for (const sweep::Row& row : sweep.rows) settings.push_back(row.setting);
    sweep.facts.grid = sweep::digest_of(settings);
    write(sweep, o_, budgets_, file.get());
    return verdict(sweep, budgets_);
  }

 private:
  sweep::SweepFacts choose_trace(const std::vector<sweep::Store::Entry>& entries) const {
    std::vector<sweep::SweepFacts> fitting;
    const std::string sha256 = o_.trace.empty() ? "" : SweptTrace(o_.trace).sha256();
    for (const sweep::Store::Entry& entry : entries) {
      if (entry.gcsim != kVersion || entry.facts.leaves_out_own_settings != o_.ignore_own_settings) continue;
      if (sha256.empty() || entry.facts.sha256 == sha256) fitting.push_back(entry.facts);
    }
    if (fitting.empty()) {
      throw InputOutputError(o_.trace.empty() ? fmt::format("{} has no rows of this gcsim", o_.store)
                                              : fmt::format("{} has no rows of {}", o_.store, o_.trace));
    }
    if (fitting.size() > 1)
      throw UsageError(
          fmt::format("{} has rows of {} traces: name one; --list lists them", o_.store, fitting.size()));
    return fitting.front();
  }

  const SweepOptions& o_;
  std::vector<sweep::Budget> budgets_;
};

ExitStatus list(const SweepOptions& o) {
  const sweep::Store store(o.store, sweep::Store::Access::read);
  std::string text;
  for (const sweep::Store::Entry& entry : store.list()) {
    text += fmt::format("{}  {:>9} rows  {:>12} events  {}{}{}\n", entry.facts.sha256.substr(0, 12),
                        entry.rows, entry.facts.events, entry.facts.trace,
                        entry.facts.leaves_out_own_settings ? ", its own settings left out" : "",
                        entry.gcsim == kVersion ? "" : ", by gcsim " + entry.gcsim);
  }
  StandardOutput().write(text);
  return ExitStatus::fine;
}

void check_combination(const SweepOptions& o) {
  if ((o.list || o.exports) && o.store.empty())
    throw UsageError(fmt::format("{}: name the --store", o.list ? "--list" : "--export"));
  if (o.trace.empty() && !o.list && !o.exports)
    throw UsageError("TRACE is required\n  `gcsim sweep --help` shows how it is used");
}

}  // namespace

ExitStatus run_sweep(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim sweep");
  SweepOptions options;
  define(app, options);
  if (const auto status = parse(app, arguments)) return *status;
  check_combination(options);
  choose("--format", options.format, kFormats);
  choose_color(options.color);
  try {
    if (options.list) return list(options);
    if (options.exports) return Exporting(options).run();
    return Sweeping(options).run();
  } catch (const sweep::StoreError& error) {
    throw InputOutputError(error.what());
  }
}

}  // namespace gcsim::cli
