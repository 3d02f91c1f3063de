// Plain lines of the text form.
#pragma once

#include "gcsim/trace/event.h"
#include "plain_words.h"

namespace gcsim::trace {

class PlainText {
 public:
  explicit PlainText(Vocabulary& vocabulary) : words_(vocabulary) {}

  // Reads the line at `at`: its event, with operands behind those of the batch. Answers where the next line
  // begins; null: it is not plain, and what was done is to be undone.
  const char* event(const char* at, EventBatch& batch, Event& event);

 private:
  PlainWords words_;

  const char* alloc(const char* at, Event& event);
  const char* ref(const char* at, Event& event);
  const char* unref(const char* at, Event& event);
  const char* del(const char* at, EventBatch& batch);
  const char* set_attr(const char* at, Event& event);
  const char* slot(const char* at, Event& event);
};

}  // namespace gcsim::trace
