#include "plain_json.h"

namespace gcsim::trace {

namespace {

const char* expect(const char* at, std::string_view literal) {
  return at == nullptr ? nullptr : behind(at, literal);
}

constexpr std::string_view kEnd = "}\n";

}  // namespace

// A number, or a word in quotes.
const char* PlainJson::operand(const char* at, SymbolId& into) {
  if (at == nullptr) return nullptr;
  if (*at != '"') return *at >= '0' && *at <= '9' ? words_.operand(at, into) : nullptr;
  return expect(words_.operand(at + 1, into), "\"");
}

const char* PlainJson::new_word(const char* at, SymbolId& into) {
  if (at == nullptr) return nullptr;
  if (*at != '"') return *at >= '0' && *at <= '9' ? words_.operand(at, into) : nullptr;
  return expect(words_.new_word(at + 1, into), "\"");
}

const char* PlainJson::event(const char* at, EventBatch& batch, Event& event) {
  at = behind(at, R"({"op":")");
  if (at == nullptr) return nullptr;
  const auto subject_only = [&](const char* from, Op op) {
    event.op = op;
    return expect(operand(from, event.subject), kEnd);
  };
  switch (*at) {
    case 'a':
      if (const char* from = behind(at, R"(alloc","id":)")) return alloc(from, event);
      break;
    case 'c': event.op = Op::check; return behind(at, "check\"}\n");
    case 'd':
      event.op = Op::del;
      if (const char* from = behind(at, R"(del","name)")) return del(from, batch);
      break;
    case 'r':
      if (const char* from = behind(at, R"(ref",")")) return ref(from, event);
      if (const char* from = behind(at, R"(resize","id":)")) return resize(from, event);
      break;
    case 's':
      if (const char* from = behind(at, R"(setattr","obj":)")) return set_attr(from, event);
      break;
    case 't':
      if (const char* from = behind(at, R"(track","id":)")) return subject_only(from, Op::track);
      break;
    case 'u':
      if (const char* from = behind(at, R"(unref","from":)")) return unref(from, event);
      if (const char* from = behind(at, R"(untrack","id":)")) return subject_only(from, Op::untrack);
      break;
    default: break;
  }
  return nullptr;
}

const char* PlainJson::alloc(const char* at, Event& event) {
  event.op = Op::alloc;
  at = expect(new_word(at, event.subject), R"(,"type":")");
  if (at != nullptr) at = expect(words_.type(at, event.type), "\"");
  if (at == nullptr) return nullptr;
  event.name = event.subject;
  if (*at == ',') {
    at = behind(at, R"(,"size":)");
    if (at != nullptr) at = PlainWords::size(at, event.number);
  }
  return expect(at, kEnd);
}

// "name", or "from" with or without a "key"; then "to".
const char* PlainJson::ref(const char* at, Event& event) {
  if (const char* from = behind(at, R"(name":)")) {
    event.op = Op::bind;
    at = new_word(from, event.name);
  } else {
    event.op = Op::add;
    at = operand(behind(at, R"(from":)"), event.subject);
    if (const char* key = expect(at, R"(,"key":")")) {
      event.op = Op::set_item;
      at = expect(words_.key(key, event), "\"");
    }
  }
  return expect(operand(expect(at, R"(,"to":)"), event.value), kEnd);
}

const char* PlainJson::unref(const char* at, Event& event) {
  event.op = Op::pop;
  at = operand(at, event.subject);
  if (const char* key = expect(at, R"(,"key":")")) {
    event.op = Op::del_item;
    at = expect(words_.key(key, event), "\"");
  } else if (const char* to = expect(at, R"(,"to":)")) {
    event.op = Op::remove;
    at = operand(to, event.value);
  }
  return expect(at, kEnd);
}

// "name":NAME or "names":[NAME,..]
const char* PlainJson::del(const char* at, EventBatch& batch) {
  const char* more = behind(at, R"(s":[)");
  if (more == nullptr) at = behind(at, "\":");
  if (more != nullptr) at = more;
  for (;;) {
    SymbolId name = kNoSymbol;
    at = new_word(at, name);
    if (at == nullptr) return nullptr;
    batch.operands.push_back(raw(name));
    if (more == nullptr) return behind(at, kEnd);
    if (*at == ']') return behind(at + 1, kEnd);
    if (*at++ != ',') return nullptr;
  }
}

const char* PlainJson::set_attr(const char* at, Event& event) {
  event.op = Op::set_attr;
  at = expect(operand(at, event.subject), R"(,"attr":")");
  if (at != nullptr) at = expect(words_.attribute(at, event), R"(","value":)");
  return expect(operand(at, event.value), kEnd);
}

const char* PlainJson::resize(const char* at, Event& event) {
  event.op = Op::resize;
  at = expect(operand(at, event.subject), R"(,"size":)");
  return at == nullptr ? at : expect(PlainWords::size(at, event.number), kEnd);
}

}  // namespace gcsim::trace
