// What the author of a trace says an event does: `# expect: free n1; count 3 0 0`.
//
// Clauses, separated by semicolons. Lists are exact: these, in this order, and no others.
//   free ID..          objects with an ID that were freed
//   finalize ID..      whose __del__ ran
//   callback ID..      weak references whose callback ran
//   resurrect ID..     objects a finalizer made reachable again
//   ignored ID..       whose __del__, or weak references whose callback, raised an exception
//   order WORD:ID..    all of these in their order: free:a finalize:b callback:w
//   nothing            none of these, and no collection
//   no WORD            no free, finalize, callback, resurrect, collection, refused or error in this event
//   collect G [collected N] [uncollectable N] [visited N] [survivors N]
//                      a collection of generation G ran; one clause for each that ran
//   refused full       a full collection was due but refused
//   return N           what gc.collect() returned
//   count A B C        the generations' counts after the event
//   refcount N, tracked yes|no                          at inspect refcount
//   generations [ID..] [ID..] [ID..], long_lived T P    at inspect generations; <dict> for one without ID
//   WORD VALUE..       what another question was answered: is yes
//   same ID            the allocation returned this existing object
//   error WORD         the event was refused: dead, unbound, empty, absent, type, attribute, exists
//   alive ID.., dead ID..                               after the event
//   heap [arenas N] [pools N] [blocks N] [in_use N] [held N] [released N]
//                                                       the private heap after the event; see FORMAT.md
//   objects N, bytes N                                  all that is alive after the event
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gcsim::report {

enum class ClauseKind : std::uint8_t {
  free,
  finalize,
  callback,
  resurrect,
  order,
  nothing,
  no,
  collect,
  refused,
  returns,
  count,
  refcount,
  tracked,
  generations,
  long_lived,
  same,
  error,
  alive,
  dead,
  objects,
  bytes,
  heap,
  answer,  // the answer to a question; words[0]: which
  ignored,
};

struct Clause {
  ClauseKind kind = ClauseKind::nothing;
  std::vector<std::string> words;  // behind the first
  std::size_t offset = 0;          // of the clause in the expectation's text

  // The clause in its normal form, which is what an observed effect is compared with.
  std::string text() const;
};

struct ClauseError {
  std::size_t offset = 0;  // into the expectation's text
  std::string expected;
  std::string got;                      // the word, or what stands there instead of one
  std::vector<std::string_view> known;  // the words that could stand there, if they are a list
};

using ParsedExpectation = std::variant<std::vector<Clause>, ClauseError>;
ParsedExpectation parse_expectation(std::string_view text);

std::string_view word_of(ClauseKind kind);

}  // namespace gcsim::report
