// The records of a fast recording, one by one: see tools/record/raw_codes.h.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace gcsim::record {

struct RawRecord {
  unsigned code = 0;  // without the flags of births and deaths
  unsigned flags = 0;
  std::uint64_t number = 0;  // the first one: back, type, count, length, bytes
  std::uint64_t second = 0;  // and the next ones
  std::uint64_t third = 0;
  std::string_view text;            // of types and events
  std::vector<std::uint64_t> back;  // references, by how many births before the last one
  std::array<std::uint64_t, 10> end{};
};

class RawRecords {
 public:
  RawRecords() = default;
  explicit RawRecords(std::string_view bytes) : bytes_(bytes) {}

  // Reads the next one; false at the end, and where a record is not whole or none at all.
  bool next(RawRecord& record);
  std::size_t at() const { return at_; }  // where the next one begins
  void go_to(std::size_t at) { at_ = at; }

 private:
  bool number(std::uint64_t& number);
  bool text(std::string_view& text);
  bool references(std::vector<std::uint64_t>& back);
  bool fields(RawRecord& record);

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace gcsim::record
