// Reads text and JSON Lines ahead: on a thread of its own as soon as the trace turns out to be long.
//
// Words that are given back take effect kPortionsAhead portions later.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "ahead_decoder.h"
#include "gcsim/trace/reader.h"
#include "hand_over.h"
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

  AheadDecoder decoder_;
  Vocabulary vocabulary_;
  LineRuns lines_;
  Portion current_;
  std::uint64_t portions_ = 0;  // handed out
  EventIndex next_event_ = 1;
  std::vector<SymbolId> forgotten_;  // since the last portion
  bool is_at_end_ = false;
  std::thread thread_;

  HandOver<Portion> hand_over_{kPortionsAhead / 2};

  // The decoding side's own.
  std::uint64_t decoded_ = 0;
  std::vector<HandOver<Portion>::Done> done_;

  bool wait_for_room();
  void decode(Portion& portion);
  void work();
};

}  // namespace gcsim::trace
