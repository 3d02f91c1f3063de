#include "gcsim/report/transcript.h"

#include <algorithm>

#include "answers.h"
#include "append.h"
#include "words.h"

namespace gcsim::report {

void TranscriptWriter::begin(const engine::Settings& settings) {
  sweeps_ = settings.reclamation == profile::Reclamation::mark_and_sweep;
  std::string& text = out_.text();
  text += "# gcsim ";
  text += settings.profile->name;
  if (settings.reclamation != profile::Reclamation::counting_and_cycles) {
    text += " collector=";
    text += name_of(settings.reclamation);
  }
  text += " threshold=(";
  append_numbers(text, settings.threshold, ",");
  text += ")\n";
}

void TranscriptWriter::on_event(EventIndex index, const trace::Event&) {
  out_.text() += '#';
  append_number(out_.text(), index);
}

void TranscriptWriter::on_event_end(EventIndex, const engine::Counts& counts) {
  if (brace_open_) out_.text() += " }";
  brace_open_ = false;
  out_.text() += " |";
  if (any_collection_) append_collections();
  out_.text() += " | count=";
  append_counts(counts);
  out_.text() += '\n';
  out_.flush_if_large();
}

void TranscriptWriter::append_collections() {
  std::string& text = out_.text();
  for (Generation g = 0; g < kGenerations; ++g) {
    const Sums& sums = sums_[g];
    if (sums.collections == 0) continue;
    text += sweeps_ ? " sweep" : " gc";
    if (!sweeps_) append_number(text, g);
    if (sums.collections > 1) {
      text += 'x';
      append_number(text, sums.collections);
    }
    text += ':';
    append_number(text, sums.collected);
    text += ',';
    append_number(text, sums.uncollectable);
  }
  sums_ = {};
  any_collection_ = false;
}

void TranscriptWriter::append_counts(const engine::Counts& counts) {
  out_.text() += '(';
  append_numbers(out_.text(), counts, ",");
  out_.text() += ')';
}

// Braces say what happened inside collections. They open and close at the next token only, so that
// collections with nothing between them share one pair.
void TranscriptWriter::match_brace() {
  if (collecting_ == brace_open_) return;
  out_.text() += collecting_ ? " {" : " }";
  brace_open_ = collecting_;
}

void TranscriptWriter::token(std::string_view kind, const engine::ObjectRef& object) {
  if (object.id == kNoSymbol) return;
  match_brace();
  std::string& text = out_.text();
  text += kind;
  text += words_.symbols.word(raw(object.id));
}

void TranscriptWriter::on_refused(const engine::HeapFault& fault) {
  out_.text() += " error:";
  out_.text() += engine::transcript_word(fault.fault);
}

void TranscriptWriter::on_same(SymbolId, const engine::ObjectRef& existing) {
  token(" same:", existing);
}

void TranscriptWriter::on_freed(const engine::ObjectRef& object, bool, EventIndex) {
  token(" free:", object);
}

void TranscriptWriter::on_finalizer(const engine::ObjectRef& object) {
  token(" finalize:", object);
}

void TranscriptWriter::on_callback(const engine::ObjectRef& weakref) {
  token(" callback:", weakref);
}

void TranscriptWriter::on_ignored_exception(const engine::ObjectRef& object) {
  token(" ignored:", object);
}

void TranscriptWriter::on_collection_start(const engine::CollectionStart&) {
  collecting_ = true;
}

void TranscriptWriter::on_collection_end(const engine::CollectionEnd& end) {
  collecting_ = false;
  any_collection_ = true;
  Sums& sums = sums_[end.generation];
  ++sums.collections;
  sums.collected += end.collected;
  sums.uncollectable += end.uncollectable;
}

void TranscriptWriter::on_return(std::int64_t found) {
  match_brace();
  out_.text() += " return:";
  append_number(out_.text(), found);
}

void TranscriptWriter::on_count(const engine::Counts& counts) {
  out_.text() += " return:";
  append_counts(counts);
}

void TranscriptWriter::on_answer(const engine::Answer& answer) {
  const AnswerRule& rule = rule_of(answer.kind);
  const bool is_list = rule.shape == AnswerShape::objects || rule.shape == AnswerShape::names;
  match_brace();
  std::string& text = out_.text();
  text += ' ';
  text += rule.word;
  text += is_list ? '[' : '=';
  std::string value = answer_words(answer, words_);
  if (rule.shape == AnswerShape::yes_or_no) value = answer.numbers[0] != 0 ? "1" : "0";
  if (rule.shape == AnswerShape::numbers) std::replace(value.begin(), value.end(), ' ', ',');
  if (rule.shape == AnswerShape::import_error) std::replace(value.begin(), value.end(), ' ', '_');
  if (!is_list || value != "none") text += value;
  if (is_list) text += ']';
}

void TranscriptWriter::on_refcount(const engine::ObjectRef&, std::uint32_t refcount, bool tracked) {
  std::string& text = out_.text();
  text += " refcount=";
  append_number(text, refcount);
  text += tracked ? " tracked=1" : " tracked=0";
}

void TranscriptWriter::append_list(std::string_view name, std::span<const engine::ObjectRef> list) {
  std::string& text = out_.text();
  text += name;
  bool first = true;
  for (const engine::ObjectRef& object : list) {
    if (!first) text += ' ';
    first = false;
    if (object.id != kNoSymbol) {
      text += words_.symbols.word(raw(object.id));
    } else {
      text += '<';
      text += words_.types()[static_cast<std::size_t>(object.type)].name;
      text += '>';
    }
  }
  text += ']';
}

void TranscriptWriter::on_generations(std::span<const engine::ObjectRef> youngest,
                                      std::span<const engine::ObjectRef> middle,
                                      std::span<const engine::ObjectRef> oldest,
                                      std::uint64_t long_lived_total, std::uint64_t long_lived_pending) {
  append_list(" generation0[", youngest);
  append_list(" generation1[", middle);
  append_list(" generation2[", oldest);
  std::string& text = out_.text();
  text += " long_lived=";
  append_number(text, long_lived_total);
  text += ',';
  append_number(text, long_lived_pending);
}

}  // namespace gcsim::report
