// Reads text and JSON Lines ahead: on a thread of its own as soon as the trace turns out to be long.
//
// What comes out does not depend on the threads: words that are given back take effect kPortionsAhead
// portions later, however fast either side is.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "ahead_decoder.h"
#include "gcsim/trace/reader.h"
#include "line_runs.h"

namespace gcsim::trace {

class AheadReader final : public Reader {
 public:
  // REQUIRES: the header has been read, and no event.
  explicit AheadReader(std::unique_ptr<ReaderBase> reader);
  ~AheadReader() override;
  AheadReader(const AheadReader&) = delete;
  AheadReader& operator=(const AheadReader&) = delete;

  const Header& header() const override { return decoder_.reader().header(); }
  Vocabulary& vocabulary() override { return vocabulary_; }
  Status next(EventBatch& batch) override;
  const TraceError& error() const override { return current_.error; }
  void forget(std::span<const SymbolId> words) override;
  void close() override;
  Place locate(const EventBatch& batch, std::size_t event, Operand operand,
               std::uint32_t ordinal) const override {
    return decoder_.reader().locate(batch, event, operand, ordinal);
  }
  std::optional<std::uint64_t> line_of(EventIndex event) const override { return lines_.line_of(event); }

 private:
  static constexpr std::uint64_t kPortionsAhead = 4;
  // To begin a thread takes as long as some thousand events.
  static constexpr std::uint64_t kPortionsInPlace = 2;

  struct Done {
    std::uint64_t portion = 0;
    std::vector<SymbolId> forgotten;
  };

  AheadDecoder decoder_;
  Vocabulary vocabulary_;
  LineRuns lines_;
  Portion current_;
  std::uint64_t portions_ = 0;  // handed out
  EventIndex next_event_ = 1;
  std::vector<SymbolId> forgotten_;  // since the last portion
  bool is_at_end_ = false;
  std::thread thread_;

  // What both threads touch.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Portion> ready_;
  std::vector<Portion> spare_;
  std::deque<Done> done_;
  std::uint64_t done_portions_ = 0;
  std::uint64_t awaited_portion_ = 0;  // that the decoding side waits for; 0: it does not
  bool is_over_ = false;
  std::exception_ptr failure_;

  // The decoding side's own.
  std::uint64_t decoded_ = 0;
  std::vector<Done> taken_;

  void done();
  void take();
  void decode(Portion& portion);
  bool wait_for_room();
  void work();
};

}  // namespace gcsim::trace
