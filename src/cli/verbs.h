// The verbs. Each parses its own arguments and does its work.
#pragma once

#include "arguments.h"
#include "exit_status.h"

namespace gcsim::cli {

ExitStatus run_replay(const Arguments& arguments);
ExitStatus run_check(const Arguments& arguments);
ExitStatus run_validate(const Arguments& arguments);
ExitStatus run_profiles(const Arguments& arguments);
ExitStatus run_compare(const Arguments& arguments);
ExitStatus run_generate(const Arguments& arguments);
ExitStatus run_convert(const Arguments& arguments);
ExitStatus run_sweep(const Arguments& arguments);
ExitStatus run_record(const Arguments& arguments);
ExitStatus run_truth(const Arguments& arguments);
ExitStatus run_merge(const Arguments& arguments);

}  // namespace gcsim::cli
