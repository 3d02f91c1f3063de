#include "binary_format.h"

#include <xxhash.h>
#include <zstd.h>

#include <charconv>
#include <limits>
#include <memory>
#include <new>

namespace gcsim::trace::binary {

namespace {

template <class Number>
void put_fixed(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) out += static_cast<char>(number >> (8 * i) & 0xff);
}

template <class Number>
Number get_fixed(std::string_view bytes, std::size_t at) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number |= static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(bytes[at + i])) << (8 * i));
  return number;
}

bool is_known(BlockKind kind) {
  return kind == BlockKind::header || kind == BlockKind::events || kind == BlockKind::index ||
         kind == BlockKind::trailer;
}

}  // namespace

std::uint64_t checksum(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::string write_head(const BlockHead& head) {
  std::string out;
  out.reserve(BlockHead::kBytes);
  out += static_cast<char>(head.kind);
  out += static_cast<char>(head.codec);
  put_fixed(out, std::uint16_t{0});
  put_fixed(out, head.stored);
  put_fixed(out, head.size);
  put_fixed(out, head.events);
  put_fixed(out, head.first);
  put_fixed(out, head.contents);
  put_fixed(out, checksum(out));
  return out;
}

std::optional<BlockHead> read_head(std::string_view bytes) {
  constexpr std::size_t kChecked = BlockHead::kBytes - sizeof(std::uint64_t);
  if (bytes.size() != BlockHead::kBytes) return std::nullopt;
  if (checksum(bytes.substr(0, kChecked)) != get_fixed<std::uint64_t>(bytes, kChecked)) return std::nullopt;
  BlockHead head;
  head.kind = static_cast<BlockKind>(bytes[0]);
  head.codec = static_cast<Codec>(bytes[1]);
  head.stored = get_fixed<std::uint32_t>(bytes, 4);
  head.size = get_fixed<std::uint32_t>(bytes, 8);
  head.events = get_fixed<std::uint32_t>(bytes, 12);
  head.first = get_fixed<std::uint64_t>(bytes, 16);
  head.contents = get_fixed<std::uint64_t>(bytes, 24);
  const bool is_packed = head.codec == Codec::zstd;
  const bool is_possible = is_known(head.kind) && (is_packed || head.codec == Codec::none) &&
                           get_fixed<std::uint16_t>(bytes, 2) == 0 && head.stored <= kMaxBlockBytes &&
                           head.size <= kMaxBlockBytes && (is_packed || head.stored == head.size);
  if (!is_possible) return std::nullopt;
  return head;
}

std::string pack(BlockHead head, std::string_view contents, bool may_compress, int level) {
  head.size = static_cast<std::uint32_t>(contents.size());
  std::string stored(contents);
  head.codec = Codec::none;
  if (may_compress) {
    std::string packed(ZSTD_compressBound(contents.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), contents.data(), contents.size(), level);
    if (ZSTD_isError(size) == 0 && size < contents.size()) {
      packed.resize(size);
      stored = std::move(packed);
      head.codec = Codec::zstd;
    }
  }
  head.stored = static_cast<std::uint32_t>(stored.size());
  head.contents = checksum(stored);
  return write_head(head) + stored;
}

bool unpack(const BlockHead& head, std::string_view stored, std::string& contents) {
  if (checksum(stored) != head.contents) return false;
  if (head.codec == Codec::none) {
    contents.assign(stored);
    return true;
  }
  contents.resize(head.size);
  // Made anew for each block, it would cost as much as the block.
  thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                                  &ZSTD_freeDCtx);
  if (!context) throw std::bad_alloc();
  const std::size_t size =
      ZSTD_decompressDCtx(context.get(), contents.data(), contents.size(), stored.data(), stored.size());
  return ZSTD_isError(size) == 0 && size == head.size;
}

void put_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
  out += static_cast<char>(number);
}

void put_word(std::string& out, std::string_view word) {
  put_number(out, word.size());
  out += word;
}

std::optional<NumberedWord> split_number(std::string_view word) {
  constexpr std::size_t kMostDigits = 15;
  std::size_t begin = word.size();
  while (begin > 0 && word[begin - 1] >= '0' && word[begin - 1] <= '9') --begin;
  // "a007" is the prefix "a00" and 7.
  while (begin + 1 < word.size() && word[begin] == '0') ++begin;
  const std::size_t digits = word.size() - begin;
  if (digits == 0 || digits > kMostDigits) return std::nullopt;
  NumberedWord split{word.substr(0, begin), 0};
  std::from_chars(word.data() + begin, word.data() + word.size(), split.number);
  return split;
}

std::uint64_t Cursor::long_number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(*at_++);
    if (shift == 63 && byte > 1) break;
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  return fail();
}

}  // namespace gcsim::trace::binary
