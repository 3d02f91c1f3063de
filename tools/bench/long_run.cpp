#include "long_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <variant>

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

}  // namespace

void replay_long(const nlohmann::json& request, const std::function<void(const Mark&)>& mark) {
  auto opened = trace::open(trace::file_source(start_writing(request)), "a long trace");
  if (auto* error = std::get_if<trace::TraceError>(&opened)) fail(trace::format(*error));
  trace::Reader& reader = *std::get<std::unique_ptr<trace::Reader>>(opened);
  auto simulator = engine::Simulator::create(settings_of(reader.header(), ""), nullptr);
  const std::uint64_t quarter = request.at("knobs").at("events").get<std::uint64_t>() / 4;
  std::uint64_t quarters = 0;
  const double start = cpu_seconds();
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError& error) -> OnFault { fail(trace::format(error)); };
  options.on_batch = [&](const trace::EventBatch& batch) {
    if (batch.first <= (quarters + 1) * quarter) return;
    ++quarters;
    mark({batch.first - 1, cpu_seconds() - start, resident_kilobytes(), simulator->alive()});
  };
  const ReplayResult result = replay(reader, *simulator, options);
  if (!result.complete) fail("the long trace ended early");
  if (quarters < 4) mark({result.events, cpu_seconds() - start, resident_kilobytes(), simulator->alive()});
  wait(nullptr);
}

}  // namespace gcsim::bench
