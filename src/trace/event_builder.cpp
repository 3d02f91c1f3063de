#include "event_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "gcsim/trace/reader.h"
#include "suggest.h"
#include "words.h"

namespace gcsim::trace {

namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMinInt = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMaxCount = std::numeric_limits<std::uint32_t>::max();

constexpr std::pair<std::string_view, std::uint32_t> kDebugFlags[] = {
    {"STATS", 1},    {"COLLECTABLE", 2}, {"UNCOLLECTABLE", 4}, {"INSTANCES", 8},
    {"OBJECTS", 16}, {"SAVEALL", 32},    {"LEAK", 62},
};

}  // namespace

std::uint32_t index_of(std::string_view key) {
  if (key.empty() || key[0] < '0' || key[0] > '9') return kNoIndex;
  const auto number = to_number(key);
  return number && *number < kNoIndex ? static_cast<std::uint32_t>(*number) : kNoIndex;
}

bool read_number(const Piece& word, std::int64_t lowest, std::int64_t highest, std::int64_t& into,
                 Problem& problem) {
  if (!is_whole_number(word.text)) {
    problem = {Fault::wrong_value_type, word.offset, "a whole number", quoted(word.text), ""};
    return false;
  }
  const auto number = to_number(word.text);
  if (number && *number >= lowest && *number <= highest) {
    into = *number;
    return true;
  }
  problem = {Fault::number_out_of_range, word.offset,
             "a number from " + std::to_string(lowest) + " to " + std::to_string(highest), quoted(word.text),
             ""};
  return false;
}

bool EventBuilder::fail(Fault fault, std::size_t offset, std::string expected, std::string got,
                        std::string note) {
  problem_ = {fault, offset, std::move(expected), std::move(got), std::move(note)};
  return false;
}

Event EventBuilder::begin(Op op, EventBatch& batch) {
  batch_ = &batch;
  Event event;
  event.op = op;
  event.operand_begin = static_cast<std::uint32_t>(batch.operands.size());
  begin_ = batch.operands.size();
  return event;
}

void EventBuilder::commit(Event& event, const SourceRange& source) {
  event.operand_count = static_cast<std::uint32_t>(batch_->operands.size()) - event.operand_begin;
  batch_->events.push_back(event);
  batch_->sources.push_back(source);
}

void EventBuilder::discard(const Event& event) {
  batch_->operands.resize(event.operand_begin);
}

bool EventBuilder::not_an_id(const Piece& word, std::string_view expected) {
  return fail(Fault::malformed_text, word.offset, std::string(expected), quoted(word.text),
              "an ID or a name has letters, digits, '_' and '.', and does not begin with a digit or '.'; "
              "or it is a decimal number");
}

bool EventBuilder::operand(const Piece& word, SymbolId& into) {
  if (!is_id(word.text)) return not_an_id(word, "an object's ID");
  into = SymbolId{vocabulary_.symbols.intern(word.text)};
  if (has_imports_) note_global(word.text, into);
  return true;
}

bool EventBuilder::new_word(const Piece& word, SymbolId& into) {
  if (!is_id(word.text)) return not_an_id(word, "an ID or a name");
  into = SymbolId{vocabulary_.symbols.intern(word.text)};
  if (has_imports_) note_global(word.text, into);
  if (into != vocabulary_.none()) return true;
  return fail(Fault::malformed_text, word.offset, "an ID or a name", "'None'",
              "None always is the one object None and can't be bound or deleted");
}

// `a.x` is global x of a module, if there is a module a when the event comes to pass: the engine knows.
void EventBuilder::note_global(std::string_view word, SymbolId symbol) {
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == word.size()) return;
  const auto module = vocabulary_.symbols.find(word.substr(0, dot));
  if (!module) return;
  batch_->globals.push_back(
      {symbol, SymbolId{*module}, KeyId{vocabulary_.keys.intern(word.substr(dot + 1))}});
}

bool EventBuilder::module(const Piece& word, Event& event) {
  if (!is_id(word.text) || word.text.back() == '.') return not_an_id(word, "a module's name");
  if (word.text == "None" || word.text == "__main__") {
    return fail(Fault::malformed_text, word.offset, "the name of another module", quoted(word.text),
                "__main__ is what runs outside of all imports; its globals are the names without a dot");
  }
  has_imports_ = true;
  const std::string_view outermost = word.text.substr(0, word.text.find('.'));
  event.value = SymbolId{vocabulary_.symbols.intern(outermost)};
  event.key = KeyId{vocabulary_.keys.intern(outermost)};
  event.number = vocabulary_.keys.intern(word.text);
  // Its package, if it has one, must have a symbol for it to be that one's global.
  if (const std::size_t dot = word.text.rfind('.'); dot != std::string_view::npos)
    vocabulary_.symbols.intern(word.text.substr(0, dot));
  return new_word(word, event.subject);
}

