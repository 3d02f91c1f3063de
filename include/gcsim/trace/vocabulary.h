// The words of one trace: dense numbers for IDs, names, keys, types and literal values, and back.
//
// Symbols of dead objects are given back (release) so that a trace of any length needs memory in
// proportion to what lives at the same time. Keys, types and literals are kept: a program has few.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gcsim/prefetch.h"
#include "gcsim/trace/number_table.h"
#include "gcsim/trace/types.h"
#include "gcsim/types.h"

namespace gcsim::trace {

// Interns words as dense numbers. find and intern are O(1); word is O(1). Released numbers are used again.
// The view that word() answers stays valid until its number is released.
//
// A word that is a whole number behind a prefix, as machines make them ("17", "o17"), is not kept as text but
// as a number of a series: 17 of the series "o". Not for several threads at a time, not even to read.
class WordTable {
 public:
  std::uint32_t intern(std::string_view word);
  // Whether the word is a new one, too.
  std::uint32_t intern(std::string_view word, bool& is_new);
  std::optional<std::uint32_t> find(std::string_view word) const;
  std::string_view word(std::uint32_t id) const;
  // Forgets the word. REQUIRES: id is interned and nobody uses it any more.
  void release(std::uint32_t id) {
    Entry& e = entry(id);
    if (e.size == Entry::kNumber) {
      series_[e.series].ids.erase(number_of(id));
      e.size = Entry::kUnused;
      e.series = kNoSeries;
    } else {
      unlink(id);
      clear(id);
    }
    free_.push_back(id);
  }
  // One more than the largest number ever given out: the size of arrays indexed by it.
  std::size_t capacity() const { return capacity_; }

  // The series of that prefix; kNoSeries if there is none, as for a prefix that ends in a digit, or if there
  // are kMostSeries others. It never changes.
  using Series = std::uint8_t;
  static constexpr Series kNoSeries = 0xff;
  static constexpr std::size_t kMostSeries = 64;
  Series series_of(std::string_view prefix);
  // The prefixes of all series, by their numbers.
  std::vector<std::string_view> prefixes() const;
  std::size_t series() const { return series_.size(); }
  std::string_view prefix(Series series) const { return series_[series].prefix; }
  // As intern(prefix + number). REQUIRES: not kNoSeries.
  [[gnu::always_inline]] std::uint32_t intern(Series series, std::uint32_t number, bool& is_new) {
    is_new = false;
    return series_[series].ids.find_or_add(number, [&] {
      is_new = true;
      const std::uint32_t id = take_number();
      entry(id).assign(series, number);
      return id;
    });
  }

  // The series of an interned word, or kNoSeries; and its number there.
  Series series_of(std::uint32_t id) const { return entry(id).series; }
  // REQUIRES: the word is one of a series.
  std::uint32_t number_of(std::uint32_t id) const {
    const Entry& e = entry(id);
    if (e.size != Entry::kNumber) return number_in_text(id);
    std::uint32_t number = 0;
    std::memcpy(&number, e.bytes.data(), sizeof number);
    return number;
  }

  // Ask for the memory that intern, word and release will need, some words before they do.
  void prefetch(Series series, std::uint32_t number) const { series_[series].ids.prefetch(number); }
  void prefetch(std::uint32_t id) const { gcsim::prefetch(&entry(id)); }
  void prefetch_release(std::uint32_t id) const {
    if (entry(id).series != kNoSeries) series_[entry(id).series].ids.prefetch(number_of(id));
  }

  // For a table that follows another one: the number stands for this word from now on, or for none. Such a
  // table is not interned into; the first find() takes time in proportion to its words.
  void follow(std::uint32_t id, std::string_view word);
  void follow(std::uint32_t id, Series series, std::uint32_t number) {
    if (!follows_) begin_to_follow();
    while (capacity_ <= id) new_number();
    entry(id).assign(series, number);
    if (has_index_) link(id);
  }
  void follow_release(std::uint32_t id) {
    if (has_index_) unlink(id);
    clear(id);
  }

 private:
  static constexpr std::size_t kBlock = 1024;  // entries; blocks never move, so that views stay valid

