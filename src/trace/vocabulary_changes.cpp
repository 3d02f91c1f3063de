#include "vocabulary_changes.h"

namespace gcsim::trace {

void VocabularyChanges::clear() {
  released.clear();
  prefixes.clear();
  symbols.clear();
  text.clear();
  keys.clear();
  types.clear();
  literals.clear();
}

void VocabularyChanges::add(std::uint32_t id, std::string_view word) {
  symbols.push_back({id, static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(word.size()),
                     WordTable::kNoSeries});
  text.append(word);
}

void VocabularyChanges::apply(Vocabulary& vocabulary) const {
  for (const std::uint32_t id : released) vocabulary.symbols.follow_release(id);
  for (const std::string& prefix : prefixes) vocabulary.symbols.series_of(prefix);
  for (const Symbol& symbol : symbols) {
    if (symbol.series != WordTable::kNoSeries) {
      vocabulary.symbols.follow(symbol.id, symbol.series, symbol.begin);
    } else {
      vocabulary.symbols.follow(symbol.id, std::string_view(text).substr(symbol.begin, symbol.length));
    }
  }
  for (const std::string& key : keys) vocabulary.keys.intern(key);
  for (const TypeDecl& type : types) {
    if (type.kind == Kind::exception) {
      vocabulary.find_exception(type.name);
    } else {
      vocabulary.declare(type);
    }
  }
  for (const Literal& literal : literals) vocabulary.intern(literal);
}

// Words lie anywhere in the table: what they need is asked for some words before they do.
void UsedWords::release(std::span<const SymbolId> words, std::uint64_t batch, WordTable& table,
                        std::vector<std::uint32_t>& released) {
  constexpr std::size_t kWordsAhead = 12;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i + 2 * kWordsAhead < words.size()) table.prefetch(raw(words[i + 2 * kWordsAhead]));
    if (i + kWordsAhead < words.size()) table.prefetch_release(raw(words[i + kWordsAhead]));
    const std::uint32_t word = raw(words[i]);
    if (used_in_[word] > batch) continue;
    used_in_[word] = 0;
    table.release(word);
    released.push_back(word);
  }
}

}  // namespace gcsim::trace
