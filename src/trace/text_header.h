// One header line of a text trace.
#pragma once

#include <string_view>

#include "header_builder.h"
#include "text_tokens.h"

namespace gcsim::trace {

bool is_header_word(std::string_view word);

// REQUIRES: the line's first word is a header word. False: the builder's problem() says what is wrong.
bool read_header_line(const TokenizedLine& line, Header& header, HeaderBuilder& builder);

}  // namespace gcsim::trace
