// The comparison for people: one column for each run, four beside each other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "gcsim/report/comparison.h"
#include "gcsim/report/style.h"
#include "words.h"

namespace gcsim::report {

namespace {

constexpr std::size_t kColumns = 4;
constexpr char kNotApplicable[] = "-";

bool counts_references(const RunFigures& run) {
  return run.settings.reclamation != profile::Reclamation::mark_and_sweep;
}
bool has_collector(const RunFigures& run) {
  return run.settings.reclamation != profile::Reclamation::counting_only;
}

// With one decimal: 1,234.5.
std::string tenths(double value) {
  const auto n = static_cast<std::uint64_t>(std::llround(value * 10));
  return fmt::format("{}.{}", grouped(n / 10), n % 10);
}

std::string name_of_run(const RunFigures& run) {
  std::string name(run.settings.profile->name);
  if (run.settings.reclamation == run.settings.profile->reclamation) return name;
  return fmt::format("{} with collector {}", name, name_of(run.settings.reclamation));
}

class ComparisonText {
 public:
  ComparisonText(const Comparison& comparison, bool color) : c_(comparison), style_(color) {}

  std::string text() {
    line("{} {}", style_.heading(c_.trace.name + ":"), counted(c_.trace.events, "event"));
    if (!c_.trace.complete) line("  {}", style_.garbage("INCOMPLETE: the trace is cut off here"));
    for (begin_ = 0; begin_ < c_.runs.size(); begin_ += kColumns) table();
    out_ += '\n';
    for (const RunFigures& run : c_.runs) refusals(run);
    for (std::size_t run = 1; run < c_.runs.size(); ++run) difference(run);
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  // One line, with what `cell` says about each run.
  template <class Cell>
  void row(std::string_view title, Cell cell) {
    out_ += fmt::format("{:<30}", title);
    for (std::size_t k = begin_; k < std::min(begin_ + kColumns, c_.runs.size()); ++k)
      out_ += fmt::format("{:>17}", cell(c_.runs[k]));
    out_ += '\n';
  }
  void heading(std::string_view title) { line("{}", style_.heading(title)); }

  using Applies = bool (*)(const RunFigures&);
  template <class Value>
  void figures(std::string_view title, Applies applies, Value value) {
    if (std::none_of(c_.runs.begin(), c_.runs.end(), applies)) return;
    row(fmt::format("  {}", title), [&](const RunFigures& run) {
      return applies(run) ? grouped(value(run)) : std::string(kNotApplicable);
    });
  }
  template <class Value>
  void figures(std::string_view title, Value value) {
    figures(
        title, [](const RunFigures&) { return true; }, value);
  }

  void table() {
    out_ += '\n';
    row("", [](const RunFigures& run) { return run.settings.profile->name; });
    row("", [](const RunFigures& run) { return collector(run); });
    work();
    pauses();
    frees();
    garbage();
    row("Peak bytes of all objects", [](const RunFigures& r) { return grouped(r.totals.peak_bytes); });
    row("Extra bytes per object",
        [](const RunFigures& run) { return tenths(run.overhead_bytes_per_object()); });
  }

  static std::string collector(const RunFigures& run) {
    if (run.settings.reclamation != profile::Reclamation::counting_and_cycles)
      return std::string(name_of(run.settings.reclamation));
    return fmt::format("{}", fmt::join(run.settings.threshold, ", "));
  }

  void work() {
    heading("Work");
    figures("counts raised", counts_references, [](const RunFigures& r) { return r.operations.increments; });
    figures("counts lowered", counts_references, [](const RunFigures& r) { return r.operations.decrements; });
    figures("collections", has_collector, [](const RunFigures& r) { return r.collections; });
    figures("objects walked", has_collector, [](const RunFigures& r) { return r.objects_walked; });
    figures("references walked", has_collector, [](const RunFigures& r) { return r.references_walked; });
    figures(
        "slots swept over", [](const RunFigures& r) { return !counts_references(r); },
        [](const RunFigures& r) { return r.slots_walked; });
  }

  void pauses() {
    heading("Pauses");
    figures("longest collection", has_collector, [](const RunFigures& r) { return r.longest_walk; });
    figures("longest cascade of frees", counts_references,
            [](const RunFigures& r) { return r.longest_cascade; });
  }

  void frees() {
    heading("Objects freed");
    figures("by counting", counts_references, [](const RunFigures& r) { return r.totals.freed_by_refcount; });
    figures("by collections", has_collector, [](const RunFigures& r) { return r.totals.freed_by_collector; });
    figures("never, though garbage", [](const RunFigures& r) { return r.garbage_at_end; });
    row("  events waited: mean", [](const RunFigures& r) { return tenths(r.delays.mean()); });
    figures("  median", [](const RunFigures& r) { return r.delays.median(); });
    figures("  longest", [](const RunFigures& r) { return r.delays.longest(); });
  }

  void garbage() {
    heading("Garbage waiting");
    figures("peak objects", [](const RunFigures& r) { return r.totals.peak_garbage; });
    figures("peak bytes", [](const RunFigures& r) { return r.totals.peak_garbage_bytes; });
    figures("area, byte-events", [](const RunFigures& r) { return r.totals.garbage_area_bytes; });
  }

  void refusals(const RunFigures& run) {
    if (run.refused_events == 0) return;
    line("{}", style_.garbage(fmt::format(
                   "{}: {} can't happen under these rules, and {} no effect. The first:", name_of_run(run),
                   counted(run.refused_events, "event"), run.refused_events == 1 ? "has" : "have")));
    line("  {}", run.first_refusal);
  }

  void difference(std::size_t run) {
    const auto is_its = [run](const Difference& d) { return d.run == run; };
    const auto found = std::find_if(c_.differences.begin(), c_.differences.end(), is_its);
    const std::string first = name_of_run(c_.runs.front());
    const std::string other = name_of_run(c_.runs[run]);
    if (found == c_.differences.end()) {
      line("{} and {}: every event has the same effects.", first, other);
      return;
    }
    line("First difference at event {} (line {}):  {}", found->event, found->line,
         style_.heading(found->text));
    const std::size_t width = std::max(first.size(), other.size());
    line("  {:<{}}  {}", first, width, found->effects[0]);
    line("  {:<{}}  {}", other, width, found->effects[1]);
  }

  const Comparison& c_;
  Style style_;
  std::size_t begin_ = 0;  // the first run of the table
  std::string out_;
};

}  // namespace

std::string text_of(const Comparison& comparison, bool color) {
  return ComparisonText(comparison, color).text();
}

}  // namespace gcsim::report
