// Events in the words of the text form.
#include <algorithm>

#include "forms.h"
#include "gcsim/trace/spelling.h"

namespace gcsim::trace {

namespace {

// `as`, `through` and `span` may be IDs, but where an option can stand they are options.
bool needs_quotes(std::string_view word) {
  return word.empty() || word == "as" || word == "through" || word == "span" ||
         word.find_first_of(" \t\"#\\") != std::string_view::npos ||
         std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

class EventText {
 public:
  EventText(std::string& text, const Event& e, std::span<const std::uint32_t> operands,
            const Vocabulary& words)
      : text_(text), e_(e), operands_(operands), words_(words) {}

  void append() {
    switch (e_.op) {
      case Op::alloc: return alloc();
      case Op::load_constant: return value_of_type("const", e_.subject);
      case Op::add_in_place: return value_of_type("iadd", e_.name);
      case Op::bind: return line("ref", {symbol(e_.name), symbol(e_.value)});
      case Op::add: return line("ref", {slot(""), symbol(e_.value)});
      case Op::set_item: return line("ref", {slot(key()), symbol(e_.value)});
      case Op::del_item: return line("unref", {slot(key())});
      case Op::pop: return line("unref", {slot("")});
      case Op::remove: return line("unref", {slot(""), symbol(e_.value)});
      case Op::clear: return line("clear", {symbol(e_.subject)});
      case Op::del: return symbols("del");
      case Op::set_attr: return line("setattr", {symbol(e_.subject), key(), symbol(e_.value)});
      case Op::del_attr: return line("delattr", {symbol(e_.subject), key()});
      case Op::dict: line("dict", {symbol(e_.subject)}); return optional(e_.name);
      case Op::weakref: return weakref();
      case Op::collect: return line("gc collect", {std::to_string(e_.number)});
      case Op::set_threshold: return threshold();
      case Op::set_debug: return line("gc debug", {std::to_string(e_.number)});
      case Op::track: return line("track", {symbol(e_.subject)});
      case Op::untrack: return line("untrack", {symbol(e_.subject)});
      case Op::resize: return line("resize", {symbol(e_.subject), std::to_string(e_.number)});
      case Op::exit: return line("exit", {});
      case Op::check: return line("check", {});
      default: return row(*form_of(e_.op));
    }
  }

 private:
  void alloc() {
    line("alloc", {symbol(e_.subject), type()});
    if (e_.literal != kNoLiteral) literal();
    items();
    if (e_.name != kNoSymbol && e_.name != e_.subject) as_name();
    if (e_.number != 0) token("size=" + std::to_string(e_.number));
    // Without "=yes" they would be elements of a tuple.
    if ((e_.flags & kBefore) != 0) token("before=yes");
    if ((e_.flags & kOutside) != 0) token("outside=yes");
    if ((e_.flags & kBypassFreeList) != 0) token("free_list=no");
    if ((e_.flags & kError) != 0) token("error=yes");
    if ((e_.flags & kReused) != 0) token("reuse=yes");
  }

  void value_of_type(std::string_view verb, SymbolId id) {
    line(verb, {symbol(id), type()});
    literal();
  }

  void row(const Form& form) {
    text_ += kEventWords[static_cast<std::size_t>(form.word)].text;
    if (!form.action.empty()) text_.append(" ").append(form.action);
    for (std::size_t i = 0; i < form.size(); ++i) field(form.fields[i].fill);
  }

  void field(Fill fill) {
    switch (fill) {
      case Fill::none: break;
      case Fill::module:
      case Fill::new_id:
      case Fill::subject: return optional(e_.subject);
      case Fill::value: return optional(e_.value);
      case Fill::name: return optional(e_.name);
      case Fill::as_name: return e_.name == kNoSymbol ? void() : as_name();
      case Fill::member:
      case Fill::function: return token(key());
      case Fill::items: return items();
      case Fill::arguments: return arguments();
      case Fill::exception: return token(type());
      case Fill::generation:
        if (e_.number != kNoIndex) token(std::to_string(e_.number));
        break;
      case Fill::through:
        if (e_.number != kNoIndex) text_ += " through " + std::to_string(e_.number);
        break;
      case Fill::span:
        if (e_.number != 0) text_ += " span " + std::to_string(e_.number);
        break;
      case Fill::bytes: return token(std::to_string(e_.number));
      case Fill::delta: return signed_numbers();
    }
  }

  void arguments() {
    for (std::size_t i = 0; i + 1 < operands_.size(); i += 2) {
      token(std::string(words_.symbols.word(operands_[i])) + "=" +
            std::string(words_.symbols.word(operands_[i + 1])));
    }
  }

  void as_name() {
    text_ += " as";
    token(symbol(e_.name));
  }

  void optional(SymbolId id) {
    if (id != kNoSymbol) token(symbol(id));
  }

  void literal() {
    const Literal& value = words_.literals()[raw(e_.literal)];
    if (value.kind != Kind::string) return token(value.text);
    text_ += ' ';
    append_json_string(text_, value.text);
  }

  void weakref() {
    line("weakref", {symbol(e_.subject), symbol(e_.value)});
    if ((e_.flags & kCallback) == 0) return;
    token((e_.flags & kRaises) != 0 ? "callback=raise" : "callback");
  }

  void symbols(std::string_view verb) {
    text_ += verb;
    items();
  }

  void items() {
    for (const std::uint32_t each : operands_) token(words_.symbols.word(each));
  }

  void threshold() {
    text_ += "gc threshold";
    signed_numbers();
  }

  void signed_numbers() {
    for (const std::uint32_t value : operands_) token(std::to_string(static_cast<std::int32_t>(value)));
  }

  void line(std::string_view verb, std::initializer_list<std::string_view> tokens) {
    text_ += verb;
    for (const std::string_view each : tokens) token(each);
  }

  void token(std::string_view word) {
    text_ += ' ';
    append_word(text_, word);
  }

  std::string_view symbol(SymbolId id) const { return words_.symbols.word(raw(id)); }
  std::string_view key() const { return words_.keys.word(raw(e_.key)); }
  std::string_view type() const { return words_.types()[raw(e_.type)].name; }
  std::string_view slot(std::string_view key) {
    slot_.assign(symbol(e_.subject)).append("[").append(key).append("]");
    return slot_;
  }

  std::string& text_;
  const Event& e_;
  std::span<const std::uint32_t> operands_;
  const Vocabulary& words_;
  std::string slot_;
};

}  // namespace

void append_event(std::string& text, const Event& event, std::span<const std::uint32_t> operands,
                  const Vocabulary& words) {
  EventText(text, event, operands, words).append();
}

void append_word(std::string& text, std::string_view word) {
  if (needs_quotes(word)) {
    append_json_string(text, word);
  } else {
    text += word;
  }
}

}  // namespace gcsim::trace