  // What a word is, in as few bytes as can be: there is one for each object.
  struct Entry {
    // `size` of entries whose text does not stand in `bytes`.
    static constexpr std::uint8_t kUnused = 0xff;
    static constexpr std::uint8_t kNumber = 0xfe;  // of a series, and nobody asked for its text yet
    static constexpr std::uint8_t kLarge = 0xfd;   // in large_

    std::array<char, 14> bytes;  // the text; or the number
    std::uint8_t size = kUnused;
    Series series = kNoSeries;

    void assign(Series in, std::uint32_t number) {
      std::memcpy(bytes.data(), &number, sizeof number);
      size = kNumber;
      series = in;
    }
  };
  static_assert(sizeof(Entry) == 16);
  struct Numbers {
    std::string prefix;
    NumberTable ids;
  };
  // A word as a number of a series.
  struct Numbered {
    std::string_view prefix;
    std::uint32_t number = 0;
  };

  // Open addressing with linear probing; removal shifts back, so there are no tombstones. A slot holds the
  // upper half of the word's hash above its number + 1; 0 is an empty slot.
  mutable std::vector<std::uint64_t> slots_;
  mutable std::size_t linked_ = 0;
  mutable std::vector<Numbers> series_;
  mutable std::array<Series, 256> series_by_hash_ = {};  // + 1; open addressing
  std::vector<std::unique_ptr<Entry[]>> blocks_;
  mutable std::unordered_map<std::uint32_t, std::string> large_;  // words that do not fit into an entry
  std::vector<std::uint32_t> free_;
  std::size_t capacity_ = 0;
  bool follows_ = false;
  mutable bool has_index_ = true;  // a table that follows has none until it is needed

  Entry& entry(std::uint32_t id) const { return blocks_[id / kBlock][id % kBlock]; }
  std::uint32_t take_number() {
    if (free_.empty()) return new_number();
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }
  std::uint32_t new_number();
  static bool split(std::string_view word, Numbered& into);
  std::size_t series_place(std::string_view prefix) const;
  std::size_t probe(std::string_view word, std::uint32_t hash) const;
  void grow() const;
  void unlink(std::uint32_t id);
  void link(std::uint32_t id) const;
  std::string_view text_of(std::uint32_t id) const;
  void set_text(std::uint32_t id, std::string_view word) const;
  void make_text(std::uint32_t id) const;
  std::uint32_t number_in_text(std::uint32_t id) const;
  void clear(std::uint32_t id) {
    Entry& e = entry(id);
    if (e.size == Entry::kLarge) large_.erase(id);
    e.size = Entry::kUnused;
    e.series = kNoSeries;
  }
  void begin_to_follow();
};

struct Literal {
  Kind kind = Kind::integer;  // integer, floating or string
  std::string text;           // canonical: decimal digits; shortest round-trip float; the string's UTF-8
};

// The keys every vocabulary has: the names each module's dict begins with, in the order of their KeyId.
enum ModuleKey : std::uint32_t {
  kNameKey,
  kDocKey,
  kPackageKey,
  kBuiltinsKey,
  kFileKey,
  kModuleKeys,
};

class Vocabulary {
 public:
  Vocabulary();

  WordTable symbols;
  WordTable keys;

  const std::vector<TypeDecl>& types() const;
  // A class, or an opaque type met in a recording. REQUIRES: its name is not declared yet.
  TypeId declare(TypeDecl type);
  // The type an alloc calls by this name. None, weak references and modules come about in other ways and are
  // not found.
  std::optional<TypeId> find_type(std::string_view name) const;
  // The built-in exception of that name.
  std::optional<TypeId> find_exception(std::string_view name);

  LiteralId intern(const Literal& literal);
  LiteralId intern(Kind kind, std::string_view text);
  const std::vector<Literal>& literals() const;

  // The symbol of the word "None", whose object always exists.
  SymbolId none() const { return none_; }

 private:
  SymbolId none_;
  std::vector<TypeDecl> types_;
  WordTable type_names_;
  std::vector<TypeId> exceptions_;  // those met so far
  std::vector<TypeId> type_ids_;    // by number in type_names_
  WordTable literal_keys_;          // kind and text; the numbers are those of literals_
  std::vector<Literal> literals_;
  std::string literal_key_;

  void name_type(std::string_view name, TypeId type);
};

}  // namespace gcsim::trace
