// The table for people.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "gcsim/sweep/report.h"
#include "words.h"

namespace gcsim::sweep {

namespace {

constexpr std::size_t kRowsShown = 60;

class SweepText {
 public:
  SweepText(const Sweep& sweep, std::span<const Budget> budgets, bool color)
      : s_(sweep), budgets_(budgets), style_(color), front_(pareto_front(sweep.rows)) {
    if (!budgets_.empty()) choice_ = choose(sweep.rows, budgets_);
    for (const Row& row : s_.rows) setting_width_ = std::max(setting_width_, words(row.setting).size());
  }

  std::string text() {
    facts();
    const profile::Profile* profile = nullptr;
    shown_ = s_.rows.size() <= kRowsShown ? s_.rows.size() : 0;
    for (std::size_t k = 0; k < s_.rows.size(); ++k) {
      if (s_.rows[k].setting.profile != profile) heading(*s_.rows[k].setting.profile);
      profile = s_.rows[k].setting.profile;
      if (!is_shown(k)) continue;
      row(k);
      if (!s_.least.empty()) {
        figures("   at least", s_.least[k]);
        figures("   at most", s_.most[k]);
      }
    }
    legend();
    if (choice_) {
      recommendation();
    } else if (!budgets_.empty()) {
      line("\nIn every setting events were refused: there is nothing to choose from.");
    }
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += '\n';
  }
  void facts() {
    const SweepFacts& f = s_.facts;
    std::string what = fmt::format("{}, {}", counted(f.events, "event"), counted(s_.rows.size(), "setting"));
    if (f.shard.of > 1)
      what +=
          fmt::format(" (part {} of {} of a grid of {})", f.shard.number, f.shard.of, grouped(f.settings));
    line("{} {}", style_.heading(f.trace + ":"), what);
    if (!f.complete) line("  INCOMPLETE: the trace is cut off here");
    if (f.method != "one-pass") {
      if (!f.because.empty()) line("  by replays, because {}", f.because);
    } else if (f.because.empty()) {
      line("  in one pass");
    } else {
      line("  in one pass, but for settings that were replayed because {}", f.because);
    }
    if (!f.placements.empty())
      line("  garbage may begin elsewhere in its intervals: below each row the range over {}",
           fmt::join(f.placements, ", "));
  }

  // A long table is cut down to what is worth reading.
  bool is_shown(std::size_t k) const {
    return shown_ != 0 || front_[k] || is_default(k) || (choice_ && choice_->row == k);
  }
  bool is_default(std::size_t k) const { return s_.base == k; }

  void heading(const profile::Profile& profile) {
    const std::size_t width = setting_width_ + 3;
    line("\n{:<{}}{:>24}{:>9}{:>14}{:>12}{:>15}{:>15}", "", width, "collections", "", "objects", "longest",
         "peak garbage", "peak memory");
    line("{}{:>{}}{:>8}{:>7}{:>9}{:>14}{:>12}{:>15}{:>15}", style_.heading(profile.name), "0",
         width + 9 - std::min(width + 8, profile.name.size()), "1", "2", "useless", "walked", "walk", "bytes",
         "bytes");
  }

  void row(std::size_t k) {
    const Row& r = s_.rows[k];
    const char mark = r.refused_events != 0 ? '!' : front_[k] ? '*' : ' ';
    const char base = is_default(k) ? '=' : ' ';
    const std::string text = columns(fmt::format("{}{} {}", mark, base, words(r.setting)), r);
    line("{}", choice_ && choice_->row == k ? style_.heading(text) : text);
  }
  void figures(std::string_view what, const Row& r) { line("{}", columns(what, r)); }

  std::string columns(std::string_view what, const Row& r) const {
    return fmt::format("{:<{}}{:>9}{:>8}{:>7}{:>9}{:>14}{:>12}{:>15}{:>15}", what, setting_width_ + 3,
                       grouped(r.generation[0].collections), grouped(r.generation[1].collections),
                       grouped(r.generation[2].collections), grouped(r.useless()), grouped(r.visited()),
                       grouped(r.longest_walk), grouped(r.peak_garbage_bytes), grouped(r.peak_bytes));
  }

  void legend() {
    out_ += '\n';
    if (shown_ == 0)
      line("Only the best of {} are shown; --format csv has them all.", counted(s_.rows.size(), "setting"));
    line("* no other setting of its profile walks fewer objects and lets less garbage lie");
    if (s_.base) line("= the default");
    const auto refuses = [](const Row& row) { return row.refused_events != 0; };
    const auto refusing = std::count_if(s_.rows.begin(), s_.rows.end(), refuses);
    if (refusing == 0) return;
    const Row& first = *std::find_if(s_.rows.begin(), s_.rows.end(), refuses);
    line("! {} of the trace could not happen here: what {} use was collected",
         counted(first.refused_events, "event"), refusing == 1 ? "they" : "such events");
  }

  void recommendation() {
    const Row& chosen = s_.rows[choice_->row];
    if (!choice_->fits) {
      line("\nNo setting keeps {}. The nearest:", limits());
    } else {
      line("\nOf {} that {} {}, this one has the least {}:", counted(choice_->within, "setting"),
           choice_->within == 1 ? "keeps" : "keep", limits(), title_of(*choice_->least));
    }
    line("  {}", style_.heading(python_words(chosen.setting)));
    line("  {}", figures_of(chosen));
    if (!s_.most.empty())
      line("  at most, wherever garbage is placed: {}", figures_of(s_.most[choice_->row]));
    if (!s_.base) return;
    const Row& base = s_.rows[*s_.base];
    if (choice_->row == *s_.base) {
      line("  It is the default.");
    } else {
      line("  The default, {}:\n  {}", words(base.setting), figures_of(base));
    }
  }

  std::string limits() const {
    std::string text;
    for (const Budget& budget : budgets_) {
      if (!text.empty()) text += " and ";
      text += fmt::format("{} within {}", title_of(*budget.cost), in_unit(budget.limit, *budget.cost));
    }
    return text;
  }

  static std::string figures_of(const Row& row) {
    return fmt::format("{}, {} useless; {} walked, at most {} at once; at most {} of garbage, {} of memory",
                       counted(row.collections(), "collection"), grouped(row.useless()),
                       counted(row.visited(), "object"), grouped(row.longest_walk),
                       counted(row.peak_garbage_bytes, "byte"), counted(row.peak_bytes, "byte"));
  }

  const Sweep& s_;
  std::span<const Budget> budgets_;
  report::Style style_;
  std::vector<bool> front_;
  std::optional<Choice> choice_;
  std::size_t setting_width_ = 12;
  std::size_t shown_ = 0;  // 0: only what is worth reading
  std::string out_;
};

}  // namespace

std::string text_of(const Sweep& sweep, std::span<const Budget> budgets, bool color) {
  return SweepText(sweep, budgets, color).text();
}

}  // namespace gcsim::sweep
