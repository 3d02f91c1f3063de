// The header object of a JSON trace.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "header_builder.h"
#include "json_scan.h"

namespace gcsim::trace {

struct JsonMember {
  JsonValue key;
  JsonValue value;
};

class JsonHeader {
 public:
  JsonHeader(std::string_view text, Header& header, HeaderBuilder& builder)
      : text_(text), header_(header), builder_(builder) {}

  // `begin`: where the object stands. Ignores members it does not know. False: the builder's problem() says
  // what is wrong.
  bool read(const std::vector<JsonMember>& members, std::size_t begin);
  // The text of a string with its escapes resolved, or the text of a number.
  std::string_view word(const JsonValue& value);

 private:
  std::string_view text_;
  Header& header_;
  HeaderBuilder& builder_;
  std::deque<std::string> unescaped_;

  Piece piece(const JsonValue& value) { return {word(value), value.begin}; }
  bool wrong_type(const JsonValue& value, std::string_view expected);
  bool is(const JsonValue& value, Json kind, std::string_view expected);
  bool version(const std::vector<JsonMember>& members, std::size_t begin);
  bool member(std::string_view key, const JsonValue& value);
  bool numbers(const JsonValue& value, std::size_t least, std::size_t most, std::vector<Piece>& into);
  bool yes_or_no(const JsonValue& value, bool& into);
  bool enabled(const JsonValue& value);
  bool observed(const JsonValue& value);
  bool free_lists(const JsonValue& value);
  bool classes(const JsonValue& value);
  bool one_class(const JsonValue& name, const JsonValue& value);
  bool class_member(std::string_view key, const JsonValue& value, ClassWords& words);
};

}  // namespace gcsim::trace
