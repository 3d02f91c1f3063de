#include "golden.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "exit_status.h"

namespace gcsim::cli {

namespace {

constexpr std::size_t kShown = 10;  // differing lines
constexpr std::string_view kMissing = "(no such line)";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string_view extension(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const bool in_name = dot != std::string_view::npos && path.find('/', dot) == std::string_view::npos;
  return in_name ? path.substr(dot) : std::string_view();
}

report::Format format_for(std::string_view extension) {
  if (extension == ".json") return report::Format::json;
  if (extension == ".jsonl") return report::Format::jsonl;
  if (extension == ".txt") return report::Format::text;
  return report::Format::transcript;
}

}  // namespace

std::optional<std::string> read_text(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw InputOutputError(fmt::format("can't read {}: {}", path, std::strerror(errno)));
  std::string text;
  char block[1 << 14];
  while (const std::size_t got = std::fread(block, 1, sizeof block, file.get())) text.append(block, got);
  if (std::ferror(file.get()) != 0) {
    throw InputOutputError(fmt::format("can't read {}: {}", path, std::strerror(errno)));
  }
  return text;
}

report::Format golden_format(const std::string& path, const std::optional<std::string>& content) {
  if (!content) return format_for(extension(path));
  if (content->starts_with("# ")) return report::Format::transcript;
  if (content->starts_with("{\"")) return report::Format::jsonl;
  if (content->starts_with("{")) return report::Format::json;
  return report::Format::text;
}

std::string golden_path(const std::string& trace, const std::string& directory) {
  const std::string stem = trace.substr(0, trace.size() - extension(trace).size()) + ".golden";
  return directory.empty() ? stem : directory + "/" + stem.substr(stem.rfind('/') + 1);
}

std::string golden_difference(const std::string& path, std::string_view expected, std::string_view got,
                              report::Format format) {
  const auto want = lines_of(expected);
  const auto have = lines_of(got);
  std::string text;
  std::size_t differing = 0;
  for (std::size_t i = format == report::Format::transcript ? 1 : 0; i < std::max(want.size(), have.size());
       ++i) {
    const std::string_view wanted = i < want.size() ? want[i] : kMissing;
    const std::string_view found = i < have.size() ? have[i] : kMissing;
    if (wanted == found || ++differing > kShown) continue;
    text +=
        fmt::format("{}:{}: golden differs\n  expected: {}\n  got:      {}\n", path, i + 1, wanted, found);
  }
  if (differing > kShown) text += fmt::format("{}: ... and {} more lines\n", path, differing - kShown);
  return text;
}

}  // namespace gcsim::cli
