// Writers: one per format, turning the events that readers yield back into a trace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gcsim/trace/event.h"
#include "gcsim/trace/reader.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::trace {

// What a format has no words for.
struct Unsayable {
  EventIndex event = 0;  // 0: in the header
  std::string expected;
  std::string got;
};

// Where the bytes go. It may throw.
using Output = std::function<void(std::string_view)>;

class Writer {
 public:
  virtual ~Writer() = default;

  // The header of the trace. To be called once, before anything else, when the reader has its first events.
  virtual std::optional<Unsayable> begin(const Header& header) = 0;
  // The next events, with their expectations. The batch is that of the vocabulary's reader.
  virtual std::optional<Unsayable> write(const EventBatch& batch) = 0;
  // The trailer.
  virtual void finish() = 0;
};

// The vocabulary must outlive the writer.
std::unique_ptr<Writer> make_writer(Format format, const Vocabulary& words, Output output);

}  // namespace gcsim::trace
