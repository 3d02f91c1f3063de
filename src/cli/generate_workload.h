// gcsim generate WORKLOAD: synthetic workloads.
#pragma once

#include <string>

#include "arguments.h"
#include "gcsim/generate/workload.h"

namespace gcsim::cli {

// A line for each workload, for the help of `gcsim generate`.
std::string workload_list();

ExitStatus run_workload(const generate::Workload& workload, const Arguments& arguments);

}  // namespace gcsim::cli
