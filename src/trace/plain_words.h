// Words of plain lines: lines laid out as the writers lay them out, with nothing in them that needs thought.
//
// Nearly all lines of long traces are plain. They are read here without a second look; any other line is
// left, unread, to the readers of the whole language, which alone know what can be wrong with it.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::trace {

// All functions read at `at` and answer where they stopped, or null: what stands there is not plain.
// REQUIRES: a line feed comes, and eight bytes more may be read behind it.
class PlainWords {
 public:
  explicit PlainWords(Vocabulary& vocabulary)
      : vocabulary_(vocabulary), numbers_(vocabulary.symbols.series_of("")) {}

  // A number, whatever stands behind it.
  [[gnu::always_inline]] const char* number(const char* at, SymbolId& into) {
    std::uint32_t number = 0;
    at = short_decimal(at, number);
    if (at == nullptr || numbers_ == WordTable::kNoSeries) return nullptr;
    bool is_new = false;
    into = SymbolId{vocabulary_.symbols.intern(numbers_, number, is_new)};
    return at;
  }
  // Letters, digits, '_' and '.', up to another byte.
  const char* operand(const char* at, SymbolId& into) {
    std::uint32_t number = 0;
    const char* end = decimal(at, number);
    if (end == nullptr) [[unlikely]]
      return lettered(at, into);
    if (is_in_word(*end) || numbers_ == WordTable::kNoSeries) return nullptr;
    bool is_new = false;
    into = SymbolId{vocabulary_.symbols.intern(numbers_, number, is_new)};
    return end;
  }
  // Not None.
  const char* new_word(const char* at, SymbolId& into) {
    at = operand(at, into);
    return into == vocabulary_.none() ? nullptr : at;
  }
  // A type whose alloc needs nothing but its name.
  [[gnu::always_inline]] const char* type(const char* at, TypeId& into) {
    const std::uint64_t eight = load_eight(at);
    const ShortType& known = types_[slot_of(eight)];
    if ((eight & known.mask) != known.name || is_in_word(at[known.size])) [[unlikely]]
      return unmet_type(at, into);
    into = known.type;
    return at + known.size;
  }
  const char* key(const char* at, Event& event);
  const char* attribute(const char* at, Event& event);
  // A decimal number from 1 to 2^32 - 1 that bytes may be counted by.
  static const char* size(const char* at, std::uint32_t& into) {
    const char* end = decimal(at, into);
    return into == 0 ? nullptr : end;
  }

 private:
  Vocabulary& vocabulary_;
  WordTable::Series numbers_;  // the words that are numbers

  // Types of names of up to eight bytes that were met, by their first four.
  struct ShortType {
    std::uint64_t name = 1;  // none
    std::uint64_t mask = 0;
    std::uint32_t size = 0;
    TypeId type{0};
  };
  std::array<ShortType, 64> types_ = {};

  static std::uint64_t load_eight(const char* at) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, at, sizeof eight);
    return eight;
  }
  static std::size_t slot_of(std::uint64_t eight) {
    return static_cast<std::uint32_t>(static_cast<std::uint32_t>(eight) * 0x9E3779B9u) >> 26;
  }

  static constexpr std::array<bool, 256> kInWord = [] {
    std::array<bool, 256> in{};
    for (unsigned c = '0'; c <= '9'; ++c) in[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c) in[c] = true;
    for (unsigned c = 'A'; c <= 'Z'; ++c) in[c] = true;
    in['_'] = in['.'] = true;
    return in;
  }();
  static bool is_in_word(char c) { return kInWord[static_cast<unsigned char>(c)]; }
  static const char* end_of_word(const char* at) {
    while (is_in_word(*at)) ++at;
    return at;
  }

  const char* unmet_type(const char* at, TypeId& into);
  static const char* decimal(const char* at, std::uint32_t& into);
  [[gnu::always_inline]] static const char* short_decimal(const char* at, std::uint32_t& into);
  static const char* long_decimal(const char* at, std::uint32_t& into);
  const char* lettered(const char* at, SymbolId& into);
  bool find_type(std::string_view name, TypeId& into) const;
};

// Behind the literal, if it stands there.
inline const char* behind(const char* at, std::string_view literal) {
  return std::memcmp(at, literal.data(), literal.size()) == 0 ? at + literal.size() : nullptr;
}

// A number without leading zeros of up to seven digits, all at once.
inline const char* PlainWords::short_decimal(const char* at, std::uint32_t& into) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t eight = load_eight(at) ^ 0x3030303030303030u;  // digits become their values
  const std::uint64_t others = (eight | (eight + 0x7676767676767676u)) & 0x8080808080808080u;
  const int bits = std::countr_zero(others) & ~7;  // of the digits; 64 if there are eight or more
  if (static_cast<unsigned>(bits - 8) > 48u || ((eight & 0xff) == 0 && bits > 8)) return nullptr;
  eight <<= 64 - bits;
  // Pairs of digits, then all of them.
  eight = eight * 10 + (eight >> 8);
  constexpr std::uint64_t kPairs = 0x000000ff000000ffu;
  into = static_cast<std::uint32_t>(
      ((eight & kPairs) * 0x000f424000000064u + (eight >> 16 & kPairs) * 0x0000271000000001u) >> 32);
  return at + bits / 8;
}

// Below 2^32.
inline const char* PlainWords::decimal(const char* at, std::uint32_t& into) {
  const char* const end = short_decimal(at, into);
  return end != nullptr ? end : long_decimal(at, into);
}

}  // namespace gcsim::trace
