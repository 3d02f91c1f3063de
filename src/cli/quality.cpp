#include "quality.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <numeric>
#include <optional>
#include <utility>
#include <variant>

#include "gcsim/replay.h"
#include "input.h"
#include "session.h"

namespace gcsim::cli {

namespace {

using ByGeneration = std::array<std::uint64_t, kGenerations>;

std::uint64_t sum(const ByGeneration& figures) {
  return std::accumulate(figures.begin(), figures.end(), std::uint64_t{0});
}

std::string compared(const char* what, const ByGeneration& replayed, const ByGeneration& observed) {
  std::string text = fmt::format("{} {} for {}", what, fmt::join(replayed, "/"), fmt::join(observed, "/"));
  if (sum(observed) == 0) return text;
  const double off = static_cast<double>(sum(replayed)) / static_cast<double>(sum(observed)) - 1;
  return text + fmt::format(" ({:+.1f} %)", 100 * off);
}

}  // namespace

std::string quality_of(const std::string& trace) {
  auto opened = open_session(open_input(trace), {});
  auto* session = std::get_if<Session>(&opened);
  if (session == nullptr) return {};
  const std::optional<trace::Observed> observed = session->reader->header().observed;
  if (!observed) return {};
  session->settings.threshold = observed->threshold;
  auto simulator = engine::Simulator::create(session->settings, nullptr);
  gcsim::ReplayOptions options;
  options.on_fault = [](const trace::TraceError&) { return OnFault::stop; };
  const bool is_whole = replay(*session->reader, *simulator, options).complete;
  if (simulator->thresholds() != observed->threshold)
    return "the program sets thresholds of its own, the recording kept to others: how good it is can't be "
           "said";
  ByGeneration collections{}, collected{};
  for (Generation g = 0; g < kGenerations; ++g) {
    collections[g] = simulator->generation_stats()[g].collections;
    collected[g] = simulator->generation_stats()[g].collected;
  }
  return fmt::format("{}under {} as while recording, a replay has {}, {}",
                     is_whole ? "" : "incomplete: ", fmt::join(observed->threshold, ","),
                     compared("collections", collections, observed->collections),
                     compared("collected", collected, observed->collected));
}

}  // namespace gcsim::cli
