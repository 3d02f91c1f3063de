#include "gcsim/sweep/replays.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace gcsim::sweep {

namespace {

constexpr std::size_t kMostSideBySide = 32;

// The settings of one reading.
class Group {
 public:
  Group(std::unique_ptr<trace::Reader> reader, std::span<const Setting> settings, const ReplaysPlan& plan,
        std::vector<Collection>* collections)
      : plan_(plan), reader_(with_own_settings(std::move(reader), plan.leaves_out_own_settings, own_)) {
    for (const Setting& setting : settings) {
      observers_.push_back(std::make_unique<RowObserver>(setting));
      if (collections != nullptr) observers_.back()->keep(collections++);
      simulators_.push_back(simulator_for(setting, reader_->header(), observers_.back().get()));
      side_by_side_.push_back(simulators_.back().get());
    }
  }

  // `is_trial`: an event that all refuse is a fault.
  ReplaysResult run(bool is_trial) {
    ReplaysResult result;
    gcsim::ReplayOptions options;
    options.on_fault = [&](const trace::TraceError& error) {
      const bool is_refusal =
          error.fault >= trace::Fault::unknown_id && error.fault < trace::Fault::unknown_profile;
      if (is_refusal && !is_trial) return OnFault::go_on;
      if (error.fault != trace::Fault::truncated) result.fault = error;
      return OnFault::stop;
    };
    std::vector<Refusals> refusals;
    const ReplayResult replayed = replay_side_by_side(
        *reader_, side_by_side_, options, refusals, [this](const trace::EventBatch& batch) {
          if (plan_.on_progress) plan_.on_progress(batch.events.size() * side_by_side_.size());
        });
    result.events = replayed.events;
    result.truncated = replayed.truncated;
    return result;
  }

  std::vector<Row> rows() {
    std::vector<Row> rows;
    for (std::size_t k = 0; k < observers_.size(); ++k) rows.push_back(observers_[k]->row(*simulators_[k]));
    return rows;
  }
  const OwnSettings& own() const { return own_; }

 private:
  const ReplaysPlan& plan_;
  OwnSettings own_;
  std::unique_ptr<trace::Reader> reader_;
  std::vector<std::unique_ptr<RowObserver>> observers_;
  std::vector<std::unique_ptr<engine::Simulator>> simulators_;
  std::vector<engine::Simulator*> side_by_side_;
};

// Threads that take one group after the other.
class Workers {
 public:
  Workers(const Open& open, std::span<const Setting> settings, const ReplaysPlan& plan)
      : open_(open), settings_(settings), plan_(plan) {
    // Small groups towards the end would leave cores idle; at most as many settings as divide evenly.
    const std::size_t share = (settings.size() + plan.jobs - 1) / std::max(plan.jobs, 1u);
    group_ = std::clamp<std::size_t>(std::min(plan.group, share), 1, kMostSideBySide);
  }

  ReplaysResult run() {
    const std::size_t groups = (settings_.size() + group_ - 1) / group_;
    const std::size_t threads = std::clamp<std::size_t>(plan_.jobs, 1, std::max<std::size_t>(groups, 1));
    std::vector<std::thread> pool;
    for (std::size_t k = 1; k < threads; ++k) pool.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : pool) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    return result_;
  }

 private:
  void work() {
    try {
      while (!stops_) {
        const std::size_t begin = next_.fetch_add(group_);
        if (begin >= settings_.size()) return;
        run_group(begin, std::min(group_, settings_.size() - begin));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stops_ = true;
    }
  }

  void run_group(std::size_t begin, std::size_t n) {
    auto opened = open_();
    if (const auto* error = std::get_if<trace::TraceError>(&opened)) {
      const std::lock_guard lock(mutex_);
      result_.fault = *error;
      stops_ = true;
      return;
    }
    Group group(std::get<std::unique_ptr<trace::Reader>>(std::move(opened)), settings_.subspan(begin, n),
                plan_, plan_.collections == nullptr ? nullptr : plan_.collections->data() + begin);
    const ReplaysResult result = group.run(false);
    const std::vector<Row> rows = result.fault ? std::vector<Row>{} : group.rows();
    const std::lock_guard lock(mutex_);
    result_ = result;
    if (result.fault || (plan_.on_rows && !plan_.on_rows(rows))) stops_ = true;
  }

  const Open& open_;
  std::span<const Setting> settings_;
  const ReplaysPlan& plan_;
  std::size_t group_ = 1;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stops_{false};
  std::mutex mutex_;  // of all below, and of on_rows
  ReplaysResult result_;
  std::exception_ptr failure_;
};

}  // namespace

ReplaysResult replay_settings(const Open& open, std::span<const Setting> settings, const ReplaysPlan& plan) {
  if (plan.collections != nullptr) plan.collections->resize(settings.size());
  return Workers(open, settings, plan).run();
}

Trial try_setting(const Open& open, const Setting& setting, const ReplaysPlan& plan) {
  Trial trial;
  auto opened = open();
  if (const auto* error = std::get_if<trace::TraceError>(&opened)) {
    trial.result.fault = *error;
    return trial;
  }
  Group group(std::get<std::unique_ptr<trace::Reader>>(std::move(opened)), {&setting, 1}, plan, nullptr);
  trial.result = group.run(true);
  trial.own = group.own();
  if (!trial.result.fault) trial.row = group.rows().front();
  return trial;
}

}  // namespace gcsim::sweep
