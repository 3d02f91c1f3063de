// What each setting costs in work and in memory, as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gcsim/sweep/report.h"
#include "words.h"

namespace gcsim::sweep {

namespace {

// A logarithmic axis from the last round number below its least value to the first one above its largest;
// 0, if it occurs, has a place of its own in front.
class Axis {
 public:
  struct Tick {
    double place = 0;
    std::string label;
  };

  Axis(std::span<const Row> rows, const Cost& cost) : cost_(cost) {
    std::uint64_t largest = 1;
    std::uint64_t least = ~std::uint64_t{0};
    for (const Row& row : rows) {
      largest = std::max(largest, cost.of(row));
      if (cost.of(row) != 0) least = std::min(least, cost.of(row));
    }
    const bool has_zero =
        std::any_of(rows.begin(), rows.end(), [&](const Row& r) { return cost.of(r) == 0; });
    least = std::min(least, largest);
    first_ = has_zero ? kZeroTakes : 0;
    int begin = 0;
    while (round_number(begin + 1) <= static_cast<double>(least)) ++begin;
    int end = begin + 1;
    while (round_number(end) < static_cast<double>(largest)) ++end;
    begin_ = std::log10(round_number(begin));
    end_ = std::log10(round_number(end));
    if (has_zero) ticks_.push_back({0, "0"});
    const bool is_wide = end - begin > kMostTicks;
    for (int k = begin; k <= end; ++k) {
      if (!is_wide || k % 3 == 0) ticks_.push_back({place_of(round_number(k)), label(k)});
    }
  }

  // 0 to 1.
  double place(const Row& row) const { return place_of(static_cast<double>(cost_.of(row))); }
  const std::vector<Tick>& ticks() const { return ticks_; }

 private:
  static constexpr double kZeroTakes = 0.07;
  static constexpr int kMostTicks = 6;

  // 1, 2, 5, 10, 20 ...
  static double round_number(int k) {
    static constexpr double kFirst[] = {1, 2, 5};
    return kFirst[k % 3] * std::pow(10, k / 3);
  }
  double place_of(double value) const {
    if (value <= 0) return 0;
    return first_ + (1 - first_) * std::clamp((std::log10(value) - begin_) / (end_ - begin_), 0.0, 1.0);
  }
  std::string label(int k) const {
    static constexpr std::string_view kUnits[] = {"", "k", "M", "G", "T", "P", "E"};
    const int unit = k / 9;
    return fmt::format("{}{}{}", std::lround(round_number(k - 9 * unit)), kUnits[unit],
                       cost_.is_memory ? "B" : "");
  }

  const Cost& cost_;
  double first_ = 0;            // where the least value's round number stands
  double begin_ = 0, end_ = 0;  // logarithms
  std::vector<Tick> ticks_;
};

const Cost& work() {
  return *find_cost("visited");
}
const Cost& memory() {
  return *find_cost("peak_garbage");
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

// In the colours of whoever looks: light or dark.
constexpr std::string_view kStyle =
    "<style>svg{font:12px sans-serif;background:#fff;color:#222}"
    "@media(prefers-color-scheme:dark){svg{background:#181818;color:#ddd}}"
    "text{fill:currentColor}.axis,.grid{stroke:currentColor}.grid{opacity:.15}"
    ".point{fill:currentColor;opacity:.35}.front{fill:#d4570a}.line{fill:none;stroke:#d4570a}"
    ".base{fill:none;stroke:#1a73c9;stroke-width:2}</style>\n";

class Svg {
 public:
  explicit Svg(const Sweep& sweep)
      : s_(sweep), x_(sweep.rows, work()), y_(sweep.rows, memory()), front_(pareto_front(sweep.rows)) {}

  std::string text() {
    out_ = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\">\n<title>{}: "
        "objects walked and peak garbage of {}</title>\n{}",
        kWidth, kHeight, escaped(s_.facts.trace), counted(s_.rows.size(), "setting"), kStyle);
    grid();
    line();
    for (std::size_t k = 0; k < s_.rows.size(); ++k) point(k);
    legend();
    return std::move(out_) + "</svg>\n";
  }

 private:
  static constexpr int kWidth = 760, kHeight = 480, kLeft = 70, kRight = 20, kTop = 40, kBottom = 50;

  double x(double place) const { return kLeft + place * (kWidth - kLeft - kRight); }
  double y(double place) const { return kHeight - kBottom - place * (kHeight - kTop - kBottom); }

  void grid() {
    for (const Axis::Tick& tick : x_.ticks()) {
      const double at = x(tick.place);
      out_ += fmt::format(
          "<path class=\"grid\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/><text x=\"{0:.1f}\" y=\"{3}\" "
          "text-anchor=\"middle\">{4}</text>\n",
          at, y(0), y(1), kHeight - kBottom + 18, tick.label);
    }
    for (const Axis::Tick& tick : y_.ticks()) {
      const double at = y(tick.place);
      out_ += fmt::format(
          "<path class=\"grid\" d=\"M{0:.1f} {1:.1f}H{2:.1f}\"/><text x=\"{3}\" y=\"{4:.1f}\" "
          "text-anchor=\"end\">{5}</text>\n",
          x(0), at, x(1), kLeft - 8, at + 4, tick.label);
    }
    out_ += fmt::format(
        "<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">objects walked</text>\n"
        "<text transform=\"translate(16 {:.1f}) rotate(-90)\" text-anchor=\"middle\">peak garbage</text>\n",
        x(0.5), kHeight - 10, y(0.5));
  }

  void line() {
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < s_.rows.size(); ++k) {
      if (front_[k] && s_.rows[k].setting.profile == s_.rows.front().setting.profile) order.push_back(k);
    }
    std::sort(order.begin(), order.end(),
              [this](std::size_t a, std::size_t b) { return s_.rows[a].visited() < s_.rows[b].visited(); });
    std::string path;
    for (const std::size_t k : order)
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", x(x_.place(s_.rows[k])),
                          y(y_.place(s_.rows[k])));
    if (!path.empty()) out_ += fmt::format("<path class=\"line\" d=\"{}\"/>\n", path);
  }