bool EventBuilder::member(const Piece& word, Event& event) {
  constexpr std::string_view kExpected = "a name without a dot";
  if (word.text.find('.') != std::string_view::npos)
    return fail(Fault::malformed_text, word.offset, std::string(kExpected), quoted(word.text));
  if (!is_id(word.text)) return not_an_id(word, kExpected);
  event.key = KeyId{vocabulary_.keys.intern(word.text)};
  return new_word(word, event.value);
}

bool EventBuilder::item(const Piece& word) {
  SymbolId symbol{};
  if (!operand(word, symbol)) return false;
  batch_->operands.push_back(raw(symbol));
  return true;
}

bool EventBuilder::name_item(const Piece& word) {
  SymbolId symbol{};
  if (!new_word(word, symbol)) return false;
  batch_->operands.push_back(raw(symbol));
  return true;
}

bool EventBuilder::threshold(const Piece& word) {
  std::int64_t number = 0;
  if (!read_number(word, kMinInt, kMaxInt, number, problem_)) return false;
  batch_->operands.push_back(static_cast<std::uint32_t>(static_cast<std::int32_t>(number)));
  return true;
}

bool EventBuilder::key(const Piece& word, Event& event) {
  if (word.text.empty()) {
    return fail(Fault::malformed_text, word.offset, "a key of at least one character", "''");
  }
  event.key = KeyId{vocabulary_.keys.intern(word.text)};
  event.number = index_of(word.text);
  return true;
}

bool EventBuilder::function(const Piece& word, Event& event) {
  if (!is_id(word.text)) return not_an_id(word, "the name of a function");
  event.key = KeyId{vocabulary_.keys.intern(word.text)};
  return true;
}

bool EventBuilder::attribute(const Piece& word, Event& event) {
  event.key = KeyId{vocabulary_.keys.intern(word.text)};
  return true;
}

bool EventBuilder::unknown_type(const Piece& word) {
  Suggestion suggestion(word.text);
  for (const TypeDecl& type : vocabulary_.types()) {
    if (vocabulary_.find_type(type.name)) suggestion.offer(type.name);
  }
  std::string note = suggestion.note();
  if (note.empty() && word.text == "weakref") note = "a weak reference is made by a weakref event";
  if (note.empty() && word.text == "module") note = "a module is made by an import event";
  if (note.empty() && is_id(word.text)) note = "a class is declared before the first event";
  return fail(Fault::unknown_type, word.offset,
              "list, tuple, dict, set, int, float, str, function or a declared class", quoted(word.text),
              note);
}

bool EventBuilder::too_many_types(const Piece& word) {
  return fail(Fault::number_out_of_range, word.offset, "at most " + std::to_string(kMaxTypes) + " types",
              "one more");
}

bool EventBuilder::type(const Piece& word, Event& event) {
  if (const auto known = vocabulary_.find_type(word.text)) {
    event.type = *known;
    return true;
  }
  if (!declares_unknown_ || word.text.empty()) return unknown_type(word);
  if (vocabulary_.types().size() >= kMaxTypes) return too_many_types(word);
  TypeDecl opaque;
  opaque.name = word.text;
  event.type = vocabulary_.declare(std::move(opaque));
  return true;
}

bool EventBuilder::value_type(const Piece& word, Event& event) {
  const auto known = vocabulary_.find_type(word.text);
  if (known && (*known == TypeId{kIntType} || *known == TypeId{kFloatType} || *known == TypeId{kStrType})) {
    event.type = *known;
    return true;
  }
  return fail(Fault::unknown_type, word.offset, "int, float or str", quoted(word.text));
}

Kind EventBuilder::kind(const Event& event) const {
  return vocabulary_.types()[static_cast<std::size_t>(event.type)].kind;
}

bool EventBuilder::literal(const Piece& word, Event& event) {
  const Kind kind_of_type = kind(event);
  if (kind_of_type == Kind::string) {
    event.literal = vocabulary_.intern(Kind::string, word.text);
    return true;
  }
  const bool is_int = kind_of_type == Kind::integer;
  const auto canonical = is_int ? canonical_int(word.text) : canonical_float(word.text);
  if (!canonical) {
    return fail(Fault::wrong_value_type, word.offset,
                is_int ? "a whole number" : "a number that a float can hold, inf or nan", quoted(word.text));
  }
  event.literal = vocabulary_.intern(kind_of_type, *canonical);
  return true;
}

