// gcsim sweep: one trace under many settings.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>

#include "band.h"
#include "gcsim/sweep/one_pass.h"
#include "gcsim/sweep/report.h"
#include "gcsim/sweep/store.h"
#include "gcsim/version.h"
#include "input.h"
#include "messages.h"
#include "numbers.h"
#include "output.h"
#include "rules.h"
#include "sweep_grid.h"
#include "sweep_results.h"
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
  gcsim sweep app.trace --threshold0 100:100k:x1.1 --shard 1/8 --format jsonl -o part1.jsonl    see gcsim merge

Replays a trace under many thresholds: what the collections of each setting cost, what they find, and how much
garbage lies about meanwhile. The default setting is always among them.
)";

enum class Method { automatic, replay, one_pass };
constexpr Choice<Method> kMethods[] = {
    {"auto", Method::automatic}, {"replay", Method::replay}, {"one-pass", Method::one_pass}};
// With fewer settings to compute, replays are as quick.
constexpr std::size_t kLeastForOnePass = 4;

struct SweepOptions {  // as typed
  std::string trace;
  GridOptions grid;
  bool ignore_own_settings = false;
  RulesOptions rules;  // the placement
  bool band = false;
  std::string jobs;
  std::string method = "auto";
  std::string verify;
  bool dry_run = false;
  std::string store;
  bool list = false;
  bool exports = false;
  std::string shard;
  ResultsOptions results;
  bool quiet = false;
};

void define(CLI::App& app, SweepOptions& o) {
  app.add_option("TRACE", o.trace, "the trace; - is standard input");
  define_grid(app, o.grid);
  app.add_flag("--ignore-own-settings", o.ignore_own_settings,
               "leave out what the trace itself says by gc.set_threshold, gc.enable and gc.disable");
  define_placement(app, o.rules);
  app.add_flag("--band", o.band,
               "approximate recordings: also the range of the figures if garbage is placed elsewhere");
  app.add_option("--jobs", o.jobs, "threads; by default one for each core")->type_name("N");
  app.add_option(
         "--method", o.method,
         "one-pass: all settings from one reading; replay: one replay for each; auto: one-pass where it is "
         "proven to give the same rows")
      ->type_name("M")
      ->capture_default_str();
  app.add_option("--verify", o.verify, "replay N random settings as well, and compare")->type_name("N");
  app.add_flag("--dry-run", o.dry_run, "only list the settings and estimate the time");
  app.add_option("--store", o.store,
                 "an SQLite file of rows: what it has of this trace is not computed again, the rest is added")
      ->type_name("FILE");
  app.add_flag("--list", o.list, "only list the traces of the store");
  app.add_flag("--export", o.exports, "only report what the store has of TRACE, or of its only trace");
  app.add_option("--shard", o.shard,
                 "compute only part I of N; auto: as SLURM, Open MPI or Kubernetes say, auto/N where they "
                 "don't say N")
      ->type_name("I/N");
  define_results(app, o.results);
  app.add_flag("-q,--quiet", o.quiet, "no progress, no notes");
}

unsigned parse_jobs(const std::string& text) {
  if (text.empty()) return std::max(std::thread::hardware_concurrency(), 1u);
  const auto n = parse_number(text);
  if (!n || *n < 1 || *n > 1024)
    throw UsageError(fmt::format("--jobs: expected a number of threads, got '{}'", text));
  return static_cast<unsigned>(*n);
}

std::size_t parse_verify(const std::string& text) {
  if (text.empty()) return 0;
  const auto n = parse_number(text);
  if (!n) throw UsageError(fmt::format("--verify: expected a number of settings, got '{}'", text));
  return *n;
}

std::optional<double> placement_of(const SweepOptions& o) {
  if (o.rules.placement.empty()) return std::nullopt;
  return parse_placement(o.rules.placement);
}

// How far the replays are.
class Progress {
 public:
  Progress(bool quiet, std::size_t settings, EventIndex events)
      : quiet_(quiet), settings_(settings), all_(settings * events) {}

