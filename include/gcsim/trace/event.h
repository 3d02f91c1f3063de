// Events: the steps the traced program took, as every reader yields them.
//
// An event is a flat record of 32 bytes that names its operands by dense numbers. Which fields an
// operation uses stands beside each Op; unused ones hold the kNo.. values. Operands that come in any
// number (elements of a tuple, names of a del, thresholds) lie in the batch's operand array.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::trace {

enum class Op : std::uint8_t {
  alloc,     // subject: the ID; type; name: what it is bound to (the ID unless `as` says otherwise);
             // value: the name a resurrecting finalizer binds; literal; number: size in bytes, 0 = the type's
             // own; operands: elements of a tuple (SymbolId)
  bind,      // name = value                             ref NAME ID
  add,       // subject.append(value), subject.add(value); in recordings: one more reference   ref L[] ID
  set_item,  // subject[key] = value; number: the key as a list index, or kNoIndex              ref D[K] ID
  del_item,  // del subject[key]; number as above                                             unref D[K]
  pop,       // subject.pop(), subject.popitem()                                              unref L[]
  remove,    // subject.remove(value) by identity, in a set by equality                       unref L[] ID
  clear,     // subject.clear()
  del,       // operands: the names (SymbolId), unbound from left to right
  set_attr,  // subject.key = value
  del_attr,  // del subject.key
  dict,      // name = subject.__dict__; name may be kNoSymbol
  weakref,   // name = subject = weakref.ref(value); flags kCallback, kRaises
  collect,   // gc.collect(number)
  enable,
  disable,
  set_threshold,  // operands: one to three thresholds (std::int32_t kept as std::uint32_t)
  freeze,
  unfreeze,
  set_debug,         // number: the flags of gc.set_debug
  get_count,         // gc.get_count(), which itself takes a tuple
  inspect_refcount,  // subject
  inspect_generations,
  track,          // subject entered the collector's lists here     (recordings, explicit tracking)
  untrack,        // subject left them
  resize,         // subject's memory block now has number bytes
  exit,           // the interpreter exits: a last collection, the names go, another one; nothing may follow
  check,          // a pending collection may run here (3.12 and later)
  inspect_is,     // subject is value?
  import_module,  // import subject: value: its outermost package; key: that one's word; number: the KeyId of
                  // the whole name; name: what it is bound to, if `as` says so
  import_from,    // from subject import value; key: the value's word; number and name as above
  loaded,         // the execution of module subject ends here
  failed,         // an exception leaves it: subject is no module of sys.modules any more
  hold,           // C code takes a reference to subject
  release,        // and gives one back
  gc_is_enabled,
  gc_get_threshold,
  gc_get_stats,
  gc_get_objects,    // number: the generation, or kNoIndex: all
  gc_get_referrers,  // operands: the objects (SymbolId)
  gc_get_referents,  // likewise
  gc_is_tracked,     // subject
  gc_is_finalized,   // subject
  gc_freeze_count,
  gc_garbage,          // what gc.garbage holds
  gc_clear_garbage,    // del gc.garbage[:]
  gc_add_callback,     // gc.callbacks.append(name)
  gc_remove_callback,  // gc.callbacks.remove(name)
  unit_begin,          // from here on the code is one code unit; inside another one, a function's
  unit_end,
  load_constant,        // name = subject = a constant; type; literal
  add_in_place,         // name += literal; type
  intern,               // name = sys.intern(value)
  inspect_id,           // subject
  inspect_getrefcount,  // subject: what sys.getrefcount() would show
  call,     // a call of function key begins; operands: its arguments, as pairs of name and value (SymbolId)
  return_,  // the innermost call ends with value (kNoSymbol: None), which its caller binds to name, if given
  frame,    // name = subject = the frame of the innermost call (sys._getframe())
  raise,    // subject, an exception of that type with the arguments operands, is raised, leaves number calls
            // and is caught: name = subject
  generator,  // name = subject = a call of the generator function key; operands as for call
  next,       // the generator subject runs on, up to its next yield_, return_ or raise
  yield_,     // it waits; value and name as for return_
  // Of approximate recordings; only the placement stage understands the first two.
  die,      // subject's reference count reaches 0; operands: what it refers to (SymbolId)
  garbage,  // subject becomes unreachable between here and the number-th alloc behind; operands as for die
  own,      // number bytes without GC header belong to subject and go with it
  memory,   // operands: by how many bytes memory without GC header grew (std::int32_t kept as std::uint32_t)
  atomic,   // a collection that walks subject, a tuple or dict, untracks it from here on
  tick,     // the recorder looked at the heap here
};

