#include "terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "output.h"

namespace gcsim::cli {

namespace {

constexpr Choice<Color> kColors[] = {
    {"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}};
constexpr char kEraseLine[] = "\r\033[K";

class ProgressSource : public trace::Source {
 public:
  ProgressSource(std::unique_ptr<trace::Source> source, std::optional<std::uint64_t> size)
      : source_(std::move(source)), size_(size) {}

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    const auto got = source_->read(into, size);
    read_ += got.value_or(0);
    if (got.value_or(0) == 0) {
      line_.erase();
    } else if (line_.is_due()) {
      show();
    }
    return got;
  }
  void interrupt(bool is_on) override { source_->interrupt(is_on); }

 private:
  void show() {
    const double megabytes = static_cast<double>(read_) / 1e6;
    std::string text = fmt::format("{:.0f} MB read", megabytes);
    if (size_ && *size_ > 0) text += fmt::format(", {} %", read_ * 100 / *size_);
    line_.show(text + fmt::format(", {:.1f} MB/s", megabytes / line_.seconds()));
  }

  std::unique_ptr<trace::Source> source_;
  std::optional<std::uint64_t> size_;
  std::uint64_t read_ = 0;
  ProgressLine line_;
};

}  // namespace

void define_color(CLI::App& app, std::string& color) {
  app.add_option("--color", color, "auto (on a terminal), always or never")
      ->type_name("WHEN")
      ->capture_default_str();
}

Color choose_color(std::string_view word) {
  return choose("--color", word, kColors);
}

bool use_color(Color color, bool to_standard_output) {
  if (color != Color::automatic) return color == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  return to_standard_output && !unwanted && ::isatty(STDOUT_FILENO) == 1;
}

ProgressLine::ProgressLine() : shows_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(std::string_view text) {
  due_ = Clock::now() + std::chrono::milliseconds(200);
  print_message(fmt::format("{}{}", kEraseLine, text));
  is_shown_ = true;
}

void ProgressLine::erase() {
  if (is_shown_) print_message(kEraseLine);
  is_shown_ = false;
}

std::unique_ptr<trace::Source> with_progress(std::unique_ptr<trace::Source> source,
                                             std::optional<std::uint64_t> size) {
  if (::isatty(STDERR_FILENO) != 1) return source;
  return std::make_unique<ProgressSource>(std::move(source), size);
}

}  // namespace gcsim::cli
