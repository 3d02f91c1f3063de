#include "text_writer.h"

#include <algorithm>
#include <utility>

#include "gcsim/trace/spelling.h"
#include "problem.h"

namespace gcsim::trace {

namespace {

// Where the comment of an event begins, as in the traces that people write.
constexpr std::size_t kCommentColumn = 24;
// Events keep their lines over gaps of so many; a longer one is no comment.
constexpr std::uint64_t kMostBlankLines = 1000;

template <class Numbers>
void append_line(std::string& text, std::string_view word, const Numbers& numbers) {
  if (numbers.empty()) return;
  text += word;
  for (const auto number : numbers) text += " " + std::to_string(number);
  text += '\n';
}

void append_free_lists(std::string& text, const std::vector<FreeListFill>& fills) {
  if (fills.empty()) return;
  text += "free_lists";
  for (const FreeListFill& fill : fills) {
    std::string word = fill.type;
    if (fill.length) word.append("[").append(std::to_string(*fill.length)).append("]");
    word.append("=").append(std::to_string(fill.held));
    text += ' ';
    append_word(text, word);
  }
  text += '\n';
}

template <class Numbers>
void append_part(std::string& text, std::string_view part, const Numbers& numbers) {
  text.append(part);
  char before = '=';
  for (const auto number : numbers) {
    text.append(1, before).append(std::to_string(number));
    before = ',';
  }
}

void append_observed(std::string& text, const Observed& observed) {
  append_part(text, "observed threshold", observed.threshold);
  append_part(text, " collections", observed.collections);
  append_part(text, " collected", observed.collected);
  text += '\n';
}

std::string class_line(const TypeDecl& type, const WordTable& keys) {
  std::string line = "class " + type.name;
  if (type.finalizer == Finalizer::plain) line += " del";
  if (type.finalizer == Finalizer::resurrects) line += " del=resurrect";
  if (type.finalizer == Finalizer::raises) line += " del=raise";
  if (!type.has_slots) return line;
  line += " slots=";
  for (std::size_t i = 0; i < type.slots.size(); ++i) {
    if (i > 0) line += ',';
    line += keys.word(raw(type.slots[i]));
  }
  return line;
}

}  // namespace

std::optional<Unsayable> TextWriter::begin(const Header& header) {
  for (const FreeListFill& fill : header.free_lists) {
    if (fill.type.find('=') == std::string::npos) continue;
    return Unsayable{0, "a free list of a type without '=' in its name", quoted(fill.type)};
  }
  header_ = header;
  keeps_lines_ = header.written_as == Format::text;
  return std::nullopt;
}

// Without the line that only says the version if it would move the events down.
void TextWriter::write_header(std::uint64_t first_line) {
  std::string rest;
  const auto line = [&rest](std::string_view word, std::string_view value) {
    rest.append(word).append(" ");
    append_word(rest, value);
    rest += '\n';
  };
  if (header_.profile) line("profile", *header_.profile);
  if (!header_.recorded.empty()) line("recorded", header_.recorded);
  if (header_.is_approximate) {
    line("recording", "approximate");
  } else if (header_.explicit_tracking) {
    line("tracking", "explicit");
  }
  if (!header_.python.empty()) line("python", header_.python);
  if (header_.interval != 0) line("interval", std::to_string(header_.interval));
  if (!header_.is_complete) line("complete", "no");
  if (header_.observed) append_observed(rest, *header_.observed);
  append_line(rest, "threshold", header_.threshold);
  if (header_.enabled) line("enabled", *header_.enabled ? "yes" : "no");
  if (header_.count) append_line(rest, "count", *header_.count);
  append_free_lists(rest, header_.free_lists);
  if (header_.long_lived_total != 0) line("long_lived_total", std::to_string(header_.long_lived_total));
  append_line(rest, "available_slots", header_.available_slots);
  for (const TypeDecl& type : words_.types()) {
    if (type.kind == Kind::instance) rest.append(class_line(type, words_.keys)).append("\n");
  }
  const auto lines = static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
  const bool is_room = !keeps_lines_ || lines + 1 < first_line;
  text_ += is_room ? "trace 1\n" + rest : rest;
  line_ += lines + (is_room ? 1 : 0);
  is_header_written_ = true;
}

std::optional<Unsayable> TextWriter::end_line(EventIndex event) {
  constexpr std::size_t kLarge = std::size_t{1} << 16;
  if (text_.size() - line_begin_ > kMaxLineBytes)
    return Unsayable{event, "a line of at most " + std::to_string(kMaxLineBytes) + " bytes", "a longer one"};
  text_ += '\n';
  ++line_;
  if (text_.size() < kLarge) return std::nullopt;
  output_(text_);
  text_.clear();
  return std::nullopt;
}

void TextWriter::move_to(std::uint64_t line) {
  if (!keeps_lines_ || line <= line_ || line - line_ > kMostBlankLines) return;
  text_.append(line - line_, '\n');
  line_ = line;
}

std::optional<Unsayable> TextWriter::write(const EventBatch& batch) {
  if (!is_header_written_ && !batch.events.empty()) write_header(batch.line(0));
  auto next = batch.expectations.begin();
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    move_to(batch.line(i));
    line_begin_ = text_.size();
    append_event(text_, batch.events[i], batch.operands_of(batch.events[i]), words_);
    if (auto unsayable = end_event(batch, i, next)) return unsayable;
  }
  events_ += batch.events.size();
  return own_lines(batch, events_, next);
}

// Writes the expectations of an event; those that had a line of their own get one again.
std::optional<Unsayable> TextWriter::end_event(const EventBatch& batch, std::size_t i,
                                               NextExpectation& next) {
  const EventIndex index = batch.first + i;
  const bool has_one = next != batch.expectations.end() && next->event == index;
  if (has_one && (!keeps_lines_ || next->line == batch.line(i))) {
    const std::size_t written = text_.size() - line_begin_;
    text_.append(written < kCommentColumn ? kCommentColumn - written : 2, ' ');
    if (auto unsayable = expectation(*next++)) return unsayable;
  }
  if (auto unsayable = end_line(index)) return unsayable;
  return own_lines(batch, index, next);
}

std::optional<Unsayable> TextWriter::own_lines(const EventBatch& batch, EventIndex event,
                                               NextExpectation& next) {
  for (; next != batch.expectations.end() && next->event <= event; ++next) {
    move_to(next->line);
    line_begin_ = text_.size();
    if (auto unsayable = expectation(*next)) return unsayable;
    if (auto unsayable = end_line(next->event)) return unsayable;
  }
  return std::nullopt;
}

std::optional<Unsayable> TextWriter::expectation(const Expectation& each) {
  if (each.text.find_first_of("\r\n") != std::string::npos)
    return Unsayable{each.event, "an expectation of one line", quoted(each.text)};
  text_ += "# expect: ";
  text_ += each.text;
  return std::nullopt;
}

void TextWriter::finish() {
  text_ += "end " + std::to_string(events_) + "\n";
  output_(text_);
  text_.clear();
}

}  // namespace gcsim::trace
