#include "text_reader.h"

#include <utility>

#include "text_header.h"
#include "utf8.h"

namespace gcsim::trace {

namespace {

constexpr std::string_view kExpect = "expect:";

// The text of "# expect: free n1", without blanks around it.
std::optional<Piece> expectation_in(const Piece& comment) {
  const std::string_view text = comment.text;
  std::size_t at = text.find_first_not_of("# \t");
  if (at == std::string_view::npos || text.substr(at, kExpect.size()) != kExpect) return std::nullopt;
  at += kExpect.size();
  const std::size_t begin = std::min(text.find_first_not_of(" \t", at), text.size());
  const std::size_t end = text.find_last_not_of(" \t\r") + 1;
  return Piece{text.substr(begin, std::max(begin, end) - begin), comment.offset + begin};
}

bool is_blank_or_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

}  // namespace

TextReader::TextReader(LineReader lines, std::string name)
    : ReaderBase(std::move(name)), source_(std::move(lines)), plain_(vocabulary_), events_(builder_) {}

// Splits the line into words, if it may stand in a trace.
bool TextReader::check(const Line& line, Problem& problem) {
  if (line.too_long) {
    problem = {Fault::line_too_long, 0, "at most " + std::to_string(kMaxLineBytes) + " bytes in a line",
               "more", ""};
    return false;
  }
  const std::size_t bad = find_bad_byte(line.text);
  if (bad != std::string_view::npos) {
    problem = bad_byte(line.text, bad);
    return false;
  }
  if (words_.split(line.text)) return true;
  problem = words_.problem();
  return false;
}

TraceError TextReader::error_in(const Problem& problem, const Line& line) const {
  TraceError error = error_in_line(problem, line.number, line.text);
  const bool is_format = error.fault == Fault::invalid_utf8 || error.fault == Fault::line_too_long;
  // Half a line is no typing mistake. (But a file of one faulty line is no cut-off trace.)
  if (line.terminated || is_format || line.number == 1) return error;
  error.note = "the file ends in the middle of this line, without a line feed" +
               (error.note.empty() ? "" : "; " + error.note);
  error.fault = Fault::truncated;
  return error;
}

std::optional<TraceError> TextReader::read_header() {
  for (const Line* line = source_.current(); line != nullptr; line = source_.current()) {
    Problem problem;
    if (!check(*line, problem)) return error_in(problem, *line);
    if (words_.size() > 0 && !is_header_word(words_[0].text)) return not_a_trace(*line);
    if (!header_line(*line, problem)) return error_in(problem, *line);
    source_.advance();
  }
  if (source_.problem()) return input_error(*source_.problem());
  return empty_trace(name(), "alloc a list");
}

// A file whose first words are nothing like the language's: one message instead of one for each line.
std::optional<TraceError> TextReader::not_a_trace(const Line& line) {
  if (header_builder_.has_any() || vocabulary_.types().size() > kBuiltinTypes) return std::nullopt;
  if (event_word(words_[0].text)) return std::nullopt;
  events_.unknown(words_);
  Problem problem = builder_.problem();
  if (!problem.note.empty()) return std::nullopt;
  problem.expected = "a trace in text, JSON or JSON Lines";
  problem.note = "a trace in text begins with a line such as 'trace 1' or 'alloc a list'";
  return error_in_line(problem, line.number, line.text);
}

bool TextReader::header_line(const Line& line, Problem& problem) {
  if (words_.size() == 0) {
    const auto comment = words_.comment();
    const auto early = comment ? expectation_in(*comment) : std::nullopt;
    if (!early) return true;
    problem = {Fault::bad_expectation, early->offset, "an event before the expectation", "none", ""};
    return false;
  }
  if (!read_header_line(words_, header_, header_builder_)) {
    problem = header_builder_.problem();
    return false;
  }
  if (header_.explicit_tracking) builder_.declare_unknown_types();
  if (words_[0].text == "profile") {
    header_.profile_position = {name(), line.number, static_cast<std::uint32_t>(words_[1].offset + 1)};
  }
  return true;
}

void TextReader::fill(EventBatch& batch) {
  for (;;) {
    add_plain(batch, source_, plain_);
    const Line* line = source_.current();
    if (line == nullptr) break;
    // The expectations of a batch's last event may stand in lines of their own behind it.
    const bool is_room = batch.expectations.size() < kBatchExpectations;
    if (is_full(batch) && (!is_room || !is_blank_or_comment(line->text))) return;
    if (!is_room) return;
    Problem problem;
    if (!check(*line, problem)) {
      report_in(problem, *line);
    } else if (!event_line(batch, *line) || !expectation(batch, *line)) {
      report_in(builder_.problem(), *line);
    }
    source_.advance();
    if (has_fault()) return;
  }
  if (source_.problem()) report(input_error(*source_.problem()));
  finish();
}

bool TextReader::event_line(EventBatch& batch, const Line& line) {
  if (words_.size() == 0) return true;
  if (is_ended()) return fail_behind_end(words_[0].offset);
  const auto word = event_word(words_[0].text);
  if (word == Word::end) return end_line(batch);
  if (!word || *word == Word::expect) {
    if (!is_header_word(words_[0].text)) {
      return events_.unknown(words_, events_so_far(batch) == 0 ? "a header line or an event" : "an event");
    }
    return builder_.fail(Fault::header_after_events, words_[0].offset, "an event", quoted(words_[0].text),
                         "header lines stand before the first event");
  }
  Event event;
  if (!events_.read(*word, words_, batch, event)) return false;
  add_event(batch, event, line.text, line.number, 1);
  return true;
}

bool TextReader::expectation(EventBatch& batch, const Line& line) {
  const auto comment = words_.comment();
  if (!comment) return true;
  const auto text = expectation_in(*comment);
  return !text || add_expectation(batch, *text, line.number, static_cast<std::uint32_t>(text->offset + 1));
}

bool TextReader::end_line(const EventBatch& batch) {
  if (words_.size() == 2) return end_of_trace(batch, words_[1].piece());
  const bool is_missing = words_.size() < 2;
  return builder_.fail(is_missing ? Fault::missing_field : Fault::surplus_field,
                       is_missing ? words_.end() : words_[2].offset, "end NUMBER_OF_EVENTS",
                       is_missing ? "the end of the line" : quoted(words_[2].text));
}

Reader::Place TextReader::locate(const EventBatch& batch, std::size_t event, Operand operand,
                                 std::uint32_t ordinal) const {
  const SourceRange& source = batch.sources[event];
  const std::string_view text = std::string_view(batch.text).substr(source.offset, source.length);
  TokenizedLine line;
  std::size_t offset = 0;
  if (line.split(text)) offset = text_operand_offset(line, batch.events[event], operand, ordinal);
  const Excerpt part = excerpt(text, offset);
  return {{name(), source.line, static_cast<std::uint32_t>(offset + 1)},
          std::string(part.text),
          static_cast<std::uint32_t>(part.offset + 1)};
}

}  // namespace gcsim::trace
