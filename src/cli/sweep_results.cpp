#include "sweep_results.h"

#include <fmt/format.h>

#include <cstdlib>

#include "numbers.h"
#include "sweep_grid.h"
#include "terminal.h"

namespace gcsim::cli {

namespace {

enum class Format { text, csv, json_lines };
constexpr Choice<Format> kFormats[] = {
    {"text", Format::text}, {"csv", Format::csv}, {"jsonl", Format::json_lines}};

std::optional<std::uint64_t> from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::nullopt : parse_number(text);
}

// What the scheduler says about this task: which one it is, from 0, and how many there are, if it says that.
struct Task {
  std::uint64_t number;
  std::optional<std::uint64_t> of;
};
std::optional<Task> task_of_environment() {
  if (const auto id = from_environment("SLURM_ARRAY_TASK_ID")) {
    const std::uint64_t first = from_environment("SLURM_ARRAY_TASK_MIN").value_or(1);
    if (*id < first) return std::nullopt;
    return Task{*id - first, from_environment("SLURM_ARRAY_TASK_COUNT")};
  }
  if (const auto rank = from_environment("OMPI_COMM_WORLD_RANK"))
    return Task{*rank, from_environment("OMPI_COMM_WORLD_SIZE")};
  if (const auto index = from_environment("JOB_COMPLETION_INDEX")) return Task{*index, std::nullopt};
  return std::nullopt;
}

}  // namespace

sweep::Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::string part = text.substr(0, slash);
  std::optional<std::uint64_t> of;
  if (slash != std::string::npos) of = parse_number(text.substr(slash + 1));
  std::optional<std::uint64_t> number = parse_number(part);
  if (part == "auto") {
    const auto task = task_of_environment();
    if (!task) {
      throw UsageError(
          "--shard auto: none of SLURM_ARRAY_TASK_ID, OMPI_COMM_WORLD_RANK and JOB_COMPLETION_INDEX says "
          "which part");
    }
    number = task->number + 1;
    if (slash == std::string::npos) of = task->of;
    if (!of)
      throw UsageError("--shard auto: the environment does not say how many parts there are; say auto/N");
  }
  if (!number || !of || *number < 1 || *number > *of || *of > kMostSettings)
    throw UsageError(fmt::format("--shard: expected a part of so many such as 2/8, got '{}'{}", text,
                                 part == "auto" ? " in a task beyond the last part" : ""));
  return {static_cast<std::uint32_t>(*number), static_cast<std::uint32_t>(*of)};
}

void define_results(CLI::App& app, ResultsOptions& o) {
  app.add_option("--budget", o.budgets,
                 "recommend the best setting within: peak_garbage=BYTES, peak_memory=BYTES, visited=OBJECTS, "
                 "pause=OBJECTS walked at once, collections=N")
      ->type_name("COST=N")
      ->allow_extra_args(false);
  app.add_option("--format", o.format, "text, csv or jsonl")->type_name("F")->capture_default_str();
  app.add_option("-o,--output", o.output, "write there instead of to standard output")->type_name("FILE");
  app.add_option("--plot", o.plot, "draw work against garbage, as SVG; -: below the table")
      ->type_name("FILE");
  app.add_flag("--force", o.force, "overwrite FILE");
  define_color(app, o.color);
}

Results::Results(const ResultsOptions& options) : o_(options) {
  for (const std::string& budget : o_.budgets) budgets_.push_back(parse_budget(budget));
  choose("--format", o_.format, kFormats);
  choose_color(o_.color);
}

void Results::open() {
  if (o_.output != "-") file_ = std::make_unique<OutputFile>(o_.output, o_.force);
  if (!o_.plot.empty() && o_.plot != "-") plot_ = std::make_unique<OutputFile>(o_.plot, o_.force);
}

ExitStatus Results::write(const sweep::Sweep& sweep) {
  std::string text;
  switch (choose("--format", o_.format, kFormats)) {
    case Format::text:
      text = sweep::text_of(sweep, budgets_, use_color(choose_color(o_.color), file_ == nullptr));
      if (o_.plot == "-") text += "\n" + sweep::plot_of(sweep);
      break;
    case Format::csv: text = sweep::csv_of(sweep); break;
    case Format::json_lines: text = sweep::json_lines_of(sweep); break;
  }
  if (file_ == nullptr) {
    StandardOutput().write(text);
  } else {
    file_->write(text);
    file_->commit();
  }
  if (plot_ != nullptr) {
    plot_->write(sweep::svg_of(sweep));
    plot_->commit();
  }
  if (budgets_.empty()) return ExitStatus::fine;
  const auto choice = sweep::choose(sweep.rows, budgets_);
  return choice && choice->fits ? ExitStatus::fine : ExitStatus::check_failed;
}

}  // namespace gcsim::cli
