// gcsim merge: the parts of a sweep, put together.
#include <fmt/format.h>

#include "gcsim/sweep/store.h"
#include "input.h"
#include "sweep_results.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim merge part*.jsonl                               the table of the whole grid
  gcsim merge part*.jsonl --format jsonl -o all.jsonl
  gcsim merge part*.jsonl --budget peak_garbage=50MB    and the best setting of all

Puts together what `gcsim sweep --shard I/N --format jsonl` wrote: checks that all parts are there, of one trace, one
grid and one version of gcsim, and that no row is missing.
)";

struct MergeOptions {
  std::vector<std::string> parts;
  std::string store;
  ResultsOptions results;
};

std::string read_all(const std::string& path) {
  Input input = open_input(path);
  std::string bytes;
  std::vector<char> block(std::size_t{1} << 16);
  while (const auto got = input.source->read(block.data(), block.size())) {
    if (*got == 0) return bytes;
    bytes.append(block.data(), *got);
  }
  throw InputOutputError(fmt::format("can't read {}", path));
}

ExitStatus fail(std::string_view message) {
  print_message(fmt::format("gcsim: error: {}\n", message));
  return ExitStatus::check_failed;
}

ExitStatus merge(const MergeOptions& o) {
  Results results(o.results);
  std::vector<sweep::Sweep> parts;
  for (const std::string& path : o.parts) {
    auto parsed = sweep::parse_json_lines(read_all(path));
    if (const auto* error = std::get_if<sweep::ResultsError>(&parsed))
      return fail(fmt::format("{}:{}: {}", path, error->line, error->what));
    parts.push_back(std::get<sweep::Sweep>(std::move(parsed)));
  }
  const auto merged = sweep::merge(parts);
  if (const auto* error = std::get_if<sweep::MergeError>(&merged))
    return fail(error->part ? fmt::format("{}: {}", o.parts[*error->part], error->what) : error->what);
  const auto& whole = std::get<sweep::Sweep>(merged);
  results.open();
  if (!o.store.empty()) sweep::Store(o.store, sweep::Store::Access::write).add(whole.facts, whole.rows);
  return results.write(whole);
}

}  // namespace

ExitStatus run_merge(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim merge");
  MergeOptions options;
  app.add_option("PART", options.parts, "what the parts of a sweep wrote as JSON Lines")->required();
  app.add_option("--store", options.store, "also add the rows to this SQLite file")->type_name("FILE");
  define_results(app, options.results);
  if (const auto status = parse(app, arguments)) return *status;
  try {
    return merge(options);
  } catch (const sweep::StoreError& error) {
    throw InputOutputError(error.what());
  }
}

}  // namespace gcsim::cli
