#include "text_header.h"

#include <algorithm>
#include <string>

#include "language.h"
#include "suggest.h"

namespace gcsim::trace {

namespace {

bool counts(const TokenizedLine& line, std::size_t least, std::size_t most, std::string_view form,
            HeaderBuilder& builder) {
  if (line.size() < least) {
    return builder.fail(Fault::missing_field, line.end(), std::string(form), "the end of the line");
  }
  if (line.size() <= most) return true;
  return builder.fail(Fault::surplus_field, line[most].offset, "the end of the line", quoted(line[most].text),
                      "the form is: " + std::string(form));
}

std::vector<Piece> rest_of(const TokenizedLine& line) {
  std::vector<Piece> rest;
  for (std::size_t i = 1; i < line.size(); ++i) rest.push_back(line[i].piece());
  return rest;
}

bool yes_or_no(const Token& word, bool& into, HeaderBuilder& builder) {
  into = word.text == "yes";
  if (into || word.text == "no") return true;
  return builder.fail(Fault::wrong_value_type, word.offset, "yes or no", quoted(word.text));
}

bool enabled(const Token& word, Header& header, HeaderBuilder& builder) {
  return yes_or_no(word, header.enabled.emplace(), builder);
}

// The words between the commas, at least one.
std::vector<Piece> split(std::string_view list, std::size_t offset) {
  std::vector<Piece> words;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    words.push_back({list.substr(begin, end - begin), offset + begin});
    begin = end + 1;
  }
  return words;
}

// observed threshold=100,10,10 collections=9,0,0 collected=7,0,0
bool observed(const TokenizedLine& line, HeaderBuilder& builder) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const std::string_view text = line[i].text;
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::size_t begin = std::min(equals + 1, text.size());
    const std::vector<Piece> numbers = split(text.substr(begin), line[i].offset_of(begin));
    if (numbers.size() != kGenerations) {
      return builder.fail(Fault::malformed_text, line[i].offset,
                          "threshold=A,B,C, collections=A,B,C or collected=A,B,C", quoted(text));
    }
    if (!builder.observed({text.substr(0, equals), line[i].offset}, numbers)) return false;
  }
  return builder.observed_all(line.end());
}

bool free_lists(const TokenizedLine& line, HeaderBuilder& builder) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const std::string_view text = line[i].text;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      return builder.fail(Fault::malformed_text, line[i].offset, "TYPE=BLOCKS or TYPE[LENGTH]=BLOCKS",
                          quoted(text));
    }
    const Piece held{text.substr(equals + 1), line[i].offset_of(equals + 1)};
    if (!builder.free_list({text.substr(0, equals), line[i].offset_of(0)}, held)) return false;
  }
  return true;
}

void split_slots(std::string_view list, std::size_t offset, ClassWords& words) {
  words.has_slots = true;
  for (std::size_t begin = 0; begin < list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    words.slots.push_back({list.substr(begin, end - begin), offset + begin});
    begin = end + 1;
  }
}

bool class_option(const Token& option, ClassWords& words, HeaderBuilder& builder) {
  constexpr std::string_view kSlots = "slots=";
  if (option.text == "del") {
    words.finalizer = Finalizer::plain;
  } else if (option.text == "del=resurrect") {
    words.finalizer = Finalizer::resurrects;
  } else if (option.text == "del=raise") {
    words.finalizer = Finalizer::raises;
  } else if (option.text.starts_with(kSlots)) {
    split_slots(option.text.substr(kSlots.size()), option.offset_of(kSlots.size()), words);
  } else {
    Suggestion suggestion(option.text);
    for (const std::string_view known : {"del", "del=resurrect", "del=raise", "slots="})
      suggestion.offer(known);
    return builder.fail(Fault::surplus_field, option.offset, "del, del=resurrect, del=raise or slots=a,b,c",
                        quoted(option.text), suggestion.note());
  }
  return true;
}

bool class_line(const TokenizedLine& line, HeaderBuilder& builder) {
  if (!counts(line, 2, 4, "class NAME [del | del=resurrect | del=raise] [slots=a,b,c]", builder))
    return false;
  ClassWords words;
  words.name = line[1].piece();
  for (std::size_t i = 2; i < line.size(); ++i) {
    if (!class_option(line[i], words, builder)) return false;
  }
  return builder.declare(words);
}

}  // namespace

bool is_header_word(std::string_view word) {
  return std::find(kHeaderWords.begin(), kHeaderWords.end(), word) != kHeaderWords.end();
}

bool read_header_line(const TokenizedLine& line, Header& header, HeaderBuilder& builder) {
  const std::string_view word = line[0].text;
  if (word == "class") return class_line(line, builder);
  if (!builder.once(line[0].piece())) return false;
  if (word == "trace") return counts(line, 2, 2, "trace 1", builder) && builder.version(line[1].piece());
  if (word == "profile")
    return counts(line, 2, 2, "profile NAME", builder) && builder.profile(line[1].piece());
  if (word == "threshold") {
    return counts(line, 2, 4, "threshold A [B [C]]", builder) && builder.threshold(rest_of(line));
  }
  if (word == "count") return counts(line, 4, 4, "count A B C", builder) && builder.count(rest_of(line));
  if (word == "enabled")
    return counts(line, 2, 2, "enabled yes|no", builder) && enabled(line[1], header, builder);
  if (word == "free_lists") return free_lists(line, builder);
  if (word == "long_lived_total") {
    return counts(line, 2, 2, "long_lived_total N", builder) && builder.long_lived_total(line[1].piece());
  }
  if (word == "tracking") {
    return counts(line, 2, 2, "tracking explicit", builder) && builder.tracking(line[1].piece());
  }
  if (word == "available_slots") {
    return counts(line, 2, 3, "available_slots N [LEAST]", builder) && builder.available_slots(rest_of(line));
  }
  if (word == "recording") {
    return counts(line, 2, 2, "recording approximate", builder) && builder.recording(line[1].piece());
  }
  if (word == "interval")
    return counts(line, 2, 2, "interval ALLOCATIONS", builder) && builder.interval(line[1].piece());
  if (word == "complete") {
    return counts(line, 2, 2, "complete yes|no", builder) && yes_or_no(line[1], header.is_complete, builder);
  }
  if (word == "observed") return observed(line, builder);
  if (word == "python") {
    header.python = line.size() > 1 ? line[1].text : std::string_view();
    return counts(line, 2, 2, "python VERSION", builder);
  }
  if (!counts(line, 2, 2, "recorded \"WHAT\"", builder)) return false;
  header.recorded = line[1].text;
  return true;
}

}  // namespace gcsim::trace
