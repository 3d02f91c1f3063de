// The decoder of instructions, on the beginnings of real functions.
#include "decoder.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "doctest/doctest.h"

namespace gcsim::record {
namespace {

struct Prologue {
  std::vector<std::uint8_t> bytes;
  std::vector<std::size_t> boundaries;
  std::string function;
};

std::vector<std::uint8_t> bytes_of(const std::string& hex) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t k = 0; k + 1 < hex.size(); k += 2)
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(hex.substr(k, 2), nullptr, 16)));
  bytes.resize(bytes.size() + 16);  // nobody reads behind an instruction, but the decoder may look
  return bytes;
}

std::vector<Prologue> prologues() {
  std::vector<Prologue> all;
  std::ifstream file(std::string(GCSIM_SOURCE_DIR) + "/tests/record/prologues.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string hex, offsets, version, function;
    words >> hex >> offsets >> version >> function;
    Prologue p{bytes_of(hex), {}, version + " " + function};
    std::istringstream numbers(offsets);
    for (std::string number; std::getline(numbers, number, ',');) p.boundaries.push_back(std::stoul(number));
    all.push_back(std::move(p));
  }
  return all;
}

std::int64_t target_of(const std::uint8_t* code, const instruction& i, std::uint64_t address) {
  std::int32_t distance = static_cast<std::int8_t>(code[i.relative_at]);
  if (i.relative_size == 4) std::memcpy(&distance, code + i.relative_at, 4);
  return static_cast<std::int64_t>(address + i.length) + distance;
}

// Where the displacements of these instructions lead, in order.
std::vector<std::int64_t> targets(const std::uint8_t* code, std::size_t length, std::uint64_t address) {
  std::vector<std::int64_t> all;
  for (std::size_t at = 0; at < length;) {
    instruction i{};
    REQUIRE(decode_instruction(code + at, &i));
    if (i.relative_at != 0) all.push_back(target_of(code + at, i, address + at));
    at += i.length;
  }
  return all;
}

TEST_SUITE("record/decoder") {
  TEST_CASE("instructions at the beginning of CPython's deallocators end where objdump says") {
    const auto all = prologues();
    CHECK_GT(all.size(), 200);
    for (const Prologue& p : all) {
      CAPTURE(p.function);
      std::size_t at = 0;
      for (const std::size_t boundary : p.boundaries) {
        instruction i{};
        REQUIRE(decode_instruction(p.bytes.data() + at, &i));
        at += i.length;
        CHECK_EQ(at, boundary);
      }
    }
  }

  TEST_CASE("copied instructions refer to what the originals refer to") {
    constexpr std::uint64_t kFrom = 0x7f0000400000, kTo = 0x7f0040000000;
    for (const Prologue& p : prologues()) {
      CAPTURE(p.function);
      std::array<std::uint8_t, kLongestCopy + 16> copy{};
      copied_code copied{};
      REQUIRE(copy_instructions(p.bytes.data(), kFrom, kJumpLength, copy.data(), kTo, &copied));
      CHECK_EQ(copied.taken, p.boundaries.back());
      CHECK_EQ(targets(copy.data(), copied.written, kTo), targets(p.bytes.data(), copied.taken, kFrom));
    }
  }

  TEST_CASE("a short branch becomes a long one") {
    const auto code = bytes_of("74204889e5");  // je +0x20; mov %rsp,%rbp
    std::array<std::uint8_t, kLongestCopy + 16> copy{};
    copied_code copied{};
    REQUIRE(copy_instructions(code.data(), 0x1000, 5, copy.data(), 0x9000, &copied));
    CHECK_EQ(copy[0], 0x0f);
    CHECK_EQ(copy[1], 0x84);
    CHECK_EQ(targets(copy.data(), copied.written, 0x9000), targets(code.data(), copied.taken, 0x1000));
  }

  TEST_CASE("what can't be copied is refused with a reason") {
    std::array<std::uint8_t, kLongestCopy + 16> copy{};
    copied_code copied{};
    const auto refused = [&](const char* hex, std::uint64_t to) {
      const auto code = bytes_of(hex);
      REQUIRE_FALSE(copy_instructions(code.data(), 0x1000, 5, copy.data(), to, &copied));
      return std::string(copied.problem);
    };
    CHECK_EQ(refused("c3909090909090", 0x9000), "the function ends too early");
    CHECK_EQ(refused("0f0590909090", 0x9000), "an instruction at its beginning is not known");
    CHECK_EQ(refused("90eb0190909090", 0x9000), "it branches into its own beginning");
    CHECK_EQ(refused("488b05fb331500", 0x200000000), "what its first instructions refer to is too far away");
  }

  TEST_CASE("a loop back into the first bytes is found, one to the very beginning is none") {
    auto into = bytes_of("5553909090ebfa");  // jmp 1
    into.resize(64);
    CHECK(branches_into_start(into.data(), into.size(), 5));
    auto to_begin = bytes_of("5553909090ebf9");  // jmp 0
    to_begin.resize(64);
    CHECK_FALSE(branches_into_start(to_begin.data(), to_begin.size(), 5));
  }
}

}  // namespace
}  // namespace gcsim::record