  void add(std::uint64_t events) {
    if (quiet_) return;
    const std::lock_guard lock(mutex_);
    done_ += events;
    if (!line_.is_due()) return;
    const double rate = static_cast<double>(done_) / line_.seconds();
    const auto left = static_cast<double>(all_ - std::min(all_, done_)) / rate;
    line_.show(fmt::format("{} of {} settings, {:.1f} M events/s, {:.0f} s left",
                           all_ == 0 ? 0 : done_ * settings_ / all_, settings_, rate / 1e6, left));
  }

 private:
  bool quiet_;
  std::size_t settings_;
  std::uint64_t all_;
  std::uint64_t done_ = 0;
  ProgressLine line_;
  std::mutex mutex_;
};

class Sweeping {
 public:
  explicit Sweeping(const SweepOptions& options)
      : o_(options), grid_(plan_grid(options.grid)), results_(options.results) {
    method_ = choose("--method", o_.method, kMethods);
    verify_ = parse_verify(o_.verify);
    replays_.jobs = parse_jobs(o_.jobs);
    replays_.leaves_out_own_settings = o_.ignore_own_settings;
  }

  ExitStatus run() {
    trace_ = std::make_unique<SweptTrace>(o_.trace, placement_of(o_));
    if (!read_header()) return status_;
    if (o_.dry_run) return dry_run();
    results_.open();
    if (!o_.store.empty()) store_ = std::make_unique<sweep::Store>(o_.store, sweep::Store::Access::write);
    if (!compute() || (o_.band && !compute_range())) return status_;
    return worse(status_, results_.write(sweep_));
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
    sweep_.facts.gcsim = kVersion;
    default_ = settings_.front();
    if (o_.band) sweep_.facts.placements = placements_of_band(own_placement());
    take_shard();
    return true;
  }

  double own_placement() const {
    const std::optional<double> own = trace_->placement();
    if (!own)
      throw UsageError(
          fmt::format("--band: {} is no approximate recording, its figures are exact", trace_->name()));
    return *own;
  }

  // The same settings again, with garbage placed elsewhere.
  bool compute_range() {
    const sweep::Sweep usual = sweep_;
    const SweptTrace own = *trace_;
    sweep::Sweep range = usual;
    range.widen(usual.rows);
    for (const double placement : usual.facts.placements) {
      if (placement == own.placement()) continue;
      *trace_ = own.placed_at(placement);
      sweep_.facts.sha256 = trace_->sha256();
      is_known_.clear();
      is_read_ = false;
      if (!compute()) return false;
      range.widen(sweep_.rows);
    }
    sweep_ = range;
    return true;
  }

  void take_shard() {
    if (o_.shard.empty()) return;
    const sweep::Shard shard = parse_shard(o_.shard);
    std::vector<sweep::Setting> mine;
    for (std::size_t k = 0; k < settings_.size(); ++k) {
      if (shard.has(k)) mine.push_back(settings_[k]);
    }
    settings_ = std::move(mine);
    sweep_.facts.shard = shard;
  }

  bool compute() {
    const sweep::Open open = trace_->opener();
    sweep_.facts.method = "store";
    if (sweep_.facts.shard.number == 1) sweep_.base = 0;
    sweep_.rows.resize(settings_.size());
    is_known_.resize(settings_.size());
    for (std::size_t k = 0; k < settings_.size(); ++k) place_.emplace(settings_[k], k);
    if (store_ != nullptr && store_->look_up(sweep_.facts)) {
      is_read_ = true;
      take(store_->find(sweep_.facts, settings_));
    }
    if (!compute_missing(open)) return false;
    if (!sweep_.facts.complete) status_ = ExitStatus::trace_truncated;
    return verify(open);
  }

  bool compute_missing(const sweep::Open& open) {
    if (is_read_ && missing().empty()) return true;
    if (method_ != Method::replay && !compute_in_one_pass(open)) return false;
    return (is_read_ || compute_default(open)) && replay_missing(open);
  }

  void take(std::span<const sweep::Row> rows) {
    for (const sweep::Row& row : rows) {
      const auto at = place_.find(row.setting);
      if (at == place_.end()) continue;  // the default, in another part than the first
      sweep_.rows[at->second] = row;
      is_known_[at->second] = true;
    }
  }
  void keep(std::span<const sweep::Row> rows) {
    take(rows);
    if (store_ != nullptr) store_->add(sweep_.facts, rows);
  }

