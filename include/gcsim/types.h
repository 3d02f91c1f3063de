// The small words every room shares: dense numbers that stand for the words of a trace.
//
// A trace speaks of objects, names, keys and types in words. The readers turn each distinct word into a
// dense 32-bit number, once, so that nothing behind them handles text. Each kind of number has a type of
// its own: an attribute can't be passed where an object is expected.
#pragma once

#include <cstdint>
#include <limits>

namespace gcsim {

// A word used as an object's ID or as a name (both live in one namespace, as in a Python scope).
enum class SymbolId : std::uint32_t {};
// A dict key or an attribute name.
enum class KeyId : std::uint32_t {};
// A literal value of an int, float or str.
enum class LiteralId : std::uint32_t {};
// A type: the built-in ones first (see TypeDecl), then classes in the order of their declaration.
enum class TypeId : std::uint16_t {};
// A slot of the simulated heap. Slots are used again after their object died.
enum class ObjectIndex : std::uint32_t {};

// Events count from 1, in the order of the trace; header lines are not events.
using EventIndex = std::uint64_t;
using Bytes = std::uint64_t;
// 0 is the youngest, 2 the oldest.
using Generation = std::uint32_t;

inline constexpr Generation kYoungest = 0;
inline constexpr Generation kOldest = 2;
inline constexpr std::uint32_t kGenerations = 3;

inline constexpr SymbolId kNoSymbol{std::numeric_limits<std::uint32_t>::max()};
inline constexpr KeyId kNoKey{std::numeric_limits<std::uint32_t>::max()};
inline constexpr LiteralId kNoLiteral{std::numeric_limits<std::uint32_t>::max()};
inline constexpr ObjectIndex kNoObject{std::numeric_limits<std::uint32_t>::max()};

// The number behind a strong id, for use as an array index.
template <class Id>
constexpr std::uint32_t raw(Id id) {
  return static_cast<std::uint32_t>(id);
}

}  // namespace gcsim
