// Plain lines of JSON Lines.
#pragma once

#include "gcsim/trace/event.h"
#include "plain_words.h"

namespace gcsim::trace {

class PlainJson {
 public:
  explicit PlainJson(Vocabulary& vocabulary) : words_(vocabulary) {}

  // As PlainText::common_event and event.
  [[gnu::always_inline]] const char* common_event(const char* at, EventBatch& batch, Event& event);
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

inline const char* PlainJson::common_event(const char* at, EventBatch& batch, Event& event) {
  if (const char* id = behind(at, R"({"op":"alloc","id":)")) {
    const char* type = words_.number(id, event.subject);
    if (type == nullptr) return nullptr;
    type = behind(type, R"(,"type":")");
    if (type == nullptr) return nullptr;
    const char* end = words_.type(type, event.type);
    if (end == nullptr) return nullptr;
    event.op = Op::alloc;
    event.name = event.subject;
    const char* size = behind(end, R"(","size":)");
    if (size == nullptr) return behind(end, "\"}\n");
    end = PlainWords::size(size, event.number);
    return end == nullptr ? end : behind(end, "}\n");
  }
  if (const char* name = behind(at, R"({"op":"del","name":)")) {
    SymbolId symbol = kNoSymbol;
    const char* end = words_.number(name, symbol);
    if (end == nullptr) return nullptr;
    event.op = Op::del;
    batch.operands.push_back(raw(symbol));
    return behind(end, "}\n");
  }
  if (const char* from = behind(at, R"({"op":"ref","from":)")) {
    const char* to = words_.number(from, event.subject);
    if (to == nullptr) return nullptr;
    to = behind(to, R"(,"to":)");
    if (to == nullptr) return nullptr;
    const char* end = words_.number(to, event.value);
    if (end == nullptr) return nullptr;
    event.op = Op::add;
    return behind(end, "}\n");
  }
  if (const char* id = behind(at, R"({"op":"track","id":)")) {
    const char* end = words_.number(id, event.subject);
    event.op = Op::track;
    return end == nullptr ? end : behind(end, "}\n");
  }
  return nullptr;
}

}  // namespace gcsim::trace
