// Decoding alone: a trace in memory to events, or with other parsers to the same fields.
#pragma once

#include <cstdint>
#include <string>

namespace gcsim::bench {

struct Decoding {
  double seconds = 0;  // CPU time, of all threads
  std::uint64_t events = 0;
  std::uint64_t sum = 0;  // of the numbers that stand for objects: the same for each parser
};

// gcsim's own reader. The form is found out from the bytes. Words are given back when their name goes, as a
// replay does it.
Decoding decode_with_gcsim(const std::string& bytes);

// What others need for the same: each event's operation and operands looked at, nothing kept
// (other_parsers.cpp).
Decoding decode_with_nlohmann_sax(const std::string& json_lines);
Decoding decode_with_simdjson(const std::string& json_lines);

}  // namespace gcsim::bench
