#include "session.h"

#include <fmt/format.h>

#include "exit_status.h"
#include "gcsim/placement.h"

namespace gcsim::cli {

std::variant<std::unique_ptr<trace::Reader>, trace::TraceError> open_exact(Input input,
                                                                           std::optional<double> placement,
                                                                           std::optional<double>* placed,
                                                                           trace::Decoding decoding) {
  auto opened = trace::open(std::move(input.source), input.name, decoding);
  if (std::holds_alternative<trace::TraceError>(opened)) return opened;
  auto& reader = std::get<std::unique_ptr<trace::Reader>>(opened);
  if (!reader->header().is_approximate) {
    if (!placement) return opened;
    throw UsageError(fmt::format("--placement: {} is no approximate recording", input.name));
  }
  const double chosen = placement.value_or(kUsualPlacement);
  if (placed != nullptr) *placed = chosen;
  return place_garbage(std::move(reader), chosen);
}

std::variant<Session, trace::TraceError> open_session(Input input, const Overrides& rules) {
  std::optional<double> placement;
  const std::string name = input.name;
  auto opened = open_exact(std::move(input), rules.placement, &placement, trace::Decoding::ahead);
  if (auto* error = std::get_if<trace::TraceError>(&opened)) return std::move(*error);
  auto& reader = std::get<std::unique_ptr<trace::Reader>>(opened);
  auto settings = settings_for(reader->header(), rules);
  if (auto* error = std::get_if<trace::TraceError>(&settings)) return std::move(*error);
  return Session{name, std::move(reader), std::get<engine::Settings>(std::move(settings)), placement};
}

report::TraceFacts facts_of(const Session& session) {
  const trace::Header& header = session.reader->header();
  report::TraceFacts facts;
  facts.name = base_name(session.name);
  facts.recorded = header.recorded;
  facts.cut_short = !header.is_complete;
  facts.placement = session.placement;
  return facts;
}

bool is_refusal(trace::Fault fault) {
  return fault >= trace::Fault::unknown_id && fault < trace::Fault::unknown_profile;
}

}  // namespace gcsim::cli
