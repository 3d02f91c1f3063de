#include "block_pipeline.h"

#include <algorithm>
#include <utility>

namespace gcsim::trace {

BlockPipeline::~BlockPipeline() {
  hand_over_.end();
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BlockPipeline::put(StoredBlock block) {
  {
    const std::lock_guard lock(mutex_);
    stored_.push_back(std::move(block));
  }
  if (++blocks_ == 2 && !thread_.joinable()) thread_ = std::thread([this] { work(); });
  changed_.notify_all();
}

BlockPipeline::Status BlockPipeline::next(DecodedBatch& batch) {
  hand_over_.give_back({.batch = std::move(batch)});
  if (!thread_.joinable() && !hand_over_.has_batch()) decode(*stored_block());
  Ready ready = hand_over_.take();
  if (ready.ends_block) --blocks_;
  batch = std::move(ready.batch);
  return ready.status;
}

void BlockPipeline::done(std::uint64_t batch, std::span<const SymbolId> forgotten) {
  hand_over_.done(batch, {forgotten.begin(), forgotten.end()});
}

void BlockPipeline::work() {
  try {
    for (bool goes_on = true; goes_on;) {
      std::optional<StoredBlock> block = stored_block();
      goes_on = block && decode(std::move(*block));
    }
  } catch (...) {
    hand_over_.fail(std::current_exception());
  }
}

// The next block, as soon as it is there; nothing if none is wanted any more.
std::optional<StoredBlock> BlockPipeline::stored_block() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_over_ || !stored_.empty(); });
  if (is_over_) return std::nullopt;
  StoredBlock block = std::move(stored_.front());
  stored_.pop_front();
  return block;
}

// What was done with the batches of the block kBlocksAhead blocks ago takes effect here. False: no further
// block is wanted.
bool BlockPipeline::decode(StoredBlock block) {
  done_.clear();
  bool goes_on = hand_over_.wait_for(last_batches_.front(), done_);
  for (const auto& [number, forgotten] : done_) decoder_.release(forgotten, number);
  Status status = Status::batch;
  if (!binary::unpack(block.head, block.bytes, contents_)) {
    status = Status::wrong_checksum;
  } else if (!decoder_.begin(block.head, contents_)) {
    status = Status::wrong_contents;
  }
  for (bool ends_block = false; goes_on && !ends_block;) {
    DecodedBatch batch = hand_over_.spare().batch;
    if (status == Status::batch && !decoder_.next(batch)) status = Status::wrong_contents;
    if (status != Status::batch) wrong_ = std::move(block);
    ends_block = status != Status::batch || decoder_.is_block_over();
    batches_ = batch.number;
    goes_on = hand_over_.put({status, ends_block, std::move(batch)}) && status == Status::batch;
  }
  std::shift_left(last_batches_.begin(), last_batches_.end(), 1);
  last_batches_.back() = batches_;
  return goes_on;
}

}  // namespace gcsim::trace