  // It shows whether the trace can happen at all, and how long it is.
  bool compute_default(const sweep::Open& open) {
    const sweep::Trial trial = sweep::try_setting(open, default_, replays_);
    if (trial.result.fault) return fault(*trial.result.fault);
    note_read(trial.result.events, trial.result.truncated);
    sweep_.facts.method = "replay";
    note_own_settings(trial.own);
    keep({&trial.row, 1});
    return true;
  }
  void note_read(EventIndex events, bool is_truncated) {
    sweep_.facts.events = events;
    sweep_.facts.complete = !is_truncated;
    is_read_ = true;
  }

  std::vector<sweep::Setting> missing() const {
    std::vector<sweep::Setting> missing;
    for (std::size_t k = 0; k < settings_.size(); ++k) {
      if (!is_known_[k]) missing.push_back(settings_[k]);
    }
    return missing;
  }

  bool replay_missing(const sweep::Open& open) {
    const std::vector<sweep::Setting> settings = missing();
    if (settings.empty()) return true;
    if (sweep_.facts.method != "one-pass") sweep_.facts.method = "replay";
    return replay(open, settings, [this](std::span<const sweep::Row> rows) {
      keep(rows);
      return true;
    });
  }

  template <class OnRows>
  bool replay(const sweep::Open& open, const std::vector<sweep::Setting>& settings, OnRows on_rows) {
    Progress progress(o_.quiet, settings.size(), sweep_.facts.events);
    sweep::ReplaysPlan plan = replays_;
    plan.on_progress = [&](std::uint64_t events) { progress.add(events); };
    plan.on_rows = on_rows;
    const sweep::ReplaysResult result = sweep::replay_settings(open, settings, plan);
    if (result.fault) return fault(*result.fault);
    return true;
  }

  // What can be computed that way, profile by profile.
  bool compute_in_one_pass(const sweep::Open& open) {
    const std::vector<sweep::Setting> settings = missing();
    std::vector<const profile::Profile*> profiles;
    for (const sweep::Setting& setting : settings) {
      if (std::find(profiles.begin(), profiles.end(), setting.profile) == profiles.end())
        profiles.push_back(setting.profile);
    }
    for (const profile::Profile* profile : profiles) {
      std::vector<sweep::Setting> of_profile;
      for (const sweep::Setting& setting : settings) {
        if (setting.profile == profile && setting.freeze_at == 0) of_profile.push_back(setting);
      }
      const bool is_worth_it = method_ == Method::one_pass || of_profile.size() >= kLeastForOnePass;
      if (is_worth_it && !of_profile.empty() && !compute_in_one_pass(open, of_profile)) return false;
    }
    if (method_ == Method::one_pass && !missing().empty())
      throw UsageError("--method one-pass: settings with a freeze need replays");
    return true;
  }

  bool compute_in_one_pass(const sweep::Open& open, const std::vector<sweep::Setting>& settings) {
    const auto read = sweep::OnePass::read(open, settings.front(), o_.ignore_own_settings);
    if (const auto* error = std::get_if<trace::TraceError>(&read)) return fault(*error);
    if (const auto* reason = std::get_if<sweep::OnePass::NotProven>(&read)) {
      if (method_ == Method::one_pass)
        throw UsageError(fmt::format("--method one-pass: not this trace, because {}", reason->because));
      if (sweep_.facts.because.empty()) sweep_.facts.because = reason->because;
      return true;
    }
    const auto& pass = std::get<sweep::OnePass>(read);
    note_read(pass.events(), pass.is_truncated());
    sweep::OnePass::Plan plan;
    plan.jobs = replays_.jobs;
    plan.on_rows = [this](std::span<const sweep::Row> rows) {
      keep(rows);
      return true;
    };
    pass.compute(settings, plan);
    sweep_.facts.method = "one-pass";
    const auto is_missing = [this](const sweep::Setting& s) { return !is_known_[place_.at(s)]; };
    if (std::any_of(settings.begin(), settings.end(), is_missing)) note_unknown();
    return true;
  }
  void note_unknown() {
    constexpr std::string_view kBecause = "the order of the collector's lists decides what it untracks";
    if (method_ == Method::one_pass)
      throw UsageError(
          fmt::format("--method one-pass: not under all of these settings, because {}", kBecause));
    if (sweep_.facts.because.empty()) sweep_.facts.because = kBecause;
  }

