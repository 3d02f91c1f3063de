#include "line_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "decompressor.h"

namespace gcsim::trace {

namespace {

constexpr std::size_t kBlock = std::size_t{64} << 10;
constexpr std::size_t kShown = 4096;  // of a line that is too long

std::size_t find_line_feed(const char* from, std::size_t size) {
  const void* found = std::memchr(from, '\n', size);
  return found == nullptr ? std::string::npos
                          : static_cast<std::size_t>(static_cast<const char*>(found) - from);
}

}  // namespace

LineReader::LineReader(std::unique_ptr<Decompressor> source) : decompressor_(source.get()) {
  source_ = std::move(source);
}

// Up to so many bytes; none at the end, however it comes.
std::size_t LineReader::take(char* into, std::size_t size) {
  if (at_end_) return 0;
  const auto taken = source_->read(into, size);
  at_end_ = !taken || *taken == 0;
  if (taken) return *taken;
  if (decompressor_ != nullptr) {
    problem_ = decompressor_->problem();
  } else {
    problem_.emplace().note = std::generic_category().message(errno != 0 ? errno : EIO);
  }
  return 0;
}

// Reads one more block behind what is there. False at the end.
bool LineReader::fill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < kBlock + kSlack)
    buffer_.resize(std::max(buffer_.size() * 2, end_ + kBlock + kSlack));
  const std::size_t taken = take(buffer_.data() + end_, kBlock);
  end_ += taken;
  return taken > 0;
}

const Line* LineReader::current() {
  if (!loaded_) loaded_ = load();
  return loaded_ ? &line_ : nullptr;
}

std::string_view LineReader::whole_lines() const {
  if (loaded_) return {};
  const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
  return rest.substr(0, rest.rfind('\n') + 1);
}

bool LineReader::load() {
  std::size_t searched = 0;
  std::size_t length = std::string::npos;
  for (;;) {
    length = find_line_feed(buffer_.data() + begin_ + searched, end_ - begin_ - searched);
    if (length != std::string::npos) break;
    searched = end_ - begin_;
    if (searched > kMaxLineBytes || !fill()) break;
  }
  const bool terminated = length != std::string::npos;
  length = terminated ? searched + length : end_ - begin_;
  if (!terminated && (length == 0 || problem_.has_value())) return false;
  line_ = {{buffer_.data() + begin_, length}, ++lines_, terminated, false};
  if (length > kMaxLineBytes) {
    load_too_long();
    return true;
  }
  begin_ += length + (terminated ? 1 : 0);
  if (!line_.text.empty() && line_.text.back() == '\r') line_.text.remove_suffix(1);
  return true;
}

// Skips the rest of the line, block by block, and keeps its beginning at the front of the buffer.
void LineReader::load_too_long() {
  const std::string shown(line_.text.substr(0, kShown));
  std::size_t feed = find_line_feed(buffer_.data() + begin_, end_ - begin_);
  while (feed == std::string::npos) {
    begin_ = end_;
    if (!fill()) break;
    feed = find_line_feed(buffer_.data() + begin_, end_ - begin_);
  }
  line_.terminated = feed != std::string::npos;
  begin_ = line_.terminated ? begin_ + feed + 1 : end_;
  line_.too_long = true;
  too_long_start_ = shown;
  line_.text = too_long_start_;
}

std::string_view LineReader::look_ahead(std::size_t size) {
  while (end_ - begin_ < size && fill()) {
  }
  return {buffer_.data() + begin_, end_ - begin_};
}

std::size_t LineReader::read(char* into, std::size_t size) {
  std::size_t got = std::min(size, end_ - begin_);
  std::memcpy(into, buffer_.data() + begin_, got);
  begin_ += got;
  while (got < size && !at_end_) got += take(into + got, size - got);
  return got;
}

std::string LineReader::take_all() {
  while (fill()) {
  }
  std::string all = std::move(buffer_);
  all.resize(end_);
  all.erase(0, begin_);
  buffer_.clear();
  begin_ = end_ = 0;
  return all;
}

}  // namespace gcsim::trace
