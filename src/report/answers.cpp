#include "answers.h"

#include <algorithm>
#include <iterator>

#include "append.h"
#include "gcsim/trace/spelling.h"
#include "words.h"

namespace gcsim::report {

namespace {

constexpr AnswerRule kAnswers[] = {
    {engine::AnswerKind::is, AnswerShape::yes_or_no, "is", "the same object:"},
    {engine::AnswerKind::module, AnswerShape::module, "module", "the module is"},
    {engine::AnswerKind::import_error, AnswerShape::import_error, "import_error", "ImportError:"},
    {engine::AnswerKind::is_enabled, AnswerShape::yes_or_no, "enabled", "gc.isenabled():"},
    {engine::AnswerKind::thresholds, AnswerShape::numbers, "thresholds", "gc.get_threshold():"},
    {engine::AnswerKind::stats, AnswerShape::numbers, "stats",
     "gc.get_stats(), collections, collected, uncollectable of each generation:"},
    {engine::AnswerKind::get_objects, AnswerShape::objects, "get_objects", "gc.get_objects():"},
    {engine::AnswerKind::referrers, AnswerShape::objects, "referrers", "gc.get_referrers():"},
    {engine::AnswerKind::referents, AnswerShape::objects, "referents", "gc.get_referents():"},
    {engine::AnswerKind::is_tracked, AnswerShape::yes_or_no, "is_tracked", "gc.is_tracked():"},
    {engine::AnswerKind::is_finalized, AnswerShape::yes_or_no, "is_finalized", "gc.is_finalized():"},
    {engine::AnswerKind::freeze_count, AnswerShape::numbers, "freeze_count", "gc.get_freeze_count():"},
    {engine::AnswerKind::garbage, AnswerShape::objects, "garbage", "gc.garbage:"},
    {engine::AnswerKind::callbacks_start, AnswerShape::names, "callbacks_start", "called with 'start':"},
    {engine::AnswerKind::callbacks_stop, AnswerShape::names, "callbacks_stop", "called with 'stop':"},
    {engine::AnswerKind::id, AnswerShape::numbers, "id", "id():"},
    {engine::AnswerKind::getrefcount, AnswerShape::number_if_known, "getrefcount", "sys.getrefcount():"},
};

constexpr bool rules_are_in_order() {
  for (std::size_t i = 0; i < std::size(kAnswers); ++i) {
    if (static_cast<std::size_t>(kAnswers[i].kind) != i) return false;
  }
  return true;
}
static_assert(rules_are_in_order());

// ceval.c: import_from, without the path of the module's file
std::string import_error(const engine::Answer& answer, const trace::Vocabulary& words) {
  const std::string name(words.symbols.word(raw(answer.names[0])));
  const std::string module(words.symbols.word(raw(answer.names[1])));
  std::string text = "cannot import name ";
  text += answer.numbers[0] != 0 ? "'" + name + "'" : name;
  if (answer.numbers[1] == 0) return text;
  if (answer.numbers[2] == 0) return text + " from '" + module + "'";
  return text + " from partially initialized module '" + module + "' (most likely due to a circular import)";
}

// Its ID; else its type in angle brackets, or what it is to the object that refers to it.
std::string shown(const engine::ObjectRef& object, const trace::Vocabulary& words) {
  if (object.id != kNoSymbol) return std::string(id_of(object, words));
  const std::string type(type_of(object.type, words));
  if (object.object != kNoObject) return "<" + type + ">";
  const trace::Kind kind = words.types()[static_cast<std::size_t>(object.type)].kind;
  if (kind == trace::Kind::weakref) return "<callback>";
  return kind == trace::Kind::instance ? "<class:" + type + ">" : "<" + type + ">";
}

// Calls each(text) for every part of the answer.
template <class Each>
void for_each_part(const engine::Answer& answer, const trace::Vocabulary& words, Each each) {
  switch (rule_of(answer.kind).shape) {
    case AnswerShape::yes_or_no: each(answer.numbers[0] != 0 ? "yes" : "no"); break;
    case AnswerShape::number_if_known:
      if (answer.numbers.empty()) each("unknown");
      [[fallthrough]];
    case AnswerShape::numbers:
      for (const std::int64_t number : answer.numbers) each(std::to_string(number));
      break;
    case AnswerShape::objects:
      for (const engine::ObjectRef& object : answer.objects) each(shown(object, words));
      break;
    case AnswerShape::names:
      for (const SymbolId name : answer.names) each(words.symbols.word(raw(name)));
      break;
    case AnswerShape::module:
      each(answer.numbers[0] == 0 ? "new" : answer.numbers[0] == 1 ? "ready" : "partial");
      break;
    case AnswerShape::import_error: each(import_error(answer, words)); break;
  }
}

}  // namespace

const AnswerRule& rule_of(engine::AnswerKind kind) {
  return kAnswers[static_cast<std::size_t>(kind)];
}

const AnswerRule* find_answer(std::string_view word) {
  const auto* rule = std::find_if(std::begin(kAnswers), std::end(kAnswers),
                                  [word](const AnswerRule& each) { return each.word == word; });
  return rule == std::end(kAnswers) ? nullptr : rule;
}

std::string answer_words(const engine::Answer& answer, const trace::Vocabulary& words) {
  std::string text;
  for_each_part(answer, words, [&text](std::string_view part) {
    if (!text.empty()) text += ' ';
    text += part;
  });
  return text.empty() ? "none" : text;
}

void append_answer_json(std::string& text, const engine::Answer& answer, const trace::Vocabulary& words) {
  const AnswerShape shape = rule_of(answer.kind).shape;
  if (shape == AnswerShape::yes_or_no) {
    text += answer.numbers[0] != 0 ? "true" : "false";
    return;
  }
  if (shape == AnswerShape::number_if_known) {
    text += answer.numbers.empty() ? "null" : answer_words(answer, words);
    return;
  }
  const bool is_word = shape == AnswerShape::module || shape == AnswerShape::import_error;
  const bool is_list = !is_word && (shape != AnswerShape::numbers || answer.numbers.size() != 1);
  if (is_list) text += '[';
  bool is_first = true;
  for_each_part(answer, words, [&](std::string_view part) {
    if (!is_first) text += ',';
    is_first = false;
    if (shape == AnswerShape::numbers) {
      text += part;
    } else {
      trace::append_json_string(text, part);
    }
  });
  if (is_list) text += ']';
}

}  // namespace gcsim::report
