#include "json_header.h"

#include <algorithm>

#include "escapes.h"
#include "json_fields.h"

namespace gcsim::trace {

std::string_view JsonHeader::word(const JsonValue& value) {
  if (value.kind != Json::string) return text_.substr(value.begin, value.end - value.begin);
  if (!value.escaped) return inside(text_, value);
  append_unescaped(inside(text_, value), unescaped_.emplace_back());
  return unescaped_.back();
}

bool JsonHeader::wrong_type(const JsonValue& value, std::string_view expected) {
  const std::string got = value.kind == Json::array    ? "an array"
                          : value.kind == Json::object ? "an object"
                                                       : quoted(word(value));
  return builder_.fail(Fault::wrong_value_type, value.begin, std::string(expected), got);
}

bool JsonHeader::is(const JsonValue& value, Json kind, std::string_view expected) {
  return value.kind == kind || wrong_type(value, expected);
}

bool JsonHeader::read(const std::vector<JsonMember>& members, std::size_t begin) {
  if (!version(members, begin)) return false;
  return std::all_of(members.begin(), members.end(), [this](const JsonMember& each) {
    return builder_.once({word(each.key), each.key.begin}) && member(word(each.key), each.value);
  });
}

// First of all: the rest of another version may mean anything.
bool JsonHeader::version(const std::vector<JsonMember>& members, std::size_t begin) {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [this](const JsonMember& each) { return word(each.key) == "gcsim"; });
  if (found == members.end()) {
    return builder_.fail(Fault::missing_field, begin, "a header, an object with \"gcsim\":1",
                         "an object without it");
  }
  return is(found->value, Json::number, "the version, a number") && builder_.version(piece(found->value));
}

bool JsonHeader::member(std::string_view key, const JsonValue& value) {
  std::vector<Piece> words;
  if (key == "profile")
    return is(value, Json::string, "the name of a profile") && builder_.profile(piece(value));
  if (key == "threshold") return numbers(value, 1, 3, words) && builder_.threshold(words);
  if (key == "count") return numbers(value, 3, 3, words) && builder_.count(words);
  if (key == "enabled") return enabled(value);
  if (key == "classes") return classes(value);
  if (key == "free_lists") return free_lists(value);
  if (key == "tracking") return is(value, Json::string, "\"explicit\"") && builder_.tracking(piece(value));
  if (key == "long_lived_total") {
    return is(value, Json::number, "a whole number") && builder_.long_lived_total(piece(value));
  }
  if (key == "available_slots") return numbers(value, 1, 2, words) && builder_.available_slots(words);
  if (key == "recording")
    return is(value, Json::string, "\"approximate\"") && builder_.recording(piece(value));
  if (key == "interval") return is(value, Json::number, "a whole number") && builder_.interval(piece(value));
  if (key == "complete") return yes_or_no(value, header_.is_complete);
  if (key == "observed") return observed(value);
  if (key == "python") {
    header_.python = word(value);
    return is(value, Json::string, "a string");
  }
  if (key != "recorded") return true;
  header_.recorded = word(value);
  return is(value, Json::string, "a string");
}

bool JsonHeader::numbers(const JsonValue& value, std::size_t least, std::size_t most,
                         std::vector<Piece>& into) {
  const std::string expected = least == most ? "an array of three whole numbers"
                               : most == 2   ? "an array of one or two whole numbers"
                                             : "an array of one to three whole numbers";
  if (value.kind != Json::array) return wrong_type(value, expected);
  JsonScan scan(text_, value.begin);
  const bool are_numbers = scan_elements(scan, [&](const JsonValue& element) {
    into.push_back(piece(element));
    return is(element, Json::number, "a whole number");
  });
  if (!are_numbers) return false;
  if (into.size() < least) return builder_.fail(Fault::missing_field, value.begin, expected, "fewer");
  if (into.size() > most) return builder_.fail(Fault::surplus_field, into[most].offset, expected, "more");
  return true;
}

bool JsonHeader::yes_or_no(const JsonValue& value, bool& into) {
  into = value.kind == Json::yes;
  return into || is(value, Json::no, "true or false");
}

bool JsonHeader::enabled(const JsonValue& value) {
  return yes_or_no(value, header_.enabled.emplace());
}

bool JsonHeader::observed(const JsonValue& value) {
  if (!is(value, Json::object, "an object with threshold, collections and collected")) return false;
  JsonScan scan(text_, value.begin);
  const bool are_parts = scan_members(scan, [&](const JsonValue& part, const JsonValue& about) {
    std::vector<Piece> words;
    return numbers(about, kGenerations, kGenerations, words) && builder_.observed(piece(part), words);
  });
  return are_parts && builder_.observed_all(value.begin);
}

bool JsonHeader::free_lists(const JsonValue& value) {
  if (!is(value, Json::object, "an object, blocks by type")) return false;
  JsonScan scan(text_, value.begin);
  return scan_members(scan, [&](const JsonValue& type, const JsonValue& held) {
    return is(held, Json::number, "a whole number") && builder_.free_list(piece(type), piece(held));
  });
}

bool JsonHeader::classes(const JsonValue& value) {
  if (!is(value, Json::object, "an object, classes by name")) return false;
  JsonScan scan(text_, value.begin);
  return scan_members(scan,
                      [&](const JsonValue& name, const JsonValue& about) { return one_class(name, about); });
}

bool JsonHeader::one_class(const JsonValue& name, const JsonValue& value) {
  if (!is(value, Json::object, "an object, {} for a plain class")) return false;
  ClassWords words;
  words.name = piece(name);
  JsonScan scan(text_, value.begin);
  return scan_members(scan, [&](const JsonValue& key,
                                const JsonValue& about) { return class_member(word(key), about, words); }) &&
         builder_.declare(words);
}

bool JsonHeader::class_member(std::string_view key, const JsonValue& value, ClassWords& words) {
  if (key == "del") {
    if (value.kind == Json::yes) words.finalizer = Finalizer::plain;
    if (value.kind == Json::string && word(value) == "resurrect") words.finalizer = Finalizer::resurrects;
    if (value.kind == Json::string && word(value) == "raise") words.finalizer = Finalizer::raises;
    if (value.kind == Json::no) words.finalizer = Finalizer::none;
    const bool is_known = value.kind == Json::no || words.finalizer != Finalizer::none;
    return is_known || wrong_type(value, "true, false, \"resurrect\" or \"raise\"");
  }
  if (key != "slots") return true;
  if (!is(value, Json::array, "an array of names")) return false;
  words.has_slots = true;
  JsonScan scan(text_, value.begin);
  return scan_elements(scan, [&](const JsonValue& slot) {
    words.slots.push_back(piece(slot));
    return is(slot, Json::string, "the name of a slot");
  });
}

}  // namespace gcsim::trace
