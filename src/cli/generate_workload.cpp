#include "generate_workload.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "numbers.h"
#include "output.h"
#include "trace_forms.h"

namespace gcsim::cli {

namespace {

using generate::Workload;
using generate::WorkloadKnob;
using generate::WorkloadKnobs;

struct Options {
  std::string seed = "0";
  std::vector<std::string> knobs;  // in the order in which the workload names them
  std::string format;
  std::string output = "-";
  bool force = false;
};

std::string value_text(const WorkloadKnob& knob, std::uint64_t value) {
  return knob.choices.empty() ? std::to_string(value) : std::string(knob.choices[value]);
}

std::string description(const Workload& workload) {
  return fmt::format(R"(Examples:
  gcsim generate {0} | gcsim replay - --events none
  gcsim generate {0} --seed 7 --events 1M -o {0}.gct

{1}: {2}.
{3}
)",
                     workload.name, workload.name, workload.summary, workload.property);
}

void define(CLI::App& app, const Workload& workload, Options& o) {
  app.add_option("--seed", o.seed, "another number, another trace")->type_name("N")->capture_default_str();
  for (const Workload::Heeded& heeded : workload.heeds) {
    const WorkloadKnob& knob = generate::workload_knob(heeded.knob);
    o.knobs.push_back(value_text(knob, heeded.by_default));
  }
  for (std::size_t n = 0; n < o.knobs.size(); ++n) {
    const WorkloadKnob& knob = generate::workload_knob(workload.heeds[n].knob);
    std::string meaning(knob.meaning);
    for (const std::string_view& choice : knob.choices)
      meaning += fmt::format("{}{}", &choice == knob.choices.data() ? ": " : ", ", choice);
    app.add_option(fmt::format("--{}", knob.name), o.knobs[n], meaning)
        ->type_name(knob.choices.empty() ? "N" : "WORD")
        ->capture_default_str();
  }
  app.add_option("--format", o.format, "text, json, jsonl or gct; otherwise FILE's extension says it")
      ->type_name("FORMAT");
  app.add_option("-o,--output", o.output, "write there instead of to standard output")->type_name("FILE");
  app.add_flag("--force", o.force, "overwrite FILE");
}

std::uint64_t chosen(const WorkloadKnob& knob, const std::string& word) {
  for (std::size_t n = 0; n < knob.choices.size(); ++n) {
    if (knob.choices[n] == word) return n;
  }
  reject_choice(fmt::format("--{}", knob.name), word, {knob.choices.begin(), knob.choices.end()});
}

std::uint64_t knob_value(const WorkloadKnob& knob, std::uint64_t largest, const std::string& text) {
  if (!knob.choices.empty()) return chosen(knob, text);
  const auto value = parse_number(text);
  if (value && *value >= knob.smallest && *value <= largest) return *value;
  throw UsageError(fmt::format("--{}: expected a number from {} to {}, got '{}'", knob.name, knob.smallest,
                               largest, text));
}

// Also says how to make the trace again: the knobs that differ from what the workload has by itself.
std::pair<WorkloadKnobs, std::string> planned(const Workload& workload, const Options& o) {
  WorkloadKnobs knobs = workload.knobs();
  std::string changed;
  for (std::size_t n = 0; n < o.knobs.size(); ++n) {
    const Workload::Heeded& heeded = workload.heeds[n];
    const WorkloadKnob& knob = generate::workload_knob(heeded.knob);
    const std::uint64_t value =
        knob_value(knob, heeded.largest == 0 ? knob.largest : heeded.largest, o.knobs[n]);
    knobs.*knob.value = value;
    if (value != heeded.by_default) changed += fmt::format(" --{} {}", knob.name, value_text(knob, value));
  }
  return {knobs, changed};
}

trace::Format format_of(const Options& o) {
  if (!o.format.empty()) return choose("--format", o.format, kTraceForms);
  return form_of_extension(o.output).value_or(trace::Format::text);
}

void write_to(report::Sink& sink, const Workload& workload, const Options& o) {
  const auto seed = parse_number(o.seed);
  if (!seed) throw UsageError(fmt::format("--seed: expected a number, got '{}'", o.seed));
  const trace::Format format = format_of(o);
  const auto [knobs, changed] = planned(workload, o);
  if (format == trace::Format::text)
    sink.write(fmt::format("# gcsim generate {} --seed {}{}\n", workload.name, *seed, changed));
  generate::write_workload(workload, knobs, *seed, [&](const trace::Vocabulary& words) {
    return trace::make_writer(format, words, [&sink](std::string_view text) { sink.write(text); });
  });
}

}  // namespace

std::string workload_list() {
  std::string text;
  for (const Workload& workload : generate::workloads())
    text += fmt::format("  {:<12}{}\n", workload.name, workload.summary);
  return text;
}

ExitStatus run_workload(const Workload& workload, const Arguments& arguments) {
  CLI::App app(description(workload), fmt::format("gcsim generate {}", workload.name));
  Options options;
  define(app, workload, options);
  if (const auto status = parse(app, arguments)) return *status;
  if (options.output == "-") {
    StandardOutput out;
    write_to(out, workload, options);
    return ExitStatus::fine;
  }
  OutputFile file(options.output, options.force);
  write_to(file, workload, options);
  file.commit();
  return ExitStatus::fine;
}

}  // namespace gcsim::cli
