#include "text_events.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "gcsim/trace/reader.h"
#include "suggest.h"

namespace gcsim::trace {

namespace {

constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
constexpr std::int64_t kMaxBytes = std::numeric_limits<std::uint32_t>::max();

constexpr std::string_view kRefForm = "ref NAME ID, ref L[] ID or ref D[KEY] ID";
constexpr std::string_view kUnrefForm = "unref D[KEY] or unref L[] [ID]";
constexpr std::string_view kOptionWords[] = {
    "as=", "size=", "before=", "outside=", "free_list=", "error=", "reuse="};

// Of the options of alloc that are set or not; 0: it is none of them.
std::uint8_t bit_of(std::string_view option) {
  if (option == "before") return kBefore;
  if (option == "outside") return kOutside;
  if (option == "error") return kError;
  return option == "reuse" ? kReused : 0;
}

}  // namespace

bool TextEvents::missing(std::string_view form) {
  return builder_.fail(Fault::missing_field, line_->end(), std::string(form), "the end of the line");
}

bool TextEvents::surplus(std::size_t i, std::string_view form) {
  return builder_.fail(Fault::surplus_field, token(i).offset, "the end of the line", quoted(token(i).text),
                       "the form is: " + std::string(form));
}

bool TextEvents::counts(std::size_t least, std::size_t most, std::string_view form) {
  if (size() < least) return missing(form);
  return size() <= most || surplus(most, form);
}

bool TextEvents::unknown_action(Word word) {
  const std::vector<std::string_view> actions = actions_of(word);
  Suggestion suggestion(token(1).text);
  for (const std::string_view action : actions) suggestion.offer(action);
  return builder_.fail(Fault::unknown_event, token(1).offset, list_of(actions), quoted(token(1).text),
                       suggestion.note());
}

bool TextEvents::unknown(const TokenizedLine& line, std::string_view expected) {
  Suggestion suggestion(line[0].text);
  for (const WordEntry& entry : kEventWords) {
    if (entry.word != Word::expect) suggestion.offer(entry.text);
  }
  for (const std::string_view word : kHeaderWords) suggestion.offer(word);
  std::string note = suggestion.note();
  // A program may begin with imports, as a trace may.
  if (note.empty() && line[0].text.find('(') != std::string_view::npos)
    note = "this is no Python program: a trace has lines such as 'alloc a list'";
  return builder_.fail(Fault::unknown_event, line[0].offset, std::string(expected), quoted(line[0].text),
                       note);
}

bool TextEvents::read(Word word, const TokenizedLine& line, EventBatch& batch, Event& event) {
  line_ = &line;
  event = builder_.begin(Op::check, batch);
  if (fields(word, event)) return true;
  builder_.discard(event);
  return false;
}

bool TextEvents::fields(Word word, Event& event) {
  if (has_only_forms(word)) return formed(word, event);
  switch (word) {
    case Word::alloc: return alloc(event);
    case Word::ref: return ref(event);
    case Word::unref: return unref(event);
    case Word::del:
      event.op = Op::del;
      if (!counts(2, kAny, "del NAME ...")) return false;
      for (std::size_t i = 1; i < size(); ++i) {
        if (!builder_.name_item(piece(i))) return false;
      }
      return true;
    case Word::setattr:
      event.op = Op::set_attr;
      return counts(4, 4, "setattr ID ATTRIBUTE ID") && builder_.operand(piece(1), event.subject) &&
             builder_.attribute(piece(2), event) && builder_.operand(piece(3), event.value);
    case Word::delattr:
      event.op = Op::del_attr;
      return counts(3, 3, "delattr ID ATTRIBUTE") && builder_.operand(piece(1), event.subject) &&
             builder_.attribute(piece(2), event);
    case Word::dict:
      event.op = Op::dict;
      return counts(2, 3, "dict ID [NAME]") && builder_.operand(piece(1), event.subject) &&
             (size() == 2 || builder_.new_word(piece(2), event.name));
    case Word::weakref: return weakref(event);
    case Word::clear: event.op = Op::clear; return subject_only(event, "clear ID");
    case Word::constant:
      event.op = Op::load_constant;
      if (!value_of_type("const ID TYPE VALUE", event.subject, event)) return false;
      event.name = event.subject;
      return true;
    case Word::iadd:
      event.op = Op::add_in_place;
      return value_of_type("iadd NAME TYPE VALUE", event.name, event);
    case Word::gc: return gc(event);
    case Word::track: event.op = Op::track; return subject_only(event, "track ID");
    case Word::untrack: event.op = Op::untrack; return subject_only(event, "untrack ID");
    case Word::resize:
      event.op = Op::resize;
      return counts(3, 3, "resize ID BYTES") && builder_.operand(piece(1), event.subject) &&
             builder_.number(piece(2), 1, kMaxBytes, event.number);
    case Word::exit: event.op = Op::exit; return counts(1, 1, "exit");
    case Word::check: event.op = Op::check; return counts(1, 1, "check");
    default: break;
  }
  return unknown(*line_);
}

bool TextEvents::subject_only(Event& event, std::string_view form) {
  return counts(2, 2, form) && builder_.operand(piece(1), event.subject);
}

bool TextEvents::value_of_type(std::string_view form, SymbolId& into, Event& event) {
  return counts(4, 4, form) && builder_.new_word(piece(1), into) && builder_.value_type(piece(2), event) &&
         builder_.literal(piece(3), event);
}

bool TextEvents::alloc(Event& event) {
  event.op = Op::alloc;
  std::size_t at = 3;
  if (!counts(3, kAny, "alloc ID TYPE ...") || !builder_.new_word(piece(1), event.subject) ||
      !builder_.type(piece(2), event) || !alloc_contents(event, at) || !alloc_options(event, at)) {
    return false;
  }
  builder_.complete_alloc(event);
  return true;
}

// The words behind the type that are not options: the elements of a tuple, or one value.
bool TextEvents::alloc_contents(Event& event, std::size_t& at) {
  switch (builder_.kind(event)) {
    case Kind::tuple:
      for (; at < size() && !is_option(at); ++at) {
        if (!builder_.item(piece(at))) return false;
      }
      return true;
    case Kind::integer:
      if (at == size() || is_option(at)) return missing("alloc ID int VALUE");
      [[fallthrough]];
    case Kind::floating:
    case Kind::string:
      if (at == size() || is_option(at)) return true;
      return builder_.literal(piece(at++), event);
    default: return true;
  }
}

// Only words of a form that no ID, and hardly any string, has: `as NAME` and those with '='.
bool TextEvents::is_option(std::size_t i) const {
  if (token(i).is_quoted) return false;
  const std::string_view text = token(i).text;
  if (text == "as") return i + 1 < size();
  return std::any_of(std::begin(kOptionWords), std::end(kOptionWords),
                     [text](std::string_view option) { return text.starts_with(option); });
}

bool TextEvents::alloc_options(Event& event, std::size_t at) {
  while (at < size()) {
    if (!alloc_option(event, at)) return false;
  }
  return true;
}

bool TextEvents::flag(std::size_t i, std::string_view value, bool& is_set) {
  is_set = value == "yes";
  if (is_set || value == "no") return true;
  return builder_.fail(Fault::wrong_value_type, token(i).offset_of(token(i).text.size() - value.size()),
                       "yes or no", quoted(value));
}

bool TextEvents::alloc_option(Event& event, std::size_t& at) {
  const std::size_t i = at++;
  const std::string_view text = token(i).text;
  if (text == "as") {
    if (at == size()) return missing("alloc ID TYPE as NAME");
    return builder_.new_word(piece(at++), event.name);
  }
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string_view option = text.substr(0, equals);
  const Piece value{text.substr(std::min(equals + 1, text.size())), token(i).offset_of(equals + 1)};
  const bool has_value = equals < text.size();
  if (has_value && option == "as") return builder_.new_word(value, event.name);
  if (has_value && option == "size") return builder_.number(value, 1, kMaxBytes, event.number);
  bool is_set = true;
  if (const std::uint8_t bit = bit_of(option); bit != 0) {
    if (has_value && !flag(i, value.text, is_set)) return false;
    event.flags = static_cast<std::uint8_t>(is_set ? event.flags | bit : event.flags & ~bit);
    return true;
  }
  if (has_value && option == "free_list") {
    if (!flag(i, value.text, is_set)) return false;
    event.flags =
        static_cast<std::uint8_t>(is_set ? event.flags & ~kBypassFreeList : event.flags | kBypassFreeList);
    return true;
  }
  Suggestion suggestion(option);
  for (const std::string_view known : {"as", "size", "before", "outside", "free_list", "error", "reuse"})
    suggestion.offer(known);
  return builder_.fail(Fault::surplus_field, token(i).offset, "an option of alloc or the end of the line",
                       quoted(text), suggestion.note());
}

bool TextEvents::slot_owner(Event& event, const Slot& slot, Op without_key, Op with_key) {
  event.op = slot.key.text.empty() ? without_key : with_key;
  if (!builder_.operand(slot.owner, event.subject)) return false;
  return slot.key.text.empty() || builder_.key(slot.key, event);
}

bool TextEvents::ref(Event& event) {
  if (!counts(3, 3, kRefForm)) return false;
  if (const auto slot = split_slot(token(1))) {
    if (!slot_owner(event, *slot, Op::add, Op::set_item)) return false;
  } else {
    event.op = Op::bind;
    if (!builder_.new_word(piece(1), event.name)) return false;
  }
  return builder_.operand(piece(2), event.value);
}

bool TextEvents::unref(Event& event) {
  if (!counts(2, 3, kUnrefForm)) return false;
  const auto slot = split_slot(token(1));
  if (!slot) {
    return builder_.fail(Fault::malformed_text, token(1).offset, "D[KEY] or L[]", quoted(token(1).text),
                         "a name is unbound by 'del'");
  }
  if (size() == 3 && !slot->key.text.empty()) return surplus(2, "unref D[KEY]");
  if (!slot_owner(event, *slot, size() == 3 ? Op::remove : Op::pop, Op::del_item)) return false;
  return size() == 2 || builder_.operand(piece(2), event.value);
}

bool TextEvents::weakref(Event& event) {
  constexpr std::string_view kForm = "weakref NAME ID [callback | callback=raise]";
  event.op = Op::weakref;
  if (!counts(3, 4, kForm)) return false;
  if (size() == 4) {
    const bool raises = token(3).text == "callback=raise";
    if (!raises && token(3).text != "callback") {
      Suggestion suggestion(token(3).text);
      for (const std::string_view known : {"callback", "callback=raise"}) suggestion.offer(known);
      return builder_.fail(Fault::surplus_field, token(3).offset,
                           "'callback', 'callback=raise' or the end of the line", quoted(token(3).text),
                           suggestion.note());
    }
    event.flags = raises ? kCallback | kRaises : kCallback;
  }
  if (!builder_.new_word(piece(1), event.subject)) return false;
  event.name = event.subject;
  return builder_.operand(piece(2), event.value);
}

bool TextEvents::gc(Event& event) {
  const std::string_view action = size() > 1 ? token(1).text : std::string_view();
  if (action == "collect") {
    event.op = Op::collect;
    event.number = kOldest;
    return counts(2, 3, "gc collect [GENERATION]") &&
           (size() == 2 || builder_.number(piece(2), kYoungest, kOldest, event.number));
  }
  if (action == "threshold") {
    event.op = Op::set_threshold;
    if (!counts(3, 5, "gc threshold A [B [C]]")) return false;
    for (std::size_t i = 2; i < size(); ++i) {
      if (!builder_.threshold(piece(i))) return false;
    }
    return true;
  }
  if (action == "debug") {
    event.op = Op::set_debug;
    return counts(3, 3, "gc debug FLAGS") && builder_.debug_flags(piece(2), event.number);
  }
  return formed(Word::gc, event);
}

// An event that is a row of fields, behind its word and, where it has one, its action.
bool TextEvents::formed(Word word, Event& event) {
  if (!has_actions(word)) return row(*find_form(word, ""), event);
  if (size() == 1) {
    return missing(std::string(kEventWords[static_cast<std::size_t>(word)].text) + " " +
                   list_of(actions_of(word)));
  }
  const Form* form = find_form(word, token(1).text);
  return form == nullptr ? unknown_action(word) : row(*form, event);
}

namespace {

// How many words from `at` on are the i-th field of the form, its keyword included; 0: it is left out.
std::size_t field_words(const Form& form, const TokenizedLine& line, std::size_t i, std::size_t at) {
  const auto begins = [&](std::size_t field, std::size_t word) {
    return !line[word].is_quoted && word + 1 < line.size() &&
           line[word].text == keyword_of(form.fields[field].fill);
  };
  if (at == line.size()) return 0;
  const Fill fill = form.fields[i].fill;
  if (!keyword_of(fill).empty()) return begins(i, at) ? 2 : 0;
  std::size_t end = at;
  while (end < line.size() && (end == at || repeats(fill))) {
    for (std::size_t later = i + 1; later < form.size(); ++later) {
      if (begins(later, end)) return end - at;
    }
    ++end;
  }
  return end - at;
}

}  // namespace

bool TextEvents::row(const Form& form, Event& event) {
  event.op = form.op;
  event.number = form.absent_number();
  if (!builder_.preset(event)) return false;
  std::size_t at = form.action.empty() ? 1 : 2;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const FormField& field = form.fields[i];
    const std::size_t words = field_words(form, *line_, i, at);
    if (words == 0 && !field.is_optional) return missing(form.text);
    if (words > 0 && !keyword_of(field.fill).empty()) ++at;
    for (std::size_t k = keyword_of(field.fill).empty() ? 0 : 1; k < words; ++k) {
      if (!builder_.fill(field.fill, piece(at++), event)) return false;
    }
  }
  const bool lacks_name = at + 1 == size() && token(at).text == "as" && form.says_as();
  if (lacks_name) return missing(form.text);
  return at == size() || surplus(at, form.text);
}

