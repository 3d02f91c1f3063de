#include "gcsim/trace/error.h"

#include <algorithm>

#include "problem.h"
#include "utf8.h"

namespace gcsim::trace {

namespace {

constexpr std::size_t kShownWord = 40;   // bytes of a word that a message repeats
constexpr std::size_t kShownLine = 160;  // bytes of a line that it shows
constexpr std::size_t kBefore = 100;     // of these, at most so many before the column
constexpr std::size_t kKeptLine = 4096;  // bytes of a line that an error keeps
constexpr std::size_t kLongestCaret = 60;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// Text that is fit for a terminal: one line, no control characters, well-formed UTF-8.
std::string printable(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\t', ' ');
  std::replace_if(out.begin(), out.end(), is_control, '.');
  for (std::size_t bad = find_bad_byte(out); bad != std::string::npos;) {
    out[bad] = '.';
    const std::size_t next = find_bad_byte(std::string_view(out).substr(bad));
    bad = next == std::string::npos ? next : bad + next;
  }
  return out;
}

// Moves a cut so that it does not go through a character.
std::size_t whole_character(std::string_view text, std::size_t cut) {
  for (int i = 0; i < 3 && cut > 0 && cut < text.size() && continues_character(text[cut]); ++i) --cut;
  return cut;
}

// The word that begins at the column; at least one byte.
std::size_t caret_length(std::string_view from) {
  if (!from.empty() && from[0] == '"') {
    const std::size_t end = from.find('"', 1);
    return end == std::string_view::npos ? 1 : std::min(end + 1, kLongestCaret);
  }
  const std::size_t end = std::min(from.find_first_of(" \t[]{},:\"#"), from.size());
  return std::clamp<std::size_t>(end, 1, kLongestCaret);
}

// Carets are placed by characters, columns count bytes.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string source_lines(const TraceError& error) {
  const std::string_view all = error.source;
  const std::uint32_t column = std::max(error.where.column, error.source_column);
  const std::size_t at = std::min<std::size_t>(column - error.source_column, all.size());
  const std::size_t from = whole_character(all, at > kBefore ? at - kBefore : 0);
  const std::size_t to = whole_character(all, std::min(all.size(), from + kShownLine));
  const std::string before = printable(all.substr(from, at - from));
  const std::string behind = printable(all.substr(at, std::max(to, at) - at));
  const std::string_view dots = from > 0 || error.source_column > 1 ? "..." : "";
  std::string out = "  ";
  out.append(dots).append(before).append(behind);
  out.append(to < all.size() ? "...\n" : "\n");
  if (error.where.column == 0) return out;
  const std::size_t marked =
      std::max<std::size_t>(1, characters(std::string_view(behind).substr(0, caret_length(behind))));
  out.append(2 + dots.size() + characters(before), ' ').append("^").append(marked - 1, '~').append("\n");
  return out;
}

std::string place(const Position& where) {
  std::string out = where.file;
  if (where.byte) return out + ": byte " + std::to_string(*where.byte);
  if (where.line == 0) return out;
  out.append(":").append(std::to_string(where.line));
  if (where.column > 0) out.append(":").append(std::to_string(where.column));
  return out;
}

}  // namespace

std::string_view words(Fault fault) {
  switch (fault) {
    case Fault::malformed_json: return "malformed JSON";
    case Fault::malformed_text: return "malformed text";
    case Fault::unknown_event: return "unknown event";
    case Fault::unknown_type: return "unknown type";
    case Fault::missing_field: return "missing field";
    case Fault::surplus_field: return "surplus field";
    case Fault::wrong_value_type: return "wrong type of value";
    case Fault::number_out_of_range: return "number out of range";
    case Fault::header_after_events: return "header after events";
    case Fault::duplicate_header: return "given twice";
    case Fault::unsupported_version: return "unsupported version";
    case Fault::invalid_utf8: return "invalid UTF-8";
    case Fault::truncated: return "truncated trace";
    case Fault::line_too_long: return "line too long";
    case Fault::nesting_too_deep: return "nesting too deep";
    case Fault::empty_trace: return "empty trace";
    case Fault::bad_trailer: return "wrong end of trace";
    case Fault::input_failed: return "input failed";
    case Fault::damaged: return "damaged trace";
    case Fault::unknown_id: return "unknown ID";
    case Fault::dead_object: return "dead object";
    case Fault::duplicate_id: return "duplicate ID";
    case Fault::unbound_name: return "unbound name";
    case Fault::missing_key: return "missing key";
    case Fault::missing_attribute: return "missing attribute";
    case Fault::empty_container: return "empty container";
    case Fault::unsupported_operation: return "unsupported operation";
    case Fault::behind_exit: return "event behind the exit";
    case Fault::unknown_module: return "unknown module";
    case Fault::not_executing: return "not being executed";
    case Fault::not_held: return "not held";
    case Fault::no_open_unit: return "no open code unit";
    case Fault::no_call: return "not inside a call";
    case Fault::inside_call: return "inside a call";
    case Fault::calls_too_deep: return "too many calls";
    case Fault::no_generator: return "not inside a generator";
    case Fault::not_resumable: return "generator that does not wait";
    case Fault::other_recording: return "event of another kind of recording";
    case Fault::unknown_profile: return "unknown profile";
    case Fault::bad_expectation: return "bad expectation";
    case Fault::unsayable: return "not sayable in that form";
  }
  return "fault";
}

std::string quoted(std::string_view word) {
  const bool is_long = word.size() > kShownWord;
  std::string out = "'";
  out += printable(is_long ? word.substr(0, whole_character(word, kShownWord)) : word);
  out += is_long ? "...'" : "'";
  return out;
}

Excerpt excerpt(std::string_view line, std::size_t offset) {
  if (line.size() <= kKeptLine) return {line, 0};
  const std::size_t half = kKeptLine / 2;
  const std::size_t from = whole_character(line, offset > half ? offset - half : 0);
  return {line.substr(from, kKeptLine), from};
}

std::string format(const TraceError& error) {
  std::string out = place(error.where) + ": error: ";
  out += words(error.fault);
  if (!error.expected.empty()) out += ": expected " + error.expected;
  if (!error.got.empty()) out += (error.expected.empty() ? ": got " : ", got ") + error.got;
  out += "\n";
  if (!error.source.empty()) out += source_lines(error);
  if (!error.note.empty()) out += "    note: " + error.note + "\n";
  return out;
}

}  // namespace gcsim::trace
