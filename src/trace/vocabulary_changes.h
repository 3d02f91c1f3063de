// How a reader's vocabulary follows that of a decoder that runs ahead of it, on another thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/trace/vocabulary.h"

namespace gcsim::trace {

// What happens to the words of a vocabulary, in this order.
struct VocabularyChanges {
  struct Symbol {
    std::uint32_t id = 0;
    std::uint32_t begin = 0;  // in `text`; of a series: the number
    std::uint32_t length = 0;
    WordTable::Series series = WordTable::kNoSeries;
  };
  std::vector<std::uint32_t> released;
  std::vector<std::string> prefixes;  // of series
  std::vector<Symbol> symbols;
  std::string text;
  std::vector<std::string> keys;
  std::vector<TypeDecl> types;
  std::vector<Literal> literals;

  void clear();
  void add(std::uint32_t id, std::string_view word);
  void apply(Vocabulary& vocabulary) const;
};

// Which batch used each word last: words that are given back may have been met again by a decoder that is
// ahead.
class UsedWords {
 public:
  // Whether it is the first use of the word.
  bool note(std::uint32_t symbol, std::uint32_t batch) {
    if (symbol >= used_in_.size()) used_in_.resize(symbol + 1 + used_in_.size() / 2);
    std::uint32_t& last = used_in_[symbol];
    const bool is_first = last == 0;
    last = std::max(last, batch);
    return is_first;
  }

  // Releases the words that no batch behind this one has used.
  void release(std::span<const SymbolId> words, std::uint64_t batch, WordTable& table,
               std::vector<std::uint32_t>& released);

 private:
  std::vector<std::uint32_t> used_in_;  // by symbol: the batch that used it last, from 1; 0: none
};

}  // namespace gcsim::trace
