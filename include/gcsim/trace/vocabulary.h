// The words of one trace: dense numbers for IDs, names, keys, types and literal values, and back.
//
// Symbols of dead objects are given back (release) so that a trace of any length needs memory in
// proportion to what lives at the same time. Keys, types and literals are kept: a program has few.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/trace/types.h"
#include "gcsim/types.h"

namespace gcsim::trace {

// Interns words as dense numbers. find and intern are O(1); word is O(1). Released numbers are used again.
class WordTable {
 public:
  std::uint32_t intern(std::string_view word);
  std::optional<std::uint32_t> find(std::string_view word) const;
  std::string_view word(std::uint32_t id) const;
  // Forgets the word. REQUIRES: id is interned and nobody uses it any more.
  void release(std::uint32_t id);
  // One more than the largest number ever given out: the size of arrays indexed by it.
  std::size_t capacity() const;

 private:
  // (private part belongs to the implementation)
};

struct Literal {
  Kind kind = Kind::integer;  // integer, floating or string
  std::string text;           // canonical: decimal digits; shortest round-trip float; the string's UTF-8
};

class Vocabulary {
 public:
  Vocabulary();

  WordTable symbols;
  WordTable keys;

  const std::vector<TypeDecl>& types() const;
  TypeId declare(TypeDecl type);  // a class, or an opaque type met in a recording
  std::optional<TypeId> find_type(std::string_view name) const;

  LiteralId intern(const Literal& literal);
  const std::vector<Literal>& literals() const;

  // The symbol of the word "None", whose object always exists.
  SymbolId none() const;
};

}  // namespace gcsim::trace