namespace {

// The first of the words that the operand is.
std::size_t row_word(const Form& form, const TokenizedLine& line, Operand operand) {
  std::size_t at = form.action.empty() ? 1 : 2;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const std::size_t words = field_words(form, line, i, at);
    if (operand_of(form.fields[i].fill) == operand) {
      if (words == 0) return 0;
      return keyword_of(form.fields[i].fill).empty() ? at : at + 1;
    }
    at += words;
  }
  return 0;
}

bool has_arguments(Op op) {
  return op == Op::call || op == Op::generator;
}

// The index of the word an operand stands in; 0 is the event's own word.
std::size_t operand_word(const TokenizedLine& line, const Event& event, Operand operand,
                         std::uint32_t ordinal) {
  if (const Form* form = form_of(event.op)) {
    return row_word(*form, line, operand) + (has_arguments(event.op) ? ordinal / 2 : ordinal);
  }
  const bool is_second = event.op == Op::set_threshold;
  const bool has_literal =
      event.op == Op::alloc || event.op == Op::load_constant || event.op == Op::add_in_place;
  switch (operand) {
    case Operand::whole: return 0;
    case Operand::subject: return 1;
    case Operand::value: return event.op == Op::alloc ? 1 : event.op == Op::set_attr ? 3 : 2;
    case Operand::name: return event.op == Op::dict ? 2 : 1;
    case Operand::key: return has_literal ? 3 : event.op == Op::set_attr || event.op == Op::del_attr ? 2 : 1;
    case Operand::number: return event.op == Op::set_item || event.op == Op::del_item ? 1 : 2;
    case Operand::item: return (event.op == Op::alloc ? 3 : is_second ? 2 : 1) + std::size_t{ordinal};
    case Operand::type: return 2;
  }
  return line.size();
}

