// Reads binary traces, block by block.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block_pipeline.h"
#include "gcsim/trace/reader.h"
#include "line_reader.h"
#include "line_runs.h"

namespace gcsim::trace {

// Whether these are the first bytes of a binary trace, be they damaged.
bool is_binary_trace(std::string_view start);

class BinaryReader final : public Reader {
 public:
  BinaryReader(LineReader bytes, std::string name);

  std::optional<TraceError> read_header();

  const Header& header() const override { return header_; }
  Vocabulary& vocabulary() override { return vocabulary_; }
  Status next(EventBatch& batch) override;
  const TraceError& error() const override { return error_; }
  void forget(std::span<const SymbolId> words) override;
  Place locate(const EventBatch& batch, std::size_t event, Operand operand,
               std::uint32_t ordinal) const override;
  std::optional<std::uint64_t> line_of(EventIndex event) const override { return lines_.line_of(event); }

 private:
  std::string name_;
  LineReader input_;
  std::uint64_t offset_ = 0;  // of what comes next
  Header header_;
  Vocabulary vocabulary_;
  std::unique_ptr<BlockPipeline> pipeline_;
  DecodedBatch current_;
  std::vector<SymbolId> forgotten_;
  LineRuns lines_;
  TraceError error_;

  // What has been read of the file; its events may still be on their way.
  bool is_read_ = false;
  std::optional<TraceError> problem_;  // that ended it
  EventIndex next_event_ = 1;
  EventIndex handed_out_ = 0;
  std::uint64_t expectations_ = 0;  // handed out
  std::uint64_t said_expectations_ = 0;
  std::string checksums_;
  std::string index_;
  std::uint64_t last_offset_ = 0;

  void read_on();
  bool read_block(StoredBlock& block);
  bool read_preamble();
  bool event_block(StoredBlock block);
  void end_of_file(const StoredBlock& index);
  void trailer(const StoredBlock& index, const StoredBlock& trailer);
  std::optional<TraceError> parse_header(const StoredBlock& block);
  void empty(EventBatch& batch) const;
  Status stop(EventBatch& batch);
  void take(EventBatch& batch);

  TraceError error_at(std::uint64_t byte, Fault fault, std::string expected, std::string got,
                      std::string note = "") const;
  bool fail(TraceError error);
  bool damaged(std::uint64_t byte, std::string expected, std::string got);
  bool cut_off(std::uint64_t byte, std::string what);
  TraceError wrong_block(BlockPipeline::Status status) const;
};

}  // namespace gcsim::trace
