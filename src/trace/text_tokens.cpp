#include "text_tokens.h"

#include "escapes.h"

namespace gcsim::trace {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace

std::optional<Slot> split_slot(const Token& token) {
  const std::string_view text = token.text;
  if (text.empty() || text.back() != ']') return std::nullopt;
  const std::size_t bracket = text.find('[');
  if (bracket == std::string_view::npos) return std::nullopt;
  return Slot{{text.substr(0, bracket), token.offset_of(0)},
              {text.substr(bracket + 1, text.size() - bracket - 2), token.offset_of(bracket + 1)}};
}

bool TokenizedLine::split(std::string_view line) {
  line_ = line;
  words_.clear();
  unescaped_.clear();
  comment_ = std::string_view::npos;
  end_ = 0;
  std::size_t at = 0;
  for (;;) {
    while (at < line.size() && is_blank(line[at])) ++at;
    if (at == line.size()) return true;
    if (line[at] == '#') {
      comment_ = at;
      return true;
    }
    if (line[at] == '"') {
      if (!quoted_word(at)) return false;
    } else {
      const std::size_t begin = at;
      while (at < line.size() && !is_blank(line[at])) ++at;
      words_.push_back({line.substr(begin, at - begin), begin, false});
    }
    end_ = at;
  }
}

// Reads the word whose opening quote is at `at`, and moves behind the closing one.
bool TokenizedLine::quoted_word(std::size_t& at) {
  const std::size_t begin = at++;
  bool has_escapes = false;
  for (; at < line_.size() && line_[at] != '"'; ++at) {
    if (line_[at] != '\\') continue;
    const std::size_t length = escape_length(line_.substr(at));
    if (length == 0) {
      problem_ = {Fault::malformed_text, at, "an escape such as \\\" or \\n or \\u00e9",
                  quoted(line_.substr(at, 2)), "escapes in quotes are those of JSON"};
      return false;
    }
    has_escapes = true;
    at += length - 1;
  }
  if (at >= line_.size()) {
    problem_ = {Fault::malformed_text, begin, "'\"' at the end of the quoted word", "the end of the line",
                ""};
    return false;
  }
  std::string_view inside = line_.substr(begin + 1, at - begin - 1);
  if (has_escapes) {
    // Enough room for the whole line at once: the views into it must not move.
    if (unescaped_.empty()) unescaped_.reserve(line_.size());
    const std::size_t from = unescaped_.size();
    append_unescaped(inside, unescaped_);
    inside = std::string_view(unescaped_).substr(from);
  }
  words_.push_back({inside, begin, true});
  ++at;
  if (at == line_.size() || is_blank(line_[at]) || line_[at] == '#') return true;
  problem_ = {Fault::malformed_text, at, "a blank behind the quoted word", quoted(line_.substr(at, 1)), ""};
  return false;
}

std::optional<Piece> TokenizedLine::comment() const {
  if (comment_ == std::string_view::npos) return std::nullopt;
  return Piece{line_.substr(comment_), comment_};
}

}  // namespace gcsim::trace
