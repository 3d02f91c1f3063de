// Events as JSON objects.
#include "forms.h"
#include "gcsim/trace/spelling.h"
#include "words.h"

namespace gcsim::trace {

namespace {

class EventJson {
 public:
  EventJson(std::string& text, const Event& e, std::span<const std::uint32_t> operands,
            const Vocabulary& words)
      : text_(text), e_(e), operands_(operands), words_(words) {}

  void append() {
    text_ += "{\"op\":\"";
    fields();
    text_ += '}';
  }

 private:
  void fields() {
    switch (e_.op) {
      case Op::alloc: return alloc();
      case Op::load_constant: return op("const"), symbol("id", e_.subject), type(), literal();
      case Op::add_in_place: return op("iadd"), symbol("name", e_.name), type(), literal();
      case Op::bind: return op("ref"), symbol("name", e_.name), symbol("to", e_.value);
      case Op::add: return op("ref"), symbol("from", e_.subject), symbol("to", e_.value);
      case Op::set_item: return op("ref"), symbol("from", e_.subject), key(), symbol("to", e_.value);
      case Op::del_item: return op("unref"), symbol("from", e_.subject), key();
      case Op::pop: return op("unref"), symbol("from", e_.subject);
      case Op::remove: return op("unref"), symbol("from", e_.subject), symbol("to", e_.value);
      case Op::clear: return op("clear"), symbol("id", e_.subject);
      case Op::del: return del();
      case Op::set_attr:
        return op("setattr"), symbol("obj", e_.subject), word("attr", key_word()), symbol("value", e_.value);
      case Op::del_attr: return op("delattr"), symbol("obj", e_.subject), word("attr", key_word());
      case Op::dict: return op("dict"), symbol("obj", e_.subject), symbol("name", e_.name);
      case Op::weakref: return weakref();
      case Op::collect: return op("gc"), word("do", "collect"), number("generation", e_.number);
      case Op::set_threshold: return threshold();
      case Op::set_debug: return op("gc"), word("do", "debug"), number("flags", e_.number);
      case Op::track: return op("track"), symbol("id", e_.subject);
      case Op::untrack: return op("untrack"), symbol("id", e_.subject);
      case Op::resize: return op("resize"), symbol("id", e_.subject), number("size", e_.number);
      case Op::exit: return op("exit");
      case Op::check: return op("check");
      default: return row(*form_of(e_.op));
    }
  }

  void alloc() {
    op("alloc");
    symbol("id", e_.subject);
    type();
    if (e_.literal != kNoLiteral) literal();
    if (!operands_.empty()) items("items");
    if (e_.name != e_.subject) symbol("name", e_.name);
    if (e_.number != 0) number("size", e_.number);
    if ((e_.flags & kBypassFreeList) != 0) flag("free_list", false);
    if ((e_.flags & kBefore) != 0) flag("before", true);
    if ((e_.flags & kOutside) != 0) flag("outside", true);
    if ((e_.flags & kError) != 0) flag("error", true);
    if ((e_.flags & kReused) != 0) flag("reuse", true);
  }

  void del() {
    op("del");
    if (operands_.size() == 1) return symbol("name", SymbolId{operands_[0]});
    items("names");
  }

  void weakref() {
    op("weakref");
    symbol("id", e_.subject);
    symbol("to", e_.value);
    if ((e_.flags & kRaises) != 0) return word("callback", "raise");
    if ((e_.flags & kCallback) != 0) flag("callback", true);
  }

  void threshold() {
    op("gc");
    word("do", "threshold");
    member("values");
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      text_ += i == 0 ? '[' : ',';
      text_ += std::to_string(static_cast<std::int32_t>(operands_[i]));
    }
    text_ += ']';
  }

  void row(const Form& form) {
    op(kEventWords[static_cast<std::size_t>(form.word)].text);
    if (!form.action.empty())
      word(kFieldNames[static_cast<std::size_t>(action_member(form.word))], form.action);
    for (std::size_t i = 0; i < form.size(); ++i)
      field(form.fields[i].fill, kFieldNames[static_cast<std::size_t>(form.fields[i].member)]);
  }

