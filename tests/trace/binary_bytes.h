// Binary traces of small blocks, so that short traces have many.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "../../src/trace/binary_writer.h"
#include "trace/printed.h"

namespace gcsim::trace {

// The trace, written by that writer.
inline void copy(std::string_view trace, const std::function<std::unique_ptr<Writer>(Reader&)>& make) {
  auto opened = open(memory_source(trace), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  const auto writer = make(reader);
  REQUIRE(!writer->begin(reader.header()));
  EventBatch batch;
  for (auto status = Reader::Status::events; status == Reader::Status::events;) {
    status = reader.next(batch);
    REQUIRE(status != Reader::Status::fault);
    REQUIRE(!writer->write(batch));
  }
  writer->finish();
}

inline std::string binary_of(std::string_view trace, std::size_t block_events = binary::kBlockEvents) {
  std::string bytes;
  copy(trace, [&](Reader& reader) {
    return std::make_unique<BinaryWriter>(
        reader.vocabulary(), [&bytes](std::string_view part) { bytes += part; }, block_events);
  });
  return bytes;
}

inline std::string written_as(Format format, std::string_view trace) {
  std::string bytes;
  copy(trace, [&](Reader& reader) {
    return make_writer(format, reader.vocabulary(), [&bytes](std::string_view part) { bytes += part; });
  });
  return bytes;
}

}  // namespace gcsim::trace
