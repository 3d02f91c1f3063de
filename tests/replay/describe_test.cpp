// Faults of the engine in the words and at the places people see.
#include <string>

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

// The first error of a trace.
trace::TraceError error_in(std::string_view text) {
  auto reader = open_bytes(text, "t.trace");
  auto simulator = engine::Simulator::create(settings(*reader), nullptr);
  trace::TraceError first;
  ReplayOptions options;
  options.on_fault = [&first](const trace::TraceError& error) {
    first = error;
    return OnFault::stop;
  };
  ReplayResult result = replay(*reader, *simulator, options);
  CHECK_EQ(result.faults, 1);
  CHECK_FALSE(result.complete);
  return first;
}

TEST_SUITE("replay/describe") {
  TEST_CASE("a dead object's error says at which line it was freed") {
    trace::TraceError e = error_in("trace 1\n\nalloc a list\nalloc b list\ndel a\nref b[] a\n");
    CHECK(e.fault == trace::Fault::dead_object);
    CHECK_EQ(e.where.line, 6);
    CHECK_EQ(e.where.column, 9);
    CHECK_EQ(e.got, "'a'");
    CHECK_EQ(e.expected, "the ID of a live object");
    CHECK_EQ(e.note, "a was freed at line 5");
    CHECK_EQ(e.source, "ref b[] a");
  }

  TEST_CASE("an object collected by an allocation was freed at that line") {
    trace::TraceError e =
        error_in("threshold 1 9 9\nalloc a list\nref a[] a\ndel a\nalloc b list\nref c a\n");
    CHECK_EQ(e.note, "a was freed at line 5");
  }

  TEST_CASE("an ID that never was has no note") {
    trace::TraceError e = error_in("alloc a list\nref a[] ghost\n");
    CHECK(e.fault == trace::Fault::unknown_id);
    CHECK_EQ(e.where.column, 9);
    CHECK_EQ(e.got, "'ghost'");
    CHECK_EQ(e.note, "");
  }

  TEST_CASE("the column is that of the operand in question") {
    CHECK_EQ(error_in("alloc a list\nalloc t tuple a x a\n").where.column, 17);
    CHECK_EQ(error_in("alloc a list\ndel a b\n").where.column, 7);
    CHECK_EQ(error_in("alloc a list\nalloc a list\n").where.column, 7);
    CHECK_EQ(error_in("class N\nalloc n N\n  setattr n next m\n").where.column, 18);
    CHECK_EQ(error_in("alloc l list\nunref l[]\n").where.column, 7);
  }

  TEST_CASE("a missing key or attribute is named") {
    CHECK_EQ(error_in("alloc d dict\nunref d[k]\n").got, "'k'");
    CHECK_EQ(error_in("class N\nalloc n N\ndelattr n next\n").got, "'next'");
  }

  TEST_CASE("an operation that does not suit the type names the type") {
    trace::TraceError e = error_in("alloc t tuple None\nclear t\n");
    CHECK(e.fault == trace::Fault::unsupported_operation);
    CHECK_NE(e.got.find("'t'"), std::string::npos);
    CHECK_NE(e.got.find("tuple"), std::string::npos);
  }

  TEST_CASE("printed, an error has the source line and a caret below the operand") {
    std::string text = trace::format(error_in("alloc a list\ndel a\nref b a\n"));
    CHECK_EQ(text.substr(0, text.find('\n')),
             "t.trace:3:7: error: dead object: expected the ID of a live object, got 'a'");
    CHECK_NE(text.find("ref b a\n"), std::string::npos);
    CHECK_NE(text.find("note: a was freed at line 2"), std::string::npos);
  }
}

}  // namespace
}  // namespace gcsim::test
