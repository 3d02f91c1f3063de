// Events per second: replay of decoded events from memory, and each reader alone.
//
//   gcsim_bench [LIVE,LIVE,..] [EVENTS] [ROUNDS]      default: 10000,1000000,10000000 4000000 5
//
// Timed in CPU time of the thread (machines are shared), median of the rounds; workloads take turns within
// a round. See workloads.h for what they do.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "gcsim/replay.h"
#include "workloads.h"

namespace gcsim::bench {
namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::unique_ptr<trace::Reader> open(std::string_view bytes) {
  auto opened = trace::open(trace::memory_source(bytes), "workload");
  if (auto* error = std::get_if<trace::TraceError>(&opened)) {
    std::fputs(trace::format(*error).c_str(), stderr);
    std::exit(70);
  }
  return std::move(std::get<std::unique_ptr<trace::Reader>>(opened));
}

struct Decoded {
  std::unique_ptr<trace::Reader> reader;  // keeps the vocabulary
  std::vector<trace::EventBatch> batches;
};

Decoded decode(const Workload& w) {
  Decoded d{open(w.text), {}};
  trace::EventBatch batch;
  while (d.reader->next(batch) != trace::Reader::Status::end) d.batches.push_back(batch);
  if (!batch.events.empty()) d.batches.push_back(batch);
  return d;
}

struct Replayed {
  double seconds = 0;  // of the events behind the warm-up
  std::uint64_t events = 0;
  std::array<engine::GenerationStats, kGenerations> stats{};
};

Replayed time_replay(const Decoded& d, std::uint64_t warm_up) {
  auto settings = std::get<engine::Settings>(settings_for(d.reader->header(), {}));
  auto simulator = engine::Simulator::create(settings, nullptr);
  Replayed r;
  double start = 0;
  for (const trace::EventBatch& batch : d.batches) {
    if (batch.first > warm_up && start == 0) start = cpu_seconds();
    if (start != 0) r.events += batch.events.size();
    if (auto applied = simulator->apply(batch, 0, d.reader->vocabulary()); applied.fault) std::exit(70);
  }
  r.seconds = cpu_seconds() - start;
  std::copy(simulator->generation_stats().begin(), simulator->generation_stats().end(), r.stats.begin());
  return r;
}

double time_reader(std::string_view bytes, std::uint64_t& events) {
  auto reader = open(bytes);
  trace::EventBatch batch;
  events = 0;
  double start = cpu_seconds();
  for (auto status = trace::Reader::Status::events; status == trace::Reader::Status::events;) {
    status = reader->next(batch);
    events += batch.events.size();
  }
  return cpu_seconds() - start;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

long peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

void print_row(const std::string& what, std::uint64_t live, std::uint64_t events,
               std::vector<double> seconds) {
  double m = median(seconds);
  auto [low, high] = std::minmax_element(seconds.begin(), seconds.end());
  double n = static_cast<double>(events);
  std::printf("%-22s %10llu %9.2f %8.1f   %.1f - %.1f\n", what.c_str(), static_cast<unsigned long long>(live),
              n / m / 1e6, m / n * 1e9, *low / n * 1e9, *high / n * 1e9);
  std::fflush(stdout);
}

void bench_replay(std::uint32_t live, std::uint64_t events, int rounds) {
  std::vector<Workload> workloads;
  std::vector<Decoded> decoded;
  for (std::string_view name : workload_names()) {
    workloads.push_back(make_workload(name, live, events, false));
    decoded.push_back(decode(workloads.back()));
    workloads.back().text = {};
  }
  std::vector<std::vector<double>> seconds(workloads.size());
  std::vector<Replayed> last(workloads.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t k = 0; k < workloads.size(); ++k) {
      last[k] = time_replay(decoded[k], workloads[k].warm_up);
      seconds[k].push_back(last[k].seconds);
    }
  }
  for (std::size_t k = 0; k < workloads.size(); ++k) {
    print_row("replay " + std::string(workloads[k].name), live, last[k].events, seconds[k]);
  }
}

void bench_readers(std::uint64_t events, int rounds) {
  constexpr std::uint32_t kLive = 10'000;
  Workload w = make_workload("instances", kLive, events, true);
  std::vector<double> text;
  std::vector<double> json_lines;
  std::uint64_t n = 0;
  for (int round = 0; round < rounds; ++round) {
    text.push_back(time_reader(w.text, n));
    json_lines.push_back(time_reader(w.json_lines, n));
  }
  print_row("read text", kLive, n, text);
  print_row("read JSON Lines", kLive, n, json_lines);
  std::string document = w.json_lines;
  document.insert(document.find('\n') - 1, ",\"events\":[");
  std::size_t body = document.find('\n');
  document[body - 1] = ' ';
  for (std::size_t at = body + 1; at + 1 < document.size(); ++at) {
    if (document[at] == '\n') document[at] = ',';
  }
  document.back() = ' ';
  document += "]}";
  std::vector<double> json;
  for (int round = 0; round < rounds; ++round) json.push_back(time_reader(document, n));
  print_row("read JSON", kLive, n, json);
}

std::vector<std::uint32_t> parse_list(const char* text) {
  std::vector<std::uint32_t> values;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');)
    values.push_back(static_cast<std::uint32_t>(std::stoul(part)));
  return values;
}

}  // namespace
}  // namespace gcsim::bench

int main(int argc, char** argv) {
  using namespace gcsim::bench;
  std::vector<std::uint32_t> live = argc > 1 ? parse_list(argv[1]) : parse_list("10000,1000000,10000000");
  std::uint64_t events = argc > 2 ? std::stoull(argv[2]) : 4'000'000;
  int rounds = argc > 3 ? std::stoi(argv[3]) : 5;
  std::printf("%-22s %10s %9s %8s   %s\n", "what", "live", "M events/s", "ns/event", "spread (ns)");
  bench_readers(events, rounds);
  for (std::uint32_t n : live) bench_replay(n, events, rounds);
  std::printf("peak memory of this process: %ld MB\n", peak_megabytes());
  return 0;
}
