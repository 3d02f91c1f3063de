#include "json_events.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "escapes.h"
#include "suggest.h"

namespace gcsim::trace {

namespace {

constexpr std::int64_t kMaxBytes = std::numeric_limits<std::uint32_t>::max();

struct Shape {
  Word word;
  FieldSet required;
  FieldSet optional;
};

// Those that are rows of fields (forms.h) get their members from there.
constexpr std::array<Shape, kEventWords.size()> kShapes = [] {
  std::array<Shape, kEventWords.size()> shapes = {{
      {Word::alloc, set_of(Field::id, Field::type),
       set_of(Field::name, Field::value, Field::items, Field::size, Field::free_list, Field::before,
              Field::outside, Field::error, Field::reuse)},
      {Word::ref, set_of(Field::to), set_of(Field::name, Field::from, Field::key)},
      {Word::del, 0, set_of(Field::name, Field::names)},
      {Word::unref, set_of(Field::from), set_of(Field::key, Field::to)},
      {Word::setattr, set_of(Field::obj, Field::attr, Field::value), 0},
      {Word::delattr, set_of(Field::obj, Field::attr), 0},
      {Word::dict, set_of(Field::obj), set_of(Field::name)},
      {Word::weakref, set_of(Field::id, Field::to), set_of(Field::callback)},
      {Word::clear, set_of(Field::id), 0},
      {Word::gc, set_of(Field::action), set_of(Field::generation, Field::values, Field::flags)},
      {Word::inspect, 0, 0},
      {Word::track, set_of(Field::id), 0},
      {Word::untrack, set_of(Field::id), 0},
      {Word::resize, set_of(Field::id, Field::size), 0},
      {Word::exit, 0, 0},
      {Word::check, 0, 0},
      {Word::expect, set_of(Field::text), 0},
      {Word::end, set_of(Field::events), 0},
      {Word::import, 0, 0},
      {Word::from, 0, 0},
      {Word::loaded, 0, 0},
      {Word::failed, 0, 0},
      {Word::hold, 0, 0},
      {Word::release, 0, 0},
      {Word::unit, 0, 0},
      {Word::constant, set_of(Field::id, Field::type, Field::value), 0},
      {Word::iadd, set_of(Field::name, Field::type, Field::value), 0},
      {Word::intern, 0, 0},
      {Word::call, 0, 0},
      {Word::return_, 0, 0},
      {Word::frame, 0, 0},
      {Word::raise, 0, 0},
      {Word::generator, 0, 0},
      {Word::next, 0, 0},
      {Word::yield_, 0, 0},
      {Word::die, 0, 0},
      {Word::garbage, 0, 0},
      {Word::own, 0, 0},
      {Word::memory, 0, 0},
      {Word::atomic, 0, 0},
      {Word::tick, 0, 0},
  }};
  for (const Form& form : kForms) {
    Shape& shape = shapes[static_cast<std::size_t>(form.word)];
    if (!form.action.empty()) shape.required |= set_of(action_member(form.word));
    for (std::size_t i = 0; i < form.size(); ++i) shape.optional |= set_of(form.fields[i].member);
  }
  return shapes;
}();

constexpr bool shapes_are_in_order() {
  for (std::size_t i = 0; i < kShapes.size(); ++i) {
    if (static_cast<std::size_t>(kShapes[i].word) != i || kEventWords[i].word != kShapes[i].word)
      return false;
  }
  return true;
}
static_assert(shapes_are_in_order());

std::string_view text_of(Word word) {
  return kEventWords[static_cast<std::size_t>(word)].text;
}
const Shape& shape_of(Word word) {
  return kShapes[static_cast<std::size_t>(word)];
}
std::string_view name_of(Field field) {
  return kFieldNames[static_cast<std::size_t>(field)];
}

template <class OnField>
void for_each_field(FieldSet set, OnField&& on_field) {
  for (std::size_t i = 0; i < kFields; ++i) {
    if ((set & set_of(Field{static_cast<std::uint8_t>(i)})) != 0)
      on_field(Field{static_cast<std::uint8_t>(i)});
  }
}

std::string names_of(FieldSet set) {
  std::string names;
  for_each_field(set, [&names](Field field) {
    if (!names.empty()) names += ", ";
    names.append("\"").append(name_of(field)).append("\"");
  });
  return names;
}

}  // namespace

Piece JsonEvents::word_of(const JsonValue& value) {
  if (value.kind != Json::string) return {raw_text(value), value.begin};
  if (!value.escaped) return {inside(text_, value), value.begin};
  const std::size_t from = unescaped_.size();
  append_unescaped(inside(text_, value), unescaped_);
  return {std::string_view(unescaped_).substr(from), value.begin};
}

bool JsonEvents::wrong_type(const JsonValue& value, std::string_view expected) {
  std::string got = quoted(raw_text(value));
  if (value.kind == Json::array) got = "an array";
  if (value.kind == Json::object) got = "an object";
  return builder_.fail(Fault::wrong_value_type, value.begin, std::string(expected), got);
}

bool JsonEvents::missing(Word word, std::string_view fields) {
  const std::size_t at = has(Field::op) ? value(Field::op).begin : begin_;
  std::string expected = "an event ";
  expected.append(quoted(text_of(word))).append(" with ").append(fields);
  return builder_.fail(Fault::missing_field, at, expected, "one without");
}

bool JsonEvents::open(std::string_view text, std::size_t begin, std::size_t end, const EventFields& fields,
                      Word& word) {
  text_ = text;
  fields_ = &fields;
  begin_ = begin;
  unescaped_.clear();
  // Views into it must not move, and a word may be asked for twice.
  unescaped_.reserve(2 * (end - begin));
  if (!has(Field::op)) {
    if (fields.stranger()) return surplus(Word::check, Field::op);
    return builder_.fail(Fault::missing_field, begin, "an event, an object with \"op\"",
                         "an object without it");
  }
  if (value(Field::op).kind != Json::string) return wrong_type(value(Field::op), "the word of an event");
  const Piece op = word_of(value(Field::op));
  const auto known = event_word(op.text);
  if (!known) {
    Suggestion suggestion(op.text);
    for (const WordEntry& entry : kEventWords) suggestion.offer(entry.text);
    return builder_.fail(Fault::unknown_event, op.offset, "an event", quoted(op.text), suggestion.note());
  }
  word = *known;
  return check_fields(word);
}

bool JsonEvents::check_fields(Word word) {
  const Shape& shape = shape_of(word);
  const FieldSet present = fields_->present() & ~set_of(Field::op);
  const FieldSet strange = present & ~(shape.required | shape.optional);
  if (fields_->stranger() || strange != 0) {
    Field first = Field::op;
    for_each_field(strange, [&](Field field) {
      if (first == Field::op || fields_->key_of(field).begin < fields_->key_of(first).begin) first = field;
    });
    return surplus(word, first);
  }
  const FieldSet absent = shape.required & ~present;
  return absent == 0 || missing(word, names_of(absent));
}

// `field`: one that this event does not have; `op` stands for the key that no event has.
bool JsonEvents::surplus(Word word, Field field) {
  const JsonValue key = field == Field::op ? *fields_->stranger() : fields_->key_of(field);
  const std::string_view name = inside(text_, key);
  const Shape& shape = shape_of(word);
  Suggestion suggestion(name);
  bool is_twice = false;
  for_each_field(shape.required | shape.optional | set_of(Field::op), [&](Field known) {
    if (has(known)) {
      is_twice = is_twice || name_of(known) == name;
    } else {
      suggestion.offer(name_of(known));
    }
  });
  if (is_twice)
    return builder_.fail(Fault::surplus_field, key.begin, "each field once", quoted(name) + " again");
  const std::string known = names_of(shape.required | shape.optional);
  const std::string expected = !has(Field::op) ? "an event, an object with \"op\""
                               : known.empty() ? "no other field"
                                               : "no fields but " + known;
  return builder_.fail(Fault::surplus_field, key.begin, expected, quoted(name), suggestion.note());
}

// Faults if there are other fields than the required ones and these.
bool JsonEvents::only(Word word, FieldSet optional) {
  const FieldSet strange = fields_->present() & ~(shape_of(word).required | optional | set_of(Field::op));
  if (strange == 0) return true;
  Field first = Field::op;
  for_each_field(strange, [&first](Field field) { first = first == Field::op ? field : first; });
  return builder_.fail(Fault::surplus_field, fields_->key_of(first).begin, "no such field here",
                       quoted(name_of(first)));
}

bool JsonEvents::unknown_action(Word word) {
  const Field field = action_member(word);
  const std::vector<std::string_view> actions = actions_of(word);
  if (value(field).kind != Json::string) return wrong_type(value(field), list_of(actions));
  const Piece action = word_of(value(field));
  Suggestion suggestion(action.text);
  for (const std::string_view known : actions) suggestion.offer(known);
  return builder_.fail(Fault::unknown_event, action.offset, list_of(actions), quoted(action.text),
                       suggestion.note());
}

bool JsonEvents::id_word(const JsonValue& value, std::string_view expected, Piece& into) {
  if (value.kind != Json::string && value.kind != Json::number) return wrong_type(value, expected);
  into = word_of(value);
  if (value.kind == Json::string || into.text.find_first_not_of("0123456789") == std::string_view::npos)
    return true;
  if (into.text.find_first_of(".eE") != std::string_view::npos) return wrong_type(value, expected);
  return builder_.fail(Fault::number_out_of_range, value.begin, "a number from 0 on", quoted(into.text));
}

bool JsonEvents::operand(const JsonValue& value, SymbolId& into) {
  if (value.kind == Json::null) return builder_.operand({"None", value.begin}, into);
  Piece word;
  return id_word(value, "an object's ID or null", word) && builder_.operand(word, into);
}

bool JsonEvents::new_word(Field field, SymbolId& into) {
  Piece word;
  return id_word(value(field), "an ID or a name", word) && builder_.new_word(word, into);
}

bool JsonEvents::string(Field field, Piece& into) {
  if (value(field).kind != Json::string) return wrong_type(value(field), "a string");
  into = word_of(value(field));
  return true;
}

bool JsonEvents::digits(Field field, Piece& into) {
  if (value(field).kind != Json::number) return wrong_type(value(field), "a whole number");
  into = word_of(value(field));
  return true;
}

bool JsonEvents::key(Event& event) {
  const JsonValue& key = value(Field::key);
  if (key.kind != Json::string && key.kind != Json::number)
    return wrong_type(key, "a string or a whole number");
  const Piece word = word_of(key);
  const bool is_whole = word.text.find_first_of(".eE") == std::string_view::npos;
  if (key.kind == Json::number && !is_whole) return wrong_type(key, "a string or a whole number");
  return builder_.key(word, event);
}

bool JsonEvents::attribute(Event& event) {
  Piece word;
  return string(Field::attr, word) && builder_.attribute(word, event);
}

bool JsonEvents::flag(Field field, bool& into) {
  into = value(field).kind == Json::yes;
  return into || value(field).kind == Json::no || wrong_type(value(field), "true or false");
}

bool JsonEvents::number(Field field, std::int64_t lowest, std::int64_t highest, std::uint32_t& into) {
  Piece word;
  return digits(field, word) && builder_.number(word, lowest, highest, into);
}

bool JsonEvents::read(Word word, EventBatch& batch, Event& event) {
  event = builder_.begin(Op::check, batch);
  if (fields(word, event)) return true;
  builder_.discard(event);
  return false;
}

bool JsonEvents::fields(Word word, Event& event) {
  if (has_only_forms(word)) return formed(word, event);
  switch (word) {
    case Word::alloc: return alloc(event);
    case Word::ref: return ref(event);
    case Word::unref: return unref(event);
    case Word::del: return del(event);
    case Word::setattr:
      event.op = Op::set_attr;
      return operand(Field::obj, event.subject) && attribute(event) && operand(Field::value, event.value);
    case Word::delattr:
      event.op = Op::del_attr;
      return operand(Field::obj, event.subject) && attribute(event);
    case Word::dict:
      event.op = Op::dict;
      return operand(Field::obj, event.subject) && (!has(Field::name) || new_word(Field::name, event.name));
    case Word::weakref: return weakref(event);
    case Word::clear: event.op = Op::clear; return operand(Field::id, event.subject);
    case Word::gc: return gc(event);
    case Word::track: event.op = Op::track; return operand(Field::id, event.subject);
    case Word::untrack: event.op = Op::untrack; return operand(Field::id, event.subject);
    case Word::resize:
      event.op = Op::resize;
      return operand(Field::id, event.subject) && number(Field::size, 1, kMaxBytes, event.number);
    case Word::exit: event.op = Op::exit; break;
    case Word::constant:
      event.op = Op::load_constant;
      if (!value_of_type(Field::id, event.subject, event)) return false;
      event.name = event.subject;
      return true;
    case Word::iadd: event.op = Op::add_in_place; return value_of_type(Field::name, event.name, event);
    default: break;
  }
  return true;
}

bool JsonEvents::value_of_type(Field id, SymbolId& into, Event& event) {
  Piece type;
  return new_word(id, into) && string(Field::type, type) && builder_.value_type(type, event) &&
         literal(event);
}

bool JsonEvents::alloc(Event& event) {
  event.op = Op::alloc;
  Piece type;
  if (!new_word(Field::id, event.subject) || !string(Field::type, type) || !builder_.type(type, event) ||
      !alloc_contents(event) || !alloc_options(event)) {
    return false;
  }
  builder_.complete_alloc(event);
  return true;
}

bool JsonEvents::alloc_contents(Event& event) {
  const Kind kind = builder_.kind(event);
  const bool has_value = kind == Kind::integer || kind == Kind::floating || kind == Kind::string;
  if (has(Field::items) && kind != Kind::tuple) {
    return builder_.fail(Fault::surplus_field, fields_->key_of(Field::items).begin, "items of a tuple only",
                         "'items'");
  }
  if (has(Field::value) && !has_value) {
    return builder_.fail(Fault::surplus_field, fields_->key_of(Field::value).begin,
                         "the value of an int, float or str only", "'value'");
  }
  if (kind == Kind::integer && !has(Field::value)) return missing(Word::alloc, R"("value")");
  if (has(Field::value)) return literal(event);
  if (!has(Field::items)) return true;
  return items(value(Field::items));
}

bool JsonEvents::items(const JsonValue& array) {
  if (array.kind != Json::array) return wrong_type(array, "an array of IDs");
  JsonScan scan(text_, array.begin);
  return scan_elements(scan, [&](const JsonValue& element) {
    if (element.kind == Json::null) return builder_.item({"None", element.begin});
    Piece word;
    return id_word(element, "an object's ID or null", word) && builder_.item(word);
  });
}

// An int or float may be given as a string too: not every program can write numbers of any size, inf or nan.
bool JsonEvents::literal(Event& event) {
  const JsonValue& literal = value(Field::value);
  const bool is_string = builder_.kind(event) == Kind::string;
  if (literal.kind == Json::string || (literal.kind == Json::number && !is_string)) {
    return builder_.literal(word_of(literal), event);
  }
  return wrong_type(literal, is_string ? "a string" : "a number");
}

bool JsonEvents::alloc_options(Event& event) {
  bool is_set = false;
  const auto set_flag = [&](std::uint8_t bit, bool when) {
    if (is_set == when) event.flags = static_cast<std::uint8_t>(event.flags | bit);
    return true;
  };
  return (!has(Field::name) || new_word(Field::name, event.name)) &&
         (!has(Field::size) || number(Field::size, 1, kMaxBytes, event.number)) &&
         (!has(Field::free_list) || (flag(Field::free_list, is_set) && set_flag(kBypassFreeList, false))) &&
         (!has(Field::before) || (flag(Field::before, is_set) && set_flag(kBefore, true))) &&
         (!has(Field::outside) || (flag(Field::outside, is_set) && set_flag(kOutside, true))) &&
         (!has(Field::error) || (flag(Field::error, is_set) && set_flag(kError, true))) &&
         (!has(Field::reuse) || (flag(Field::reuse, is_set) && set_flag(kReused, true)));
}

bool JsonEvents::ref(Event& event) {
  if (has(Field::name)) {
    event.op = Op::bind;
    return only(Word::ref, set_of(Field::name)) && new_word(Field::name, event.name) &&
           operand(Field::to, event.value);
  }
  if (!has(Field::from)) return missing(Word::ref, R"("name" or "from")");
  event.op = has(Field::key) ? Op::set_item : Op::add;
  return operand(Field::from, event.subject) && (!has(Field::key) || key(event)) &&
         operand(Field::to, event.value);
}

bool JsonEvents::unref(Event& event) {
  if (has(Field::key)) {
    event.op = Op::del_item;
    return only(Word::unref, set_of(Field::key)) && operand(Field::from, event.subject) && key(event);
  }
  event.op = has(Field::to) ? Op::remove : Op::pop;
  return operand(Field::from, event.subject) && (!has(Field::to) || operand(Field::to, event.value));
}

bool JsonEvents::del(Event& event) {
  event.op = Op::del;
  if (has(Field::name)) {
    Piece word;
    return only(Word::del, set_of(Field::name)) && id_word(value(Field::name), "a name", word) &&
           builder_.name_item(word);
  }
  if (!has(Field::names)) return missing(Word::del, R"("name" or "names")");
  if (value(Field::names).kind != Json::array) return wrong_type(value(Field::names), "an array of names");
  JsonScan scan(text_, value(Field::names).begin);
  bool has_any = false;
  const bool is_fine = scan_elements(scan, [&](const JsonValue& element) {
    Piece word;
    has_any = true;
    return id_word(element, "a name", word) && builder_.name_item(word);
  });
  if (!is_fine || has_any) return is_fine;
  return builder_.fail(Fault::missing_field, value(Field::names).begin, "at least one name",
                       "an empty array");
}

bool JsonEvents::weakref(Event& event) {
  event.op = Op::weakref;
  if (has(Field::callback) && !callback(event)) return false;
  if (!new_word(Field::id, event.subject)) return false;
  event.name = event.subject;
  return operand(Field::to, event.value);
}

// true, false, or "raise"
bool JsonEvents::callback(Event& event) {
  const JsonValue& said = value(Field::callback);
  const bool raises = said.kind == Json::string && word_of(said).text == "raise";
  if (raises) event.flags = kCallback | kRaises;
  if (said.kind == Json::yes) event.flags = kCallback;
  return raises || said.kind == Json::yes || said.kind == Json::no ||
         wrong_type(said, "true, false or \"raise\"");
}

bool JsonEvents::gc(Event& event) {
  const Piece action = value(Field::action).kind == Json::string ? word_of(value(Field::action)) : Piece{};
  if (action.text == "collect") {
    event.op = Op::collect;
    event.number = kOldest;
    return only(Word::gc, set_of(Field::generation)) &&
           (!has(Field::generation) || number(Field::generation, kYoungest, kOldest, event.number));
  }
  if (action.text == "threshold") {
    event.op = Op::set_threshold;
    return only(Word::gc, set_of(Field::values)) &&
           (has(Field::values) ? threshold() : missing(Word::gc, R"("values")"));
  }
  if (action.text == "debug") {
    event.op = Op::set_debug;
    return only(Word::gc, set_of(Field::flags)) &&
           (has(Field::flags) ? debug(event) : missing(Word::gc, R"("flags")"));
  }
  return formed(Word::gc, event);
}

bool JsonEvents::formed(Word word, Event& event) {
  std::string_view action;
  if (has_actions(word)) {
    const JsonValue& said = value(action_member(word));
    action = said.kind == Json::string ? word_of(said).text : std::string_view();
  }
  const Form* form = find_form(word, action);
  return form == nullptr ? unknown_action(word) : row(*form, event);
}

bool JsonEvents::row(const Form& form, Event& event) {
  event.op = form.op;
  event.number = form.absent_number();
  if (!builder_.preset(event)) return false;
  FieldSet members = form.action.empty() ? 0 : set_of(action_member(form.word));
  FieldSet required = 0;
  for (std::size_t i = 0; i < form.size(); ++i) {
    members |= set_of(form.fields[i].member);
    if (!form.fields[i].is_optional) required |= set_of(form.fields[i].member);
  }
  if (!only(form.word, members)) return false;
  const FieldSet absent = required & ~fields_->present();
  if (absent != 0) return missing(form.word, names_of(absent));
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (has(form.fields[i].member) && !member(form.fields[i], event)) return false;
  }
  return true;
}

