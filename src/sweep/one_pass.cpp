#include "gcsim/sweep/one_pass.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include "analysis.h"
#include "base_run.h"
#include "course.h"
#include "lanes.h"

namespace gcsim::sweep {

namespace {

// Some settings side by side, along one reading of the base run.
class Group {
 public:
  using Analysis = OnePass::Analysis;

  Group(const Analysis& analysis, std::span<const Setting> settings, std::vector<Collection>* collections)
      : a_(analysis), shared_(analysis, settings.size()) {
    courses_.reserve(settings.size());
    for (std::size_t k = 0; k < settings.size(); ++k) {
      courses_.emplace_back(analysis, settings[k], shared_, k,
                            collections == nullptr ? nullptr : collections + k);
    }
    known_ = ~LaneSet{0} >> (kLanes - settings.size());
  }

  std::vector<Row> run();

 private:
  bool go(std::size_t end, std::uint64_t end_event);
  bool stop(LaneSet lanes);
  void arrive(std::size_t number);
  void request(const BaseRun::Request& request);
  void check();
  void collect(LaneSet lanes, std::uint64_t event, std::uint64_t seen);
  void collect(std::size_t lane, Generation g, const Moment& moment);
  LaneSet dying_at_once(const Analysis::Arrival& arrival) const;
  void settle_samples(std::uint64_t event);
  const Onsets::Sum& garbage_before(std::uint64_t event);

  const Analysis& a_;
  Shared shared_;
  std::vector<Course> courses_;
  LaneSet known_;  // lanes whose course is

