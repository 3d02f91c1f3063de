#include "gcsim/trace/error.h"

#include <doctest/doctest.h>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/error");

namespace {

TraceError example() {
  TraceError error;
  error.where = {"leak.trace", 12, 9};
  error.fault = Fault::dead_object;
  error.expected = "the ID of a live object";
  error.got = "'o17'";
  error.note = "o17 was freed at line 9";
  error.source = "ref l[] o17 # x";
  return error;
}

}  // namespace

TEST_CASE("an error shows the place, what is wrong, the line and a note") {
  CHECK(format(example()) ==
        "leak.trace:12:9: error: dead object: expected the ID of a live object, got 'o17'\n"
        "  ref l[] o17 # x\n"
        "          ^~~\n"
        "    note: o17 was freed at line 9\n");
}

TEST_CASE("what an error does not have is left out") {
  TraceError error = example();
  error.where.column = 0;
  error.note.clear();
  error.got.clear();
  CHECK(format(error) ==
        "leak.trace:12: error: dead object: expected the ID of a live object\n"
        "  ref l[] o17 # x\n");
  error.where.line = 0;
  error.source.clear();
  error.expected.clear();
  CHECK(format(error) == "leak.trace: error: dead object\n");
}

TEST_CASE("the caret stands under its character, whatever bytes come before") {
  TraceError error = example();
  error.source = "\té\x01 o17";
  error.where.column = 6;
  CHECK(format(error).find("   é. o17\n      ^~~\n") != std::string::npos);
}

TEST_CASE("a long line is cut on both sides of the column") {
  TraceError error = example();
  error.source = std::string(500, 'a') + " o17 " + std::string(500, 'b');
  error.where.column = 502;
  const std::string text = format(error);
  CHECK(text.size() < 400);
  CHECK(text.find("  ..." + std::string(99, 'a') + " o17 bbb") != std::string::npos);
  CHECK(text.find("bbb...\n") != std::string::npos);
  CHECK(text.find("\n" + std::string(2 + 3 + 100, ' ') + "^~~\n") != std::string::npos);
}

TEST_CASE("every fault has words of its own") {
  std::vector<std::string_view> all;
  for (int i = 0; i <= static_cast<int>(Fault::bad_expectation); ++i)
    all.push_back(words(static_cast<Fault>(i)));
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(std::find(all.begin(), all.end(), "fault") == all.end());
}

TEST_SUITE_END();
