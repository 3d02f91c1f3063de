// An event in the words of the text format, whatever format it came from.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

void append_event(std::string& text, const trace::Event& event, std::span<const std::uint32_t> operands,
                  const trace::Vocabulary& words);

}  // namespace gcsim::report
