// A line of a text trace as words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "problem.h"

namespace gcsim::trace {

struct Token {
  std::string_view text;   // escapes resolved
  std::size_t offset = 0;  // of its first byte in the line, the quote included
  bool is_quoted = false;

  // Where a byte of `text` stands in the line; only near it if escapes stand before it.
  std::size_t offset_of(std::size_t byte) const { return offset + byte + (is_quoted ? 1 : 0); }
  Piece piece() const { return {text, offset}; }
};

// "l[]" and "d[k]": what stands before the bracket and between the brackets.
struct Slot {
  Piece owner;
  Piece key;  // empty for "l[]"
};
std::optional<Slot> split_slot(const Token& token);

class TokenizedLine {
 public:
  // False: problem() says what is wrong with the line. The words stay valid as long as the line does and
  // split() is not called again.
  bool split(std::string_view line);

  const std::vector<Token>& words() const { return words_; }
  std::size_t size() const { return words_.size(); }
  const Token& operator[](std::size_t i) const { return words_[i]; }
  // The comment with its '#', if there is one.
  std::optional<Piece> comment() const;
  // Behind the last word.
  std::size_t end() const { return end_; }
  const Problem& problem() const { return problem_; }

 private:
  std::string_view line_;
  std::vector<Token> words_;
  std::string unescaped_;
  std::size_t end_ = 0;
  std::size_t comment_ = std::string_view::npos;
  Problem problem_;

  bool quoted_word(std::size_t& at);
};

}  // namespace gcsim::trace
