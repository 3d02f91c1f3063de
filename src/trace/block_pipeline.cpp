#include "block_pipeline.h"

#include <algorithm>
#include <utility>

namespace gcsim::trace {

BlockPipeline::~BlockPipeline() {
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
  std::unique_lock lock(mutex_);
  spare_.push_back(std::move(batch));
  if (!thread_.joinable() && ready_.empty()) {
    StoredBlock block = std::move(stored_.front());
    stored_.pop_front();
    lock.unlock();
    decode(std::move(block));
    lock.lock();
  }
  if (ready_.empty() && awaited_batch_ != 0) changed_.notify_all();
  changed_.wait(lock, [this] { return !ready_.empty() || failure_; });
  if (ready_.empty()) std::rethrow_exception(failure_);
  Ready ready = std::move(ready_.front());
  ready_.pop_front();
  if (ready.ends_block) --blocks_;
  batch = std::move(ready.batch);
  return ready.status;
}

void BlockPipeline::done(std::uint64_t batch, std::span<const SymbolId> forgotten) {
  bool is_time = false;
  {
    const std::lock_guard lock(mutex_);
    done_batch_ = batch;
    if (!forgotten.empty()) done_.push_back({batch, {forgotten.begin(), forgotten.end()}});
    // To wake a thread takes as long as some thousand events: not before there is room for more than one
    // block.
    is_time = awaited_batch_ != 0 && done_batch_ >= awaited_batch_ + kBlocksAhead / 2;
  }
  if (is_time) changed_.notify_all();
}

void BlockPipeline::work() {
  try {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return is_over_ || !stored_.empty(); });
      if (is_over_) return;
      StoredBlock block = std::move(stored_.front());
      stored_.pop_front();
      lock.unlock();
      decode(std::move(block));
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    changed_.notify_all();
  }
}

// What was done with the batches of the block kBlocksAhead blocks ago takes effect here, and nothing that was
// done later.
void BlockPipeline::take_done(std::unique_lock<std::mutex>& lock, std::vector<Done>& into) {
  const std::uint64_t last = last_batches_.front();
  awaited_batch_ = last;
  changed_.wait(lock, [this, last] { return is_over_ || done_batch_ >= last; });
  awaited_batch_ = 0;
  while (!done_.empty() && done_.front().batch <= last) {
    into.push_back(std::move(done_.front()));
    done_.pop_front();
  }
}

void BlockPipeline::decode(StoredBlock block) {
  std::vector<Done> done;
  {
    std::unique_lock lock(mutex_);
    take_done(lock, done);
  }
  for (const Done& each : done) decoder_.release(each.forgotten, each.batch);
  Status status = Status::batch;
  if (!binary::unpack(block.head, block.bytes, contents_)) {
    status = Status::wrong_checksum;
  } else if (!decoder_.begin(block.head, contents_)) {
    status = Status::wrong_contents;
  }
  for (bool goes_on = true; goes_on;) {
    DecodedBatch batch = spare();
    if (status == Status::batch && !decoder_.next(batch)) status = Status::wrong_contents;
    if (status != Status::batch) {
      const std::lock_guard lock(mutex_);
      wrong_ = std::move(block);
    }
    goes_on = hand_over(status, std::move(batch));
  }
  std::shift_left(last_batches_.begin(), last_batches_.end(), 1);
  last_batches_.back() = batches_;
}

// False behind the last batch of a block.
bool BlockPipeline::hand_over(Status status, DecodedBatch&& batch) {
  const bool ends_block = status != Status::batch || decoder_.is_block_over();
  batches_ = batch.number;
  bool goes_on = !ends_block;
  {
    const std::lock_guard lock(mutex_);
    ready_.push_back({status, ends_block, std::move(batch)});
    if (is_over_) goes_on = false;
    if (status != Status::batch) is_over_ = true;
  }
  changed_.notify_all();
  return goes_on;
}

DecodedBatch BlockPipeline::spare() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return {};
  DecodedBatch batch = std::move(spare_.back());
  spare_.pop_back();
  return batch;
}

}  // namespace gcsim::trace
