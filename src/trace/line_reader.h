// A source as lines: reads blocks, keeps one line and the rest of its block, whatever the file's size.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gcsim/trace/error.h"
#include "gcsim/trace/reader.h"

namespace gcsim::trace {

struct Line {
  std::string_view text;     // without the line end
  std::uint64_t number = 0;  // from 1
  bool terminated = true;    // false: the file ends without a line feed
  bool too_long = false;     // text is only its beginning
};

// Why no more could be read.
struct InputProblem {
  Fault fault = Fault::input_failed;
  std::optional<std::uint64_t> byte = std::nullopt;  // of a compressed file, as it is
  std::string expected;
  std::string got;
  std::string note;
};

class Decompressor;

class LineReader {
 public:
  explicit LineReader(std::unique_ptr<Source> source) : source_(std::move(source)) {}
  explicit LineReader(std::unique_ptr<Decompressor> source);

  // The line at hand, or null at the end of the file. Stays the same until advance().
  const Line* current();
  void advance() { loaded_ = false; }

  // The whole lines that have been read but not looked at, with their line feeds; none while a line is at
  // hand. kSlack bytes behind them may be read, too.
  static constexpr std::size_t kSlack = 64;
  std::string_view whole_lines() const;
  // Steps over so many bytes of them, which are so many lines.
  void skip_lines(std::size_t bytes, std::uint64_t lines) {
    begin_ += bytes;
    lines_ += lines;
  }
  // The number of the last line that was looked at.
  std::uint64_t lines() const { return lines_; }

  // All that has been read so far behind the last advance(), to look at a file's first bytes. Reads on until
  // there are `size` bytes or the file ends.
  std::string_view look_ahead(std::size_t size);
  // Skips bytes of the look-ahead (a byte order mark). REQUIRES: no line is at hand.
  void skip(std::size_t size) { begin_ += size; }
  // Bytes instead of lines: so many, fewer at the end. REQUIRES: no line is at hand.
  std::size_t read(char* into, std::size_t size);
  // Everything not yet advanced over: for formats that are held whole.
  std::string take_all();

  // As Source::interrupt.
  void interrupt(bool is_on) { source_->interrupt(is_on); }

  // After a problem the file counts as ended.
  const std::optional<InputProblem>& problem() const { return problem_; }

 private:
  std::unique_ptr<Source> source_;
  const Decompressor* decompressor_ = nullptr;  // the same, if it is one
  std::string buffer_;
  std::size_t begin_ = 0;  // what buffer_ holds beyond the line at hand: [begin_, end_)
  std::size_t end_ = 0;
  Line line_;
  std::string too_long_start_;
  std::uint64_t lines_ = 0;
  bool loaded_ = false;
  bool at_end_ = false;
  std::optional<InputProblem> problem_;

  std::size_t take(char* into, std::size_t size);
  bool fill();
  bool load();
  void load_too_long();
};

}  // namespace gcsim::trace
