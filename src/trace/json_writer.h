// Writes traces as a JSON document or as JSON Lines.
#pragma once

#include <string>
#include <utility>

#include "gcsim/trace/writer.h"

namespace gcsim::trace {

// The header object, without its closing brace.
void append_json_header(std::string& text, const Header& header, const Vocabulary& words);

class JsonWriter final : public Writer {
 public:
  JsonWriter(bool is_document, const Vocabulary& words, Output output)
      : is_document_(is_document), words_(words), output_(std::move(output)) {}

  std::optional<Unsayable> begin(const Header& header) override;
  std::optional<Unsayable> write(const EventBatch& batch) override;
  void finish() override;

 private:
  bool is_document_;
  const Vocabulary& words_;
  Output output_;
  std::string text_;
  std::size_t line_begin_ = 0;
  bool is_first_ = true;  // element of the document
  EventIndex events_ = 0;

  void begin_line();
  std::optional<Unsayable> end_line(EventIndex event);
  std::optional<Unsayable> expectation(const Expectation& each);
};

}  // namespace gcsim::trace
