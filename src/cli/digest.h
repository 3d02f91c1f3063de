// The SHA-256 of the bytes a source yields, so that a report can say which trace it is about.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gcsim/trace/reader.h"

namespace gcsim::cli {

class DigestSource : public trace::Source {
 public:
  explicit DigestSource(std::unique_ptr<trace::Source> source);
  ~DigestSource() override;

  std::optional<std::size_t> read(char* into, std::size_t size) override;
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
