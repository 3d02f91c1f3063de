// What the recorder wrote while a program ran, as a trace.
//
// The recorder can't know, when an object is born, what will be known of it later; it says so then, and
// finishing a recording puts it where it belongs. Format: the lines of a text trace, which begins with
// `trace 1`, and lines `outside ID`: the alloc of that object gets the option; `stopped WHY`: the program
// went on without a recorder. Behind the last line there may be zeros, if the program was killed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gcsim/trace/error.h"
#include "gcsim/trace/reader.h"

namespace gcsim::record {

struct RawRecording {
  std::unique_ptr<trace::Source> text;  // the finished trace, in text form; empty if nothing was recorded
  bool is_complete = false;             // the program's end is in it; if not, the trace says so, too
  std::string stopped;                  // why the recording ended before the program, if that is known
};

// What raw recordings begin with. Recorders say it, too (`--library`): another one writes another form.
extern const std::string_view kRawMark;

// Reads the file twice: at once, and as the source is read.
struct Opened {
  std::optional<RawRecording> recording;
  trace::TraceError error{};  // why there is none
};
Opened open_raw_recording(const std::string& path);

}  // namespace gcsim::record
