// A trace decoded into memory, as the replay loop would read it: the symbols of dead objects are used again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/engine/simulator.h"
#include "gcsim/trace/reader.h"

namespace gcsim::bench {

struct Decoded {
  std::unique_ptr<trace::Reader> reader;  // keeps the vocabulary
  std::vector<trace::EventBatch> batches;
  std::uint64_t events = 0;
};

// The settings of the trace under this profile; the trace's own if that is empty. Ends the program if there
// is no such profile.
engine::Settings settings_of(const trace::Header& header, const std::string& profile);

// Reads the trace while it is replayed under the profile, which the batches are then good for: which IDs are
// free again depends on it. Ends the program with a message if the trace is faulty. The text is not needed
// afterwards.
Decoded decode(std::unique_ptr<trace::Source> source, const std::string& name, const std::string& profile);

// Lets a batch begin behind this event, where it is inside one.
void split_behind(Decoded& decoded, std::uint64_t event);

[[noreturn]] void fail(const std::string& message);

}  // namespace gcsim::bench
