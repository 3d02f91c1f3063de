#include "answers.h"

#include <algorithm>
#include <iterator>

#include "append.h"
#include "json_text.h"
#include "words.h"

namespace gcsim::report {

namespace {

constexpr AnswerRule kAnswers[] = {
    {engine::AnswerKind::is, AnswerShape::yes_or_no, "is", "the same object:"},
};

constexpr bool rules_are_in_order() {
  for (std::size_t i = 0; i < std::size(kAnswers); ++i) {
    if (static_cast<std::size_t>(kAnswers[i].kind) != i) return false;
  }
  return true;
}
static_assert(rules_are_in_order());

// Calls each(text) for every part of the answer.
template <class Each>
void for_each_part(const engine::Answer& answer, const trace::Vocabulary& words, Each each) {
  switch (rule_of(answer.kind).shape) {
    case AnswerShape::yes_or_no: each(answer.numbers[0] != 0 ? "yes" : "no"); break;
    case AnswerShape::numbers:
      for (const std::int64_t number : answer.numbers) each(std::to_string(number));
      break;
    case AnswerShape::objects:
      for (const engine::ObjectRef& object : answer.objects) {
        const std::string_view type = type_of(object.type, words);
        each(object.id != kNoSymbol ? std::string(id_of(object, words)) : "<" + std::string(type) + ">");
      }
      break;
    case AnswerShape::names:
      for (const SymbolId name : answer.names) each(words.symbols.word(raw(name)));
      break;
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
  const bool is_list = shape != AnswerShape::numbers || answer.numbers.size() != 1;
  if (is_list) text += '[';
  bool is_first = true;
  for_each_part(answer, words, [&](std::string_view part) {
    if (!is_first) text += ',';
    is_first = false;
    if (shape == AnswerShape::numbers) {
      text += part;
    } else {
      append_json_string(text, part);
    }
  });
  if (is_list) text += ']';
}

}  // namespace gcsim::report
