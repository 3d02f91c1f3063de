// The summary as a JSON tree, schema gcsim.summary/1. Keys keep their order; what is not known has no key.
#pragma once

#include <nlohmann/json.hpp>

#include "gcsim/report/summary.h"

namespace gcsim::report {

nlohmann::ordered_json to_json(const TraceFacts& trace);
nlohmann::ordered_json to_json(const engine::Settings& settings);
nlohmann::ordered_json to_json(const Summary& summary);

}  // namespace gcsim::report
