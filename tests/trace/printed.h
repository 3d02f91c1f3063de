// Traces as short lines, so that a test can say in one string what a reader should make of a text.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gcsim/trace/reader.h"

namespace gcsim::trace {

// The parts one behind the other. (GCC 12 warns without reason where a short literal is added to a string.)
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string all;
  (all.append(parts), ...);
  return all;
}

// Hands out its bytes in small portions.
class PortionedSource final : public Source {
 public:
  PortionedSource(std::string_view bytes, std::size_t portion) : bytes_(bytes), portion_(portion) {}
  std::optional<std::size_t> read(char* into, std::size_t size) override {
    const std::size_t taken = std::min({size, bytes_.size(), portion_});
    if (taken > 0) std::memcpy(into, bytes_.data(), taken);
    bytes_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view bytes_;
  std::size_t portion_;
};

inline const char* name_of(Op op) {
  constexpr const char* names[] = {
      "alloc",
      "bind",
      "add",
      "set_item",
      "del_item",
      "pop",
      "remove",
      "clear",
      "del",
      "set_attr",
      "del_attr",
      "dict",
      "weakref",
      "collect",
      "enable",
      "disable",
      "set_threshold",
      "freeze",
      "unfreeze",
      "set_debug",
      "get_count",
      "inspect_refcount",
      "inspect_generations",
      "track",
      "untrack",
      "resize",
      "exit",
      "check",
      "inspect_is",
      "import_module",
      "import_from",
      "loaded",
      "failed",
      "hold",
      "release",
      "gc_is_enabled",
      "gc_get_threshold",
      "gc_get_stats",
      "gc_get_objects",
      "gc_get_referrers",
      "gc_get_referents",
      "gc_is_tracked",
      "gc_is_finalized",
      "gc_freeze_count",
      "gc_garbage",
      "gc_clear_garbage",
      "gc_add_callback",
      "gc_remove_callback",
      "unit_begin",
      "unit_end",
      "load_constant",
      "add_in_place",
      "intern",
      "inspect_id",
      "inspect_getrefcount",
      "call",
      "return",
      "frame",
      "raise",
      "generator",
      "next",
      "yield",
      "die",
      "garbage",
      "own",
      "memory",
      "atomic",
      "tick",
  };
  return names[static_cast<std::size_t>(op)];
}

inline std::string printed_literal(const Literal& literal) {
  return (literal.kind == Kind::string    ? "str:"
          : literal.kind == Kind::integer ? "int:"
                                          : "float:") +
         literal.text;
}

// "set_item d[k] = a": the operation and its fields, those that are set.
inline std::string printed(const Event& event, const EventBatch& batch, const Vocabulary& words) {
  const auto symbol = [&words](SymbolId id) { return std::string(words.symbols.word(raw(id))); };
  std::string out = name_of(event.op);
  if (event.subject != kNoSymbol) out += cat(" ", symbol(event.subject));
  if (event.op == Op::alloc || event.op == Op::load_constant || event.op == Op::add_in_place) {
    out += cat(":", words.types()[static_cast<std::size_t>(event.type)].name);
    if (event.literal != kNoLiteral) out += cat(" ", printed_literal(words.literals()[raw(event.literal)]));
  } else if (event.key != kNoKey) {
    out += cat("[", words.keys.word(raw(event.key)), "]");
  }
  if (event.value != kNoSymbol) out += cat(" = ", symbol(event.value));
  if (event.name != kNoSymbol) out += cat(" as ", symbol(event.name));
  if (event.number == kNoIndex)
    out += " #none";
  else if (event.number != 0)
    out += cat(" #", std::to_string(event.number));
  if (event.flags != 0) out += " flags" + std::to_string(event.flags);
  if (event.operand_count == 0) return out;
  out += " (";
  for (const std::uint32_t operand : batch.operands_of(event)) {
    if (out.back() != '(') out += " ";
    out += has_number_operands(event.op) ? std::to_string(static_cast<std::int32_t>(operand))
                                         : symbol(SymbolId{operand});
  }
  return out + ")";
}

// One line per event "line:column event", per fault "! line:column words: ..", per expectation "? event
// text".
struct Transcript {
  std::vector<std::string> lines;
  Header header;
  std::vector<TypeDecl> types;

  std::string joined() const {
    std::string all;
    for (const std::string& line : lines) all += (all.empty() ? "" : "\n") + line;
    return all;
  }
};

inline std::string printed(const TraceError& error) {
  return cat("! ", std::to_string(error.where.line), ":", std::to_string(error.where.column), " ",
             words(error.fault), ": expected ", error.expected, ", got ", error.got,
             error.note.empty() ? "" : "; ", error.note);
}

inline void append(Transcript& out, const EventBatch& batch, const Vocabulary& vocabulary) {
  for (std::size_t i = 0; i < batch.events.size(); ++i)
    out.lines.push_back(printed(batch.events[i], batch, vocabulary));
  for (const Expectation& each : batch.expectations) {
    out.lines.push_back(cat("? ", std::to_string(each.event), " ", each.text));
  }
}

inline Transcript transcript(std::unique_ptr<Source> source, const std::string& name,
                             Decoding decoding = Decoding::in_place) {
  Transcript out;
  auto opened = open(std::move(source), name, decoding);
  if (const auto* error = std::get_if<TraceError>(&opened)) {
    out.lines.push_back(printed(*error));
    return out;
  }
  Reader& reader = *std::get<std::unique_ptr<Reader>>(opened);
  out.header = reader.header();
  EventBatch batch;
  for (;;) {
    const Reader::Status status = reader.next(batch);
    if (status == Reader::Status::fault) out.lines.push_back(printed(reader.error()));
    if (status != Reader::Status::fault) append(out, batch, reader.vocabulary());
    if (status == Reader::Status::end) break;
  }
  out.types = reader.vocabulary().types();
  return out;
}

// However it is decoded.
inline Transcript transcript(std::string_view text, const std::string& name = "t") {
  Transcript in_place = transcript(memory_source(text), name);
  const Transcript ahead = transcript(memory_source(text), name, Decoding::ahead);
  CHECK(ahead.lines == in_place.lines);
  CHECK(ahead.types.size() == in_place.types.size());
  return in_place;
}

inline std::string read(std::string_view text, const std::string& name = "t") {
  return transcript(text, name).joined();
}

// A line of a text trace that declares one class of each sort.
inline std::string read_line(const std::string& line) {
  return read("class N\nclass D del\nclass R del=resurrect\nclass S slots=b,a\n" + line + "\n");
}

// The same for an event in JSON Lines.
inline std::string read_json(const std::string& line) {
  return read(
      R"({"gcsim":1,"classes":{"N":{},"D":{"del":true},"R":{"del":"resurrect"},"S":{"slots":["b","a"]}}})"
      "\n" +
          line + "\n",
      "t.jsonl");
}

}  // namespace gcsim::trace
