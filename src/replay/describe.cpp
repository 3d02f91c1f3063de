// Words and positions for what the engine refused.
#include <string>

#include "gcsim/replay.h"
#include "gcsim/trace/spelling.h"

namespace gcsim {
namespace {

using trace::Fault;

std::string quoted(std::string_view word) {
  return "'" + std::string(word) + "'";
}

// "at line 9", or "in event 7" when the line is no longer known.
std::string when(EventIndex event, const trace::Reader& reader) {
  if (auto line = reader.line_of(event)) return "at line " + std::to_string(*line);
  return "in event " + std::to_string(event);
}

std::string_view expectation(Fault fault) {
  switch (fault) {
    case Fault::unknown_id:
    case Fault::dead_object: return "the ID of a live object";
    case Fault::duplicate_id: return "an ID that no live object has";
    case Fault::unbound_name: return "a bound name";
    case Fault::missing_key: return "a key, index or element that is there";
    case Fault::missing_attribute: return "an attribute the object has or can have";
    case Fault::empty_container: return "a container that is not empty";
    case Fault::unknown_module: return "a package that is in sys.modules";
    case Fault::not_executing: return "the module whose execution began last";
    case Fault::not_held: return "an object that C code holds";
    case Fault::no_open_unit: return "a code unit that has begun";
    case Fault::behind_exit: return "no event behind the interpreter's exit";
    case Fault::no_call: return "a call to leave";
    case Fault::inside_call: return "no exit before all calls have returned";
    case Fault::calls_too_deep: return "no more calls inside each other";
    case Fault::no_generator: return "a generator that runs";
    case Fault::not_resumable: return "a generator that waits";
    case Fault::other_recording: return "an event of a trace that is no approximate recording";
    default: return "an object that can do this";
  }
}

// What was there, where it is no word of the trace.
std::string_view got_instead(Fault fault) {
  switch (fault) {
    case Fault::behind_exit: return "another one";
    case Fault::no_call: return "none";
    case Fault::inside_call: return "one inside a call";
    case Fault::calls_too_deep: return "one more";
    case Fault::no_generator: return "none";
    default: return "";
  }
}

// An operation nobody of that type can do: say the type.
std::string type_name(const engine::HeapFault& fault, trace::Vocabulary& vocabulary) {
  const auto& types = vocabulary.types();
  return raw(fault.type) < types.size() ? types[raw(fault.type)].name : "?";
}

// "gc is_finalized"
std::string event_words(trace::Op op) {
  const auto spelling = trace::spelling_of(op);
  return spelling ? std::string(spelling->verb) + " " + std::string(spelling->action) : "this event";
}

std::string note(const engine::HeapFault& fault, const trace::Reader& reader, std::string_view word) {
  if (fault.related == 0) return "";
  if (fault.fault == Fault::dead_object)
    return std::string(word) + " was freed " + when(fault.related, reader);
  return "";
}

}  // namespace

trace::TraceError describe(const engine::HeapFault& fault, const trace::EventBatch& batch, std::size_t event,
                           trace::Reader& reader) {
  trace::Reader::Place place = reader.locate(batch, event, fault.operand, fault.ordinal);
  trace::Vocabulary& vocabulary = reader.vocabulary();
  const trace::Event& e = batch.events[event];
  trace::TraceError error;
  error.where = std::move(place.where);
  error.source = std::move(place.source);
  error.source_column = place.source_column;
  error.fault = fault.fault;
  error.expected = expectation(fault.fault);
  std::string word = fault.symbol == kNoSymbol ? "" : std::string(vocabulary.symbols.word(raw(fault.symbol)));
  bool about_key = fault.operand == trace::Operand::key && e.key != kNoKey;
  error.got = got_instead(fault.fault);
  if (error.got.empty()) error.got = quoted(about_key ? std::string(vocabulary.keys.word(raw(e.key))) : word);
  if (fault.fault == Fault::no_open_unit) error.got = quoted("unit end");
  if (fault.fault == Fault::unsupported_operation && fault.operand == trace::Operand::whole) {
    error.expected = "a function that " + std::string(fault.profile) + " has";
    error.got = quoted(event_words(e.op));
  } else if (fault.fault == Fault::unsupported_operation) {
    error.got += ", a " + type_name(fault, vocabulary);
  }
  error.note = note(fault, reader, word);
  if (fault.fault == Fault::other_recording) {
    error.got = quoted(trace::spelling_of(e.op)->verb);
    error.note = "an approximate recording has 'recording approximate' in its header";
  }
  return error;
}

}  // namespace gcsim
