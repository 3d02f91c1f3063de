// The raw recording of the fast mode, as a trace: tools/record/raw_codes.h says what it consists of.
//
// That an object is garbage is written when it is found; the trace says it at the place where it may have
// become that. So the recording is read twice: once for what must be known before.
#pragma once

#include <string_view>

#include "gcsim/record/raw_recording.h"
#include "mapped_file.h"

namespace gcsim::record {

bool is_fast_recording(std::string_view bytes);
RawRecording open_fast_recording(MappedFile file);

}  // namespace gcsim::record