  void point(std::size_t k) {
    const Row& row = s_.rows[k];
    const double at_x = x(x_.place(row));
    const double at_y = y(y_.place(row));
    const std::string title =
        fmt::format("{} {}: {} walked, {} of garbage", row.setting.profile->name, words(row.setting),
                    counted(row.visited(), "object"), counted(row.peak_garbage_bytes, "byte"));
    out_ +=
        fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"><title>{}</title></circle>\n",
                    front_[k] ? "front" : "point", at_x, at_y, front_[k] ? 4 : 3, escaped(title));
    if (s_.base == k)
      out_ += fmt::format("<circle class=\"base\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"7\"/>\n", at_x, at_y);
  }

  void legend() {
    out_ += fmt::format(
        "<text x=\"{}\" y=\"20\">{}: {}; orange: no other walks less and leaves less{}</text>\n", kLeft,
        escaped(s_.facts.trace), counted(s_.rows.size(), "setting"), s_.base ? "; ring: the default" : "");
  }

  const Sweep& s_;
  Axis x_, y_;
  std::vector<bool> front_;
  std::string out_;
};

}  // namespace

std::string svg_of(const Sweep& sweep) {
  return Svg(sweep).text();
}

std::string plot_of(const Sweep& sweep) {
  constexpr std::size_t kColumns = 64;
  constexpr std::size_t kLines = 16;
  const Axis x(sweep.rows, work());
  const Axis y(sweep.rows, memory());
  const std::vector<bool> front = pareto_front(sweep.rows);
  // By rank: what is more worth seeing covers the rest.
  static constexpr std::string_view kMarks[] = {" ", "·", "●", "◎"};
  std::vector<std::array<int, kColumns>> cells(kLines);
  for (std::size_t k = 0; k < sweep.rows.size(); ++k) {
    const auto column = static_cast<std::size_t>(std::lround(x.place(sweep.rows[k]) * (kColumns - 1)));
    const auto line = static_cast<std::size_t>(std::lround((1 - y.place(sweep.rows[k])) * (kLines - 1)));
    cells[line][column] = std::max(cells[line][column], sweep.base == k ? 3 : front[k] ? 2 : 1);
  }
  std::string text = "peak garbage\n";
  for (std::size_t line = 0; line < kLines; ++line) {
    std::string label;
    for (const Axis::Tick& tick : y.ticks()) {
      const auto at = std::lround((1 - tick.place) * (kLines - 1));
      if (static_cast<std::size_t>(at) == line) label = tick.label;
    }
    text += fmt::format("{:>6} {}", label, label.empty() ? "│" : "┤");
    std::string cell_text;
    for (const int cell : cells[line]) cell_text += kMarks[cell];
    while (cell_text.ends_with(' ')) cell_text.pop_back();
    text += cell_text + "\n";
  }
  std::string axis;
  std::string labels(kColumns + 8, ' ');
  for (std::size_t column = 0; column < kColumns; ++column) {
    std::string_view piece = "─";
    for (const Axis::Tick& tick : x.ticks()) {
      if (static_cast<std::size_t>(std::lround(tick.place * (kColumns - 1))) != column) continue;
      piece = "┴";
      labels.replace(std::min(column, kColumns + 8 - tick.label.size()), tick.label.size(), tick.label);
    }
    axis += piece;
  }
  while (labels.ends_with(' ')) labels.pop_back();
  text += fmt::format("       └{}\n        {}\n", axis, labels);
  return text + "        objects walked; ● no other setting walks less and leaves less, ◎ the default\n";
}

}  // namespace gcsim::sweep
