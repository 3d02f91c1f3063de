#include "plain_text.h"

namespace gcsim::trace {

namespace {

const char* expect(const char* at, char c) {
  return at != nullptr && *at == c ? at + 1 : nullptr;
}

}  // namespace

const char* PlainText::event(const char* at, EventBatch& batch, Event& event) {
  const auto subject_only = [&](const char* from, Op op) {
    event.op = op;
    return expect(words_.operand(from, event.subject), '\n');
  };
  switch (*at) {
    case 'a':
      if (const char* from = behind(at, "alloc ")) return alloc(from, event);
      break;
    case 'c': event.op = Op::check; return behind(at, "check\n");
    case 'd':
      event.op = Op::del;
      if (const char* from = behind(at, "del ")) return del(from, batch);
      break;
    case 'r':
      if (const char* from = behind(at, "ref ")) return ref(from, event);
      if (const char* from = behind(at, "resize ")) {
        event.op = Op::resize;
        from = expect(words_.operand(from, event.subject), ' ');
        return from == nullptr ? from : expect(PlainWords::size(from, event.number), '\n');
      }
      break;
    case 's':
      if (const char* from = behind(at, "setattr ")) return set_attr(from, event);
      break;
    case 't':
      if (const char* from = behind(at, "track ")) return subject_only(from, Op::track);
      break;
    case 'u':
      if (const char* from = behind(at, "unref ")) return unref(from, event);
      if (const char* from = behind(at, "untrack ")) return subject_only(from, Op::untrack);
      break;
    default: break;
  }
  return nullptr;
}

// alloc ID TYPE [size=BYTES]
const char* PlainText::alloc(const char* at, Event& event) {
  event.op = Op::alloc;
  at = expect(words_.new_word(at, event.subject), ' ');
  if (at != nullptr) at = words_.type(at, event.type);
  if (at == nullptr) return nullptr;
  event.name = event.subject;
  if (*at == ' ') {
    at = behind(at, " size=");
    if (at != nullptr) at = PlainWords::size(at, event.number);
  }
  return expect(at, '\n');
}

// What is behind the owner of a slot: "[]" or "[KEY]".
const char* PlainText::slot(const char* at, Event& event) {
  if (*++at == ']') return at + 1;
  return expect(words_.key(at, event), ']');
}

// ref NAME ID, ref L[] ID or ref D[KEY] ID
const char* PlainText::ref(const char* at, Event& event) {
  SymbolId first = kNoSymbol;
  const char* behind_first = words_.operand(at, first);
  if (behind_first == nullptr) return nullptr;
  if (*behind_first == '[') {
    event.subject = first;
    at = slot(behind_first, event);
    event.op = event.key == kNoKey ? Op::add : Op::set_item;
  } else {
    at = words_.new_word(at, event.name);
    event.op = Op::bind;
  }
  at = expect(at, ' ');
  return at == nullptr ? at : expect(words_.operand(at, event.value), '\n');
}

// unref D[KEY], unref L[] or unref L[] ID
const char* PlainText::unref(const char* at, Event& event) {
  at = words_.operand(at, event.subject);
  if (at == nullptr || *at != '[') return nullptr;
  at = slot(at, event);
  if (at == nullptr) return nullptr;
  if (*at == '\n') {
    event.op = event.key == kNoKey ? Op::pop : Op::del_item;
    return at + 1;
  }
  event.op = Op::remove;
  if (event.key != kNoKey) return nullptr;
  at = expect(at, ' ');
  return at == nullptr ? at : expect(words_.operand(at, event.value), '\n');
}

// del NAME ...
const char* PlainText::del(const char* at, EventBatch& batch) {
  for (;;) {
    SymbolId name = kNoSymbol;
    at = words_.new_word(at, name);
    if (at == nullptr) return nullptr;
    batch.operands.push_back(raw(name));
    if (*at == '\n') return at + 1;
    if (*at++ != ' ') return nullptr;
  }
}

// setattr ID ATTRIBUTE ID
const char* PlainText::set_attr(const char* at, Event& event) {
  event.op = Op::set_attr;
  at = expect(words_.operand(at, event.subject), ' ');
  if (at != nullptr) at = expect(words_.attribute(at, event), ' ');
  return at == nullptr ? at : expect(words_.operand(at, event.value), '\n');
}

}  // namespace gcsim::trace
