#include "ahead_decoder.h"

#include <utility>

namespace gcsim::trace {

AheadDecoder::AheadDecoder(std::unique_ptr<ReaderBase> reader)
    : reader_(std::move(reader)), words_(reader_->vocabulary()) {}

void AheadDecoder::begin(VocabularyChanges& changes) {
  used_.note(raw(words_.none()), 1);  // every vocabulary has it
  tell_tables(changes);
}

void AheadDecoder::next(Portion& portion) {
  ++portions_;
  portion.changes.clear();
  std::swap(portion.changes.released, released_);
  portion.lines.clear();
  portion.status = reader_->next(portion.events);
  if (portion.status == Reader::Status::fault) portion.error = reader_->error();
  reader_->take_lines(portion.lines);
  tell_tables(portion.changes);
  tell_words(portion);
}

void AheadDecoder::release(std::span<const SymbolId> words, std::uint64_t portion) {
  used_.release(words, portion, words_.symbols, released_);
}

// What is new in the tables that only grow.
void AheadDecoder::tell_tables(VocabularyChanges& changes) {
  for (const std::size_t series = words_.symbols.series(); told_series_ < series; ++told_series_)
    changes.prefixes.emplace_back(words_.symbols.prefix(static_cast<WordTable::Series>(told_series_)));
  for (const std::size_t keys = words_.keys.capacity(); told_keys_ < keys; ++told_keys_)
    changes.keys.emplace_back(words_.keys.word(static_cast<std::uint32_t>(told_keys_)));
  for (; told_types_ < words_.types().size(); ++told_types_)
    changes.types.push_back(words_.types()[told_types_]);
  for (; told_literals_ < words_.literals().size(); ++told_literals_)
    changes.literals.push_back(words_.literals()[told_literals_]);
}

// The words its events use: those the reader does not know yet, and that they were used.
void AheadDecoder::tell_words(Portion& portion) {
  const EventBatch& batch = portion.events;
  for (const Event& e : batch.events) {
    tell(e.subject, portion.changes);
    tell(e.value, portion.changes);
    if (e.name != e.subject) tell(e.name, portion.changes);
    if (has_number_operands(e.op)) continue;
    for (const std::uint32_t operand : batch.operands_of(e)) tell(SymbolId{operand}, portion.changes);
  }
  for (const GlobalName& global : batch.globals) {
    tell(global.symbol, portion.changes);
    tell(global.module, portion.changes);
  }
}

void AheadDecoder::tell(SymbolId symbol, VocabularyChanges& changes) {
  if (symbol == kNoSymbol || !used_.note(raw(symbol), portions_)) return;
  const std::uint32_t id = raw(symbol);
  const WordTable::Series series = words_.symbols.series_of(id);
  if (series == WordTable::kNoSeries) {
    changes.add(id, words_.symbols.word(id));
  } else {
    changes.symbols.push_back({id, words_.symbols.number_of(id), 0, series});
  }
}

}  // namespace gcsim::trace