bool JsonEvents::member(const FormField& field, Event& event) {
  const JsonValue& said = value(field.member);
  Piece word;
  switch (field.fill) {
    case Fill::items: {
      const std::size_t before = builder_.items();
      if (!items(said)) return false;
      if (field.is_optional || builder_.items() > before) return true;
      return builder_.fail(Fault::missing_field, said.begin, "at least one ID", "an empty array");
    }
    case Fill::generation:
    case Fill::through:
    case Fill::span:
    case Fill::bytes:
    case Fill::delta: return digits(field.member, word) && builder_.fill(field.fill, word, event);
    case Fill::function:
    case Fill::exception: return string(field.member, word) && builder_.fill(field.fill, word, event);
    case Fill::arguments: return arguments(said);
    case Fill::module:
    case Fill::member:
    case Fill::name:
    case Fill::as_name:
    case Fill::new_id:
      return id_word(said, "an ID or a name", word) && builder_.fill(field.fill, word, event);
    default:
      if (said.kind == Json::null) return builder_.fill(field.fill, {"None", said.begin}, event);
      return id_word(said, "an object's ID or null", word) && builder_.fill(field.fill, word, event);
  }
}

bool JsonEvents::arguments(const JsonValue& object) {
  if (object.kind != Json::object) return wrong_type(object, "an object of names and IDs");
  JsonScan scan(text_, object.begin);
  return scan_members(scan, [&](const JsonValue& name, const JsonValue& value) {
    Piece word{"None", value.begin};
    return (value.kind == Json::null || id_word(value, "an object's ID or null", word)) &&
           builder_.argument(word_of(name), word);
  });
}

