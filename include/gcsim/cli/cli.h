// The command line: `gcsim VERB [options] TRACE...`.
#pragma once

namespace gcsim::cli {

// Runs one command and answers the exit status (src/cli/exit_status.h lists them). The only entry into
// this room; all else is private to it.
int run(int argc, const char* const* argv);

}  // namespace gcsim::cli
