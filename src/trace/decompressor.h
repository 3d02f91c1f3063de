// Compressed input as the bytes that were compressed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "gcsim/trace/reader.h"
#include "line_reader.h"

namespace gcsim::trace {

enum class Compression : std::uint8_t { gzip, zstd };

// By the first bytes.
std::optional<Compression> compression_of(std::string_view start);
// The name without the extension that says so: "a.jsonl.gz" is "a.jsonl".
std::string_view without_compression(std::string_view name);

// Several compressed files one behind the other are one, as for gunzip and zstd. Decompresses as it is read:
// memory does not depend on the size.
class Decompressor : public Source {
 public:
  // Set once read() answered nothing.
  virtual const std::optional<InputProblem>& problem() const = 0;
};

// `input` is the compressed file, from its first byte.
std::unique_ptr<Decompressor> decompress(Compression compression, LineReader input);

}  // namespace gcsim::trace
