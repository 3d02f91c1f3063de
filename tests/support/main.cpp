// The main of every test program: doctest's, plus the list of its cases for ctest.
//
//   tests_<name> --list-test-cases --reporters=ctest --ctest-list=FILE --ctest-prefix=NAME
//   --ctest-directory=DIR
//
// writes FILE with one ctest entry per case. Names of cases are sentences with commas, brackets and
// semicolons, which doctest's own CMake helper takes for lists.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <string_view>

namespace {

std::string g_program;
std::string g_list;
std::string g_prefix;
std::string g_directory;
bool g_filter_matched_nothing = false;

// A doctest filter that means exactly this name; a comma would separate two filters.
std::string filter(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == ',' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string quoted(const std::string& text) {
  return "[==[" + text + "]==]";
}

// Does nothing at each step; the two reporters below override one step each.
struct SilentReporter : doctest::IReporter {
  explicit SilentReporter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

struct CtestList : SilentReporter {
  using SilentReporter::SilentReporter;

  void report_query(const doctest::QueryData& query) override {
    std::ofstream list(g_list, std::ios::trunc);
    std::set<std::string> names;
    for (unsigned i = 0; i < query.num_data; ++i) {
      const doctest::TestCaseData& test = *query.data[i];
      const std::string name = g_prefix + ": " + test.m_name;
      if (!names.insert(name).second) {
        std::cerr << test.m_file.c_str() << ": two cases are called \"" << test.m_name << "\"\n";
        std::exit(EXIT_FAILURE);
      }
      list << "add_test(" << quoted(name) << ' ' << quoted(g_program) << ' '
           << quoted("--test-suite=" + filter(test.m_test_suite)) << ' '
           << quoted("--test-case=" + filter(test.m_name)) << ")\n"
           << "set_tests_properties(" << quoted(name) << " PROPERTIES LABELS " << quoted(g_prefix)
           << " WORKING_DIRECTORY " << quoted(g_directory) << " TIMEOUT 600)\n";
    }
  }
};

// doctest calls a run without a single case a success; a mistyped filter would then pass unseen.
struct NothingRan : SilentReporter {
  using SilentReporter::SilentReporter;

  void test_run_end(const doctest::TestRunStats& stats) override {
    g_filter_matched_nothing = stats.numTestCases > 0 && stats.numTestCasesPassingFilters == 0;
  }
};

bool take_option(std::string_view argument, std::string_view option, std::string& value) {
  if (!argument.starts_with(option)) return false;
  value = argument.substr(option.size());
  return true;
}

}  // namespace

REGISTER_REPORTER("ctest", 0, CtestList);
REGISTER_LISTENER("nothing-ran", 0, NothingRan);

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  g_program = std::filesystem::absolute(argv[0]).string();
  for (int i = 1; i < argc; ++i) {
    take_option(argv[i], "--ctest-list=", g_list) || take_option(argv[i], "--ctest-prefix=", g_prefix) ||
        take_option(argv[i], "--ctest-directory=", g_directory);
  }
  const int status = context.run();
  if (g_filter_matched_nothing) {
    std::cerr << "no test case matches the filter\n";
    return EXIT_FAILURE;
  }
  return status;
}
