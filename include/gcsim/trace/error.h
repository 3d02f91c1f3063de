// What can be wrong with a trace, and where.
//
// Faults are values, not exceptions. A reader finds those of form; the engine finds those that contradict
// the heap (engine::HeapFault) and the replay loop gives them the position of their event. Both end in
// this one shape and are printed the same way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gcsim::trace {

enum class Fault : std::uint8_t {
  // form, found by the readers
  malformed_json,
  malformed_text,  // an unfinished quote, a bad escape, a word that can't be an ID
  unknown_event,
  unknown_type,
  missing_field,
  surplus_field,
  wrong_value_type,
  number_out_of_range,
  header_after_events,
  duplicate_header,  // a header line or a class given twice
  unsupported_version,
  invalid_utf8,
  truncated,
  line_too_long,
  nesting_too_deep,
  empty_trace,
  bad_trailer,   // the trace's own count of its events is wrong, or events follow it
  input_failed,  // the system could not read it; the note has its words
  damaged,       // bytes of a binary or compressed file are not those that were written
  // meaning, found by the engine
  unknown_id,
  dead_object,
  duplicate_id,
  unbound_name,
  missing_key,
  missing_attribute,
  empty_container,
  unsupported_operation,
  behind_exit,     // the interpreter has exited
  unknown_module,  // not in sys.modules
  not_executing,   // not the module that is being executed
  not_held,        // C code has no such reference
  no_open_unit,    // a code unit ends that has not begun
  no_call,         // nothing to return from
  inside_call,     // the exit of the interpreter, before the calls have returned
  calls_too_deep,
  no_generator,     // a yield outside a generator
  not_resumable,    // a generator that has ended, or that runs already
  other_recording,  // an event of approximate recordings only, or of all others only
  // configuration
  unknown_profile,
  bad_expectation,
  // conversion
  unsayable,  // in the form that was asked for
};

// The words printed for a fault: "unknown event", "dead object", ..
std::string_view words(Fault fault);

struct Position {
  std::string file;                                  // as given by the user; "<stdin>" for -
  std::uint64_t line = 0;                            // from 1; 0 = the file as a whole
  std::uint32_t column = 0;                          // from 1, in bytes; 0 = the whole line
  std::optional<std::uint64_t> byte = std::nullopt;  // from 0, in a binary or compressed file
};

struct TraceError {
  Position where;
  Fault fault = Fault::malformed_text;
  std::string expected;             // "the ID of a live object"
  std::string got;                  // "'o17'"; may be empty
  std::string note;                 // "o17 was freed at line 9"; may be empty
  std::string source;               // the line it is about, or a part of it; may be empty
  std::uint32_t source_column = 1;  // the column of the first byte of `source`
};

// The error as people read it, several lines, each ended by a line feed:
//   file:line:column: error: dead object: expected the ID of a live object, got 'o17'
//     ref l[] o17
//             ^~~
//     note: o17 was freed at line 9
// Long source lines are cut around the column; control characters are shown as '.'.
std::string format(const TraceError& error);

}  // namespace gcsim::trace
