#include "json_scan.h"

#include <algorithm>

#include "escapes.h"
#include "gcsim/trace/reader.h"

namespace gcsim::trace {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What a message shows of the text at the fault: a word or a single character.
std::string shown(std::string_view rest) {
  if (rest.empty()) return "the end of the input";
  if (rest[0] == '\n' || rest[0] == '\r') return "the end of the line";
  std::size_t length = 0;
  while (length < rest.size() && (is_digit(rest[length]) || (rest[length] | 32) >= 'a') && length < 20 &&
         (rest[length] | 32) <= 'z') {
    ++length;
  }
  return quoted(rest.substr(0, std::max<std::size_t>(1, length)));
}

}  // namespace

bool JsonScan::fail(Fault fault, std::size_t at, std::string_view expected) {
  ran_out_ = at >= text_.size();
  problem_ = {fault, at, std::string(expected), shown(text_.substr(std::min(at, text_.size()))), ""};
  return false;
}

bool JsonScan::string(JsonValue& out) {
  for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
    const auto c = static_cast<unsigned char>(text_[at]);
    if (c == '"') {
      at_ = out.end = at + 1;
      return true;
    }
    if (c == '\\') {
      const std::size_t length = escape_length(text_.substr(at));
      if (length == 0) return fail(Fault::malformed_json, at, "an escape such as \\n or \\u00e9");
      out.escaped = true;
      at += length - 1;
    } else if (c < 0x20) {
      return fail(Fault::malformed_json, at, "'\"' at the end of the string");
    }
  }
  return fail(Fault::malformed_json, text_.size(), "'\"' at the end of the string");
}

bool JsonScan::digits() {
  if (at_ >= text_.size() || !is_digit(text_[at_])) return fail_here("a digit");
  while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  return true;
}

bool JsonScan::number(JsonValue& out) {
  const auto is = [this](char a, char b) {
    return at_ < text_.size() && (text_[at_] == a || text_[at_] == b);
  };
  if (is('-', '-')) ++at_;
  if (is('0', '0')) {
    ++at_;
    if (at_ < text_.size() && is_digit(text_[at_])) return fail_here("a number without leading zeros");
  } else if (!digits()) {
    return false;
  }
  if (is('.', '.')) {
    ++at_;
    if (!digits()) return false;
  }
  if (is('e', 'E')) {
    ++at_;
    if (is('+', '-')) ++at_;
    if (!digits()) return false;
  }
  out.end = at_;
  return true;
}

bool JsonScan::word(std::string_view word) {
  const std::string_view rest = text_.substr(at_);
  if (rest.substr(0, word.size()) != word) {
    // Cut off in the middle of the word, or another word?
    const bool cut = word.substr(0, rest.size()) == rest;
    return cut ? fail(Fault::malformed_json, text_.size(), "a value") : fail_here("a value");
  }
  at_ += word.size();
  return true;
}

bool JsonScan::scalar(JsonValue& out) {
  switch (peek()) {
    case '"': out.kind = Json::string; return string(out);
    case 't': out.kind = Json::yes; return word("true") && (out.end = at_, true);
    case 'f': out.kind = Json::no; return word("false") && (out.end = at_, true);
    case 'n': out.kind = Json::null; return word("null") && (out.end = at_, true);
    default: break;
  }
  if (peek() != '-' && !is_digit(peek())) return fail_here("a value");
  out.kind = Json::number;
  return number(out);
}

bool JsonScan::value(JsonValue& out) {
  const char first = peek();
  out.begin = at_;
  out.escaped = false;
  if (first != '{' && first != '[') return scalar(out);
  out.kind = first == '{' ? Json::object : Json::array;
  return nested(out);
}

bool JsonScan::key(JsonValue& out) {
  if (peek() != '"') return fail_here("a key in double quotes");
  out.kind = Json::string;
  out.begin = at_;
  out.escaped = false;
  if (!string(out)) return false;
  return accept(':') || fail_here("':' behind the key");
}

bool JsonScan::separator(char close) {
  if (peek() == close) return true;
  if (!accept(',')) return fail_here(close == '}' ? "',' or '}'" : "',' or ']'");
  // A comma may not be the last thing in an array or object.
  if (peek() == close) return fail_here(close == '}' ? "a key in double quotes" : "a value");
  return true;
}

// Steps into an array or object, and out again if it is empty.
bool JsonScan::open(std::uint64_t& kinds, std::size_t& depth, bool& closed) {
  const bool is_object = peek() == '{';
  if (outer_ + depth >= kMaxNesting) {
    return fail(Fault::nesting_too_deep, at_,
                "at most " + std::to_string(kMaxNesting) + " values inside each other");
  }
  ++at_;
  kinds = kinds << 1 | (is_object ? 1u : 0u);
  ++depth;
  closed = accept(is_object ? '}' : ']');
  return true;
}

// A whole array or object. `kinds` has a bit per level that is open: whether it is an object.
bool JsonScan::nested(JsonValue& out) {
  static_assert(kMaxNesting <= 64);
  std::uint64_t kinds = 0;
  std::size_t depth = 0;
  bool closed = false;
  if (!open(kinds, depth, closed)) return false;
  for (;;) {
    while (closed) {
      kinds >>= 1;
      if (--depth == 0) {
        out.end = at_;
        return true;
      }
      const char close = (kinds & 1) != 0 ? '}' : ']';
      if (!separator(close)) return false;
      closed = accept(close);
    }
    JsonValue inner;
    if ((kinds & 1) != 0 && !key(inner)) return false;
    const char first = peek();
    if (first == '{' || first == '[') {
      if (!open(kinds, depth, closed)) return false;
      continue;
    }
    if (!scalar(inner)) return false;
    const char close = (kinds & 1) != 0 ? '}' : ']';
    if (!separator(close)) return false;
    closed = accept(close);
  }
}

}  // namespace gcsim::trace
