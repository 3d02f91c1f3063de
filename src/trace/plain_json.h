// Plain lines of JSON Lines.
#pragma once

#include "gcsim/trace/event.h"
#include "plain_words.h"

namespace gcsim::trace {

class PlainJson {
 public:
  explicit PlainJson(Vocabulary& vocabulary) : words_(vocabulary) {}

  // As PlainText::event.
  const char* event(const char* at, EventBatch& batch, Event& event);

 private:
  PlainWords words_;

  const char* operand(const char* at, SymbolId& into);
  const char* new_word(const char* at, SymbolId& into);
  const char* alloc(const char* at, Event& event);
  const char* ref(const char* at, Event& event);
  const char* unref(const char* at, Event& event);
  const char* del(const char* at, EventBatch& batch);
  const char* set_attr(const char* at, Event& event);
  const char* resize(const char* at, Event& event);
};

}  // namespace gcsim::trace
