// How the text form and JSON spell events. Reading what was written yields the same event.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::trace {

struct Spelling {
  std::string_view verb;    // "inspect"
  std::string_view action;  // "is"; may be empty
};

// Nothing for the events whose form is not a plain row (alloc, ref, unref, gc collect, ..).
std::optional<Spelling> spelling_of(Op op);

// The line of a text trace, without its line feed.
void append_event(std::string& text, const Event& event, std::span<const std::uint32_t> operands,
                  const Vocabulary& words);
// The object of a JSON trace, on one line.
void append_json_event(std::string& text, const Event& event, std::span<const std::uint32_t> operands,
                       const Vocabulary& words);

// The word in quotes, escaped as JSON wants it. REQUIRES: valid UTF-8, as the readers guarantee.
void append_json_string(std::string& text, std::string_view word);
// A word of a text trace, in quotes where it would not be read as one word otherwise.
void append_word(std::string& text, std::string_view word);

}  // namespace gcsim::trace
