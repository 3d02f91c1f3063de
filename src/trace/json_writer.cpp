#include "json_writer.h"

#include "gcsim/trace/spelling.h"
#include "problem.h"

namespace gcsim::trace {

namespace {

void append_key(std::string& text, std::string_view key) {
  text.append(",\"").append(key).append("\":");
}

void append_string(std::string& text, std::string_view key, std::string_view value) {
  append_key(text, key);
  append_json_string(text, value);
}

template <class Numbers>
void append_array(std::string& text, std::string_view key, const Numbers& numbers) {
  if (numbers.empty()) return;
  append_key(text, key);
  char before = '[';
  for (const auto number : numbers) {
    text.append(1, before).append(std::to_string(number));
    before = ',';
  }
  text += ']';
}

void append_free_lists(std::string& text, const std::vector<FreeListFill>& fills) {
  if (fills.empty()) return;
  append_key(text, "free_lists");
  char before = '{';
  for (const FreeListFill& fill : fills) {
    std::string word = fill.type;
    if (fill.length) word.append("[").append(std::to_string(*fill.length)).append("]");
    text += before;
    append_json_string(text, word);
    text.append(":").append(std::to_string(fill.held));
    before = ',';
  }
  text += '}';
}

void append_observed(std::string& text, const Observed& observed) {
  append_key(text, "observed");
  std::string parts;
  append_array(parts, "threshold", observed.threshold);
  append_array(parts, "collections", observed.collections);
  append_array(parts, "collected", observed.collected);
  parts.front() = '{';
  text.append(parts).append("}");
}

void append_class(std::string& text, const TypeDecl& type, const WordTable& keys) {
  append_json_string(text, type.name);
  text += ":{";
  if (type.finalizer == Finalizer::plain) text += R"("del":true)";
  if (type.finalizer == Finalizer::resurrects) text += R"("del":"resurrect")";
  if (type.finalizer == Finalizer::raises) text += R"("del":"raise")";
  if (type.has_slots) {
    text += type.finalizer == Finalizer::none ? "\"slots\":[" : ",\"slots\":[";
    for (std::size_t i = 0; i < type.slots.size(); ++i) {
      if (i > 0) text += ',';
      append_json_string(text, keys.word(raw(type.slots[i])));
    }
    text += ']';
  }
  text += '}';
}

void append_classes(std::string& text, const Vocabulary& words) {
  bool has_any = false;
  for (const TypeDecl& type : words.types()) {
    if (type.kind != Kind::instance) continue;
    if (has_any) {
      text += ',';
    } else {
      append_key(text, "classes");
      text += '{';
    }
    append_class(text, type, words.keys);
    has_any = true;
  }
  if (has_any) text += '}';
}

}  // namespace

void append_json_header(std::string& text, const Header& header, const Vocabulary& words) {
  text += "{\"gcsim\":1";
  if (header.profile) append_string(text, "profile", *header.profile);
  if (!header.recorded.empty()) append_string(text, "recorded", header.recorded);
  if (header.is_approximate) {
    append_string(text, "recording", "approximate");
  } else if (header.explicit_tracking) {
    append_string(text, "tracking", "explicit");
  }
  if (!header.python.empty()) append_string(text, "python", header.python);
  if (header.interval != 0) {
    append_key(text, "interval");
    text += std::to_string(header.interval);
  }
  if (!header.is_complete) text += ",\"complete\":false";
  if (header.observed) append_observed(text, *header.observed);
  append_array(text, "threshold", header.threshold);
  if (header.enabled) text += *header.enabled ? ",\"enabled\":true" : ",\"enabled\":false";
  if (header.count) append_array(text, "count", *header.count);
  append_free_lists(text, header.free_lists);
  if (header.long_lived_total != 0) {
    append_key(text, "long_lived_total");
    text += std::to_string(header.long_lived_total);
  }
  append_array(text, "available_slots", header.available_slots);
  append_classes(text, words);
}

std::optional<Unsayable> JsonWriter::begin(const Header& header) {
  append_json_header(text_, header, words_);
  text_ += is_document_ ? ",\"events\":[" : "}";
  if (is_document_) return std::nullopt;
  return end_line(0);
}

// In a document the separator is written before an element: nobody knows which one is the last.
void JsonWriter::begin_line() {
  if (is_document_) text_ += is_first_ ? "\n" : ",\n";
  is_first_ = false;
  line_begin_ = text_.size();
  if (is_document_) text_ += "  ";
}

std::optional<Unsayable> JsonWriter::end_line(EventIndex event) {
  constexpr std::size_t kLarge = std::size_t{1} << 16;
  if (text_.size() - line_begin_ > kMaxLineBytes)
    return Unsayable{event, "a line of at most " + std::to_string(kMaxLineBytes) + " bytes", "a longer one"};
  if (!is_document_) text_ += '\n';
  if (text_.size() < kLarge) return std::nullopt;
  output_(text_);
  text_.clear();
  return std::nullopt;
}

std::optional<Unsayable> JsonWriter::write(const EventBatch& batch) {
  auto next = batch.expectations.begin();
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    const EventIndex index = batch.first + i;
    begin_line();
    append_json_event(text_, batch.events[i], batch.operands_of(batch.events[i]), words_);
    if (auto unsayable = end_line(index)) return unsayable;
    for (; next != batch.expectations.end() && next->event == index; ++next) {
      if (auto unsayable = expectation(*next)) return unsayable;
    }
  }
  events_ += batch.events.size();
  for (; next != batch.expectations.end(); ++next) {
    if (auto unsayable = expectation(*next)) return unsayable;
  }
  return std::nullopt;
}

std::optional<Unsayable> JsonWriter::expectation(const Expectation& each) {
  begin_line();
  text_ += R"({"op":"expect","text":)";
  append_json_string(text_, each.text);
  text_ += '}';
  return end_line(each.event);
}

void JsonWriter::finish() {
  text_ += is_document_ ? "\n],\"end\":" : R"({"op":"end","events":)";
  text_ += std::to_string(events_);
  text_ += "}\n";
  output_(text_);
  text_.clear();
}

}  // namespace gcsim::trace
