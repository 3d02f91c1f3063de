// A trace that is read many times over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gcsim/sweep/replays.h"

namespace gcsim::cli {

class SweptTrace {
 public:
  // Reads it once, for its digest; keeps the bytes of what can be read only once. Throws InputOutputError.
  explicit SweptTrace(const std::string& path, std::optional<double> placement = std::nullopt);

  // From the beginning; from any thread. The trace must outlive what it answers.
  sweep::Open opener() const;
  const std::string& name() const { return name_; }
  // Of its bytes; where garbage is placed at another part of its interval than usual, that stands behind it.
  const std::string& sha256() const { return sha256_; }

 private:
  std::string path_;
  std::optional<double> placement_;  // of an approximate recording
  std::string name_;
  std::string sha256_;
  bool is_kept_ = false;
  std::string bytes_;  // if kept
};

}  // namespace gcsim::cli
