#include "decoded.h"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

#include "gcsim/profile/profile.h"
#include "gcsim/replay.h"

namespace gcsim::bench {
namespace {

// What a replay from memory needs of a batch: faults have no place in it.
trace::EventBatch lean(const trace::EventBatch& batch) {
  trace::EventBatch copy;
  copy.first = batch.first;
  copy.events = batch.events;
  copy.operands = batch.operands;
  copy.globals = batch.globals;
  return copy;
}

}  // namespace

void fail(const std::string& message) {
  std::fprintf(stderr, "gcsim_bench: %s\n", message.c_str());
  std::exit(70);
}

engine::Settings settings_of(const trace::Header& header, const std::string& profile) {
  Overrides overrides;
  if (!profile.empty()) overrides.profile = profile::find(profile);
  if (!profile.empty() && overrides.profile == nullptr) fail("no profile '" + profile + "'");
  auto settings = settings_for(header, overrides);
  if (auto* error = std::get_if<trace::TraceError>(&settings)) fail(trace::format(*error));
  return std::get<engine::Settings>(settings);
}

Decoded decode(std::unique_ptr<trace::Source> source, const std::string& name, const std::string& profile) {
  auto opened = trace::open(std::move(source), name);
  if (auto* error = std::get_if<trace::TraceError>(&opened)) fail(trace::format(*error));
  Decoded d;
  d.reader = std::move(std::get<std::unique_ptr<trace::Reader>>(opened));
  auto simulator = engine::Simulator::create(settings_of(d.reader->header(), profile), nullptr);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError& error) -> OnFault { fail(trace::format(error)); };
  options.on_batch = [&d](const trace::EventBatch& batch) {
    if (!batch.events.empty()) d.batches.push_back(lean(batch));
  };
  d.events = replay(*d.reader, *simulator, options).events;
  return d;
}

void split_behind(Decoded& decoded, std::uint64_t event) {
  for (auto batch = decoded.batches.begin(); batch != decoded.batches.end(); ++batch) {
    const std::uint64_t end = batch->first + batch->events.size();
    if (event < batch->first || event + 1 >= end) continue;
    const auto kept = static_cast<std::ptrdiff_t>(event + 1 - batch->first);
    trace::EventBatch second = *batch;
    second.first = event + 1;
    second.events.erase(second.events.begin(), second.events.begin() + kept);
    batch->events.resize(static_cast<std::size_t>(kept));
    decoded.batches.insert(batch + 1, std::move(second));
    return;
  }
}

}  // namespace gcsim::bench
