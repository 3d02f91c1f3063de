// JSON (RFC 8259) read where it lies: values as byte ranges, checked but not converted.
//
// Events are small flat objects, millions of them, and a fault must be shown at its byte. So nothing is
// built here: a scan answers where each key and value begins and ends. Nesting costs a bit, not a call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "problem.h"

namespace gcsim::trace {

enum class Json : std::uint8_t { absent, null, yes, no, number, string, array, object };

// One value: the bytes [begin, end) of the text, quotes and brackets included.
struct JsonValue {
  Json kind = Json::absent;
  bool escaped = false;  // a string with escapes in it
  std::size_t begin = 0;
  std::size_t end = 0;
};

class JsonScan {
 public:
  // `outer`: how many arrays and objects enclose the place where the scan begins.
  explicit JsonScan(std::string_view text, std::size_t at = 0, std::size_t outer = 0)
      : text_(text), at_(at), outer_(outer) {}

  std::string_view text() const { return text_; }
  std::size_t at() const { return at_; }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  // The byte at hand behind blanks, 0 at the end of the text.
  char peek() {
    skip_blanks();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  // Steps over `c`; false, changing nothing, if something else is at hand.
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  // Steps into an array or object, or out of it.
  bool enter(char opening) {
    if (!accept(opening)) return false;
    ++outer_;
    return true;
  }
  bool leave(char closing) {
    if (!accept(closing)) return false;
    --outer_;
    return true;
  }

  // Reads one whole value. False: problem() says what is wrong.
  bool value(JsonValue& out);
  // Reads the next key and its colon.
  bool key(JsonValue& out);
  // Behind a member or an element: true at a comma (stepped over) or at `close` (left standing).
  bool separator(char close);
  bool fail(Fault fault, std::size_t at, std::string_view expected);

  const Problem& problem() const { return problem_; }
  // Whether the scan failed because the text is over.
  bool ran_out() const { return ran_out_; }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t outer_;
  Problem problem_;
  bool ran_out_ = false;

  static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
  bool fail_here(std::string_view expected) { return fail(Fault::malformed_json, at_, expected); }
  bool scalar(JsonValue& out);
  bool string(JsonValue& out);
  bool escape(JsonValue& out);
  bool number(JsonValue& out);
  bool word(std::string_view word);
  bool digits();
  bool nested(JsonValue& out);
  bool open(std::uint64_t& kinds, std::size_t& depth, bool& closed);
};

// Calls on_member(key, value) for each member of the object at hand. False: a syntax fault, or on_member
// answered false.
template <class OnMember>
bool scan_members(JsonScan& scan, OnMember&& on_member) {
  if (!scan.enter('{')) return scan.fail(Fault::malformed_json, scan.at(), "'{'");
  if (scan.leave('}')) return true;
  for (;;) {
    JsonValue key;
    JsonValue value;
    if (!scan.key(key) || !scan.value(value) || !on_member(key, value)) return false;
    if (!scan.separator('}')) return false;
    if (scan.leave('}')) return true;
  }
}

// Calls on_element(value) for each element of the array at hand, likewise.
template <class OnElement>
bool scan_elements(JsonScan& scan, OnElement&& on_element) {
  if (!scan.enter('[')) return scan.fail(Fault::malformed_json, scan.at(), "'['");
  if (scan.leave(']')) return true;
  for (;;) {
    JsonValue value;
    if (!scan.value(value) || !on_element(value)) return false;
    if (!scan.separator(']')) return false;
    if (scan.leave(']')) return true;
  }
}

}  // namespace gcsim::trace