  [[noreturn]] static void fail_check(const sweep::Row& row) {
    throw std::logic_error(fmt::format("one pass and a replay differ under {} {}; --method replay avoids it",
                                       row.setting.profile->name, sweep::words(row.setting)));
  }

  // Replays some settings, the same for the same grid, and compares.
  bool verify(const sweep::Open& open) {
    if (verify_ == 0) return true;
    std::vector<sweep::Setting> chosen = settings_;
    std::mt19937_64 dice(std::stoull(sweep_.facts.grid, nullptr, 16));
    for (std::size_t k = chosen.size(); k > 1; --k) std::swap(chosen[k - 1], chosen[dice() % k]);
    chosen.resize(std::min(verify_, chosen.size()));
    const bool is_done = replay(open, chosen, [this](std::span<const sweep::Row> rows) {
      for (const sweep::Row& row : rows) {
        if (!(sweep_.rows[place_.at(row.setting)] == row)) fail_check(row);
      }
      return true;
    });
    if (is_done && !o_.quiet)
      print_message(
          fmt::format("gcsim: note: {} settings replayed, their rows are the same\n", chosen.size()));
    return is_done;
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
    const auto start = std::chrono::steady_clock::now();
    const ReplayResult sample = gcsim::replay(reader, *simulator, options);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
  Results results_;
  Method method_ = Method::automatic;
  std::size_t verify_ = 0;
  sweep::ReplaysPlan replays_;
  ExitStatus status_ = ExitStatus::fine;
  std::unique_ptr<SweptTrace> trace_;
  std::unique_ptr<sweep::Store> store_;  // null: none is wanted
  sweep::Setting default_;
  std::vector<sweep::Setting> settings_;
  std::map<sweep::Setting, std::size_t> place_;  // in settings_
  std::vector<bool> is_known_;                   // by setting: its row is there
  bool is_read_ = false;                         // the trace, to its end: its facts are known
  sweep::Sweep sweep_;
};

// What the store has, without computing anything.
class Exporting {
 public:
  explicit Exporting(const SweepOptions& options) : o_(options), results_(options.results) {}

  ExitStatus run() {
    const sweep::Store store(o_.store, sweep::Store::Access::read);
    results_.open();
    sweep::Sweep sweep;
    sweep.facts = choose_trace(store.list());
    sweep.rows = store.rows(sweep.facts);
    sweep.facts.settings = sweep.rows.size();
    sweep.facts.gcsim = kVersion;
    sweep.facts.method = "store";
    std::vector<sweep::Setting> settings;
    for (const sweep::Row& row : sweep.rows) settings.push_back(row.setting);
    sweep.facts.grid = sweep::digest_of(settings);
    return results_.write(sweep);
  }

 private:
  sweep::SweepFacts choose_trace(const std::vector<sweep::Store::Entry>& entries) const {
    std::vector<sweep::SweepFacts> fitting;
    const std::string sha256 = o_.trace.empty() ? "" : SweptTrace(o_.trace, placement_of(o_)).sha256();
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
  Results results_;
};

ExitStatus list(const SweepOptions& o) {
  const sweep::Store store(o.store, sweep::Store::Access::read);
  std::string text;
  for (const sweep::Store::Entry& entry : store.list()) {
    const std::size_t placed = entry.facts.sha256.find(' ');
    text += fmt::format("{}  {:>9} rows  {:>12} events  {}{}{}{}\n", entry.facts.sha256.substr(0, 12),
                        entry.rows, entry.facts.events, entry.facts.trace,
                        placed == std::string::npos ? "" : ", garbage" + entry.facts.sha256.substr(placed),
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
  try {
    if (options.list) return list(options);
    if (options.exports) return Exporting(options).run();
    return Sweeping(options).run();
  } catch (const sweep::StoreError& error) {
    throw InputOutputError(error.what());
  }
}

}  // namespace gcsim::cli
