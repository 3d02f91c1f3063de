// gcsim generate: traces that nobody has to write.
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gcsim/generate/random.h"
#include "gcsim/generate/workload.h"
#include "generate_workload.h"
#include "numbers.h"
#include "output.h"
#include "suggest.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

using generate::Knob;
using generate::Preset;

constexpr char kGenerateHelp[] = R"(Examples:
  gcsim generate mixed | gcsim replay - --events none
  gcsim generate chain --depth 100k --events 200k | gcsim replay - --events none
  gcsim generate random --seed 7 | gcsim replay -

Writes a trace, however long, while it is made; the same seed and options always make the same one.

Usage: gcsim generate WORKLOAD [options]

)";

constexpr char kGenerateFooter[] = R"(  random      a random program, of all that can happen

`gcsim generate WORKLOAD --help` says more.
)";

constexpr char kRandomDescription[] = R"(Examples:
  gcsim generate random --seed 7 | gcsim replay -
  gcsim generate random --seed 7 --preset weakrefs --events 2000 -o storm.trace
  gcsim generate random --preset deep --depth 1000 --threshold0 700
  gcsim generate random --list-presets
  gcsim generate random --preset deep --list-knobs     what else can be set, and how deep sets it

Writes a random trace that is legal under every CPython. Each knob is an option: --KNOB VALUE. The first line
of the trace says how to make it again.
)";

struct RandomOptions {
  std::string seed = "0";
  std::string preset{generate::presets().front().name};
  std::vector<std::string> knobs = std::vector<std::string>(generate::knobs().size());  // empty: not given
  bool list_presets = false;
  bool list_knobs = false;
  std::string output = "-";
  bool force = false;
};

// Knobs do not appear in the help, which would be of them and nothing else; --list-knobs shows them.
void define(CLI::App& app, RandomOptions& o) {
  app.add_option("--seed", o.seed, "another number, another trace")->type_name("N")->capture_default_str();
  app.add_option("--preset", o.preset, "what the trace is about")->type_name("NAME")->capture_default_str();
  for (std::size_t n = 0; n < o.knobs.size(); ++n) {
    const Knob& knob = generate::knobs()[n];
    CLI::Option* option =
        app.add_option(fmt::format("--{}", knob.name), o.knobs[n], std::string(knob.meaning));
    option->type_name("N");
    if (knob.value != &generate::RandomKnobs::events) option->group("");
  }
  app.add_flag("--list-presets", o.list_presets, "show the presets");
  app.add_flag("--list-knobs", o.list_knobs, "show the knobs, with their values in the preset");
  app.add_option("-o,--output", o.output, "write there instead of to standard output")->type_name("FILE");
  app.add_flag("--force", o.force, "overwrite FILE");
}

const Preset& preset_named(const std::string& name) {
  std::vector<std::string_view> known;
  for (const Preset& preset : generate::presets()) {
    if (preset.name == name) return preset;
    known.push_back(preset.name);
  }
  throw UsageError(fmt::format("unknown preset '{}'{}\n  `gcsim generate random --list-presets` lists them",
                               name, did_you_mean(name, known)));
}

std::uint32_t knob_value(const Knob& knob, const std::string& text) {
  const auto value = parse_number(text);
  if (value && *value >= knob.smallest() && *value <= knob.largest())
    return static_cast<std::uint32_t>(*value);
  throw UsageError(fmt::format("--{}: expected a number from {} to {}, got '{}'", knob.name, knob.smallest(),
                               knob.largest(), text));
}

generate::RandomPlan plan(const RandomOptions& o) {
  generate::RandomPlan plan;
  const auto seed = parse_number(o.seed);
  if (!seed) throw UsageError(fmt::format("--seed: expected a number, got '{}'", o.seed));
  plan.seed = *seed;
  plan.preset = &preset_named(o.preset);
  plan.knobs = plan.preset->knobs();
  for (std::size_t n = 0; n < o.knobs.size(); ++n) {
    const Knob& knob = generate::knobs()[n];
    if (!o.knobs[n].empty()) plan.knobs.*knob.value = knob_value(knob, o.knobs[n]);
  }
  return plan;
}

std::string preset_list() {
  std::string text;
  for (const Preset& preset : generate::presets())
    text += fmt::format("{:<14}{}\n", preset.name, preset.summary);
  return text;
}

std::string_view unit_text(Knob::Unit unit) {
  switch (unit) {
    case Knob::Unit::weight: return "weight";
    case Knob::Unit::percent: return "%";
    case Knob::Unit::number: break;
  }
  return "";
}

std::string knob_list(const generate::RandomKnobs& values) {
  std::string text;
  for (const Knob& knob : generate::knobs()) {
    text += fmt::format("{:<20}{:>5} {:<7} {}\n", knob.name, values.*knob.value, unit_text(knob.unit),
                        knob.meaning);
  }
  return text;
}

void write_trace(const generate::RandomPlan& plan, const RandomOptions& o) {
  if (o.output == "-") {
    StandardOutput out;
    generate::write_random_trace(plan, [&out](std::string_view text) { out.write(text); });
    return;
  }
  OutputFile file(o.output, o.force);
  generate::write_random_trace(plan, [&file](std::string_view text) { file.write(text); });
  file.commit();
}

ExitStatus run_random(const Arguments& arguments) {
  CLI::App app(kRandomDescription, "gcsim generate random");
  RandomOptions options;
  define(app, options);
  if (const auto status = parse(app, arguments)) return *status;
  const generate::RandomPlan planned = plan(options);
  if (options.list_presets) {
    StandardOutput().write(preset_list());
  } else if (options.list_knobs) {
    StandardOutput().write(knob_list(planned.knobs));
  } else {
    write_trace(planned, options);
  }
  return ExitStatus::fine;
}

}  // namespace

ExitStatus run_generate(const Arguments& arguments) {
  const std::string word = arguments.empty() ? "" : arguments.front();
  if (word == "--help" || word == "-h") {
    StandardOutput().write(kGenerateHelp + workload_list() + kGenerateFooter);
    return ExitStatus::fine;
  }
  if (!word.empty()) {
    const Arguments others(arguments.begin() + 1, arguments.end());
    if (word == "random") return run_random(others);
    if (const generate::Workload* workload = generate::find_workload(word))
      return run_workload(*workload, others);
  }
  std::vector<std::string_view> known = {"random"};
  for (const generate::Workload& workload : generate::workloads()) known.push_back(workload.name);
  const std::string what = word.empty() ? "WORKLOAD is required" : fmt::format("unknown workload '{}'", word);
  throw UsageError(
      fmt::format("{}{}\n  `gcsim generate --help` lists them", what, did_you_mean(word, known)));
}

}  // namespace gcsim::cli
