#include "trace_forms.h"

namespace gcsim::cli {

std::optional<trace::Format> form_of_extension(std::string_view path) {
  constexpr Choice<trace::Format> kExtensions[] = {
      {".trace", trace::Format::text},        {".txt", trace::Format::text},
      {".json", trace::Format::json},         {".jsonl", trace::Format::json_lines},
      {".ndjson", trace::Format::json_lines}, {".gct", trace::Format::binary},
  };
  for (const auto& [extension, format] : kExtensions) {
    if (path.ends_with(extension)) return format;
  }
  return std::nullopt;
}

}  // namespace gcsim::cli
