// A trace that is read many times over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gcsim/sweep/replays.h"
#include "input.h"

namespace gcsim::cli {

class SweptTrace {
 public:
  // Reads it once, for its digest; keeps the bytes of what can be read only once. Throws InputOutputError.
  explicit SweptTrace(const std::string& path, std::optional<double> placement = std::nullopt);

  // The same one, garbage placed elsewhere. REQUIRES: placement().
  SweptTrace placed_at(double placement) const;
  // Where garbage is placed in its intervals; nothing: the trace is exact.
  std::optional<double> placement() const;

  // From the beginning; from any thread. The trace must outlive what it answers.
  sweep::Open opener() const;
  const std::string& name() const { return name_; }
  // Of its bytes; where garbage is placed at another part of its interval than usual, that stands behind it.
  const std::string& sha256() const { return sha256_; }

 private:
  void place(std::optional<double> placement);
  Input open() const;

  std::string path_;
  std::optional<double> placement_;  // of an approximate recording
  std::string name_;
  std::string digest_;
  std::string sha256_;
  bool is_kept_ = false;
  std::string bytes_;  // if kept
};

}  // namespace gcsim::cli
