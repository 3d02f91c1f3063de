#include "session.h"

namespace gcsim::cli {

std::variant<Session, trace::TraceError> open_session(Input input, const Overrides& rules) {
  auto opened = trace::open(std::move(input.source), input.name);
  if (auto* error = std::get_if<trace::TraceError>(&opened)) return std::move(*error);
  auto& reader = std::get<std::unique_ptr<trace::Reader>>(opened);
  auto settings = settings_for(reader->header(), rules);
  if (auto* error = std::get_if<trace::TraceError>(&settings)) return std::move(*error);
  return Session{input.name, std::move(reader), std::get<engine::Settings>(std::move(settings))};
}

bool is_refusal(trace::Fault fault) {
  return fault >= trace::Fault::unknown_id && fault < trace::Fault::unknown_profile;
}

}  // namespace gcsim::cli
