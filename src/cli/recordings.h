// The raw recordings of one run, and the traces they become: FILE of the program itself, and beside it one
// for each Python process that came of it: app.4711.gct beside app.gct.
#pragma once

#include <string>
#include <vector>

#include "exit_status.h"

namespace gcsim::cli {

// FILE.raw, where the recorder writes while the program runs; its children write to FILE.raw.<pid>.
std::string raw_recording_of(const std::string& output);
std::vector<std::string> raw_recordings_of(const std::string& output);  // all that are there

// Makes a trace of each that is not being written any more. Processes that end now are waited for, but not
// for long: those that run on are told, with what to do when they have ended.
struct Finishing {
  std::string output;
  bool force = false;
  bool keep_raw = false;
  bool check_quality = true;  // of fast recordings: by a replay
};
ExitStatus finish_recordings(const Finishing& finishing);

}  // namespace gcsim::cli
