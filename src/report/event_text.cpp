#include "event_text.h"

#include <algorithm>

#include "append.h"
#include "gcsim/trace/spelling.h"
#include "json_text.h"

namespace gcsim::report {

namespace {

using trace::Event;
using trace::Op;

bool needs_quotes(std::string_view token) {
  return token.empty() || token.find_first_of(" \t\"#\\") != std::string_view::npos ||
         std::any_of(token.begin(), token.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

class EventText {
 public:
  EventText(std::string& text, const Event& e, std::span<const std::uint32_t> operands,
            const trace::Vocabulary& words)
      : text_(text), e_(e), operands_(operands), words_(words) {}

  void append() {
    switch (e_.op) {
      case Op::alloc: return alloc();
      case Op::load_constant: return value_of_type("const", e_.subject);
      case Op::add_in_place: return value_of_type("iadd", e_.name);
      case Op::bind: return line("ref", {symbol(e_.name), symbol(e_.value)});
      case Op::add: return line("ref", {symbol(e_.subject) + "[]", symbol(e_.value)});
      case Op::set_item: return line("ref", {item(), symbol(e_.value)});
      case Op::del_item: return line("unref", {item()});
      case Op::pop: return line("unref", {symbol(e_.subject) + "[]"});
      case Op::remove: return line("unref", {symbol(e_.subject) + "[]", symbol(e_.value)});
      case Op::clear: return line("clear", {symbol(e_.subject)});
      case Op::del: return symbols("del");
      case Op::set_attr: return line("setattr", {symbol(e_.subject), key(), symbol(e_.value)});
      case Op::del_attr: return line("delattr", {symbol(e_.subject), key()});
      case Op::dict: return line("dict", {symbol(e_.subject), symbol(e_.name)});
      case Op::weakref: return weakref();
      case Op::collect: return line("gc collect", {std::to_string(e_.number)});
      case Op::set_threshold: return threshold();
      case Op::set_debug: return line("gc debug", {std::to_string(e_.number)});
      case Op::track: return line("track", {symbol(e_.subject)});
      case Op::untrack: return line("untrack", {symbol(e_.subject)});
      case Op::resize: return line("resize", {symbol(e_.subject), std::to_string(e_.number)});
      case Op::exit: return line("exit", {});
      case Op::check: return line("check", {});
      case Op::call: return call("call");
      case Op::generator: return call("generator");
      case Op::raise: return raise();
      case Op::return_: return result("return");
      case Op::yield_: return result("yield");
      default: return row(*trace::spelling_of(e_.op));
    }
  }

 private:
  void alloc() {
    line("alloc", {symbol(e_.subject), words_.types()[static_cast<std::size_t>(e_.type)].name});
    if (e_.literal != kNoLiteral) literal(words_.literals()[raw(e_.literal)]);
    for (const std::uint32_t element : operands_) token(words_.symbols.word(element));
    if (e_.name != kNoSymbol && e_.name != e_.subject) {
      token("as");
      token(symbol(e_.name));
    }
  }

  void value_of_type(std::string_view verb, SymbolId id) {
    line(verb, {symbol(id), words_.types()[static_cast<std::size_t>(e_.type)].name});
    literal(words_.literals()[raw(e_.literal)]);
  }

  void row(const trace::Spelling& spelling) {
    text_ += spelling.verb;
    if (!spelling.action.empty()) token(spelling.action);
    for (std::size_t i = 0; i < spelling.count; ++i) {
      switch (spelling.operands[i]) {
        case trace::Operand::subject: optional(e_.subject); break;
        case trace::Operand::value: optional(e_.value); break;
        case trace::Operand::name:
          if (spelling.says_as && e_.name != kNoSymbol) token("as");
          optional(e_.name);
          break;
        case trace::Operand::key: token(key()); break;
        case trace::Operand::number:
          if (e_.number != trace::kNoIndex) token(std::to_string(e_.number));
          break;
        case trace::Operand::item:
          for (const std::uint32_t each : operands_) token(words_.symbols.word(each));
          break;
        case trace::Operand::type:
        case trace::Operand::whole: break;
      }
    }
  }

  void call(std::string_view verb) {
    line(verb, {symbol(e_.subject), key()});
    for (std::size_t i = 0; i + 1 < operands_.size(); i += 2) {
      token(std::string(words_.symbols.word(operands_[i])) + "=" +
            std::string(words_.symbols.word(operands_[i + 1])));
    }
  }

  void raise() {
    line("raise", {symbol(e_.subject), words_.types()[static_cast<std::size_t>(e_.type)].name});
    for (const std::uint32_t argument : operands_) token(words_.symbols.word(argument));
    if (e_.number != trace::kNoIndex) line(" through", {std::to_string(e_.number)});
  }

  void result(std::string_view verb) {
    line(verb, {symbol(e_.value)});
    if (e_.name != kNoSymbol) line(" as", {symbol(e_.name)});
  }

  void optional(SymbolId id) {
    if (id != kNoSymbol) token(symbol(id));
  }

  void literal(const trace::Literal& value) {
    if (value.kind != trace::Kind::string) return token(value.text);
    text_ += ' ';
    append_json_string(text_, value.text);
  }

  void weakref() {
    line("weakref", {symbol(e_.subject), symbol(e_.value)});
    if ((e_.flags & trace::kCallback) == 0) return;
    token((e_.flags & trace::kRaises) != 0 ? "callback=raise" : "callback");
  }

  void symbols(std::string_view verb) {
    text_ += verb;
    for (const std::uint32_t name : operands_) token(words_.symbols.word(name));
  }

  void threshold() {
    text_ += "gc threshold";
    for (const std::uint32_t value : operands_) token(std::to_string(static_cast<std::int32_t>(value)));
  }

  void line(std::string_view verb, std::initializer_list<std::string> tokens) {
    text_ += verb;
    for (const std::string& t : tokens) {
      if (!t.empty()) token(t);
    }
  }

  void token(std::string_view word) {
    text_ += ' ';
    if (needs_quotes(word)) {
      append_json_string(text_, word);
    } else {
      text_ += word;
    }
  }

  std::string symbol(SymbolId id) const {
    return id == kNoSymbol ? std::string() : std::string(words_.symbols.word(raw(id)));
  }
  std::string key() const {
    return e_.key == kNoKey ? std::string() : std::string(words_.keys.word(raw(e_.key)));
  }
  std::string item() const { return symbol(e_.subject) + "[" + key() + "]"; }

  std::string& text_;
  const Event& e_;
  std::span<const std::uint32_t> operands_;
  const trace::Vocabulary& words_;
};

}  // namespace

void append_event(std::string& text, const Event& event, std::span<const std::uint32_t> operands,
                  const trace::Vocabulary& words) {
  EventText(text, event, operands, words).append();
}

}  // namespace gcsim::report
