// What depends on a person watching: colour and progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "arguments.h"
#include "gcsim/trace/reader.h"

namespace gcsim::cli {

enum class Color { automatic, always, never };

void define_color(CLI::App& app, std::string& color);
// Throws UsageError.
Color choose_color(std::string_view word);
// `automatic` means: standard output is the destination, and a terminal, and NO_COLOR is not set.
bool use_color(Color color, bool to_standard_output);

// A line on standard error that is written over and over, and erased at the end. Shows nothing in the first
// second, nor where standard error is no terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { erase(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool is_due() const { return shows_ && Clock::now() >= due_; }
  // Since it was made.
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
  void show(std::string_view text);
  void erase();

 private:
  using Clock = std::chrono::steady_clock;

  bool shows_;
  bool is_shown_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point due_ = start_ + std::chrono::seconds(1);
};

// The same source, with a progress line that says how far it has been read.
std::unique_ptr<trace::Source> with_progress(std::unique_ptr<trace::Source> source,
                                             std::optional<std::uint64_t> size);

}  // namespace gcsim::cli
