// One trace written as another: what `convert` does, and `record` at its end.
#pragma once

#include <memory>
#include <string>

#include "exit_status.h"
#include "gcsim/report/sink.h"
#include "gcsim/trace/reader.h"

namespace gcsim::cli {

// Reads the trace to its end and writes it in that form. A fault is reported, and then the output is no
// trace.
ExitStatus write_trace(std::unique_ptr<trace::Reader> reader, const std::string& name, trace::Format format,
                       report::Sink& sink);

}  // namespace gcsim::cli
