// Events that are one or two words and a row of fields. One row here says all that both encodings need: to
// read the event, to name what is missing or too much, and to find an operand's place again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/trace/event.h"
#include "json_fields.h"
#include "language.h"

namespace gcsim::trace {

// What a field is, and so which part of the event it fills.
enum class Fill : std::uint8_t {
  none,
  subject,     // an object: Event::subject
  value,       // an object: Event::value
  name,        // a name to bind: Event::name
  new_id,      // the ID of a new object, which is bound to the same word: Event::subject and Event::name
  items,       // any number of objects, one at least unless optional: the operands
  generation,  // 0 to 2: Event::number
  module,      // a module's name: Event::subject, value, key and number, see Op::import_module
  member,      // a name inside that module: Event::value and key
  as_name,     // `as NAME` in text, a name to bind: Event::name
  function,    // the name of a function: Event::key
  arguments,   // any number of NAME=ID: the operands, as pairs
  exception,   // the type of an exception: Event::type
  through,     // how many calls it leaves: Event::number
  span,        // over how many allocations: Event::number
  bytes,       // at least one: Event::number
  delta,       // of bytes, with sign: the operands
};

struct FormField {
  Fill fill = Fill::none;
  Field member = Field::op;  // of the JSON object
  bool is_optional = false;  // only behind all others
};

struct Form {
  static constexpr std::size_t kMaxFields = 4;

  Word word;
  std::string_view action;  // the second word ("do" or "what" in JSON); empty if there is none
  Op op;
  std::string_view text;  // as messages show it
  std::array<FormField, kMaxFields> fields{};

