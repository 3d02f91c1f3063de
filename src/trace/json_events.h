// The members of a JSON object as an event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "event_builder.h"
#include "forms.h"
#include "gcsim/trace/event.h"
#include "json_fields.h"
#include "language.h"

namespace gcsim::trace {

class JsonEvents {
 public:
  explicit JsonEvents(EventBuilder& builder) : builder_(builder) {}

  // What an object is: reads its "op" and looks for members it must or may not have.
  // `begin` and `end` are the bytes of the object in the text. False: see the builder's problem().
  bool open(std::string_view text, std::size_t begin, std::size_t end, const EventFields& fields, Word& word);
  // REQUIRES: open() went well and the word is not `expect` or `end`.
  bool read(Word word, EventBatch& batch, Event& event);
  // The "text" of an expect, the "events" of an end.
  bool string(Field field, Piece& into);
  bool digits(Field field, Piece& into);

 private:
  EventBuilder& builder_;
  std::string_view text_;
  const EventFields* fields_ = nullptr;
  std::string unescaped_;
  std::size_t begin_ = 0;

  bool has(Field field) const { return fields_->has(field); }
  const JsonValue& value(Field field) const { return (*fields_)[field]; }
  std::string_view raw_text(const JsonValue& value) const {
    return text_.substr(value.begin, value.end - value.begin);
  }
  // The text of a string or number; quotes are taken off, escapes resolved.
  Piece word_of(const JsonValue& value);

  bool check_fields(Word word);
  bool wrong_type(const JsonValue& value, std::string_view expected);
  bool missing(Word word, std::string_view fields);
  bool surplus(Word word, Field field);
  bool only(Word word, FieldSet optional);
  bool unknown_action(Word word);

  bool operand(const JsonValue& value, SymbolId& into);
  bool operand(Field field, SymbolId& into) { return operand(value(field), into); }
  bool id_word(const JsonValue& value, std::string_view expected, Piece& into);
  bool new_word(Field field, SymbolId& into);
  bool key(Event& event);
  bool attribute(Event& event);
  bool flag(Field field, bool& into);
  bool number(Field field, std::int64_t lowest, std::int64_t highest, std::uint32_t& into);

  bool fields(Word word, Event& event);
  bool value_of_type(Field id, SymbolId& into, Event& event);
  bool alloc(Event& event);
  bool alloc_contents(Event& event);
  bool alloc_options(Event& event);
  bool literal(Event& event);
  bool ref(Event& event);
  bool unref(Event& event);
  bool del(Event& event);
  bool callback(Event& event);
  bool weakref(Event& event);
  bool gc(Event& event);
  bool threshold();
  bool debug(Event& event);
  bool formed(Word word, Event& event);
  bool row(const Form& form, Event& event);
  bool member(const FormField& field, Event& event);
  bool items(const JsonValue& array);
  bool arguments(const JsonValue& object);
};

// Where in the text an operand of an event stands. REQUIRES: the fields were read as that event.
std::size_t json_operand_offset(std::string_view text, const EventFields& fields, const Event& event,
                                Operand operand, std::uint32_t ordinal);

}  // namespace gcsim::trace
