// Writes traces in text form.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gcsim/trace/writer.h"

namespace gcsim::trace {

class TextWriter final : public Writer {
 public:
  TextWriter(const Vocabulary& words, Output output) : words_(words), output_(std::move(output)) {}

  std::optional<Unsayable> begin(const Header& header) override;
  std::optional<Unsayable> write(const EventBatch& batch) override;
  void finish() override;

 private:
  const Vocabulary& words_;
  Output output_;
  std::string text_;
  Header header_;  // until it is written
  bool is_header_written_ = false;
  bool keeps_lines_ = false;
  std::uint64_t line_ = 1;  // the one at hand
  std::size_t line_begin_ = 0;
  EventIndex events_ = 0;

  using NextExpectation = std::vector<Expectation>::const_iterator;

  void write_header(std::uint64_t first_line);
  std::optional<Unsayable> end_event(const EventBatch& batch, std::size_t i, NextExpectation& next);
  std::optional<Unsayable> own_lines(const EventBatch& batch, EventIndex event, NextExpectation& next);
  std::optional<Unsayable> expectation(const Expectation& each);
  std::optional<Unsayable> end_line(EventIndex event);
  void move_to(std::uint64_t line);
};

}  // namespace gcsim::trace
