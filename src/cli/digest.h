// The SHA-256 of the bytes a source yields, so that a report can say which trace it is about.
//
// A reader owns its source and may drop it when it has read everything; the digest outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gcsim/trace/reader.h"

namespace gcsim::cli {

class Digest {
 public:
  explicit Digest(std::unique_ptr<trace::Source> source);
  ~Digest();

  // The same bytes, to be read by somebody else.
  static std::unique_ptr<trace::Source> source_of(std::shared_ptr<Digest> digest);

  std::optional<std::size_t> read(char* into, std::size_t size);
  // As Source::interrupt.
  void interrupt(bool is_on);
  // Reads what nobody has read yet.
  void drain();
  // In hexadecimal; nothing unless the source was read to its end.
  std::optional<std::string> hex() const;

 private:
  struct State;
  std::unique_ptr<trace::Source> source_;
  std::unique_ptr<State> state_;
  bool at_end_ = false;
};

}  // namespace gcsim::cli
