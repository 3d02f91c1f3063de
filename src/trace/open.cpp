// Finds out what kind of trace a file is.
#include <algorithm>
#include <array>
#include <utility>

#include "ahead_reader.h"
#include "binary_reader.h"
#include "decompressor.h"
#include "gcsim/trace/reader.h"
#include "json_fields.h"
#include "json_lines_reader.h"
#include "json_reader.h"
#include "json_scan.h"
#include "language.h"
#include "line_reader.h"
#include "suggest.h"
#include "text_header.h"
#include "text_reader.h"

namespace gcsim::trace {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// A JSON Lines header is no longer than a line may be.
constexpr std::size_t kLookAhead = 4096;

struct OtherCompression {
  std::string_view magic;
  std::string_view name;
  std::string_view remedy;
};
constexpr std::array<OtherCompression, 2> kOtherCompressions = {{
    {"\xFD\x37zXZ"sv, "xz", "xz -dc FILE | gcsim ... -"},
    {"BZh"sv, "bzip2", "bzip2 -dc FILE | gcsim ... -"},
}};

TraceError not_a_trace(const std::string& name, std::string got, std::string note) {
  TraceError error;
  error.where = {name, 0, 0};
  error.fault = Fault::malformed_text;
  error.expected = "a trace in text, JSON, JSON Lines or binary";
  error.got = std::move(got);
  error.note = std::move(note);
  return error;
}

// What can be told from the first bytes: compressed and other binary files.
std::optional<TraceError> binary_error(std::string_view start, const std::string& name) {
  for (const OtherCompression& known : kOtherCompressions) {
    if (!start.starts_with(known.magic)) continue;
    return not_a_trace(name, "a file compressed by " + std::string(known.name),
                       "only gzip and zstd are read; decompress it first: " + std::string(known.remedy));
  }
  // Text has no control characters; a single NUL may be a mistake in a trace, which has a line to point at.
  const auto odd = std::count_if(start.begin(), start.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
  });
  if (static_cast<std::size_t>(odd) * 10 <= start.size()) return std::nullopt;
  return not_a_trace(name, "a binary file of another kind", "");
}

bool has_extension(std::string_view name, std::string_view extension) {
  if (name.size() < extension.size()) return false;
  return std::equal(extension.begin(), extension.end(),
                    name.end() - static_cast<std::ptrdiff_t>(extension.size()),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

bool is_language(std::string_view word) {
  if (event_word(word) || is_header_word(word)) return true;
  Suggestion suggestion(word);
  for (const WordEntry& entry : kEventWords) suggestion.offer(entry.text);
  for (const std::string_view header : kHeaderWords) suggestion.offer(header);
  return !suggestion.note().empty();
}

// JSON Lines or a document? By the first line: a whole object without events is a header.
Format json_format(std::string_view text, std::string_view name) {
  const Format by_name =
      has_extension(name, ".jsonl") || has_extension(name, ".ndjson") ? Format::json_lines : Format::json;
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  const std::size_t feed = text.find('\n', begin);
  const std::string_view line = text.substr(begin, std::min(feed, text.size()) - begin);
  JsonScan scan(line);
  bool has_events = false;
  const bool is_whole = scan_members(scan, [&](const JsonValue& key, const JsonValue&) {
    has_events = has_events || inside(line, key) == "events";
    return true;
  });
  if (is_whole) {
    const bool is_over = text.find_first_not_of(" \t\r\n", begin + scan.at()) == std::string_view::npos;
    if (has_events) return Format::json;
    return is_over ? by_name : Format::json_lines;
  }
  // A line that goes on behind its end belongs to a document. Of a faulty one the name has to tell, or
  // whether the next line begins an object too.
  if (scan.ran_out() && feed != std::string_view::npos) return Format::json;
  const std::size_t next = text.find_first_not_of(" \t\r\n", std::min(feed, text.size()));
  const bool is_object_next = next != std::string_view::npos && text[next] == '{';
  return is_object_next && !has_events && !has_extension(name, ".json") ? Format::json_lines : by_name;
}

Format format_of(LineReader& source, std::string_view name) {
  std::string_view text = source.look_ahead(kLookAhead);
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return Format::text;
  if (text[begin] == '{' || text[begin] == '[') {
    if (text.find('\n', begin) == std::string_view::npos) text = source.look_ahead(begin + kMaxLineBytes + 1);
    return json_format(text, name);
  }
  const std::string_view word =
      text.substr(begin, std::min(text.find_first_of(" \t\r\n", begin), text.size()) - begin);
  if (text[begin] == '#' || is_language(word)) return Format::text;
  if (has_extension(name, ".jsonl") || has_extension(name, ".ndjson")) return Format::json_lines;
  return has_extension(name, ".json") ? Format::json : Format::text;
}

template <class AnyReader>
std::variant<std::unique_ptr<Reader>, TraceError> begin(std::unique_ptr<AnyReader> reader) {
  if (auto error = reader->read_header()) return std::move(*error);
  return std::unique_ptr<Reader>(std::move(reader));
}

template <class LinesReader>
std::variant<std::unique_ptr<Reader>, TraceError> begin(std::unique_ptr<LinesReader> reader,
                                                        Decoding decoding) {
  if (decoding == Decoding::in_place) return begin(std::move(reader));
  if (auto error = reader->read_header()) return std::move(*error);
  return std::unique_ptr<Reader>(std::make_unique<AheadReader>(std::move(reader)));
}

}  // namespace

std::variant<std::unique_ptr<Reader>, TraceError> open(std::unique_ptr<Source> source, std::string name,
                                                       Decoding decoding) {
  LineReader lines(std::move(source));
  std::string_view start = lines.look_ahead(kLookAhead);
  if (const auto compression = compression_of(start)) {
    lines = LineReader(decompress(*compression, std::move(lines)));
    start = lines.look_ahead(kLookAhead);
  }
  if (is_binary_trace(start)) return begin(std::make_unique<BinaryReader>(std::move(lines), std::move(name)));
  if (auto error = binary_error(start, name)) return std::move(*error);
  if (start.starts_with(kByteOrderMark)) lines.skip(kByteOrderMark.size());
  switch (format_of(lines, without_compression(name))) {
    case Format::json: {
      std::string document = lines.take_all();
      return begin(std::make_unique<JsonReader>(std::move(document), lines.problem(), std::move(name)));
    }
    case Format::json_lines:
      return begin(std::make_unique<JsonLinesReader>(std::move(lines), std::move(name)), decoding);
    case Format::binary:
    case Format::text: break;
  }
  return begin(std::make_unique<TextReader>(std::move(lines), std::move(name)), decoding);
}

}  // namespace gcsim::trace
