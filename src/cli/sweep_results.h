// What becomes of a sweep's rows: a table, files, a plot, a recommendation. Shared by `sweep` and `merge`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "arguments.h"
#include "gcsim/sweep/report.h"
#include "output.h"

namespace gcsim::cli {

struct ResultsOptions {  // as typed
  std::vector<std::string> budgets;
  std::string format = "text";
  std::string output = "-";
  bool force = false;
  std::string plot;
  std::string color = "auto";
};

void define_results(CLI::App& app, ResultsOptions& options);

class Results {
 public:
  // Throws UsageError.
  explicit Results(const ResultsOptions& options);

  // Before anything is computed: throws InputOutputError if a file can't be written.
  void open();
  // check_failed if no setting is within the budgets.
  ExitStatus write(const sweep::Sweep& sweep);

 private:
  const ResultsOptions& o_;
  std::vector<sweep::Budget> budgets_;
  std::unique_ptr<OutputFile> file_;  // null: standard output
  std::unique_ptr<OutputFile> plot_;
};

// "2/8"; "auto" and "auto/8" ask the environment. Throws UsageError.
sweep::Shard parse_shard(const std::string& text);

}  // namespace gcsim::cli