// Whether the operands of such an event are numbers, not words.
constexpr bool has_number_operands(Op op) {
  return op == Op::set_threshold || op == Op::memory;
}

inline constexpr std::uint32_t kNoIndex = 0xffffffffu;

// Bits of Event::flags.
inline constexpr std::uint8_t kCallback = 1;        // weakref: with a callback
inline constexpr std::uint8_t kBypassFreeList = 2;  // alloc: "free_list":false
inline constexpr std::uint8_t kBefore = 4;          // alloc: older than the trace
inline constexpr std::uint8_t kOutside = 8;         // alloc, track: holds a container older than the trace
inline constexpr std::uint8_t kRaises = 16;         // weakref: its callback raises an exception
inline constexpr std::uint8_t kError = 32;          // alloc: while an exception is set: starts no collection
inline constexpr std::uint8_t kReused = 64;         // alloc: the recorded program took it from a free list

struct Event {
  Op op = Op::check;
  std::uint8_t flags = 0;
  TypeId type{0};
  SymbolId subject = kNoSymbol;
  SymbolId value = kNoSymbol;
  SymbolId name = kNoSymbol;
  union {
    KeyId key = kNoKey;
    LiteralId literal;
  };
  std::uint32_t number = 0;
  std::uint32_t operand_begin = 0;
  std::uint32_t operand_count = 0;
};
static_assert(sizeof(Event) == 32);

// Which operand of an event a fault is about; readers find its column.
enum class Operand : std::uint8_t {
  whole,  // the event as such
  subject,
  value,
  name,
  key,
  number,
  item,  // the ordinal-th entry of the operand array
  type,
};

// Where an event's source text lies in its batch, and in the file.
struct SourceRange {
  std::uint32_t offset = 0;  // bytes into EventBatch::text
  std::uint32_t length = 0;  // bytes, without the line end
  std::uint64_t line = 0;    // from 1
  std::uint32_t column =
      1;  // of the first byte, from 1 (not 1 in a JSON document with several events a line)
};

// Consecutive events, and their lines, equally far apart.
struct LineRun {
  EventIndex first = 0;
  std::uint64_t count = 0;
  std::uint64_t line = 0;  // of the first one
  std::uint64_t step = 0;
};

// What the trace's author says an event does: `# expect: free n1`. Only the text after "expect:"; the
// report room knows its words.
struct Expectation {
  EventIndex event = 0;  // the event it is about
  std::string text;
  std::uint64_t line = 0;
  std::uint32_t column = 1;
};

// A word with a dot that means a global of a module, where one of that name has been imported: `a.x`.
struct GlobalName {
  SymbolId symbol = kNoSymbol;  // a.x
  SymbolId module = kNoSymbol;  // a
  KeyId key = kNoKey;           // x
};

// A run of consecutive events. Readers fill it again and again; its memory is reused.
struct EventBatch {
  EventIndex first = 1;  // index of events[0]
  std::vector<Event> events;
  std::vector<std::uint32_t> operands;  // what operand_begin/operand_count point into
  std::vector<SourceRange> sources;     // one per event; none of a binary trace, whose lines are runs
  std::vector<LineRun> line_runs;       // in their order
  std::vector<Expectation> expectations;
  std::vector<GlobalName> globals;  // that its events name, once there are imports
  std::string text;                 // the source bytes the ranges point into

  std::span<const std::uint32_t> operands_of(const Event& e) const {
    return {operands.data() + e.operand_begin, e.operand_count};
  }
  // The line of the i-th event, 0 if nothing is known of it. O(1), or O(log n) in the number of runs.
  std::uint64_t line(std::size_t i) const {
    if (i < sources.size()) return sources[i].line;
    if (line_runs.empty()) return 0;
    const auto behind =
        std::upper_bound(line_runs.begin(), line_runs.end(), first + i,
                         [](EventIndex event, const LineRun& run) { return event < run.first; });
    const LineRun& run = *std::prev(behind);
    return run.line + (first + i - run.first) * run.step;
  }
  void clear() {
    first += events.size();
    events.clear();
    operands.clear();
    sources.clear();
    line_runs.clear();
    expectations.clear();
    globals.clear();
    text.clear();
  }
};

}  // namespace gcsim::trace
