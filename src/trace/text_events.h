// One line of a text trace as an event.
#pragma once

#include <cstddef>
#include <cstdint>

#include "event_builder.h"
#include "forms.h"
#include "gcsim/trace/event.h"
#include "language.h"
#include "text_tokens.h"

namespace gcsim::trace {

class TextEvents {
 public:
  explicit TextEvents(EventBuilder& builder) : builder_(builder) {}

  // REQUIRES: the line's first word is `word`, and not `end` or `expect`.
  // False: the builder's problem() says what is wrong.
  bool read(Word word, const TokenizedLine& line, EventBatch& batch, Event& event);
  // An unknown first word of a line where an event, or this, is expected.
  bool unknown(const TokenizedLine& line, std::string_view expected = "an event");

 private:
  EventBuilder& builder_;
  const TokenizedLine* line_ = nullptr;

  std::size_t size() const { return line_->size(); }
  const Token& token(std::size_t i) const { return (*line_)[i]; }
  Piece piece(std::size_t i) const { return (*line_)[i].piece(); }
  // Faults unless the line has at least `least` and at most `most` words.
  bool counts(std::size_t least, std::size_t most, std::string_view form);
  bool missing(std::string_view form);
  bool surplus(std::size_t i, std::string_view form);
  bool unknown_action(Word word);

  bool fields(Word word, Event& event);
  // WORD INTO TYPE VALUE
  bool value_of_type(std::string_view form, SymbolId& into, Event& event);
  bool alloc(Event& event);
  bool alloc_contents(Event& event, std::size_t& at);
  bool alloc_options(Event& event, std::size_t at);
  bool alloc_option(Event& event, std::size_t& at);
  bool is_option(std::size_t i) const;
  bool flag(std::size_t i, std::string_view value, bool& is_set);
  bool ref(Event& event);
  bool unref(Event& event);
  bool slot_owner(Event& event, const Slot& slot, Op without_key, Op with_key);
  bool weakref(Event& event);
  bool gc(Event& event);
  bool formed(Word word, Event& event);
  bool row(const Form& form, Event& event);
  bool subject_only(Event& event, std::string_view form);
};

// Where in its line an operand of an event stands. REQUIRES: the line was read as that event.
std::size_t text_operand_offset(const TokenizedLine& line, const Event& event, Operand operand,
                                std::uint32_t ordinal);

}  // namespace gcsim::trace