  void field(Fill fill, std::string_view name) {
    switch (fill) {
      case Fill::none: break;
      case Fill::module:
      case Fill::new_id:
      case Fill::subject: return symbol(name, e_.subject);
      case Fill::value: return symbol(name, e_.value);
      case Fill::name:
      case Fill::as_name: return symbol(name, e_.name);
      case Fill::member:
      case Fill::function: return word(name, key_word());
      case Fill::items: return operands_.empty() ? void() : items(name);
      case Fill::arguments: return operands_.empty() ? void() : arguments(name);
      case Fill::exception: return type();
      case Fill::generation:
      case Fill::through: return e_.number == kNoIndex ? void() : number(name, e_.number);
      case Fill::span: return e_.number == 0 ? void() : number(name, e_.number);
      case Fill::bytes: return number(name, e_.number);
      case Fill::delta:
        member(name);
        text_ += std::to_string(static_cast<std::int32_t>(operands_[0]));
        break;
    }
  }

  void arguments(std::string_view name) {
    member(name);
    for (std::size_t i = 0; i + 1 < operands_.size(); i += 2) {
      text_ += i == 0 ? '{' : ',';
      append_json_string(text_, words_.symbols.word(operands_[i]));
      text_ += ':';
      id(operands_[i + 1]);
    }
    text_ += '}';
  }

  void items(std::string_view name) {
    member(name);
    text_ += '[';
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      if (i > 0) text_ += ',';
      id(operands_[i]);
    }
    text_ += ']';
  }

  void op(std::string_view name) { text_.append(name).append("\""); }
  void member(std::string_view name) { text_.append(",\"").append(name).append("\":"); }
  void word(std::string_view name, std::string_view value) {
    member(name);
    append_json_string(text_, value);
  }
  void number(std::string_view name, std::uint32_t value) {
    member(name);
    text_ += std::to_string(value);
  }
  void flag(std::string_view name, bool value) {
    member(name);
    text_ += value ? "true" : "false";
  }
  void symbol(std::string_view name, SymbolId value) {
    if (value == kNoSymbol) return;
    member(name);
    id(raw(value));
  }
  void id(std::uint32_t symbol) {
    if (SymbolId{symbol} == words_.none()) {
      text_ += "null";
    } else {
      number_or_string(words_.symbols.word(symbol));
    }
  }
  void key() {
    member("key");
    number_or_string(key_word());
  }
  void type() { word("type", words_.types()[raw(e_.type)].name); }

  void literal() {
    const Literal& value = words_.literals()[raw(e_.literal)];
    const bool is_number = value.text.find_first_of("in") == std::string::npos;  // not inf, not nan
    if (value.kind == Kind::string || !is_number) return word("value", value.text);
    member("value");
    text_ += value.text;
  }

  // What a JSON number says exactly is written as one.
  void number_or_string(std::string_view word) {
    const bool is_number =
        !word.empty() && word[0] != '-' && is_whole_number(word) && (word[0] != '0' || word.size() == 1);
    if (is_number) {
      text_ += word;
    } else {
      append_json_string(text_, word);
    }
  }

  std::string_view key_word() const { return words_.keys.word(raw(e_.key)); }

  std::string& text_;
  const Event& e_;
  std::span<const std::uint32_t> operands_;
  const Vocabulary& words_;
};

}  // namespace

void append_json_event(std::string& text, const Event& event, std::span<const std::uint32_t> operands,
                       const Vocabulary& words) {
  EventJson(text, event, operands, words).append();
}

void append_json_string(std::string& text, std::string_view word) {
  constexpr char kHex[] = "0123456789abcdef";
  text += '"';
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (byte < 0x20) {
      text += "\\u00";
      text += kHex[byte >> 4];
      text += kHex[byte & 15];
    } else {
      text += c;
    }
  }
  text += '"';
}

}  // namespace gcsim::trace
