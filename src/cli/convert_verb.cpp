// gcsim convert: the same trace in another form.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "conversion.h"
#include "input.h"
#include "messages.h"
#include "output.h"
#include "rules.h"
#include "session.h"
#include "trace_forms.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim convert app.jsonl -o app.trace
  gcsim convert app.trace --to jsonl | head
  gcsim generate random | gcsim convert - -o random.gct

Writes a trace in another form; what it means stays the same, to the last byte of each name. Comments are lost.
A .gct is binary: small, quick to read, and any change of its bytes is found.
From text to text it lays the trace out anew, each event on the line where it was.
)";

struct ConvertOptions {
  std::string trace;
  std::string to;
  std::string output = "-";
  RulesOptions rules;
  bool force = false;
};

trace::Format format_of(const ConvertOptions& o) {
  if (!o.to.empty()) return choose("--to", o.to, kTraceForms);
  if (const auto form = form_of_extension(o.output)) return *form;
  throw UsageError(fmt::format("which form? {}; --to text, json, jsonl or gct says it",
                               o.output == "-"
                                   ? "standard output has no extension"
                                   : fmt::format("the extension of {} is not known", base_name(o.output))));
}

ExitStatus convert(const ConvertOptions& o, trace::Format format, report::Sink& sink) {
  Input input = open_input(o.trace);
  const std::string name = input.name;
  std::optional<double> placement;
  if (!o.rules.placement.empty()) placement = parse_placement(o.rules.placement);
  auto opened = placement ? open_exact(std::move(input), placement, nullptr, trace::Decoding::ahead)
                          : trace::open(std::move(input.source), name, trace::Decoding::ahead);
  if (const auto* error = std::get_if<trace::TraceError>(&opened)) return report_fault(*error);
  return write_trace(std::get<std::unique_ptr<trace::Reader>>(std::move(opened)), name, format, sink);
}

}  // namespace

ExitStatus run_convert(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim convert");
  ConvertOptions options;
  app.add_option("TRACE", options.trace, "the trace; - is standard input")->required();
  app.add_option("-o,--output", options.output, "write there instead of to standard output")
      ->type_name("FILE");
  app.add_option("--to", options.to, "text, json, jsonl or gct; otherwise FILE's extension says it")
      ->type_name("FORM");
  app.add_option(
         "--placement", options.rules.placement,
         "make an approximate recording an exact one: where in its interval a piece of garbage begins to "
         "be garbage, from 0 to 1")
      ->type_name("F");
  app.add_flag("--force", options.force, "overwrite FILE");
  if (const auto status = parse(app, arguments)) return *status;
  const trace::Format format = format_of(options);
  if (options.output == "-") {
    StandardOutput out;
    return convert(options, format, out);
  }
  OutputFile file(options.output, options.force);
  const ExitStatus status = convert(options, format, file);
  if (status == ExitStatus::fine) file.commit();
  return status;
}

}  // namespace gcsim::cli
