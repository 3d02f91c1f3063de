// gcsim record --build-for: a recorder for an interpreter that gcsim was not built with.
#pragma once

#include <string>

#include "exit_status.h"

namespace gcsim::cli {

// Compiles the recorder against the interpreter's headers and library, tries it, and puts it where `gcsim
// record` looks for it. Throws UsageError with the reason if that interpreter can't be recorded.
ExitStatus build_recorder_for(const std::string& command);

}  // namespace gcsim::cli
