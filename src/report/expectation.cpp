#include "gcsim/report/expectation.h"

#include <algorithm>
#include <array>
#include <optional>

#include "answers.h"

namespace gcsim::report {

namespace {

// What may stand behind a clause's first word.
enum class Shape : std::uint8_t {
  none,
  some_ids,  // at least one
  one_id,
  order,    // word:ID ..
  no,       // one of kNoWords
  collect,  // a generation, then figures
  full,     // the word "full"
  number,
  two_numbers,
  three_numbers,
  yes_or_no,
  lists,  // three lists in brackets
  error_word,
  heap_figures,  // at least one
};

struct ClauseRule {
  std::string_view word;
  ClauseKind kind;
  Shape shape;
};

constexpr ClauseRule kRules[] = {
    {"free", ClauseKind::free, Shape::some_ids},
    {"finalize", ClauseKind::finalize, Shape::some_ids},
    {"callback", ClauseKind::callback, Shape::some_ids},
    {"resurrect", ClauseKind::resurrect, Shape::some_ids},
    {"order", ClauseKind::order, Shape::order},
    {"nothing", ClauseKind::nothing, Shape::none},
    {"no", ClauseKind::no, Shape::no},
    {"collect", ClauseKind::collect, Shape::collect},
    {"refused", ClauseKind::refused, Shape::full},
    {"return", ClauseKind::returns, Shape::number},
    {"count", ClauseKind::count, Shape::three_numbers},
    {"refcount", ClauseKind::refcount, Shape::number},
    {"tracked", ClauseKind::tracked, Shape::yes_or_no},
    {"generations", ClauseKind::generations, Shape::lists},
    {"long_lived", ClauseKind::long_lived, Shape::two_numbers},
    {"same", ClauseKind::same, Shape::one_id},
    {"error", ClauseKind::error, Shape::error_word},
    {"alive", ClauseKind::alive, Shape::some_ids},
    {"dead", ClauseKind::dead, Shape::some_ids},
    {"objects", ClauseKind::objects, Shape::number},
    {"bytes", ClauseKind::bytes, Shape::number},
    {"heap", ClauseKind::heap, Shape::heap_figures},
    {"ignored", ClauseKind::ignored, Shape::some_ids},
};

constexpr std::string_view kNoWords[] = {"free",       "finalize", "callback", "resurrect",
                                         "collection", "refused",  "error"};
constexpr std::string_view kErrorWords[] = {"dead", "unbound",   "empty", "absent",
                                            "type", "attribute", "exists"};
constexpr std::string_view kOrderWords[] = {"free", "finalize", "callback", "resurrect", "ignored"};
constexpr std::string_view kModuleStates[] = {"new", "ready", "partial"};
constexpr std::string_view kFigures[] = {"collected", "uncollectable", "visited", "survivors"};
constexpr std::string_view kHeapFigures[] = {"arenas", "pools", "blocks", "in_use", "held", "released"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&known)[N]) {
  return std::find(std::begin(known), std::end(known), word) != std::end(known);
}

template <class Range>
std::string list_of(const Range& known) {
  std::string text;
  for (const std::string_view word : known) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

bool is_number(std::string_view word) {
  return !word.empty() && word.size() < 19 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Token {
  std::string_view text;
  std::size_t offset = 0;
};

// Words between blanks; brackets are words of their own.
std::vector<Token> tokens_of(std::string_view text, std::size_t begin, std::size_t end) {
  std::vector<Token> tokens;
  std::size_t at = begin;
  while (at < end) {
    const char c = text[at];
    if (c == ' ' || c == '\t') {
      ++at;
      continue;
    }
    std::size_t stop = at + 1;
    if (c != '[' && c != ']') stop = std::min(text.find_first_of(" \t[]", at), end);
    tokens.push_back({text.substr(at, stop - at), at});
    at = stop;
  }
  return tokens;
}

// One clause, from its tokens. Each step answers what was expected if it does not find it.
class ClauseParser {
 public:
  ClauseParser(std::vector<Token> tokens, std::size_t end) : tokens_(std::move(tokens)), end_(end) {}

  std::variant<Clause, ClauseError> parse() {
    const auto* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                    [this](const ClauseRule& r) { return r.word == tokens_[0].text; });
    if (rule == std::end(kRules)) {
      if (const AnswerRule* asked = find_answer(tokens_[0].text)) return answer(*asked);
      known_ = known_clauses();
      return error(0, "one of " + list_of(known_));
    }
    if (const auto expected = accept(rule->shape)) return error(next_, *expected);
    if (next_ < tokens_.size()) return error(next_, "the end of the clause");
    Clause clause{rule->kind, {}, tokens_[0].offset};
    for (std::size_t i = 1; i < tokens_.size(); ++i) clause.words.emplace_back(tokens_[i].text);
    return clause;
  }

 private:
  using Expected = std::optional<std::string>;

  static std::vector<std::string_view> known_clauses() {
    std::vector<std::string_view> words;
    for (const ClauseRule& rule : kRules) words.push_back(rule.word);
    return words;
  }

  std::variant<Clause, ClauseError> answer(const AnswerRule& rule) {
    if (const auto expected = accept_answer(rule.shape)) return error(next_, *expected);
    if (next_ < tokens_.size()) return error(next_, "the end of the clause");
    Clause clause{ClauseKind::answer, {}, tokens_[0].offset};
    for (const Token& token : tokens_) clause.words.emplace_back(token.text);
    return clause;
  }

  ClauseError error(std::size_t token, std::string expected) const {
    const bool at_end = token >= tokens_.size();
    return {at_end ? end_ : tokens_[token].offset, std::move(expected),
            at_end ? "the end of the clause" : "'" + std::string(tokens_[token].text) + "'", known_};
  }

  bool more() const { return next_ < tokens_.size(); }
  std::string_view peek() const { return more() ? tokens_[next_].text : std::string_view(); }

  template <class Accepts>
  Expected take(std::string_view what, Accepts accepts) {
    if (!more() || !accepts(peek())) return std::string(what);
    ++next_;
    return std::nullopt;
  }

  template <std::size_t N>
  Expected take_one_of(const std::string_view (&known)[N]) {
    known_.assign(std::begin(known), std::end(known));
    return take("one of " + list_of(known), [&known](std::string_view w) { return is_one_of(w, known); });
  }

  Expected take_number() { return take("a whole number", is_number); }
  Expected take_id() {
    return take("an ID", [](std::string_view w) { return w != "[" && w != "]"; });
  }
  Expected take_bracket(std::string_view bracket) {
    return take("'" + std::string(bracket) + "'", [bracket](std::string_view w) { return w == bracket; });
  }

  Expected numbers(int n) {
    for (int i = 0; i < n; ++i) {
      if (auto expected = take_number()) return expected;
    }
    return std::nullopt;
  }

  Expected ids() {
    do {
      if (auto expected = take_id()) return expected;
    } while (more());
    return std::nullopt;
  }

  Expected order() {
    do {
      const auto is_step = [](std::string_view w) {
        return w.find(':') != std::string_view::npos && is_one_of(w.substr(0, w.find(':')), kOrderWords);
      };
      if (auto expected = take("one of " + list_of(kOrderWords) + " with :ID", is_step)) return expected;
    } while (more());
    return std::nullopt;
  }

  Expected collect() {
    const auto is_generation = [](std::string_view w) { return w == "0" || w == "1" || w == "2"; };
    if (auto expected = take("a generation, 0 to 2", is_generation)) return expected;
    while (more()) {
      if (auto expected = figure(kFigures)) return expected;
    }
    return std::nullopt;
  }

  template <std::size_t N>
  Expected figure(const std::string_view (&known)[N]) {
    if (auto expected = take_one_of(known)) return expected;
    known_.clear();
    return take_number();
  }

  Expected heap_figures() {
    do {
      if (auto expected = figure(kHeapFigures)) return expected;
    } while (more());
    return std::nullopt;
  }

  Expected lists() {
    for (int i = 0; i < 3; ++i) {
      if (auto expected = take_bracket("[")) return expected;
      while (more() && peek() != "]" && peek() != "[") ++next_;
      if (auto expected = take_bracket("]")) return expected;
    }
    return std::nullopt;
  }

  Expected accept_answer(AnswerShape shape) {
    switch (shape) {
      case AnswerShape::yes_or_no: return accept(Shape::yes_or_no);
      case AnswerShape::module: return take_one_of(kModuleStates);
      case AnswerShape::objects:
      case AnswerShape::names:
      case AnswerShape::import_error: return ids();
      case AnswerShape::number_if_known:
        return take("a whole number or unknown",
                    [](std::string_view w) { return w == "unknown" || is_number(w); });
      case AnswerShape::numbers:
        do {
          if (auto expected = take_number()) return expected;
        } while (more());
        return std::nullopt;
    }
    return std::nullopt;
  }

  Expected accept(Shape shape) {
    switch (shape) {
      case Shape::none: return std::nullopt;
      case Shape::some_ids: return ids();
      case Shape::one_id: return take_id();
      case Shape::order: return order();
      case Shape::no: return take_one_of(kNoWords);
      case Shape::collect: return collect();
      case Shape::full: return take("'full'", [](std::string_view w) { return w == "full"; });
      case Shape::number: return numbers(1);
      case Shape::two_numbers: return numbers(2);
      case Shape::three_numbers: return numbers(3);
      case Shape::yes_or_no:
        return take("yes or no", [](std::string_view w) { return w == "yes" || w == "no"; });
      case Shape::lists: return lists();
      case Shape::error_word: return take_one_of(kErrorWords);
      case Shape::heap_figures: return heap_figures();
    }
    return std::nullopt;
  }

  std::vector<Token> tokens_;
  std::size_t end_;
  std::size_t next_ = 1;
  std::vector<std::string_view> known_;  // words that could stand at next_
};

}  // namespace

std::string_view word_of(ClauseKind kind) {
  for (const ClauseRule& rule : kRules) {
    if (rule.kind == kind) return rule.word;
  }
  return "";
}

std::string Clause::text() const {
  std::string text(word_of(kind));
  if (kind == ClauseKind::answer) {
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool inside = words[i] != "]" && (i == 0 || words[i - 1] != "[");
    if (inside || (i == 0)) text += ' ';
    text += words[i];
  }
  return text;
}

ParsedExpectation parse_expectation(std::string_view text) {
  std::vector<Clause> clauses;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    std::vector<Token> tokens = tokens_of(text, begin, end);
    if (tokens.empty()) return ClauseError{begin, "a clause", "nothing", {}};
    auto parsed = ClauseParser(std::move(tokens), end).parse();
    if (auto* error = std::get_if<ClauseError>(&parsed)) return std::move(*error);
    clauses.push_back(std::get<Clause>(std::move(parsed)));
    begin = end + 1;
  }
  return clauses;
}

}  // namespace gcsim::report