// Behind which byte of an alloc line's word the option's value stands, if the word is that option.
std::optional<std::size_t> option_value(const TokenizedLine& line, std::string_view option) {
  for (std::size_t i = 3; i < line.size(); ++i) {
    if (line[i].is_quoted) continue;
    if (line[i].text.starts_with(option)) return line[i].offset_of(option.size());
    if (option == "as=" && line[i].text == "as" && i + 1 < line.size()) return line[i + 1].offset;
  }
  return std::nullopt;
}

}  // namespace

std::size_t text_operand_offset(const TokenizedLine& line, const Event& event, Operand operand,
                                std::uint32_t ordinal) {
  if (event.op == Op::alloc && (operand == Operand::name || operand == Operand::number)) {
    const auto value = option_value(line, operand == Operand::name ? "as=" : "size=");
    if (value) return *value;
    return line[operand == Operand::name ? 1 : 2].offset;
  }
  const std::size_t word = operand_word(line, event, operand, ordinal);
  if (word >= line.size()) return line[0].offset;
  if (has_arguments(event.op) && operand == Operand::item && ordinal % 2 == 1)
    return line[word].offset_of(line[word].text.find('=') + 1);
  const auto slot = word == 1 ? split_slot(line[1]) : std::nullopt;
  const bool in_key = operand == Operand::key || operand == Operand::number;
  if (slot && in_key && !slot->key.text.empty()) return slot->key.offset;
  return line[word].offset;
}

}  // namespace gcsim::trace