  constexpr std::size_t size() const {
    std::size_t n = 0;
    while (n < kMaxFields && fields[n].fill != Fill::none) ++n;
    return n;
  }
  // Event::number where the trace says none.
  constexpr std::uint32_t absent_number() const {
    for (const FormField& field : fields) {
      if (field.fill == Fill::generation && field.is_optional) return kNoIndex;
    }
    return 0;
  }
  constexpr bool says_as() const { return size() > 0 && fields[size() - 1].fill == Fill::as_name; }
};

inline constexpr Form kForms[] = {
    {Word::gc, "enable", Op::enable, "gc enable"},
    {Word::gc, "disable", Op::disable, "gc disable"},
    {Word::gc, "freeze", Op::freeze, "gc freeze"},
    {Word::gc, "unfreeze", Op::unfreeze, "gc unfreeze"},
    {Word::gc, "count", Op::get_count, "gc count"},
    {Word::gc, "isenabled", Op::gc_is_enabled, "gc isenabled"},
    {Word::gc, "get_threshold", Op::gc_get_threshold, "gc get_threshold"},
    {Word::gc, "stats", Op::gc_get_stats, "gc stats"},
    {Word::gc,
     "objects",
     Op::gc_get_objects,
     "gc objects [GENERATION]",
     {{{Fill::generation, Field::generation, true}}}},
    {Word::gc, "referrers", Op::gc_get_referrers, "gc referrers ID ...", {{{Fill::items, Field::items}}}},
    {Word::gc, "referents", Op::gc_get_referents, "gc referents ID ...", {{{Fill::items, Field::items}}}},
    {Word::gc, "is_tracked", Op::gc_is_tracked, "gc is_tracked ID", {{{Fill::subject, Field::id}}}},
    {Word::gc, "is_finalized", Op::gc_is_finalized, "gc is_finalized ID", {{{Fill::subject, Field::id}}}},
    {Word::gc, "freeze_count", Op::gc_freeze_count, "gc freeze_count"},
    {Word::gc, "garbage", Op::gc_garbage, "gc garbage"},
    {Word::gc, "clear_garbage", Op::gc_clear_garbage, "gc clear_garbage"},
    {Word::gc, "callback", Op::gc_add_callback, "gc callback NAME", {{{Fill::name, Field::name}}}},
    {Word::gc,
     "remove_callback",
     Op::gc_remove_callback,
     "gc remove_callback NAME",
     {{{Fill::name, Field::name}}}},
    {Word::inspect, "refcount", Op::inspect_refcount, "inspect refcount ID", {{{Fill::subject, Field::id}}}},
    {Word::inspect, "generations", Op::inspect_generations, "inspect generations"},
    {Word::inspect,
     "is",
     Op::inspect_is,
     "inspect is ID ID",
     {{{Fill::subject, Field::id}, {Fill::value, Field::to}}}},
    {Word::import,
     "",
     Op::import_module,
     "import MODULE [as NAME]",
     {{{Fill::module, Field::id}, {Fill::as_name, Field::name, true}}}},
    {Word::from,
     "",
     Op::import_from,
     "from MODULE NAME [as NAME]",
     {{{Fill::module, Field::id}, {Fill::member, Field::attr}, {Fill::as_name, Field::name, true}}}},
    {Word::loaded, "", Op::loaded, "loaded MODULE", {{{Fill::subject, Field::id}}}},
    {Word::failed, "", Op::failed, "failed MODULE", {{{Fill::subject, Field::id}}}},
    {Word::hold, "", Op::hold, "hold ID", {{{Fill::subject, Field::id}}}},
    {Word::release, "", Op::release, "release ID", {{{Fill::subject, Field::id}}}},
    {Word::inspect, "id", Op::inspect_id, "inspect id ID", {{{Fill::subject, Field::id}}}},
    {Word::inspect,
     "getrefcount",
     Op::inspect_getrefcount,
     "inspect getrefcount ID",
     {{{Fill::subject, Field::id}}}},
    {Word::unit, "begin", Op::unit_begin, "unit begin"},
    {Word::unit, "end", Op::unit_end, "unit end"},
    {Word::intern, "", Op::intern, "intern NAME ID", {{{Fill::name, Field::name}, {Fill::value, Field::to}}}},
    {Word::call,
     "",
     Op::call,
     "call FUNCTION [NAME=ID ...]",
     {{{Fill::function, Field::function}, {Fill::arguments, Field::args, true}}}},
    {Word::return_,
     "",
     Op::return_,
     "return [ID] [as NAME]",
     {{{Fill::value, Field::id, true}, {Fill::as_name, Field::name, true}}}},
    {Word::frame, "", Op::frame, "frame ID", {{{Fill::new_id, Field::id}}}},
    {Word::raise,
     "",
     Op::raise,
     "raise ID [EXCEPTION [ID ...]] [through CALLS]",
     {{{Fill::new_id, Field::id},
       {Fill::exception, Field::type, true},
       {Fill::items, Field::items, true},
       {Fill::through, Field::through, true}}}},
    {Word::generator,
     "",
     Op::generator,
     "generator ID FUNCTION [NAME=ID ...]",
     {{{Fill::new_id, Field::id}, {Fill::function, Field::function}, {Fill::arguments, Field::args, true}}}},
    {Word::next, "", Op::next, "next ID", {{{Fill::subject, Field::id}}}},
    {Word::yield_,
     "",
     Op::yield_,
     "yield [ID] [as NAME]",
     {{{Fill::value, Field::id, true}, {Fill::as_name, Field::name, true}}}},
    {Word::die,
     "",
     Op::die,
     "die ID [ID ...]",
     {{{Fill::subject, Field::id}, {Fill::items, Field::to, true}}}},
    {Word::garbage,
     "",
     Op::garbage,
     "garbage ID [ID ...] [span ALLOCATIONS]",
     {{{Fill::subject, Field::id}, {Fill::items, Field::to, true}, {Fill::span, Field::span, true}}}},
    {Word::own, "", Op::own, "own ID BYTES", {{{Fill::subject, Field::id}, {Fill::bytes, Field::size}}}},
    {Word::memory, "", Op::memory, "memory BYTES", {{{Fill::delta, Field::delta}}}},
    {Word::atomic, "", Op::atomic, "atomic ID", {{{Fill::subject, Field::id}}}},
    {Word::tick, "", Op::tick, "tick"},
};

// The actions of an event's word that have forms of their own, not rows of fields.
inline constexpr std::string_view kOwnGcActions[] = {"collect", "threshold", "debug"};

// The form of that word and action, or nullptr.
const Form* find_form(Word word, std::string_view action);
const Form* form_of(Op op);
// Whether all events of that word are rows of fields.
bool has_only_forms(Word word);
// Whether the word is followed by an action.
bool has_actions(Word word);
// All actions of the word, in the order in which messages list them.
std::vector<std::string_view> actions_of(Word word);
// "a, b or c"
std::string list_of(const std::vector<std::string_view>& words);

// The member of a JSON event that says its action.
constexpr Field action_member(Word word) {
  return word == Word::inspect ? Field::what : Field::action;
}

// The word of the text form that stands before a field, without which it is left out; empty if there is none.
constexpr std::string_view keyword_of(Fill fill) {
  return fill == Fill::as_name ? "as" : fill == Fill::through ? "through" : fill == Fill::span ? "span" : "";
}
// Whether a field takes any number of words.
constexpr bool repeats(Fill fill) {
  return fill == Fill::items || fill == Fill::arguments;
}

// Which operand of an event a field is.
constexpr Operand operand_of(Fill fill) {
  switch (fill) {
    case Fill::none: break;
    case Fill::subject:
    case Fill::module:
    case Fill::new_id: return Operand::subject;
    case Fill::value: return Operand::value;
    case Fill::name:
    case Fill::as_name: return Operand::name;
    case Fill::member: return Operand::key;
    case Fill::items: return Operand::item;
    case Fill::generation:
    case Fill::through:
    case Fill::span:
    case Fill::bytes: return Operand::number;
    case Fill::delta: return Operand::item;
    case Fill::function: return Operand::key;
    case Fill::arguments: return Operand::item;
    case Fill::exception: return Operand::type;
  }
  return Operand::whole;
}

}  // namespace gcsim::trace
