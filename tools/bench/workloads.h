// Synthetic workloads as they are named in a request: {"workload": "churn", "knobs": {"live": 10000}}.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "gcsim/generate/workload.h"

namespace gcsim::bench {

// Ends the program if there is no such workload or knob.
generate::WorkloadResult write_workload(const nlohmann::json& request, trace::Format format,
                                        const std::function<void(std::string_view)>& write);

}  // namespace gcsim::bench