  std::size_t position_ = 0;  // the next step
  std::size_t next_arrival_ = 0;
  std::size_t next_sample_ = 0;
  std::size_t onset_ = 0;
  LaneSet pending_ = 0;                  // lanes in which a collection waits for the check
  std::uint64_t next_check_ = kForever;  // where it runs
};

std::vector<Row> Group::run() {
  std::size_t next_request = 0;
  for (;;) {
    const bool has_request = next_request < a_.run.requests.size();
    const std::uint64_t request_event = has_request ? a_.run.requests[next_request].event : kForever;
    if (pending_ != 0 && next_check_ < request_event) {
      if (go(a_.first_step_after(next_check_, position_), next_check_)) check();
      continue;
    }
    const std::size_t end = has_request ? a_.first_step_after(request_event, position_) : a_.run.code.size();
    if (!go(end, request_event)) continue;
    if (!has_request) break;
    request(a_.run.requests[next_request++]);
  }
  settle_samples(kForever);
  std::vector<Row> rows;
  for_each_lane(known_,
                [&](std::size_t lane) { rows.push_back(courses_[lane].finish(garbage_before(kForever))); });
  return rows;
}

// To the step `end`, and past what became garbage before `end_event`. False: stopped on the way, because
// the first lane waits for a check.
bool Group::go(std::size_t end, std::uint64_t end_event) {
  for (;;) {
    const bool arrives = next_arrival_ < a_.arrivals.size() && a_.arrivals[next_arrival_].since < end_event;
    const std::size_t part = arrives ? std::min<std::size_t>(end, a_.arrivals[next_arrival_].step) : end;
    while (position_ < part) {
      const LaneSet stopped = shared_.counts.take(a_.run.code[position_]) & known_;
      const bool goes_on = stopped == 0 || stop(stopped);
      ++position_;
      if (!goes_on) return false;
    }
    if (!arrives) return true;
    arrive(next_arrival_++);
  }
}

// In these lanes the step makes the count reach the level. False: they are the first ones that wait for a
// check.
bool Group::stop(LaneSet lanes) {
  const std::uint64_t event = a_.run.event[position_];
  if (a_.collects_in_allocation) {
    const Onsets::Sum& garbage = garbage_before(event);
    for_each_lane(lanes, [&](std::size_t lane) { courses_[lane].settle_garbage(garbage); });
    collect(lanes, event, event);
    return true;
  }
  for_each_lane(lanes, [this](std::size_t lane) {
    shared_.counts.set_level(lane, std::numeric_limits<std::int64_t>::max());
  });
  const bool is_first = pending_ == 0;
  pending_ |= lanes;
  next_check_ = a_.check_after(event);
  return !is_first;
}

// At the check: what its event made garbage is seen.
void Group::check() {
  const std::uint64_t event = next_check_;
  const Onsets::Sum& garbage = garbage_before(event);
  for_each_lane(pending_ & known_, [&](std::size_t lane) { courses_[lane].settle_garbage(garbage); });
  go(position_, event + 1);
  const LaneSet lanes = std::exchange(pending_, 0) & known_;
  for_each_lane(lanes, [this](std::size_t lane) { courses_[lane].wait_for_level(); });
  collect(lanes, event, event + 1);
}

void Group::request(const BaseRun::Request& request) {
  const Onsets::Sum& garbage = garbage_before(request.event);
  settle_samples(request.event);
  shared_.living.go_to(position_);
  for_each_lane(known_, [&](std::size_t lane) {
    courses_[lane].settle_garbage(garbage);
    collect(lane, request.generation, {request.event, request.event, next_arrival_});
  });
}

// Those of the lanes in which one is due.
void Group::collect(LaneSet lanes, std::uint64_t event, std::uint64_t seen) {
  settle_samples(seen);
  shared_.living.go_to(position_);
  for_each_lane(lanes, [&](std::size_t lane) {
    if (const auto due = courses_[lane].due_generation()) collect(lane, *due, {event, seen, next_arrival_});
  });
}

void Group::collect(std::size_t lane, Generation g, const Moment& moment) {
  courses_[lane].collect(g, moment);
  if (!courses_[lane].is_known()) known_ &= ~bit_of(lane);
}

void Group::arrive(std::size_t number) {
  const Analysis::Arrival& arrival = a_.arrivals[number];
  const LaneSet dying = dying_at_once(arrival);
  if (dying == 0) return;
  settle_samples(std::uint64_t{arrival.since} + 1);
  shared_.died_at_once[number] = dying;
  shared_.fates.die(arrival.component, dying);
  for_each_lane(dying, [&](std::size_t lane) { courses_[lane].die_at_once(arrival); });
}

// Where all its holders are gone when it becomes garbage, counting frees it on the spot.
LaneSet Group::dying_at_once(const Analysis::Arrival& arrival) const {
  if (!arrival.may_die_at_once) return 0;
  if (arrival.holder != kNever) return shared_.fates.gone(arrival.holder) & known_;
  LaneSet lanes = known_;
  for (const std::uint32_t holder : a_.clusters.holders_of(a_.clusters.components[arrival.component]))
    lanes &= shared_.fates.gone(holder);
  return lanes;
}

// Those of the events before this one.
void Group::settle_samples(std::uint64_t event) {
  const auto& samples = a_.run.samples;
  if (next_sample_ == samples.size() || samples[next_sample_].event >= event) return;
  while (next_sample_ < samples.size() && samples[next_sample_].event < event) ++next_sample_;
  const BaseRun::Sample& largest = samples[next_sample_ - 1];
  shared_.heaps.rise_to(largest.objects, largest.bytes);
}

const Onsets::Sum& Group::garbage_before(std::uint64_t event) {
  const auto& sums = a_.onsets.sums();
  while (onset_ + 1 < sums.size() && sums[onset_ + 1].event < event) ++onset_;
  return sums[onset_];
}

}  // namespace

OnePass::OnePass(std::unique_ptr<Analysis> analysis) : analysis_(std::move(analysis)) {}
OnePass::OnePass(OnePass&&) noexcept = default;
OnePass::~OnePass() = default;

std::variant<OnePass, OnePass::NotProven, trace::TraceError> OnePass::read(const Open& open,
                                                                           const Setting& base,
                                                                           bool leaves_out_own_settings) {
  auto recorded = record_base_run(open, base, leaves_out_own_settings);
  if (auto* error = std::get_if<trace::TraceError>(&recorded)) return std::move(*error);
  if (auto* reason = std::get_if<sweep::NotProven>(&recorded)) return NotProven{std::move(reason->because)};
  auto opened = open();
  if (auto* error = std::get_if<trace::TraceError>(&opened)) return std::move(*error);
  const trace::Header& header = std::get<std::unique_ptr<trace::Reader>>(opened)->header();
  return OnePass(std::make_unique<Analysis>(std::get<BaseRun>(std::move(recorded)), *base.profile,
                                            engine_settings(base, header)));
}

EventIndex OnePass::events() const {
  return analysis_->run.events;
}

bool OnePass::is_truncated() const {
  return analysis_->run.is_truncated;
}

OnePass::Pieces OnePass::pieces() const {
  return {analysis_->clusters.clusters.size(), analysis_->clusters.components.size()};
}

void OnePass::compute(std::span<const Setting> settings, const Plan& plan) const {
  if (plan.collections != nullptr) plan.collections->resize(settings.size());
  const std::size_t share = (settings.size() + plan.jobs - 1) / std::max(plan.jobs, 1u);
  const std::size_t group = std::clamp<std::size_t>(share, 1, kLanes);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stops{false};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (std::size_t begin = next.fetch_add(group); begin < settings.size() && !stops;
           begin = next.fetch_add(group)) {
        Group computed(*analysis_, settings.subspan(begin, std::min(group, settings.size() - begin)),
                       plan.collections == nullptr ? nullptr : plan.collections->data() + begin);
        const auto rows = computed.run();
        const std::lock_guard lock(mutex);
        if (plan.on_rows && !plan.on_rows(rows)) stops = true;
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      stops = true;
    }
  };
  std::vector<std::thread> pool;
  for (unsigned k = 1; k < plan.jobs; ++k) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace gcsim::sweep
