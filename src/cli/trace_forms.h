// The forms a trace can be written in, as the command line names them.
#pragma once

#include <optional>
#include <string_view>

#include "arguments.h"
#include "gcsim/trace/reader.h"

namespace gcsim::cli {

inline constexpr Choice<trace::Format> kTraceForms[] = {
    {"text", trace::Format::text},
    {"json", trace::Format::json},
    {"jsonl", trace::Format::json_lines},
    {"gct", trace::Format::binary},
};

std::optional<trace::Format> form_of_extension(std::string_view path);

}  // namespace gcsim::cli
