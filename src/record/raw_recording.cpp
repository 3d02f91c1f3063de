#include "gcsim/record/raw_recording.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "fast_recording.h"

namespace gcsim::record {

namespace {

// The whole lines of a file, up to the first zero.
class Lines {
 public:
  explicit Lines(std::FILE* file) : file_(file) {}

  // The next line without its end; nothing at the end of the recording.
  std::optional<std::string_view> next() {
    for (;;) {
      const auto rest = std::string_view(buffer_).substr(at_);
      if (const auto end = rest.find('\n'); end != std::string_view::npos) {
        at_ += end + 1;
        return rest.substr(0, end);
      }
      if (!fill()) return std::nullopt;  // a part of a line is none
    }
  }

  bool failed() const { return std::ferror(file_.get()) != 0; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  bool fill() {
    constexpr std::size_t kBlock = std::size_t{1} << 16;
    if (ended_) return false;
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t kept = buffer_.size();
    buffer_.resize(kept + kBlock);
    std::size_t got = std::fread(buffer_.data() + kept, 1, kBlock, file_.get());
    if (const auto* zero = static_cast<const char*>(std::memchr(buffer_.data() + kept, 0, got))) {
      got = static_cast<std::size_t>(zero - (buffer_.data() + kept));
      ended_ = true;
    }
    buffer_.resize(kept + got);
    return got > 0;
  }

  std::unique_ptr<std::FILE, Close> file_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

// The number behind `word`, if the line begins with that.
std::optional<std::uint64_t> number_behind(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::nullopt;
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(line.data() + word.size(), line.data() + line.size(), number);
  if (parsed.ec != std::errc()) return std::nullopt;
  return number;
}

constexpr std::string_view kOutside = "outside ";
constexpr std::string_view kStopped = "stopped ";

// What the recording says of objects behind their births.
struct Afterthoughts {
  std::vector<std::uint64_t> outside;  // IDs, ascending
  bool has_end = false;
  std::string stopped;

  bool is_complete() const { return has_end && stopped.empty(); }
  bool is_outside(std::uint64_t id) const { return std::binary_search(outside.begin(), outside.end(), id); }
};

Afterthoughts read_afterthoughts(Lines& lines) {
  Afterthoughts known;
  while (const auto line = lines.next()) {
    if (const auto id = number_behind(*line, kOutside)) known.outside.push_back(*id);
    if (line->starts_with(kStopped)) known.stopped = line->substr(kStopped.size());
    known.has_end = line->starts_with("end ");
  }
  std::sort(known.outside.begin(), known.outside.end());
  return known;
}

class FinishedText : public trace::Source {
 public:
  FinishedText(Lines lines, Afterthoughts known) : lines_(std::move(lines)), known_(std::move(known)) {}

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    if (at_ == text_.size()) {
      text_.clear();
      at_ = 0;
      while (text_.size() < size) {
        const auto line = lines_.next();
        if (!line && lines_.failed()) return std::nullopt;
        if (!line) break;
        finish(*line);
      }
    }
    const std::size_t count = text_.copy(into, size, at_);
    at_ += count;
    return count;
  }

 private:
  void finish(std::string_view line) {
    if (line.starts_with(kOutside) || line.starts_with(kStopped)) return;
    text_ += line;
    if (is_first_) text_ += known_.is_complete() ? "" : "\ncomplete no";
    is_first_ = false;
    if (const auto id = number_behind(line, "alloc "); id && known_.is_outside(*id)) text_ += " outside";
    text_ += '\n';
  }

  Lines lines_;
  Afterthoughts known_;
  std::string text_;
  std::size_t at_ = 0;
  bool is_first_ = true;  // the next line is
};

}  // namespace

Opened open_raw_recording(const std::string& path) {
  if (is_fast_recording(path)) return open_fast_recording(path);
  std::FILE* first = std::fopen(path.c_str(), "rb");
  if (first == nullptr) return {std::nullopt, errno};
  Lines lines(first);
  Afterthoughts known = read_afterthoughts(lines);
  if (lines.failed()) return {std::nullopt, EIO};
  std::FILE* second = std::fopen(path.c_str(), "rb");
  if (second == nullptr) return {std::nullopt, errno};
  RawRecording recording;
  recording.is_complete = known.is_complete();
  recording.stopped = known.stopped;
  recording.text = std::make_unique<FinishedText>(Lines(second), std::move(known));
  return {std::move(recording), 0};
}

}  // namespace gcsim::record
