#include "gcsim/trace/writer.h"

#include <utility>

#include "binary_writer.h"
#include "json_writer.h"
#include "text_writer.h"

namespace gcsim::trace {

std::unique_ptr<Writer> make_writer(Format format, const Vocabulary& words, Output output) {
  switch (format) {
    case Format::json: return std::make_unique<JsonWriter>(true, words, std::move(output));
    case Format::json_lines: return std::make_unique<JsonWriter>(false, words, std::move(output));
    case Format::binary: return std::make_unique<BinaryWriter>(words, std::move(output));
    case Format::text: break;
  }
  return std::make_unique<TextWriter>(words, std::move(output));
}

}  // namespace gcsim::trace
