#include "json_lines_reader.h"

#include <utility>

#include "utf8.h"

namespace gcsim::trace {

namespace {

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// What is wrong with the syntax of a line; to be cut off is something else than to be wrong.
Problem syntax_problem(const JsonScan& scan, const Line& line) {
  Problem problem = scan.problem();
  if (!scan.ran_out()) return problem;
  problem.got = "the end of the line";
  if (line.terminated) return problem;
  problem.got = "the end of the file";
  problem.fault = Fault::truncated;
  return problem;
}

}  // namespace

JsonLinesReader::JsonLinesReader(LineReader lines, std::string name)
    : ReaderBase(std::move(name)), source_(std::move(lines)), plain_(vocabulary_), events_(builder_) {
  header_.written_as = Format::json_lines;
}

// The line at hand, or the next one if it is blank.
const Line* JsonLinesReader::next_line() {
  const Line* line = source_.current();
  for (; line != nullptr && !line->too_long && is_blank(line->text); line = source_.current())
    source_.advance();
  return line;
}

bool JsonLinesReader::check(const Line& line, Problem& problem) const {
  if (line.too_long) {
    problem = {Fault::line_too_long, 0, "at most " + std::to_string(kMaxLineBytes) + " bytes in a line",
               "more", ""};
    return false;
  }
  const std::size_t bad = find_bad_byte(line.text);
  if (bad == std::string_view::npos) return true;
  problem = bad_byte(line.text, bad);
  return false;
}

bool JsonLinesReader::end_of_line(JsonScan& scan) const {
  scan.skip_blanks();
  return scan.at() == scan.text().size() ||
         scan.fail(Fault::malformed_json, scan.at(), "the end of the line");
}

TraceError JsonLinesReader::error_in(const Problem& problem, const Line& line) const {
  return error_in_line(problem, line.number, line.text);
}

std::optional<TraceError> JsonLinesReader::read_header() {
  const Line* line = next_line();
  if (line == nullptr && !source_.problem())
    return empty_trace(name(), R"({"op":"alloc","id":"a","type":"list"})");
  Problem problem;
  if (line != nullptr && (!check(*line, problem) || !header_line(*line, problem)))
    return error_in(problem, *line);
  source_.advance();
  if (next_line() != nullptr) return std::nullopt;
  if (source_.problem()) return input_error(*source_.problem());
  return empty_trace(name(), R"({"op":"alloc","id":"a","type":"list"})");
}

bool JsonLinesReader::header_line(const Line& line, Problem& problem) {
  JsonScan scan(line.text);
  std::vector<JsonMember> members;
  const auto keep = [&members](const JsonValue& key, const JsonValue& value) {
    members.push_back({key, value});
    return true;
  };
  if (!scan_members(scan, keep) || !end_of_line(scan)) {
    problem = syntax_problem(scan, line);
    return false;
  }
  JsonHeader header(line.text, header_, header_builder_);
  if (!header.read(members, line.text.find('{'))) {
    problem = header_builder_.problem();
    return false;
  }
  if (header_.explicit_tracking) builder_.declare_unknown_types();
  header_.profile_position = {name(), line.number,
                              static_cast<std::uint32_t>(header_builder_.profile_offset() + 1)};
  return true;
}

void JsonLinesReader::fill(EventBatch& batch) {
  for (;;) {
    add_plain(batch, source_, plain_);
    const Line* line = next_line();
    if (line == nullptr) break;
    if (batch.expectations.size() >= kBatchExpectations) return;
    Problem problem;
    bool is_put_off = false;
    if (!check(*line, problem) || !event_line(batch, *line, problem, is_put_off))
      report(error_in(problem, *line));
    if (is_put_off) return;
    source_.advance();
    if (has_fault()) return;
  }
  if (source_.problem()) report(input_error(*source_.problem()));
  finish();
}

bool JsonLinesReader::event_line(EventBatch& batch, const Line& line, Problem& problem, bool& is_put_off) {
  JsonScan scan(line.text);
  if (!fields_.read(scan) || !end_of_line(scan)) {
    problem = syntax_problem(scan, line);
    return false;
  }
  Word word{};
  const bool is_fine = events_.open(line.text, 0, line.text.size(), fields_, word);
  // The expectations of a batch's last event still belong to it.
  is_put_off = is_full(batch) && (!is_fine || word != Word::expect);
  if (is_put_off || (is_fine && add(batch, line, word))) return true;
  problem = builder_.problem();
  return false;
}

bool JsonLinesReader::add(EventBatch& batch, const Line& line, Word word) {
  Piece piece;
  if (word == Word::expect) {
    return events_.string(Field::text, piece) &&
           add_expectation(batch, piece, line.number, static_cast<std::uint32_t>(piece.offset + 1));
  }
  if (is_ended()) return fail_behind_end(0);
  if (word == Word::end) return events_.digits(Field::events, piece) && end_of_trace(batch, piece);
  Event event;
  if (!events_.read(word, batch, event)) return false;
  add_event(batch, event, line.text, line.number, 1);
  return true;
}

Reader::Place JsonLinesReader::locate(const EventBatch& batch, std::size_t event, Operand operand,
                                      std::uint32_t ordinal) const {
  const SourceRange& source = batch.sources[event];
  const std::string_view text = std::string_view(batch.text).substr(source.offset, source.length);
  JsonScan scan(text);
  EventFields fields;
  std::size_t offset = 0;
  if (fields.read(scan)) offset = json_operand_offset(text, fields, batch.events[event], operand, ordinal);
  const Excerpt part = excerpt(text, offset);
  return {{name(), source.line, static_cast<std::uint32_t>(offset + 1)},
          std::string(part.text),
          static_cast<std::uint32_t>(part.offset + 1)};
}

}  // namespace gcsim::trace
