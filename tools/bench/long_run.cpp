#include "long_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

#include "decoded.h"
#include "gcsim/replay.h"
#include "measure.h"
#include "workloads.h"

namespace gcsim::bench {
namespace {

// The reading end of a pipe into which a child writes the trace.
std::FILE* start_writing(const nlohmann::json& request) {
  int ends[2];
  if (pipe(ends) != 0) fail("no pipe");
  const pid_t child = fork();
  if (child < 0) fail("no child process");
  if (child == 0) {
    close(ends[0]);
    std::FILE* const out = fdopen(ends[1], "wb");
    write_workload(request, trace::Format::text, [out](std::string_view text) {
      if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) _exit(70);
    });
    _exit(std::fclose(out) == 0 ? 0 : 70);
  }
  close(ends[1]);
  return fdopen(ends[0], "rb");
}

// The rates of the slices of a quarter. Other programs slow most of them down, by caches and cores that they
// share; what the fastest ones took is nearest to what the work takes.
class Slices {
 public:
  explicit Slices(std::uint64_t events) : events_(events) {}

  void at(std::uint64_t event, double seconds) {
    if (event - begin_event_ < events_) return;
    rates_.push_back(static_cast<double>(event - begin_event_) / (seconds - begin_));
    begin_event_ = event;
    begin_ = seconds;
  }
  double tenth_fastest_of_hundred() {
    if (rates_.empty()) return 0;
    const auto place = rates_.begin() + static_cast<std::ptrdiff_t>(rates_.size() / 10);
    std::nth_element(rates_.begin(), place, rates_.end(), std::greater<>());
    const double rate = *place;
    rates_.clear();
    return rate;
  }

 private:
  std::uint64_t events_;
  std::uint64_t begin_event_ = 0;
  double begin_ = 0;
  std::vector<double> rates_;
};

}  // namespace

void replay_long(const nlohmann::json& request, const std::function<void(const Mark&)>& mark) {
  auto opened = trace::open(trace::file_source(start_writing(request)), "a long trace");
  if (auto* error = std::get_if<trace::TraceError>(&opened)) fail(trace::format(*error));
  trace::Reader& reader = *std::get<std::unique_ptr<trace::Reader>>(opened);
  auto simulator = engine::Simulator::create(settings_of(reader.header(), ""), nullptr);
  const std::uint64_t quarter = request.at("knobs").at("events").get<std::uint64_t>() / 4;
  std::uint64_t quarters = 0;
  Slices slices(quarter / 100);
  const double start = cpu_seconds();
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError& error) -> OnFault { fail(trace::format(error)); };
  options.on_batch = [&](const trace::EventBatch& batch) {
    const double seconds = cpu_seconds() - start;
    slices.at(batch.first - 1, seconds);
    if (batch.first <= (quarters + 1) * quarter) return;
    ++quarters;
    mark({batch.first - 1, seconds, slices.tenth_fastest_of_hundred(), resident_kilobytes(),
          simulator->alive()});
  };
  const ReplayResult result = replay(reader, *simulator, options);
  if (!result.complete) fail("the long trace ended early");
  if (quarters < 4) {
    mark({result.events, cpu_seconds() - start, slices.tenth_fastest_of_hundred(), resident_kilobytes(),
          simulator->alive()});
  }
  wait(nullptr);
}

}  // namespace gcsim::bench
