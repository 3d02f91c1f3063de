// Plain lines are read in a way of their own. What comes out is what the readers of the whole language make
// of the same lines: a blank at the end of a line means nothing, but such a line is not plain.
#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <utility>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/plain");

namespace {

// IDs, names, keys, numbers: some that are, some that only look like it.
constexpr std::array kWords = {
    "0",        "7",         "07",         "1234567",    "9999999",     "10000000",
    "12345678", "123456789", "4294967295", "4294967296", "99999999999", "18446744073709551616",
    "a",        "o17",       "o007",       "o0",         "x.y",         "_",
    "None",     "17a",       ".a",         "a-b",        "o4294967296", "a_rather_long_word_1234567",
    "list",     "size",      "a\xc3\xa9",  "1.5",        "-1",          "1e3"};
constexpr std::array kTypes = {"list",  "dict", "tuple", "set",           "Node",    "Named",    "int", "str",
                               "float", "None", "lists", "Longer_than_8", "weakref", "function", "Re"};
constexpr std::string_view kClasses =
    R"("classes":{"Node":{},"Named":{"del":true},"Re":{"del":"resurrect"}})";

class Lines {
 public:
  explicit Lines(unsigned seed) : random_(seed) {}

  std::string text() {
    const std::string a = word();
    switch (random_() % 14) {
      case 0:
      case 1: return "alloc " + a + " " + type() + (random_() % 3 == 0 ? " size=" + word() : "");
      case 2: return "ref " + a + " " + word();
      case 3: return "ref " + a + "[] " + word();
      case 4: return "ref " + a + "[" + word() + "] " + word();
      case 5: return "unref " + a + "[" + (random_() % 2 == 0 ? word() : "") + "]";
      case 6: return "unref " + a + "[" + (random_() % 4 == 0 ? word() : "") + "] " + word();
      case 7: return "del " + a;
      case 8: return "del " + a + " " + word() + " " + word();
      case 9: return "setattr " + a + " " + word() + " " + word();
      case 10: return "track " + a;
      case 11: return "untrack " + a;
      case 12: return "resize " + a + " " + word();
      default: return random_() % 2 == 0 ? "check" : "chec";
    }
  }

  std::string json() {
    const std::string a = id();
    switch (random_() % 14) {
      case 0:
      case 1:
        return R"({"op":"alloc","id":)" + a + R"(,"type":")" + type() + "\"" +
               (random_() % 3 == 0 ? ",\"size\":" + id() : "") + "}";
      case 2: return R"({"op":"ref","name":)" + a + ",\"to\":" + id() + "}";
      case 3: return R"({"op":"ref","from":)" + a + ",\"to\":" + id() + "}";
      case 4: return R"({"op":"ref","from":)" + a + ",\"key\":" + id() + ",\"to\":" + id() + "}";
      case 5: return R"({"op":"unref","from":)" + a + (random_() % 2 == 0 ? ",\"key\":" + id() : "") + "}";
      case 6: return R"({"op":"unref","from":)" + a + ",\"to\":" + id() + "}";
      case 7: return R"({"op":"del","name":)" + a + "}";
      case 8: return R"({"op":"del","names":[)" + a + (random_() % 2 == 0 ? "," + id() : "") + "]}";
      case 9: return R"({"op":"setattr","obj":)" + a + ",\"attr\":" + id() + ",\"value\":" + id() + "}";
      case 10: return R"({"op":"track","id":)" + a + "}";
      case 11: return R"({"op":"untrack","id":)" + a + "}";
      case 12: return R"({"op":"resize","id":)" + a + ",\"size\":" + id() + "}";
      default: return R"({"op":"check"})";
    }
  }

 private:
  std::mt19937 random_;

  std::string word() {
    if (random_() % 4 == 0) return std::string(kWords[random_() % kWords.size()]);
    return (random_() % 2 == 0 ? "" : "o") + std::to_string(random_() % 1'000'000'000 >> random_() % 30);
  }
  std::string id() {
    const std::string it = word();
    return random_() % 2 == 0 ? "\"" + it + "\"" : it;
  }
  std::string type() { return std::string(kTypes[random_() % kTypes.size()]); }
};

// The same lines in both ways.
std::pair<std::string, std::string> both(std::string header, unsigned seed, std::string (Lines::*line)()) {
  Lines lines(seed);
  std::string plain = header;
  std::string other = std::move(header);
  for (int i = 0; i < 3'000; ++i) {
    const std::string each = (lines.*line)();
    plain += each + "\n";
    other += each + " \n";
  }
  return {plain, other};
}

}  // namespace

TEST_CASE("a plain line of text is the event that its words say") {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const auto [plain, other] =
        both("class Node\nclass Named del\nclass Re del=resurrect\n", seed, &Lines::text);
    const std::string expected = read(other);
    CHECK(read(plain) == expected);
    CHECK(transcript(std::make_unique<PortionedSource>(plain, 7 * seed), "t").joined() == expected);
  }
}

TEST_CASE("a plain line of JSON Lines is the event that its members say") {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const auto [plain, other] = both(cat("{\"gcsim\":1,", kClasses, "}\n"), seed, &Lines::json);
    const std::string expected = read(other, "t.jsonl");
    CHECK(read(plain, "t.jsonl") == expected);
    CHECK(transcript(std::make_unique<PortionedSource>(plain, 7 * seed), "t.jsonl").joined() == expected);
  }
}

TEST_CASE("types of a recording are plain once they have been met") {
  const std::string line = "alloc 1 builtin_function size=40\nalloc 2 cell size=40\n";
  const std::string again = "alloc 3 builtin_function size=40\nalloc 4 cell size=40\n";
  CHECK(read("tracking explicit\n" + line + again) ==
        "alloc 1:builtin_function as 1 #40\nalloc 2:cell as 2 #40\n"
        "alloc 3:builtin_function as 3 #40\nalloc 4:cell as 4 #40");
}

TEST_CASE("words with a dot are looked at closely once there are modules") {
  CHECK(read("alloc a.x list\nimport a\nref a.y None\n") ==
        read("alloc a.x list \nimport a\nref a.y None \n"));
}

TEST_SUITE_END();
