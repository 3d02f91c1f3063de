// Plain lines of the text form.
#pragma once

#include "gcsim/trace/event.h"
#include "plain_words.h"

namespace gcsim::trace {

class PlainText {
 public:
  explicit PlainText(Vocabulary& vocabulary) : words_(vocabulary) {}

  // The most frequent lines, of words that are numbers. Null: it may be plain nevertheless.
  [[gnu::always_inline]] const char* common_event(const char* at, EventBatch& batch, Event& event);
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

inline const char* PlainText::common_event(const char* at, EventBatch& batch, Event& event) {
  if (const char* id = behind(at, "alloc ")) {
    const char* type = words_.number(id, event.subject);
    if (type == nullptr || *type != ' ') return nullptr;
    const char* end = words_.type(type + 1, event.type);
    if (end == nullptr) return nullptr;
    event.op = Op::alloc;
    event.name = event.subject;
    if (const char* size = behind(end, " size=")) end = PlainWords::size(size, event.number);
    return end == nullptr ? end : behind(end, "\n");
  }
  if (const char* name = behind(at, "del ")) {
    SymbolId symbol = kNoSymbol;
    const char* end = words_.number(name, symbol);
    if (end == nullptr || *end != '\n') return nullptr;
    event.op = Op::del;
    batch.operands.push_back(raw(symbol));
    return end + 1;
  }
  if (const char* from = behind(at, "ref ")) {
    const char* to = words_.number(from, event.subject);
    if (to == nullptr) return nullptr;
    to = behind(to, "[] ");
    if (to == nullptr) return nullptr;
    const char* end = words_.number(to, event.value);
    if (end == nullptr || *end != '\n') return nullptr;
    event.op = Op::add;
    return end + 1;
  }
  if (const char* id = behind(at, "track ")) {
    const char* end = words_.number(id, event.subject);
    event.op = Op::track;
    return end == nullptr ? end : behind(end, "\n");
  }
  return nullptr;
}

}  // namespace gcsim::trace
