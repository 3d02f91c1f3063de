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
  hand_over_.end();
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
  hand_over_.done(portions_, std::move(forgotten_));
  forgotten_.clear();
  if (portions_ == kPortionsInPlace) thread_ = std::thread([this] { work(); });
  if (thread_.joinable()) {
    hand_over_.give_back(std::move(current_));
    current_ = hand_over_.take();
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

// What was done with the portion kPortionsAhead portions ago takes effect now. False: nothing is to be
// decoded any more.
bool AheadReader::wait_for_room() {
  done_.clear();
  return hand_over_.wait_for(decoded_ < kPortionsAhead ? 0 : decoded_ - kPortionsAhead + 1, done_);
}

void AheadReader::decode(Portion& portion) {
  for (const auto& [number, forgotten] : done_) decoder_.release(forgotten, number);
  decoder_.next(portion);
  ++decoded_;
}

void AheadReader::work() {
  try {
    for (bool goes_on = true; goes_on && wait_for_room();) {
      Portion portion = hand_over_.spare();
      decode(portion);
      goes_on = portion.status != Status::end;
      hand_over_.put(std::move(portion));
    }
  } catch (...) {
    hand_over_.fail(std::current_exception());
  }
}

}  // namespace gcsim::trace