bool JsonEvents::threshold() {
  const JsonValue& values = value(Field::values);
  constexpr std::string_view kExpected = "an array of one to three whole numbers";
  if (values.kind != Json::array) return wrong_type(values, kExpected);
  JsonScan scan(text_, values.begin);
  std::size_t count = 0;
  const bool is_fine = scan_elements(scan, [&](const JsonValue& element) {
    if (++count > kGenerations)
      return builder_.fail(Fault::surplus_field, element.begin, std::string(kExpected), "more");
    if (element.kind != Json::number) return wrong_type(element, "a whole number");
    return builder_.threshold(word_of(element));
  });
  if (!is_fine || count > 0) return is_fine;
  return builder_.fail(Fault::missing_field, values.begin, std::string(kExpected), "an empty array");
}

bool JsonEvents::debug(Event& event) {
  const JsonValue& flags = value(Field::flags);
  if (flags.kind != Json::number && flags.kind != Json::string)
    return wrong_type(flags, "a number or names of flags");
  return builder_.debug_flags(word_of(flags), event.number);
}

namespace {

Field subject_field(Op op) {
  switch (op) {
    case Op::add:
    case Op::set_item:
    case Op::del_item:
    case Op::pop:
    case Op::remove: return Field::from;
    case Op::set_attr:
    case Op::del_attr:
    case Op::dict: return Field::obj;
    default: return Field::id;
  }
}

Field number_field(Op op) {
  switch (op) {
    case Op::collect: return Field::generation;
    case Op::set_debug: return Field::flags;
    case Op::set_item:
    case Op::del_item: return Field::key;
    default: return Field::size;
  }
}

bool has_literal(Op op) {
  return op == Op::alloc || op == Op::load_constant || op == Op::add_in_place;
}

Field operand_field(const Event& event, Operand operand) {
  if (const Form* form = form_of(event.op)) {
    for (std::size_t i = 0; i < form->size(); ++i) {
      if (operand_of(form->fields[i].fill) == operand) return form->fields[i].member;
    }
    return Field::op;
  }
  switch (operand) {
    case Operand::whole: return Field::op;
    case Operand::subject: return subject_field(event.op);
    case Operand::value:
      return event.op == Op::alloc ? Field::id : event.op == Op::set_attr ? Field::value : Field::to;
    case Operand::name:
      return event.op == Op::weakref || event.op == Op::load_constant ? Field::id : Field::name;
    case Operand::key:
      return has_literal(event.op)                                  ? Field::value
             : event.op == Op::set_attr || event.op == Op::del_attr ? Field::attr
                                                                    : Field::key;
    case Operand::number: return number_field(event.op);
    case Operand::type: return Field::type;
    case Operand::item:
      return event.op == Op::alloc ? Field::items : event.op == Op::del ? Field::names : Field::values;
  }
  return Field::op;
}

}  // namespace

std::size_t json_operand_offset(std::string_view text, const EventFields& fields, const Event& event,
                                Operand operand, std::uint32_t ordinal) {
  Field field = operand_field(event, operand);
  if (!fields.has(field) && event.op == Op::del) field = Field::name;
  if (!fields.has(field) && event.op == Op::alloc)
    field = operand == Operand::number ? Field::type : Field::id;
  if (!fields.has(field)) field = Field::op;
  if (!fields.has(field)) return 0;
  std::size_t offset = fields[field].begin;
  if (operand != Operand::item) return offset;
  JsonScan scan(text, offset);
  if (fields[field].kind == Json::object) {
    scan_members(scan, [&](const JsonValue& key, const JsonValue& value) {
      offset = ordinal % 2 == 0 ? key.begin : value.begin;
      const bool is_there = ordinal < 2;
      ordinal -= is_there ? 0 : 2;
      return !is_there;
    });
  }
  if (fields[field].kind != Json::array) return offset;
  scan_elements(scan, [&](const JsonValue& element) {
    offset = element.begin;
    return ordinal-- > 0;
  });
  return offset;
}

}  // namespace gcsim::trace
