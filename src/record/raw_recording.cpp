#include "gcsim/record/raw_recording.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "../../tools/record/raw_file.h"
#include "fast_recording.h"
#include "mapped_file.h"

namespace gcsim::record {

namespace {

// The whole lines of a recording, up to the first zero.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text.substr(0, text.find('\0'))) {}

  // The next line without its end; nothing at the end of the recording.
  std::optional<std::string_view> next() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;  // a part of a line is none
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

 private:
  std::string_view rest_;
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

Afterthoughts read_afterthoughts(Lines lines) {
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
  FinishedText(MappedFile file, Afterthoughts known)
      : file_(std::move(file)), lines_(file_.bytes()), known_(std::move(known)) {}

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    if (at_ == text_.size()) {
      text_.clear();
      at_ = 0;
      while (text_.size() < size) {
        const auto line = lines_.next();
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

  MappedFile file_;
  Lines lines_;
  Afterthoughts known_;
  std::string text_;
  std::size_t at_ = 0;
  bool is_first_ = true;  // the next line is
};

RawRecording open_lines(MappedFile file) {
  Afterthoughts known = read_afterthoughts(Lines(file.bytes()));
  RawRecording recording;
  recording.is_complete = known.is_complete();
  recording.stopped = known.stopped;
  recording.text = std::make_unique<FinishedText>(std::move(file), std::move(known));
  return recording;
}

// Without a byte it is about the file as a whole.
trace::TraceError error_at(const std::string& path, std::optional<std::uint64_t> byte, trace::Fault fault,
                           std::string expected, std::string got, std::string note) {
  trace::TraceError error;
  error.where.file = path;
  error.where.byte = byte;
  error.fault = fault;
  error.expected = std::move(expected);
  error.got = std::move(got);
  error.note = std::move(note);
  return error;
}

trace::TraceError unreadable(const std::string& path, int error) {
  return error_at(path, std::nullopt, trace::Fault::input_failed, "a raw recording", "",
                  std::strerror(error));
}

// The window is there before its mark.
trace::TraceError cut_off(const std::string& path, std::size_t size) {
  return error_at(path, size, trace::Fault::truncated,
                  "the rest of the first " + std::to_string(kRawWindow) + " bytes", "the end of the file",
                  "");
}

trace::TraceError strange_mark(const std::string& path, std::string_view got) {
  constexpr std::string_view kBegin = std::string_view(RAW_FILE_MARK).substr(0, kRawSettledAt - 1);
  const std::string expected = "'" + std::string(kRawMark) + "'";
  if (got.starts_with(kBegin)) {
    return error_at(path, 0, trace::Fault::unsupported_version, expected, "'" + std::string(got) + "'",
                    "the gcsim of this recorder can finish it");
  }
  return error_at(path, 0, trace::Fault::damaged, expected, "other bytes",
                  "this is no raw recording, or one of another gcsim, which can finish it");
}

}  // namespace

const std::string_view kRawMark = RAW_FILE_MARK;

Opened open_raw_recording(const std::string& path) {
  MappedFile file;
  if (const int error = file.open(path)) return {std::nullopt, unreadable(path, error)};
  const std::string_view mark = file.mark();
  const bool is_unmarked = mark.find_first_not_of('\0') == std::string_view::npos;
  if (!is_unmarked && mark != kRawMark) return {std::nullopt, strange_mark(path, mark)};
  if (!is_unmarked && file.size() < kRawWindow) return {std::nullopt, cut_off(path, file.size())};
  if (is_fast_recording(file.bytes())) return {open_fast_recording(std::move(file))};
  return {open_lines(std::move(file))};
}

}  // namespace gcsim::record
