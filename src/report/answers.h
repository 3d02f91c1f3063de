// Answers to the questions a trace asks, as each report writes them. One row per question.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gcsim/engine/notice.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

// What an answer consists of.
enum class AnswerShape : std::uint8_t {
  yes_or_no,        // one number, 0 or 1
  numbers,          // at least one
  objects,          // any number, in order
  names,            // any number of names or words, in order
  module,           // how an import found its module
  import_error,     // what Python says
  number_if_known,  // one, or none: "unknown"
};

struct AnswerRule {
  engine::AnswerKind kind;
  AnswerShape shape;
  std::string_view word;    // in transcripts, JSON and expectations
  std::string_view phrase;  // for people, before the value
};

const AnswerRule& rule_of(engine::AnswerKind kind);
// The rule of that word, or nullptr.
const AnswerRule* find_answer(std::string_view word);

// "yes", "no"; "1 0 0"; "a b <dict>", or "none". Objects without an ID by their type in angle brackets.
std::string answer_words(const engine::Answer& answer, const trace::Vocabulary& words);
// The value as JSON: true, 5, [1,0,0], ["a","<dict>"].
void append_answer_json(std::string& text, const engine::Answer& answer, const trace::Vocabulary& words);

}  // namespace gcsim::report
