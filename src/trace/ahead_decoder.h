// The events of a text or JSON Lines trace, for a reader with a vocabulary of its own.
//
// It may run ahead of the replay, on another thread: so each portion says what its words change in the
// vocabulary of the reader, as the batches of BlockDecoder do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gcsim/trace/event.h"
#include "gcsim/trace/reader.h"
#include "reader_base.h"
#include "vocabulary_changes.h"

namespace gcsim::trace {

// What one call of next() reads.
struct Portion {
  Reader::Status status = Reader::Status::events;
  EventBatch events;
  TraceError error;  // of a fault
  VocabularyChanges changes;
  std::vector<LineRun> lines;
};

class AheadDecoder {
 public:
  // REQUIRES: the header has been read, and no event.
  explicit AheadDecoder(std::unique_ptr<ReaderBase> reader);

  // Says what the header changed.
  void begin(VocabularyChanges& changes);
  void next(Portion& portion);
  // Words that nobody has used since that portion, counted from 1. To be called between portions.
  void release(std::span<const SymbolId> words, std::uint64_t portion);

  // These touch nothing that next() changes.
  const ReaderBase& reader() const { return *reader_; }
  void interrupt(bool is_on) { reader_->interrupt(is_on); }

 private:
  std::unique_ptr<ReaderBase> reader_;
  Vocabulary& words_;
  UsedWords used_;
  std::uint32_t portions_ = 0;
  std::vector<std::uint32_t> released_;  // since the last portion
  // How much of the vocabulary the reader knows.
  std::size_t told_series_ = 0;
  std::size_t told_keys_ = kModuleKeys;
  std::size_t told_types_ = kBuiltinTypes;
  std::size_t told_literals_ = 0;

  void tell_tables(VocabularyChanges& changes);
  void tell_words(Portion& portion);
  void tell(SymbolId symbol, VocabularyChanges& changes);
};

}  // namespace gcsim::trace
