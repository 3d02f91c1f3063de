// The events of binary blocks, batch by batch.
//
// It may run ahead of the replay, on another thread: so it has a vocabulary of its own, and each batch says
// what its words change in the vocabulary of the reader.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binary_format.h"
#include "binary_rows.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"
#include "vocabulary_changes.h"

namespace gcsim::trace {

struct DecodedBatch {
  EventBatch events;
  VocabularyChanges changes;
  std::uint64_t number = 0;  // of all batches, from 1
};

class BlockDecoder {
 public:
  // `words` has the classes of the header and nothing else.
  BlockDecoder(Vocabulary words, bool declares_unknown_types);

  // Begins a block. False: it is none, whatever its checksum says.
  // `contents` is exchanged for those of an earlier block: room for the next.
  bool begin(const binary::BlockHead& head, std::string& contents);
  // The next events of the block; false as above. The batch is empty but for its memory.
  bool next(DecodedBatch& batch);
  bool is_block_over() const { return next_event_ == events_ && next_expectation_ == expectations_.size(); }

  // Words that nobody has used since this batch. To be called between blocks.
  void release(std::span<const SymbolId> words, std::uint64_t batch);

 private:
  static constexpr std::size_t kBatchEvents = 4096;
  static constexpr std::size_t kWordsAhead = 12;

  struct Prefix {
    std::string_view text;
    WordTable::Series series = WordTable::kNoSeries;
    bool has_dot = false;
  };
  // A word of the block's list.
  struct SymbolWord {
    std::uint32_t number = 0;  // in its series; without one, in texts_
    WordTable::Series series = WordTable::kNoSeries;
    bool has_dot = false;
  };
  // What has to be known of it where it matters when it is used.
  struct Use {
    std::uint32_t batch = 0;  // that used it last
    std::uint32_t noted = 0;  // the batch whose globals have it
  };
  enum TypeUse : std::uint8_t {
    kAllocatable = 1,
    kException = 2,
    kHasValue = 4,
    kNeedsValue = 8,
    kTuple = 16,
    kResurrects = 32
  };
  struct BlockKey {
    KeyId id = kNoKey;
    std::uint32_t index = kNoIndex;  // as a list index
    bool is_id = false;
    bool is_empty = false;
  };
  struct BlockLiteral {
    LiteralId id = kNoLiteral;
    Kind kind = Kind::integer;
  };
  struct BlockExpectation {
    EventIndex event = 0;
    std::int64_t line = 0;  // from that of its event
    std::uint32_t column = 0;
    std::string_view text;
  };

  Vocabulary words_;
  bool declares_unknown_types_;
  std::size_t told_series_;  // how many series of words the reader knows of
  std::vector<std::uint8_t> type_uses_;
  UsedWords used_;
  std::uint64_t batches_ = 0;
  bool has_imports_ = false;
  std::string scratch_;
  VocabularyChanges pending_;  // of the block's tables, for its first batch

  // The block at hand.
  std::string contents_;
  EventIndex first_ = 1;
  std::uint32_t events_ = 0;
  std::uint32_t next_event_ = 0;
  std::vector<Prefix> prefixes_;
  std::vector<BlockKey> keys_;
  std::vector<BlockLiteral> literals_;
  std::vector<BlockExpectation> expectations_;
  std::size_t next_expectation_ = 0;
  std::vector<SymbolWord> symbol_words_;
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> symbols_;  // those of symbol_words_
  std::size_t met_ = 0;                 // how many of them events have named
  std::vector<Use> uses_;               // of those, if the block has several batches, or imports
  bool notes_uses_ = false;
  binary::Cursor lines_;
  LineRun run_;
  std::uint64_t last_line_ = 0;
  binary::Cursor references_;
  binary::Cursor numbers_;
  binary::Cursor operations_;
  std::size_t operands_ = 0;  // of the batch at hand
  DecodedBatch* batch_ = nullptr;
  BlockKey key_;          // of the event at hand
  BlockLiteral literal_;  // likewise

  void note_types();
  bool read_tables(binary::Cursor& in);
  bool read_prefixes(binary::Cursor& in);
  bool read_types(binary::Cursor& in);
  bool read_type(binary::Cursor& in, std::size_t number);
  bool read_keys(binary::Cursor& in);
  bool read_literals(binary::Cursor& in);
  bool read_symbol_words(std::uint32_t count, binary::Cursor in);
  std::size_t read_common_words(binary::Cursor& in, std::size_t begin, std::uint64_t& next);
  bool read_symbol_word(binary::Cursor& in, std::uint64_t& next, SymbolWord& word);
  void intern_symbol_words();
  bool read_expectations(binary::Cursor& in);

  bool read_events(std::uint32_t count);
  std::uint32_t read_common_events(Event* events, std::uint32_t count);
  bool read_event(Event& event);
  using UsualEvents = std::array<bool (BlockDecoder::*)(Event&), binary::kOps>;
  template <std::size_t kOp>
  bool usual_event(Event& event);
  static constexpr UsualEvents usual_events();
  [[gnu::always_inline]] inline bool fields(const binary::Row& row, std::uint8_t present, Event& event);
  bool operands(const binary::Row& row, Event& event);
  void put_operand(std::uint32_t operand);
  bool argument(std::size_t begin);
  bool read_lines();
  static bool has_lines(const LineRun& run);
  bool begin_run();
  void hand_out_expectations();
  bool is_sound() const;
  void end_block();

  [[gnu::always_inline]] inline bool symbol(SymbolId& into);
  void use(std::size_t word);
  std::uint32_t intern(std::string_view word);
  bool note_global(std::string_view word, SymbolId symbol);

  bool is_none(SymbolId symbol) const { return symbol == words_.none(); }
  [[gnu::always_inline]] inline bool complete(Op op, std::uint8_t present, Event& event);
  bool alloc(std::uint8_t present, Event& event);
  bool import(Event& event);
  Kind kind_of(const Event& event) const { return words_.types()[raw(event.type)].kind; }
  std::string_view word(SymbolId symbol) const { return words_.symbols.word(raw(symbol)); }
};

}  // namespace gcsim::trace
