// The options of `gcsim replay`: first as typed, then as a plan that makes sense.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "arguments.h"
#include "gcsim/report/pauses.h"
#include "gcsim/report/report.h"
#include "rules.h"

namespace gcsim::cli {

struct ReplayOptions {  // as typed; empty: not given
  std::string trace;
  RulesOptions rules;
  std::string format = "text";
  std::string events;
  std::string on_error;
  std::string until;
  bool band = false;
  std::string calibration;
  std::string output = "-";
  bool force = false;
  std::string color = "auto";
  bool quiet = false;
  bool verbose = false;
};

struct ReplayPlan {
  std::string trace;
  Overrides rules;
  report::ReportOptions report;
  bool stop_at_fault = true;
  EventIndex until = 0;
  bool band = false;
  std::optional<report::PauseFit> pauses;
  std::string output;
  bool overwrite = false;
  bool quiet = false;
  bool verbose = false;
};

// The plan, or a status if there is nothing to do. Throws UsageError.
std::variant<ReplayPlan, ExitStatus> plan_replay(const Arguments& arguments);

}  // namespace gcsim::cli
