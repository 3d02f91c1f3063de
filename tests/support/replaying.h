// Replays a trace inside a test: opens it, applies it, and fails the test where that goes wrong.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "doctest/doctest.h"
#include "gcsim/replay.h"

namespace gcsim::test {

inline std::string source_path(const std::string& relative) {
  return std::string(GCSIM_SOURCE_DIR) + "/" + relative;
}

inline std::unique_ptr<trace::Reader> open_bytes(std::string_view bytes,
                                                 const std::string& name = "test.trace") {
  auto opened = trace::open(trace::memory_source(bytes), name);
  if (auto* error = std::get_if<trace::TraceError>(&opened)) FAIL(trace::format(*error));
  return std::move(std::get<std::unique_ptr<trace::Reader>>(opened));
}

inline std::unique_ptr<trace::Reader> open_file(const std::string& relative) {
  std::FILE* file = std::fopen(source_path(relative).c_str(), "rb");
  REQUIRE_MESSAGE(file != nullptr, relative);
  auto opened = trace::open(trace::file_source(file), relative);
  if (auto* error = std::get_if<trace::TraceError>(&opened)) FAIL(trace::format(*error));
  return std::move(std::get<std::unique_ptr<trace::Reader>>(opened));
}

inline engine::Settings settings(const trace::Reader& reader, const Overrides& overrides = {}) {
  auto found = settings_for(reader.header(), overrides);
  if (auto* error = std::get_if<trace::TraceError>(&found)) FAIL(trace::format(*error));
  return std::move(std::get<engine::Settings>(found));
}

}  // namespace gcsim::test
