// What a side that decodes and a side that uses what it decoded hand to each other, each on a thread of its
// own: batches one way; the other way their memory, and the words that nobody uses any more.
//
// What comes out does not depend on the threads: the decoding side waits until a certain batch has been dealt
// with, and then learns what was done with the batches up to that one, and nothing that was done later.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::trace {

template <class Batch>
class HandOver {
 public:
  // What was forgotten when this batch, counted from 1, had been dealt with.
  struct Done {
    std::uint64_t batch = 0;
    std::vector<SymbolId> forgotten;
  };

  // To wake a thread takes as long as some thousand events: a decoding side that waits for a batch is woken
  // so many batches later.
  explicit HandOver(std::uint64_t woken_after) : woken_after_(woken_after) {}

  // --- The using side.

  // All batches up to this one have been dealt with.
  void done(std::uint64_t batch, std::vector<SymbolId>&& forgotten) {
    bool is_time = false;
    {
      const std::lock_guard lock(mutex_);
      done_batch_ = batch;
      if (!forgotten.empty()) done_.push_back({batch, std::move(forgotten)});
      is_time = awaited_batch_ != 0 && done_batch_ >= awaited_batch_ + woken_after_;
    }
    if (is_time) changed_.notify_all();
  }
  void give_back(Batch&& used) {
    const std::lock_guard lock(mutex_);
    spare_.push_back(std::move(used));
  }
  // Whether a batch is there for take().
  bool has_batch() {
    const std::lock_guard lock(mutex_);
    return !ready_.empty();
  }
  // The next batch, as soon as it is there. Throws what the decoding side failed with.
  Batch take() {
    std::unique_lock lock(mutex_);
    if (ready_.empty() && awaited_batch_ != 0) changed_.notify_all();
    changed_.wait(lock, [this] { return !ready_.empty() || failure_; });
    if (ready_.empty()) std::rethrow_exception(failure_);
    Batch batch = std::move(ready_.front());
    ready_.pop_front();
    return batch;
  }
  // No further batch is wanted.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_all();
  }

  // --- The decoding side.

  // Waits until all batches up to this one have been dealt with; adds what was done with them since the last
  // time. False: no further batch is wanted.
  bool wait_for(std::uint64_t batch, std::vector<Done>& into) {
    std::unique_lock lock(mutex_);
    awaited_batch_ = batch;
    changed_.wait(lock, [this, batch] { return is_over_ || done_batch_ >= batch; });
    awaited_batch_ = 0;
    while (!done_.empty() && done_.front().batch <= batch) {
      into.push_back(std::move(done_.front()));
      done_.pop_front();
    }
    return !is_over_;
  }
  // A batch that was given back, for its memory, or a new one.
  Batch spare() {
    const std::lock_guard lock(mutex_);
    if (spare_.empty()) return {};
    Batch batch = std::move(spare_.back());
    spare_.pop_back();
    return batch;
  }
  // False: no further batch is wanted.
  bool put(Batch&& batch) {
    bool is_wanted = true;
    {
      const std::lock_guard lock(mutex_);
      ready_.push_back(std::move(batch));
      is_wanted = !is_over_;
    }
    changed_.notify_all();
    return is_wanted;
  }
  // No further batch can be made.
  void fail(std::exception_ptr failure) {
    {
      const std::lock_guard lock(mutex_);
      failure_ = std::move(failure);
    }
    changed_.notify_all();
  }

 private:
  const std::uint64_t woken_after_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  std::vector<Batch> spare_;
  std::deque<Done> done_;
  std::uint64_t done_batch_ = 0;
  std::uint64_t awaited_batch_ = 0;  // 0: the decoding side does not wait
  bool is_over_ = false;
  std::exception_ptr failure_;
};

}  // namespace gcsim::trace
