// What reading a binary trace costs beside the replay itself.
//
//   gcsim_bench_binary [WORKLOAD [LIVE [EVENTS [ROUNDS]]]]    mixed 10000 3000000 9
//
// Replays the trace from memory and from its binary form in turn, and prints the medians of all rounds:
// elapsed time, and the CPU time of all threads. The ratio is the figure; it needs a second core that has
// nothing else to do.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "decoded.h"
#include "gcsim/replay.h"
#include "measure.h"
#include "workloads.h"

namespace gcsim::bench {
namespace {

struct Time {
  double elapsed = 0;
  double cpu = 0;
};

Time time_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t cpu = std::clock();
  work();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  return {elapsed.count(), static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
}

std::string in_form(trace::Format format, const std::string& name, std::uint32_t live, std::uint64_t events) {
  std::string bytes;
  write_workload({{"workload", name}, {"knobs", {{"live", live}, {"events", events}}}}, format,
                 [&bytes](std::string_view part) { bytes += part; });
  return bytes;
}

void from_memory(const Decoded& decoded) {
  const auto simulator = engine::Simulator::create(settings_of(decoded.reader->header(), ""), nullptr);
  std::vector<SymbolId> forgotten;
  for (const trace::EventBatch& batch : decoded.batches) {
    forgotten.clear();
    simulator->take_forgotten(forgotten);
    if (simulator->apply(batch, 0, decoded.reader->vocabulary()).fault) fail("an event was refused");
  }
}

void from_binary(const std::string& bytes) {
  auto opened = trace::open(trace::memory_source(bytes), "workload");
  if (auto* error = std::get_if<trace::TraceError>(&opened)) fail(trace::format(*error));
  trace::Reader& reader = *std::get<0>(opened);
  const auto simulator = engine::Simulator::create(settings_of(reader.header(), ""), nullptr);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError& error) -> OnFault { fail(trace::format(error)); };
  replay(reader, *simulator, options);
}

void read_only(const std::string& bytes) {
  auto opened = trace::open(trace::memory_source(bytes), "workload");
  trace::Reader& reader = *std::get<0>(opened);
  trace::EventBatch batch;
  while (reader.next(batch) == trace::Reader::Status::events) {
  }
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

struct Series {
  std::vector<double> elapsed;
  std::vector<double> cpu;

  void add(const Time& time) {
    elapsed.push_back(time.elapsed);
    cpu.push_back(time.cpu);
  }
};

void run(const std::string& name, std::uint32_t live, std::uint64_t events, int rounds) {
  const std::size_t text_size = in_form(trace::Format::text, name, live, events).size();
  const std::string bytes = in_form(trace::Format::binary, name, live, events);
  const Decoded decoded = decode(trace::memory_source(bytes), name, "");
  Series memory;
  Series binary;
  Series reading;
  for (int i = 0; i < rounds; ++i) {
    memory.add(time_of([&] { from_memory(decoded); }));
    binary.add(time_of([&] { from_binary(bytes); }));
    reading.add(time_of([&] { read_only(bytes); }));
  }
  const auto count = static_cast<double>(decoded.events);
  const auto row = [count](const char* what, const Series& series) {
    std::printf("  %-24s %7.1f ns/event elapsed %7.1f ns/event CPU\n", what,
                median(series.elapsed) / count * 1e9, median(series.cpu) / count * 1e9);
  };
  std::printf("%s, %u live, %llu events: %.2f bytes/event (text: %.2f)\n", name.c_str(), live,
              static_cast<unsigned long long>(decoded.events), static_cast<double>(bytes.size()) / count,
              static_cast<double>(text_size) / count);
  row("replay from memory", memory);
  row("replay from binary", binary);
  row("reading alone", reading);
  std::printf("  ratio, binary to memory   %.2f elapsed, %.2f CPU\n",
              median(binary.elapsed) / median(memory.elapsed), median(binary.cpu) / median(memory.cpu));
}

}  // namespace
}  // namespace gcsim::bench

int main(int argc, char** argv) {
  gcsim::bench::allocate_like_gcsim();
  const auto number = [&](int i, unsigned long long otherwise) {
    return argc > i ? std::strtoull(argv[i], nullptr, 10) : otherwise;
  };
  gcsim::bench::run(argc > 1 ? argv[1] : "mixed", static_cast<std::uint32_t>(number(2, 10'000)),
                    number(3, 3'000'000), static_cast<int>(number(4, 9)));
  return 0;
}
