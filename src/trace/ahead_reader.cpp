#include "ahead_reader.h"

#include <utility>

namespace gcsim::trace {

AheadReader::AheadReader(std::unique_ptr<ReaderBase> reader) : decoder_(std::move(reader)) {
  decoder_.begin(current_.changes);
  current_.changes.apply(vocabulary_);
}

AheadReader::~AheadReader() {
  close();
}

// The thread may be waiting for room, or for bytes that never come.
void AheadReader::close() {
  is_at_end_ = true;
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  decoder_.interrupt(true);
  thread_.join();
  decoder_.interrupt(false);
}

void AheadReader::forget(std::span<const SymbolId> words) {
  forgotten_.insert(forgotten_.end(), words.begin(), words.end());
}

Reader::Status AheadReader::next(EventBatch& batch) {
  if (is_at_end_) {
    batch.clear();
    batch.first = next_event_;
    return Status::end;
  }
  std::swap(batch, current_.events);
  done();
  if (portions_ == kPortionsInPlace) thread_ = std::thread([this] { work(); });
  if (thread_.joinable()) {
    take();
  } else if (wait_for_room()) {
    decode(current_);
  }
  ++portions_;
  current_.changes.apply(vocabulary_);
  for (const LineRun& run : current_.lines) lines_.note(run.first, run.count, run.line, run.step);
  std::swap(batch, current_.events);
  next_event_ = batch.first + batch.events.size();
  is_at_end_ = current_.status == Status::end;
  return current_.status;
}

// The portion at hand has been dealt with.
void AheadReader::done() {
  bool is_time = false;
  {
    const std::lock_guard lock(mutex_);
    done_portions_ = portions_;
    if (!forgotten_.empty()) done_.push_back({portions_, std::move(forgotten_)});
    // To wake a thread takes as long as some thousand events: not before there is room for more than one.
    is_time = awaited_portion_ != 0 && done_portions_ >= awaited_portion_ + kPortionsAhead / 2;
  }
  forgotten_.clear();
  if (is_time) changed_.notify_all();
}

// The next portion that has been decoded; its memory is that of the one at hand.
void AheadReader::take() {
  std::unique_lock lock(mutex_);
  spare_.push_back(std::move(current_));
  if (ready_.empty() && awaited_portion_ != 0) changed_.notify_all();
  changed_.wait(lock, [this] { return !ready_.empty() || failure_; });
  if (ready_.empty()) std::rethrow_exception(failure_);
  current_ = std::move(ready_.front());
  ready_.pop_front();
}

// What was done with the portion kPortionsAhead portions ago takes effect now, and nothing that was done
// later. False: nothing is to be decoded any more.
bool AheadReader::wait_for_room() {
  std::unique_lock lock(mutex_);
  const std::uint64_t last = decoded_ < kPortionsAhead ? 0 : decoded_ - kPortionsAhead + 1;
  awaited_portion_ = last;
  changed_.wait(lock, [this, last] { return is_over_ || done_portions_ >= last; });
  awaited_portion_ = 0;
  taken_.clear();
  while (!done_.empty() && done_.front().portion <= last) {
    taken_.push_back(std::move(done_.front()));
    done_.pop_front();
  }
  return !is_over_;
}

void AheadReader::decode(Portion& portion) {
  for (const Done& each : taken_) decoder_.release(each.forgotten, each.portion);
  decoder_.next(portion);
  ++decoded_;
}

void AheadReader::work() {
  try {
    while (wait_for_room()) {
      Portion portion;
      {
        const std::lock_guard lock(mutex_);
        if (!spare_.empty()) {
          portion = std::move(spare_.back());
          spare_.pop_back();
        }
      }
      decode(portion);
      const bool is_end = portion.status == Status::end;
      {
        const std::lock_guard lock(mutex_);
        ready_.push_back(std::move(portion));
      }
      changed_.notify_all();
      if (is_end) return;
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    changed_.notify_all();
  }
}

}  // namespace gcsim::trace