bool EventBuilder::number(const Piece& word, std::int64_t lowest, std::int64_t highest, std::uint32_t& into) {
  std::int64_t number = 0;
  if (!read_number(word, lowest, highest, number, problem_)) return false;
  into = static_cast<std::uint32_t>(number);
  return true;
}

bool EventBuilder::debug_flags(const Piece& word, std::uint32_t& into) {
  if (is_whole_number(word.text)) return number(word, 0, kMaxInt, into);
  into = 0;
  for (std::size_t begin = 0; begin <= word.text.size();) {
    const std::size_t end = std::min(word.text.find('|', begin), word.text.size());
    std::string_view name = word.text.substr(begin, end - begin);
    if (name.starts_with("DEBUG_")) name.remove_prefix(6);
    const auto* known = std::find_if(std::begin(kDebugFlags), std::end(kDebugFlags),
                                     [name](const auto& flag) { return flag.first == name; });
    if (known == std::end(kDebugFlags)) {
      return fail(Fault::wrong_value_type, word.offset,
                  "a number, or STATS, COLLECTABLE, UNCOLLECTABLE, INSTANCES, OBJECTS, SAVEALL, LEAK joined "
                  "by '|'",
                  quoted(word.text));
    }
    into |= known->second;
    begin = end + 1;
  }
  return true;
}

bool EventBuilder::argument(const Piece& word) {
  const std::size_t equals = word.text.find('=');
  if (equals == std::string_view::npos) {
    return fail(Fault::malformed_text, word.offset, "an argument, NAME=ID", quoted(word.text));
  }
  return argument({word.text.substr(0, equals), word.offset},
                  {word.text.substr(equals + 1), word.offset + equals + 1});
}

bool EventBuilder::argument(const Piece& name, const Piece& object) {
  constexpr std::size_t kMost = 255;
  const std::size_t first = begin_;
  const std::size_t given = batch_->operands.size() - first;
  if (given == 2 * kMost) {
    return fail(Fault::number_out_of_range, name.offset, "at most " + std::to_string(kMost) + " arguments",
                "one more");
  }
  if (!name_item(name)) return false;
  for (std::size_t i = first; i < first + given; i += 2) {
    if (batch_->operands[i] == batch_->operands.back())
      return fail(Fault::surplus_field, name.offset, "each argument once", quoted(name.text) + " again");
  }
  return item(object);
}

bool EventBuilder::exception(const Piece& word, Event& event) {
  if (vocabulary_.types().size() >= kMaxTypes) return too_many_types(word);
  if (const auto known = vocabulary_.find_exception(word.text)) {
    event.type = *known;
    return true;
  }
  Suggestion suggestion(word.text);
  for (const std::string_view name : kExceptionNames) suggestion.offer(name);
  return fail(Fault::unknown_type, word.offset, "a built-in exception, as ValueError", quoted(word.text),
              suggestion.note());
}

bool EventBuilder::preset(Event& event) {
  if (event.op != Op::raise) return true;
  event.number = kNoIndex;
  return exception({kExceptionNames[0], 0}, event);
}

bool EventBuilder::fill(Fill fill, const Piece& word, Event& event) {
  switch (fill) {
    case Fill::none: break;
    case Fill::subject: return operand(word, event.subject);
    case Fill::value: return operand(word, event.value);
    case Fill::name: return new_word(word, event.name);
    case Fill::new_id:
      if (!new_word(word, event.subject)) return false;
      event.name = event.subject;
      return true;
    case Fill::items: return item(word);
    case Fill::generation: return number(word, kYoungest, kOldest, event.number);
    case Fill::module: return module(word, event);
    case Fill::member: return member(word, event);
    case Fill::function: return function(word, event);
    case Fill::arguments: return argument(word);
    case Fill::exception: return exception(word, event);
    case Fill::through: return number(word, 0, kMaxInt, event.number);
    case Fill::as_name: return new_word(word, event.name);
    case Fill::span: return number(word, 0, kMaxCount, event.number);
    case Fill::bytes: return number(word, 1, kMaxCount, event.number);
    case Fill::delta: return threshold(word);
  }
  return true;
}

void EventBuilder::complete_alloc(Event& event) {
  if (event.name == kNoSymbol) event.name = event.subject;
  const TypeDecl& type = vocabulary_.types()[static_cast<std::size_t>(event.type)];
  if (type.finalizer != Finalizer::resurrects) return;
  scratch_.assign("R_");
  scratch_.append(vocabulary_.symbols.word(raw(event.subject)));
  event.value = SymbolId{vocabulary_.symbols.intern(scratch_)};
}

}  // namespace gcsim::trace
