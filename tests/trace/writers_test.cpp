#include <doctest/doctest.h>

#include "gcsim/trace/writer.h"
#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/writers");

namespace {

struct Written {
  std::string text;
  std::optional<Unsayable> unsayable;
};

Written write(std::string_view trace, Format format) {
  auto opened = open(memory_source(trace), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  Written written;
  auto writer =
      make_writer(format, reader.vocabulary(), [&](std::string_view part) { written.text += part; });
  EventBatch batch;
  written.unsayable = writer->begin(reader.header());
  for (auto status = Reader::Status::events; status == Reader::Status::events && !written.unsayable;) {
    status = reader.next(batch);
    REQUIRE(status != Reader::Status::fault);
    written.unsayable = writer->write(batch);
  }
  writer->finish();
  return written;
}

std::string text_of(std::string_view trace) {
  return write(trace, Format::text).text;
}
std::string lines_of(std::string_view trace) {
  return write(trace, Format::json_lines).text;
}

std::string refusal(std::string_view trace, Format format) {
  const Written written = write(trace, format);
  if (!written.unsayable) return "none";
  return cat(std::to_string(written.unsayable->event), ": ", written.unsayable->expected, "; ",
             written.unsayable->got);
}

}  // namespace

TEST_CASE("text is laid out anew, each event on its line, expectations where they were") {
  constexpr std::string_view kLaidOut =
      "trace 1\n"
      "class Node\n"
      "\n"
      "alloc a list\n";
  CHECK(text_of("alloc a list\n") == "alloc a list\nend 1\n");
  CHECK(text_of("\nalloc a list\n") == "trace 1\nalloc a list\nend 1\n");
  constexpr std::string_view kFine =
      "# a comment\n"
      "class Node   # another one\n"
      "\n"
      "alloc   a list\n"
      "# expect: no free\n"
      "del a # expect: nothing\n"
      "      # expect:no free  \n";
  CHECK(text_of(kFine) == cat(kLaidOut,
                              "# expect: no free\n"
                              "del a                   # expect: nothing\n"
                              "# expect: no free\n"
                              "end 2\n"));
}

TEST_CASE("from JSON, text has an event a line and the first expectation behind it") {
  CHECK(text_of("{\"gcsim\":1}\n\n\n{\"op\":\"exit\"}\n{\"op\":\"expect\",\"text\":\"nothing\"}\n"
                "{\"op\":\"expect\",\"text\":\"no free\"}\n") ==
        "trace 1\n"
        "exit                    # expect: nothing\n"
        "# expect: no free\n"
        "end 1\n");
}

TEST_CASE("words that would be something else without quotes get them") {
  const std::string header = "tracking explicit\n";
  for (const std::string line : {
           R"(alloc t tuple "as" "as")",
           R"(alloc t tuple before=yes)",
           R"(alloc s str "size=3")",
           R"(alloc s str "two words # \"and\" \n a line")",
           R"(alloc 7 "a type" size=40)",
           R"(ref "d[a key]" x)",
           R"(ref "d[#]" x)",
           R"(ref d[]] x)",
           R"(return "as" as "as")",
           R"(raise e ValueError "through" "as" through 2)",
           R"(setattr n "" x)",
       }) {
    CAPTURE(line);
    const std::string trace = cat("\n", header, line, "\n");
    CHECK(text_of(trace) == cat("trace 1\n", header, line, "\nend 1\n"));
    CHECK(text_of(lines_of(trace)) == cat("trace 1\n", header, line, "\nend 1\n"));
  }
}

TEST_CASE("numbers are numbers in JSON where it can say them exactly") {
  const std::string trace =
      "alloc 7 int 123456789012345678901234567890\nalloc 07 float inf\nref 7[0] 07\nref 7[00] None\n";
  CHECK(lines_of(trace) ==
        "{\"gcsim\":1}\n"
        "{\"op\":\"alloc\",\"id\":7,\"type\":\"int\",\"value\":123456789012345678901234567890}\n"
        "{\"op\":\"alloc\",\"id\":\"07\",\"type\":\"float\",\"value\":\"inf\"}\n"
        "{\"op\":\"ref\",\"from\":7,\"key\":0,\"to\":\"07\"}\n"
        "{\"op\":\"ref\",\"from\":7,\"key\":\"00\",\"to\":null}\n"
        "{\"op\":\"end\",\"events\":4}\n");
  CHECK(read(lines_of(trace)) == read(trace));
}

TEST_CASE("a header keeps all it says") {
  const std::string trace =
      "trace 1\nprofile cpython-3.8\nrecorded \"a b\"\ntracking explicit\nthreshold 7 8\nenabled no\n"
      "count 1 2 3\nfree_lists list=3 tuple[2]=5 \"a b=1\"\nlong_lived_total 9\navailable_slots 40 8\n"
      "class D del\nclass R del=resurrect slots=\nclass X del=raise slots=a,b\nclass P\nexit\nend 1\n";
  CHECK(text_of(trace) == trace);
  CHECK(text_of(lines_of(trace)) == trace);
  CHECK(text_of(write(trace, Format::json).text) == trace);
  CHECK(write(trace, Format::json).text ==
        R"({"gcsim":1,"profile":"cpython-3.8","recorded":"a b","tracking":"explicit","threshold":[7,8],)"
        R"("enabled":false,"count":[1,2,3],"free_lists":{"list":3,"tuple[2]":5,"a b":1},)"
        R"("long_lived_total":9,"available_slots":[40,8],"classes":{"D":{"del":true},)"
        R"("R":{"del":"resurrect","slots":[]},"X":{"del":"raise","slots":["a","b"]},"P":{}},"events":[)"
        "\n  {\"op\":\"exit\"}\n],\"end\":1}\n");
}

TEST_CASE("the header of an approximate recording keeps all it says") {
  const std::string trace =
      "trace 1\nrecording approximate\npython 3.11.7\ninterval 100\ncomplete no\n"
      "observed threshold=100,10,-1 collections=9,1,0 collected=70,6,5\ntick\nend 1\n";
  CHECK(text_of(trace) == trace);
  CHECK(text_of(lines_of(trace)) == trace);
  CHECK(text_of(write(trace, Format::binary).text) == trace);
  CHECK(lines_of(trace) ==
        R"({"gcsim":1,"recording":"approximate","python":"3.11.7","interval":100,"complete":false,)"
        R"("observed":{"threshold":[100,10,-1],"collections":[9,1,0],"collected":[70,6,5]}})"
        "\n{\"op\":\"tick\"}\n{\"op\":\"end\",\"events\":1}\n");
}

TEST_CASE("what text can't say is refused: expectations of several lines, types with an equals sign") {
  CHECK(refusal("{\"gcsim\":1}\n{\"op\":\"exit\"}\n{\"op\":\"expect\",\"text\":\"no free;\\nnothing\"}\n",
                Format::text) == "1: an expectation of one line; 'no free;.nothing'");
  CHECK(refusal("{\"gcsim\":1,\"free_lists\":{\"a=b\":2}}\n{\"op\":\"exit\"}\n", Format::text) ==
        "0: a free list of a type without '=' in its name; 'a=b'");
}

TEST_CASE("a line that no reader would take is refused") {
  std::string trace = "exit\ndel";
  while (trace.size() < (std::size_t{1} << 20) - 10) trace += " a1234";
  trace += "\n";
  CHECK(refusal(trace, Format::text) == "none");
  CHECK(refusal(trace, Format::json_lines) == "2: a line of at most 1048576 bytes; a longer one");
  CHECK(refusal(trace, Format::json) == "2: a line of at most 1048576 bytes; a longer one");
}

TEST_SUITE_END();
