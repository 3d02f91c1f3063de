// What the writer and the reader of binary traces agree on; traces/FORMAT.md describes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gcsim/trace/event.h"
#include "gcsim/trace/reader.h"
#include "gcsim/trace/types.h"

namespace gcsim::trace::binary {

// A byte that no text has, the name, and line ends that a transfer as text would change.
inline constexpr std::string_view kMagic = "\x89GCT\r\n\x1a\n";
// The magic, the version, three zeros.
inline constexpr std::size_t kPreamble = 12;
inline constexpr char kVersion = 1;

inline constexpr std::size_t kBlockEvents = 4096;                    // and as many again for each
inline constexpr std::size_t kTypesOfBlock = 128;                    // so many types
inline constexpr std::size_t kBlockBytes = std::size_t{1} << 20;     // a block is closed behind so many
inline constexpr std::size_t kMaxBlockBytes = std::size_t{1} << 28;  // more is no block of ours

enum class BlockKind : std::uint8_t { header = 'H', events = 'E', index = 'I', trailer = 'T' };
enum class Codec : std::uint8_t { none = 0, zstd = 1 };

// The 40 bytes before a block's contents, numbers with their lowest byte first.
struct BlockHead {
  static constexpr std::size_t kBytes = 40;

  BlockKind kind = BlockKind::events;
  Codec codec = Codec::none;
  std::uint32_t stored = 0;    // bytes in the file
  std::uint32_t size = 0;      // bytes when decompressed
  std::uint32_t events = 0;    // of an event block
  EventIndex first = 0;        // the first of them
  std::uint64_t contents = 0;  // XXH3 of the stored bytes
};

std::string write_head(const BlockHead& head);
// Nothing if the head's own checksum is wrong, or it is none that a writer makes.
std::optional<BlockHead> read_head(std::string_view bytes);
std::uint64_t checksum(std::string_view bytes);

// A block with its head. Compressed if that makes it shorter.
std::string pack(BlockHead head, std::string_view contents, bool may_compress, int level);
// The contents of a block. Nothing if they are not what the head says.
bool unpack(const BlockHead& head, std::string_view stored, std::string& contents);

void put_number(std::string& out, std::uint64_t number);
void put_word(std::string& out, std::string_view word);

constexpr std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

// A word that ends with a number: "o17". Numbers with leading zeros, and very large ones, count as letters.
struct NumberedWord {
  std::string_view prefix;
  std::uint64_t number = 0;
};
std::optional<NumberedWord> split_number(std::string_view word);

// Reads bytes that may be anything: what does not fit makes it bad, and everything zero from there on.
class Cursor {
 public:
  Cursor() = default;
  explicit Cursor(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  std::uint8_t byte() {
    if (at_ == end_) return fail();
    return static_cast<std::uint8_t>(*at_++);
  }
  std::uint64_t number() {
    if (end_ - at_ < 2) return long_number();
    const auto first = static_cast<std::uint8_t>(at_[0]);
    if (first < 0x80) return ++at_, first;
    const auto second = static_cast<std::uint8_t>(at_[1]);
    if (second >= 0x80) return long_number();
    at_ += 2;
    return first - 0x80u + second * 0x80u;
  }
  // A number below the limit.
  std::uint32_t below(std::uint64_t limit) {
    const std::uint64_t n = number();
    return n < limit ? static_cast<std::uint32_t>(n) : fail();
  }
  std::string_view bytes(std::uint64_t size) {
    if (size > static_cast<std::uint64_t>(end_ - at_)) return fail(), std::string_view();
    at_ += size;
    return {at_ - size, static_cast<std::size_t>(size)};
  }
  std::string_view word() { return bytes(number()); }
  // For a reader of its own, that makes sure of it: what is left, and where it has got to.
  const char* at() const { return at_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  void move_to(const char* at) { at_ = at; }
  // How many things of at least one byte each follow.
  std::uint32_t count() { return below(static_cast<std::uint64_t>(end_ - at_) + 1); }

  bool is_bad() const { return is_bad_; }
  bool is_at_end() const { return at_ == end_; }
  std::uint8_t fail() {
    is_bad_ = true;
    at_ = end_;
    return 0;
  }

 private:
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  bool is_bad_ = false;

  std::uint64_t long_number();
};

// A number of up to three bytes; larger ones answer kNotShort. REQUIRES: three bytes are there.
inline constexpr std::uint32_t kNotShort = 0xffffffffu;
inline std::uint32_t short_number(const char*& at) {
  const auto byte = [&at](int i) { return std::uint32_t{static_cast<unsigned char>(at[i])}; };
  std::uint32_t number = byte(0);
  if (number < 0x80) return at += 1, number;
  number += (byte(1) << 7) - 0x80;
  if (byte(1) < 0x80) return at += 2, number;
  if (byte(2) >= 0x80) return kNotShort;
  number += (byte(2) << 14) - 0x4000;
  return at += 3, number;
}

}  // namespace gcsim::trace::binary
