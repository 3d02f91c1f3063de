#include "text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gcsim::report {

namespace {

using profile::Reclamation;

constexpr std::size_t kShown = 10;  // of each list of leaks

class TextSummary {
 public:
  TextSummary(const Summary& summary, const Style& style) : s_(summary), style_(style) {}

  std::string text() {
    if (s_.trace.stopped_by_fault) return stopped();
    head();
    totals();
    collections();
    free_lists();
    heap();
    leaks();
    if (s_.band) band(*s_.band);
    if (s_.pauses) pauses(*s_.pauses);
    return std::move(out_);
  }

 private:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    out_ += fmt::format(format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  // The heading of a table. Colour codes have no width, so only the first column may carry them.
  template <class... Columns>
  void heading(std::string_view title, const Columns&... columns) {
    out_ += style_.heading(fmt::format("{:<24}", title));
    (..., (out_ += fmt::format("{:>14}", columns)));
    out_ += '\n';
  }

  template <class... Values>
  void row(std::string_view title, const Values&... values) {
    out_ += fmt::format("  {:<22}", title);
    (..., (out_ += fmt::format("{:>14}", grouped(values))));
    out_ += '\n';
  }

  // Figures of a replay that a fault ended would only mislead.
  std::string stopped() const {
    return fmt::format("{} {}\n", style_.heading(s_.trace.name + ":"),
                       style_.garbage(fmt::format("stopped by a fault after {}; no summary",
                                                  counted(s_.trace.events, "event"))));
  }

  void head() {
    line("{} {}", style_.heading(s_.trace.name + ":"), counted(s_.trace.events, "event"));
    if (!s_.trace.complete) {
      line("  {}",
           style_.garbage("INCOMPLETE: this is the state where the replay ended, not the end of the trace"));
    } else if (s_.trace.faults > 0) {
      line("  {}", style_.garbage(fmt::format("FAULTY: {} in the trace, without effect here",
                                              counted(s_.trace.faults, "fault"))));
    }
    if (!s_.trace.recorded.empty()) line("  recording of {}", s_.trace.recorded);
    if (s_.trace.cut_short) line("  {}", style_.garbage("the recording was cut short"));
    if (s_.trace.placement)
      line("  approximate: garbage is placed at {} of its interval", *s_.trace.placement);
    line("  {}, {}{}", s_.settings.profile->name, collector(),
         s_.settings.enabled ? "" : ", collector disabled");
    collector_at_end();
    out_ += '\n';
  }

  void band(const Band& band) {
    out_ += '\n';
    heading("Band", "here", "lowest", "highest");
    for (const Band::Figure& f : band.figures) row(f.name, f.here, f.lowest, f.highest);
    line("  over placements {}", fmt::join(band.placements, " and "));
    if (!band.seldom.empty()) {
      line("  generation {} ran fewer than 10 times: one collection more or less moves all its figures",
           fmt::join(band.seldom, " and "));
    }
    for (const auto& threshold : band.thresholds)
      line("  also under thresholds {}", fmt::join(threshold, ", "));
    if (band.observations.empty()) return;
    out_ += '\n';
    heading("The recorder's own run", "replayed", "observed");
    for (const Band::Observation& o : band.observations) row(o.name, o.replayed, o.observed);
    line("  under thresholds {}", fmt::join(band.observed_threshold, ", "));
  }

  void pauses(const PauseEstimate& pauses) {
    out_ += '\n';
    heading("Pauses, an estimate", "milliseconds");
    for (Generation g = 0; g < kGenerations; ++g)
      line("  {:<22}{:>14.3f}", fmt::format("generation {}", g), pauses.milliseconds[g]);
    line("  {:<22}{:>14.3f}", "longest", pauses.longest);
    line("  where it was tried, the estimate of a total was off by up to {:.0f} %", 100 * pauses.fit.error);
  }

  bool sweeps() const { return s_.settings.reclamation == Reclamation::mark_and_sweep; }
  bool has_generations() const { return s_.settings.reclamation == Reclamation::counting_and_cycles; }

  std::string collector() const {
    if (sweeps()) return "mark and sweep";
    if (!has_generations()) return "no cycle collector";
    return fmt::format("thresholds {}", fmt::join(s_.settings.threshold, ", "));
  }

  void collector_at_end() {
    const std::string_view state = s_.enabled_at_end ? "enabled" : "disabled";
    const bool is_switched = s_.enabled_at_end != s_.settings.enabled;
    if (has_generations() && (is_switched || s_.threshold_at_end != s_.settings.threshold)) {
      line("  at the end: thresholds {}, collector {}", fmt::join(s_.threshold_at_end, ", "), state);
    } else if (sweeps() && is_switched) {
      line("  at the end: collector {}", state);
    }
  }

  void totals() {
    const Totals& t = s_.totals;
    heading("Memory", "objects", "bytes");
    row("allocated", t.allocated, t.bytes_allocated);
    if (!sweeps()) row("freed by counting", t.freed_by_refcount, t.bytes_freed - t.bytes_freed_by_collector);
    if (has_generations()) row("freed by collections", t.freed_by_collector, t.bytes_freed_by_collector);
    if (sweeps()) row("freed by sweeps", t.freed_by_collector, t.bytes_freed_by_collector);
    row("alive at the end", t.alive, t.bytes_alive);
    row("peak", t.peak_alive, t.peak_bytes);
    row("peak garbage", t.peak_garbage, t.peak_garbage_bytes);
    if (t.finalizers > 0) row("finalizers run", t.finalizers);
    if (t.resurrected > 0) row("resurrected", t.resurrected);
    if (t.callbacks > 0) row("callbacks run", t.callbacks);
    out_ += '\n';
  }

  void collections() {
    if (has_generations()) return generations();
    if (!sweeps()) return;
    const engine::GenerationStats& stats = s_.generations[kOldest];
    heading("Mark and sweep", "runs", "marked", "swept", "slots", "available");
    row("all collections", stats.collections, stats.visited, stats.collected, s_.slots.slots,
        s_.slots.available);
    out_ += '\n';
  }

  void generations() {
    heading("Collections", "runs", "walked", "collected", "uncollectable", "count now");
    for (Generation g = 0; g < kGenerations; ++g) {
      const engine::GenerationStats& stats = s_.generations[g];
      row(fmt::format("generation {}", g), stats.collections, stats.visited, stats.collected,
          stats.uncollectable, static_cast<std::uint64_t>(s_.counts[g]));
    }
    if (s_.totals.refused_full_collections > 0) row("full ones refused", s_.totals.refused_full_collections);
    out_ += '\n';
  }

  void free_lists() {
    const auto unused = [](const engine::FreeListStats& l) { return l.hits + l.misses + l.held == 0; };
    if (std::all_of(s_.free_lists.begin(), s_.free_lists.end(), unused)) return;
    heading("Free lists", "hits", "misses", "held now");
    for (const engine::FreeListStats& list : s_.free_lists) {
      if (!unused(list)) row(list.type, list.hits, list.misses, list.held);
    }
    out_ += '\n';
  }

  void heap() {
    if (!s_.heap || s_.heap->peak_held == 0) return;
    const engine::HeapStats& h = *s_.heap;
    heading("Private heap", "bytes", "arenas", "pools");
    row("peak held", h.peak_held, h.peak_arenas, h.peak_pools);
    row("held at the end", h.held(), h.arenas, h.pools);
    row(h.held() == 0 ? "in use" : fmt::format("in use ({} %)", 100 * h.in_use() / h.held()), h.in_use());
    out_ += '\n';
  }

  void leaks() {
    if (s_.leaks.empty()) {
      line("{}", style_.heading("Nothing is left alive."));
      return;
    }
    heading("Still alive", "objects", "bytes");
    for (const LeakGroup& group : s_.leaks) row(group.reason, group.objects, group.bytes);
    for (std::size_t i = 0; i < std::min(s_.cycles.size(), kShown); ++i) show_cycle(i);
    if (s_.garbage_cycles > kShown) line("  ... and {} more cycles", grouped(s_.garbage_cycles - kShown));
    for (const LeakGroup& group : s_.leaks) show_group(group);
  }

  void show_cycle(std::size_t index) {
    const LeakedCycle& cycle = s_.cycles[index];
    std::string path;
    for (std::size_t i = 0; i < std::min(cycle.path.size(), kShown); ++i)
      path += name(cycle.path[i]) + " -> ";
    if (cycle.path_length > kShown) path += fmt::format("({} more) -> ", grouped(cycle.path_length - kShown));
    path += cycle.path.empty() ? "" : name(cycle.path.front());
    const bool has_more = cycle.objects > cycle.path_length;
    line("  {} {}{}", style_.garbage(fmt::format("uncollected cycle {}:", index + 1)), path,
         has_more ? fmt::format(" (one way round {})", counted(cycle.objects, "object")) : "");
  }

  void show_group(const LeakGroup& group) {
    std::string names;
    for (std::size_t i = 0; i < std::min(group.members.size(), kShown); ++i) {
      const LeakGroup::Member& member = group.members[i];
      if (!names.empty()) names += ", ";
      names += described(member.object);
    }
    if (group.objects > kShown) names += fmt::format(" ... and {} more", grouped(group.objects - kShown));
    const std::string title = fmt::format("{}:", group.reason);
    line("  {} {}", group.garbage ? style_.garbage(title) : title, names);
  }

  // Recordings number their objects: there the type says more.
  static std::string name(const LeakedObject& object) {
    if (object.id.empty()) return "<" + object.type + ">";
    const bool is_number = object.id[0] >= '0' && object.id[0] <= '9';
    return is_number ? object.type + "#" + object.id : object.id;
  }

  static std::string described(const LeakedObject& object) {
    const std::string shown = name(object);
    if (shown != object.id) return fmt::format("{} ({} bytes)", shown, object.size);
    return fmt::format("{} ({}, {} bytes)", shown, object.type, object.size);
  }

  const Summary& s_;
  const Style& style_;
  std::string out_;
};

}  // namespace

std::string text_of(const Summary& summary, const Style& style) {
  return TextSummary(summary, style).text();
}

void TextReport::finish(const Summary& summary) {
  if (left_out() > 0) {
    text() +=
        style().quiet("(The effects of the events fill more than a screen; --events effects shows them.)");
    text() += "\n";
  }
  if (!text().empty()) text() += '\n';
  text() += text_of(summary, style());
  flush();
}

}  // namespace gcsim::report
