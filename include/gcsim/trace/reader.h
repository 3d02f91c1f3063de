// Readers: one per format (text, JSON document, JSON Lines, binary), all yielding the same events.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gcsim/trace/error.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::trace {

enum class Format : std::uint8_t { text, json, json_lines, binary };

// How many blocks a type's free list holds when the trace begins.
struct FreeListFill {
  std::string type;                     // "list", "tuple"
  std::optional<std::uint32_t> length;  // tuple[2] -> 2
  std::uint32_t held = 0;
};

// What the recorder of an approximate recording saw the program do under the recorder's own thresholds.
struct Observed {
  std::array<std::int32_t, 3> threshold{};
  std::array<std::uint64_t, 3> collections{};  // by generation
  std::array<std::uint64_t, 3> collected{};
};

// What a trace says before its first event. Absent fields leave the profile's own value.
struct Header {
  std::optional<std::string> profile;
  Position profile_position;
  std::vector<std::int32_t> threshold;  // none, or one to three
  std::optional<bool> enabled;
  std::optional<std::array<std::int32_t, 3>> count;
  bool explicit_tracking = false;  // recordings: track and untrack events say what is tracked
  std::vector<FreeListFill> free_lists;
  std::uint64_t long_lived_total = 0;  // tracked objects older than the trace
  std::string recorded;                // what was recorded, for people; may be empty
  bool is_approximate = false;  // recordings: garbage is only known to lie between two looks at the heap
  std::uint32_t interval = 0;   // approximate recordings: allocations between two looks; 0: not said
  std::string python;           // recordings: the version that ran; may be empty
  bool is_complete = true;      // false: the recording was cut short
  std::optional<Observed> observed;
  std::vector<std::uint32_t>
      available_slots;               // none, or mark and sweep's slots and how many to keep available
  Format written_as = Format::text;  // the form whose lines the events stand in
};

// Limits that keep a hostile file from taking the machine with it.
inline constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxNesting = 64;  // of JSON values
inline constexpr std::size_t kMaxTypes = 65'535;
inline constexpr std::uint32_t kMaxSlots = 10'000'000;  // created ahead of time

// Where the bytes come from. The file is read in blocks, never as a whole unless the format needs it.
class Source {
 public:
  virtual ~Source() = default;
  // Up to `size` bytes into `into`; 0 at the end; nothing on an input error (errno says which).
  virtual std::optional<std::size_t> read(char* into, std::size_t size) = 0;
  // While it is on, read() does not wait: it answers what there is, and fails if that is nothing. For
  // another thread than the one that reads; a source that is never waited for need not heed it.
  virtual void interrupt(bool is_on) { static_cast<void>(is_on); }
};
std::unique_ptr<Source> memory_source(std::string_view bytes);  // the bytes must outlive it
// Closes the file unless it is stdin. REQUIRES: nothing has been read from it.
std::unique_ptr<Source> file_source(std::FILE* file);

class Reader {
 public:
  virtual ~Reader() = default;

  virtual const Header& header() const = 0;
  virtual Vocabulary& vocabulary() = 0;

  enum class Status : std::uint8_t { events, end, fault };
  // Replaces the batch by the next events (some thousand; fewer before a fault or the end; none between
  // very many expectations).
  // A fault comes only after the events before it were handed out; error() then says what it is, and
  // the next call goes on behind it where the format allows (text, JSON Lines), else answers `end`.
  // `end` leaves in the batch what stood behind the last event (expectations).
  virtual Status next(EventBatch& batch) = 0;
  virtual const TraceError& error() const = 0;

  // Says that nobody uses these words any more: their numbers may come to mean others. A binary reader reads
  // ahead and has to be told so; words that it has met again meanwhile stay.
  virtual void forget(std::span<const SymbolId> words);

  // Says that no more events will be asked for. When it returns, nobody reads from the source any more.
  virtual void close() {}

  // The position of an operand of an event of this batch, and the source line it stands in.
  struct Place {
    Position where;
    std::string source;               // of a very long line only the part around the column ..
    std::uint32_t source_column = 1;  // .. which begins here
  };
  virtual Place locate(const EventBatch& batch, std::size_t event, Operand operand,
                       std::uint32_t ordinal) const = 0;

  // The line of an earlier event, while it is known (an irregular file of millions of events may lose it).
  virtual std::optional<std::uint64_t> line_of(EventIndex event) const = 0;
};

// Who decodes text and JSON Lines; binary traces are always decoded ahead.
enum class Decoding : std::uint8_t {
  in_place,  // whoever asks for events
  ahead,     // a thread of the reader's own, some batches ahead, once the trace turns out to be long
};

// Opens a trace: finds out its format (content first, then the name's extension) and reads the header.
// `name` is what errors call it. Answers the error if there is no trace to read. A failing Source is
// reported as Fault::input_failed.
std::variant<std::unique_ptr<Reader>, TraceError> open(std::unique_ptr<Source> source, std::string name,
                                                       Decoding decoding = Decoding::in_place);

}  // namespace gcsim::trace
