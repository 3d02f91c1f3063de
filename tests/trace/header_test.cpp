#include <doctest/doctest.h>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/header");

namespace {

// All that a header says, in one line per field.
std::string printed(const Transcript& trace) {
  const Header& h = trace.header;
  std::string out = "profile " + h.profile.value_or("-") + "\nthreshold";
  for (const auto number : h.threshold) out += cat(" ", std::to_string(number));
  out += std::string("\nenabled ") + (h.enabled ? (*h.enabled ? "yes" : "no") : "-") + "\ncount";
  if (h.count) {
    for (const auto number : *h.count) out += cat(" ", std::to_string(number));
  }
  out += std::string("\ntracking ") + (h.explicit_tracking ? "explicit" : "-") + "\nfree_lists";
  for (const FreeListFill& each : h.free_lists) {
    const std::string length = each.length ? cat("[", std::to_string(*each.length), "]") : "";
    out += cat(" ", each.type, length, "=", std::to_string(each.held));
  }
  out += "\nlong_lived_total " + std::to_string(h.long_lived_total) + "\nrecorded " + h.recorded + "\n";
  for (const auto number : h.available_slots) out += cat("slots ", std::to_string(number), "\n");
  for (std::size_t i = kBuiltinTypes; i < trace.types.size(); ++i) {
    const TypeDecl& type = trace.types[i];
    out += cat(type.name, " ", std::to_string(static_cast<int>(type.kind)),
               std::to_string(static_cast<int>(type.finalizer)));
    out += type.has_slots ? cat(" slots", std::to_string(type.slots.size()), ";") : ";";
  }
  return out;
}

const char* const kText = R"(# a comment
trace 1
profile cpython-3.11
threshold 700 10 -1
enabled no
count 1 2 3
tracking explicit
free_lists list=3 tuple[2]=5
long_lived_total 13233
recorded "two words"
available_slots 40 8
class N
class D del
class R del=resurrect slots=b,a
class E slots=
check
)";
const char* const kMembers = R"("gcsim":1, "profile":"cpython-3.11", "threshold":[700,10,-1], "enabled":false,
"count":[1,2,3], "tracking":"explicit", "free_lists":{"list":3,"tuple[2]":5}, "long_lived_total":13233,
"recorded":"two words", "available_slots":[40,8], "classes":{"N":{},"D":{"del":true},"R":{"del":"resurrect","slots":["b","a"]},"E":{"slots":[],"del":false}},
"what others may add":[{"x":1}])";
const char* const kExpected = R"(profile cpython-3.11
threshold 700 10 -1
enabled no
count 1 2 3
tracking explicit
free_lists list=3 tuple[2]=5
long_lived_total 13233
recorded two words
slots 40
slots 8
N 90;D 91;R 92 slots2;E 90 slots0;)";

std::string without_line_feeds(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  return text;
}

}  // namespace

TEST_CASE("the header says the same in all three encodings") {
  const std::string members = kMembers;
  CHECK(printed(transcript(kText)) == kExpected);
  CHECK(printed(transcript(cat("{", members, ",\"events\":[{\"op\":\"check\"}]}"))) == kExpected);
  CHECK(printed(transcript(cat("{", without_line_feeds(members), "}\n{\"op\":\"check\"}\n"))) == kExpected);
}

TEST_CASE("without a header everything is left to the profile") {
  CHECK(printed(transcript("check\n")) ==
        "profile -\nthreshold\nenabled -\ncount\ntracking -\nfree_lists\nlong_lived_total 0\nrecorded \n");
}

TEST_CASE("the profile's name has a position for messages") {
  const auto place = [](std::string_view text) {
    const Position where = transcript(text).header.profile_position;
    return where.file + ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  };
  CHECK(place("\nprofile x\ncheck\n") == "t:2:9");
  CHECK(place("{\"gcsim\":1,\n\"profile\":\"x\",\"events\":[{\"op\":\"check\"}]}") == "t:2:11");
  CHECK(place("\n{\"gcsim\":1,\"profile\":\"x\"}\n{\"op\":\"check\"}\n") == "t:2:22");
}

TEST_CASE("slots are sorted by name") {
  auto opened = open(memory_source("class S slots=b,a,c\ncheck\n"), "t");
  REQUIRE(opened.index() == 0);
  Vocabulary& words = std::get<0>(opened)->vocabulary();
  std::string slots;
  for (const gcsim::KeyId key : words.types().back().slots) slots += words.keys.word(gcsim::raw(key));
  CHECK(slots == "abc");
}

TEST_CASE("a recording declares its types by using them") {
  const Transcript trace = transcript("tracking explicit\nalloc 1 frame\nalloc 2 weakref\nalloc 3 frame\n");
  CHECK(trace.joined() == "alloc 1:frame as 1\nalloc 2:weakref as 2\nalloc 3:frame as 3");
  REQUIRE(trace.types.size() == kBuiltinTypes + 2);
  CHECK(trace.types.back().kind == Kind::opaque);
}

TEST_CASE("the format is found by content, then by extension") {
  CHECK(read("\xEF\xBB\xBF{\"gcsim\":1}\n{\"op\":\"check\"}\n", "x.trace") == "check");
  CHECK(read("\xEF\xBB\xBF"
             "check\n",
             "x.json") == "check");
  CHECK(read("\n\n  {\"gcsim\":1,\"events\":[{\"op\":\"check\"}]}\n", "x.jsonl") == "check");
  CHECK(read("what?\n", "x.json").substr(0, 20) == "! 1:1 malformed JSON");
  CHECK(read("what?\n", "x.jsonl").substr(0, 20) == "! 1:1 malformed JSON");
}

TEST_SUITE_END();
