// From argv to an exit status: finds the verb, and is the one place that turns errors into messages.
#include "gcsim/cli/cli.h"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <vector>

#include "exit_status.h"
#include "gcsim/version.h"
#include "output.h"
#include "suggest.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

struct Verb {
  std::string_view name;
  ExitStatus (*run)(const Arguments& arguments);
  std::string_view summary;
};

constexpr Verb kVerbs[] = {
    {"replay", run_replay, "replay a trace: what was freed when, what is left, what it cost"},
    {"check", run_check, "check the expectations inside traces, and golden files"},
    {"validate", run_validate, "find every fault of a trace"},
    {"compare", run_compare, "replay one trace under several rules or collectors, side by side"},
    {"profiles", run_profiles, "show the rules that can be followed"},
    {"generate", run_generate, "write traces that nobody has to think up"},
    {"record", run_record, "run a Python program and write its memory history as a trace"},
    {"truth", run_truth, "run a Python program under thresholds, and see what its collector really does"},
    {"convert", run_convert, "write a trace in another form"},
    {"sweep", run_sweep, "one trace under many thresholds: what each costs, and which is best"},
    {"merge", run_merge, "put together the parts of a sweep that several machines computed"},
};

std::string usage() {
  std::string text =
      "Examples:\n"
      "  gcsim replay app.trace\n"
      "  gcsim replay app.trace --threshold 50k,20,100 --events none\n"
      "\n"
      "gcsim replays the memory history of a Python program through an exact model of CPython's\n"
      "memory management.\n"
      "\n"
      "Usage: gcsim VERB [options] TRACE...\n"
      "\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {:<10}{}\n", verb.name, verb.summary);
  text += "\n`gcsim VERB --help` says more; --version prints the version.\n";
  return text;
}

const Verb& find_verb(const std::string& name) {
  std::vector<std::string_view> known;
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return verb;
    known.push_back(verb.name);
  }
  throw UsageError(
      fmt::format("unknown verb '{}'{}\n  `gcsim --help` lists the verbs", name, did_you_mean(name, known)));
}

ExitStatus dispatch(Arguments arguments) {
  if (arguments.empty()) {
    print_message(usage());
    return ExitStatus::usage;
  }
  const std::string first = arguments.front();
  arguments.erase(arguments.begin());
  if (first == "help" && !arguments.empty()) return find_verb(arguments.front()).run({"--help"});
  if (first == "--help" || first == "-h" || first == "help") {
    StandardOutput().write(usage());
    return ExitStatus::fine;
  }
  if (first == "--version") {
    StandardOutput().write(fmt::format("gcsim {}\n", kVersion));
    return ExitStatus::fine;
  }
  return find_verb(first).run(arguments);
}

ExitStatus fail(ExitStatus status, std::string_view message) {
  print_message(fmt::format("gcsim: error: {}\n", message));
  return status;
}

// What each exception means for the user.
ExitStatus guarded(const Arguments& arguments) {
  try {
    return dispatch(arguments);
  } catch (const ClosedPipe&) {
    return ExitStatus::fine;
  } catch (const UsageError& error) {
    return fail(ExitStatus::usage, error.what());
  } catch (const InputOutputError& error) {
    return fail(ExitStatus::input_output, error.what());
  } catch (const std::bad_alloc&) {
    return fail(ExitStatus::bug, "out of memory: the trace has more live objects than fit here");
  } catch (const std::exception& error) {
    return fail(ExitStatus::bug, fmt::format("this is a bug in gcsim: {}", error.what()));
  }
}

}  // namespace

int run(int argc, const char* const* argv) {
  prepare_signals();
  return static_cast<int>(guarded(Arguments(argv + (argc > 0 ? 1 : 0), argv + argc)));
}

}  // namespace gcsim::cli
