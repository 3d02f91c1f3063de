// Binary blocks on their way to batches: decoded on a thread of their own as soon as there are two.
//
// Words that were given back take effect kBlocksAhead blocks later.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "block_decoder.h"
#include "hand_over.h"

namespace gcsim::trace {

struct StoredBlock {
  binary::BlockHead head;
  std::uint64_t offset = 0;  // in the file
  std::string bytes;         // as they are stored
};

class BlockPipeline {
 public:
  explicit BlockPipeline(BlockDecoder decoder) : decoder_(std::move(decoder)) {}
  ~BlockPipeline();
  BlockPipeline(const BlockPipeline&) = delete;
  BlockPipeline& operator=(const BlockPipeline&) = delete;

  // How many blocks the decoding side may be ahead, and so how many should be put in.
  static constexpr std::size_t kBlocksAhead = 4;

  // Blocks that were put in and did not come out as a whole yet.
  std::size_t blocks() const { return blocks_; }
  void put(StoredBlock block);

  enum class Status : std::uint8_t {
    batch,
    wrong_checksum,
    wrong_contents,  // though the checksum is right
  };
  // The next batch. Its memory is that of `batch`, which the caller has done with. REQUIRES: blocks() > 0.
  // After a wrong block nothing comes any more.
  Status next(DecodedBatch& batch);
  // Where the wrong block begins, and its first event.
  const StoredBlock& wrong_block() const { return wrong_; }

  // That the last batch has been dealt with; nobody uses these words any more.
  void done(std::uint64_t batch, std::span<const SymbolId> forgotten);

 private:
  struct Ready {
    Status status = Status::batch;
    bool ends_block = false;
    DecodedBatch batch;
  };

  BlockDecoder decoder_;
  std::size_t blocks_ = 0;
  std::thread thread_;

  HandOver<Ready> hand_over_{kBlocksAhead / 2};
  StoredBlock wrong_;  // handed over with its status

  // Blocks that wait to be decoded.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<StoredBlock> stored_;
  bool is_over_ = false;

  // The decoding side's own.
  std::string contents_;                                       // room for those of a block
  std::array<std::uint64_t, kBlocksAhead> last_batches_ = {};  // of the last blocks, oldest first
  std::uint64_t batches_ = 0;
  std::vector<HandOver<Ready>::Done> done_;

  void work();
  std::optional<StoredBlock> stored_block();
  bool decode(StoredBlock block);
};

}  // namespace gcsim::trace
