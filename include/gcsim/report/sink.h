// Where reports go. The room writes text and knows nothing of files; the caller owns the other end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gcsim::report {

class Sink {
 public:
  virtual ~Sink() = default;
  // May throw to end the run (the disk is full, nobody reads any more).
  virtual void write(std::string_view text) = 0;
};

class StringSink : public Sink {
 public:
  void write(std::string_view added) override { text += added; }
  std::string text;
};

// Text on its way to a sink, passed on in large pieces.
class Buffer {
 public:
  explicit Buffer(Sink& sink) : sink_(sink) {}

  std::string& text() { return text_; }
  void flush_if_large() {
    if (text_.size() >= kLarge) flush();
  }
  void flush() {
    sink_.write(text_);
    text_.clear();
  }

 private:
  static constexpr std::size_t kLarge = std::size_t{1} << 16;
  Sink& sink_;
  std::string text_;
};

}  // namespace gcsim::report
