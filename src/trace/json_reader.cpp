#include "json_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "utf8.h"

namespace gcsim::trace {

namespace {

constexpr std::string_view kExample = R"({"gcsim":1,"events":[{"op":"alloc","id":"a","type":"list"}]})";
// The document and its array of events enclose each event.
constexpr std::size_t kOuter = 2;

std::string_view line_around(std::string_view text, std::size_t begin) {
  const std::string_view line = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace

JsonReader::JsonReader(std::string document, std::optional<InputProblem> problem, std::string name)
    : ReaderBase(std::move(name)),
      document_(std::move(document)),
      problem_(std::move(problem)),
      text_(std::string_view(document_).substr(0, find_bad_byte(document_))),
      events_(builder_) {
  header_.written_as = Format::json;
}

// The document ends too early: because it was cut off, cannot be read further, or goes on with a bad byte.
Problem JsonReader::syntax_problem(const JsonScan& scan) const {
  Problem problem = scan.problem();
  if (!scan.ran_out()) return problem;
  if (text_.size() < document_.size()) return bad_byte(document_, text_.size());
  problem.fault = Fault::truncated;
  problem.got = "the end of the file";
  return problem;
}

void JsonReader::move_to(std::size_t at) {
  const char* const begin = document_.data();
  for (;;) {
    const void* feed = std::memchr(begin + line_at_, '\n', at - line_at_);
    if (feed == nullptr) break;
    line_at_ = static_cast<std::size_t>(static_cast<const char*>(feed) - begin) + 1;
    line_begin_ = line_at_;
    ++line_;
  }
  line_at_ = at;
}

std::uint32_t JsonReader::column_of(std::size_t at) const {
  return static_cast<std::uint32_t>(std::min<std::size_t>(at - line_begin_ + 1, UINT32_MAX));
}

TraceError JsonReader::error_at(const Problem& problem) const {
  if (problem.fault == Fault::truncated && problem_) return input_error(*problem_);
  // Count from the line of the last event if the fault is behind it, else from the beginning.
  const bool is_behind = problem.offset >= line_begin_;
  std::size_t begin = is_behind ? line_begin_ : 0;
  std::uint64_t line = is_behind ? line_ : 1;
  const std::size_t at = std::min(problem.offset, document_.size());
  for (;;) {
    const std::size_t feed = std::string_view(document_).substr(begin, at - begin).find('\n');
    if (feed == std::string_view::npos) break;
    begin += feed + 1;
    ++line;
  }
  const std::string_view source = line_around(document_, begin);
  Problem in_line = problem;
  in_line.offset = std::min(at - begin, source.size());  // not behind a carriage return
  return error_in_line(in_line, line, source);
}

std::optional<TraceError> JsonReader::read_header() {
  std::vector<JsonMember> members;
  JsonScan scan(text_);
  if (!outline(members, scan)) {
    TraceError broken = error_at(syntax_problem(scan));
    if (at_ == 0) return broken;
    tail_ = std::move(broken);
  }
  JsonHeader header(text_, header_, header_builder_);
  if (!header.read(members, text_.find('{'))) {
    // Without the rest of the document it can't be said whether "gcsim" is missing.
    if (tail_ && header_builder_.problem().fault == Fault::missing_field) return tail_;
    return error_at(header_builder_.problem());
  }
  if (header_.explicit_tracking) builder_.declare_unknown_types();
  if (header_.profile) {
    const TraceError place = error_at({Fault::unknown_profile, header_builder_.profile_offset(), "", "", ""});
    header_.profile_position = place.where;
  }
  for (const JsonMember& each : members) {
    if (header.word(each.key) == "end") end_ = each.value;
  }
  return no_events();
}

// Finds the members of the document and where the events begin.
bool JsonReader::outline(std::vector<JsonMember>& members, JsonScan& scan) {
  if (!scan.enter('{')) return scan.fail(Fault::malformed_json, scan.at(), "'{'");
  if (scan.leave('}')) return true;
  for (;;) {
    JsonMember each;
    if (!scan.key(each.key)) return false;
    const bool are_events = inside(text_, each.key) == "events";
    if (are_events && scan.peek() == '[') at_ = at_ == 0 ? scan.at() + 1 : at_;
    if (!scan.value(each.value)) return false;
    members.push_back(each);
    if (!scan.separator('}')) return false;
    if (scan.leave('}')) break;
  }
  scan.skip_blanks();
  return scan.at() == text_.size()
             ? text_.size() == document_.size() || scan.fail(Fault::malformed_json, scan.at(), "")
             : scan.fail(Fault::malformed_json, scan.at(), "the end of the file");
}

// The error of a document without events.
std::optional<TraceError> JsonReader::no_events() const {
  if (at_ == 0 && problem_) return input_error(*problem_);
  if (at_ == 0) {
    const std::size_t begin = text_.find('{');
    return error_at({Fault::missing_field, begin, "\"events\", an array", "an object without it", ""});
  }
  JsonScan scan(text_, at_);
  if (scan.peek() == ']') return problem_ ? input_error(*problem_) : empty_trace(name(), kExample);
  return std::nullopt;
}

void JsonReader::fill(EventBatch& batch) {
  for (;;) {
    if (batch.expectations.size() >= kBatchExpectations) return;
    const Step step = element(batch);
    if (step == Step::stop) finish();
    if (step != Step::go_on || has_fault()) return;
  }
}

void JsonReader::stop(const JsonScan& scan) {
  report(error_at(syntax_problem(scan)));
}

JsonReader::Step JsonReader::element(EventBatch& batch) {
  JsonScan scan(text_, at_, kOuter);
  if (is_behind_element_ && !scan.separator(']')) {
    stop(scan);
    return Step::stop;
  }
  if (scan.peek() == ']') {
    if (!last_things(batch)) report(error_at(builder_.problem()));
    if (!has_fault() && tail_) report(std::move(*tail_));
    // All there, but not what was compressed.
    if (!has_fault() && problem_) report(input_error(*problem_));
    return Step::stop;
  }
  if (scan.peek() == '{') return object(batch, scan);
  JsonValue value;
  if (!scan.value(value)) {
    stop(scan);
    return Step::stop;
  }
  move_to(value.begin);
  at_ = scan.at();
  is_behind_element_ = true;
  builder_.fail(Fault::wrong_value_type, value.begin, "an event, an object with \"op\"", "something else");
  report(error_at(builder_.problem()));
  return Step::go_on;
}

JsonReader::Step JsonReader::object(EventBatch& batch, JsonScan& scan) {
  const std::size_t begin = scan.at();
  if (!fields_.read(scan)) {
    stop(scan);
    return Step::stop;
  }
  const std::size_t end = scan.at();
  Word word{};
  bool is_fine = end - begin <= kMaxLineBytes ||
                 builder_.fail(Fault::line_too_long, begin,
                               "at most " + std::to_string(kMaxLineBytes) + " bytes in an event", "more");
  is_fine = is_fine && events_.open(text_, begin, end, fields_, word);
  // The expectations of a batch's last event still belong to it.
  if (is_full(batch) && (!is_fine || word != Word::expect)) return Step::put_off;
  move_to(begin);
  at_ = end;
  is_behind_element_ = true;
  if (!is_fine || !add(batch, begin, end, word)) report(error_at(builder_.problem()));
  return Step::go_on;
}

bool JsonReader::add(EventBatch& batch, std::size_t begin, std::size_t end, Word word) {
  Piece piece;
  if (word == Word::expect) {
    return events_.string(Field::text, piece) && add_expectation(batch, piece, line_, column_of(begin));
  }
  if (is_ended()) return fail_behind_end(begin);
  if (word == Word::end) return events_.digits(Field::events, piece) && end_of_trace(batch, piece);
  Event event;
  if (!events_.read(word, batch, event)) return false;
  add_event(batch, event, text_.substr(begin, end - begin), line_, column_of(begin));
  return true;
}

// The document's "end" member, if it has one.
bool JsonReader::last_things(const EventBatch& batch) {
  if (!end_) return true;
  if (end_->kind != Json::number) {
    return builder_.fail(Fault::wrong_value_type, end_->begin, "the number of events", "something else");
  }
  return end_of_trace(batch, {text_.substr(end_->begin, end_->end - end_->begin), end_->begin});
}

Reader::Place JsonReader::locate(const EventBatch& batch, std::size_t event, Operand operand,
                                 std::uint32_t ordinal) const {
  const SourceRange& source = batch.sources[event];
  // The batch's copy of an event does not have the rest of its line.
  std::size_t begin = 0;
  for (std::uint64_t line = 1; line < source.line; ++line) begin = document_.find('\n', begin) + 1;
  begin += source.column - 1;
  JsonScan scan(text_, begin, kOuter);
  EventFields fields;
  std::size_t offset = begin;
  if (fields.read(scan)) offset = json_operand_offset(text_, fields, batch.events[event], operand, ordinal);
  TraceError error = error_at({Fault::malformed_json, offset, "", "", ""});
  return {std::move(error.where), std::move(error.source), error.source_column};
}

}  // namespace gcsim::trace
