// The scan's idea of JSON against that of nlohmann/json.
#include "../../src/trace/json_scan.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "../../src/trace/utf8.h"
#include "gcsim/trace/reader.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/json_scan");

namespace {

bool accepts(const std::string& text) {
  JsonScan scan(text);
  JsonValue value;
  if (!scan.value(value)) return false;
  scan.skip_blanks();
  return scan.at() == text.size();
}

}  // namespace

TEST_CASE("a scan accepts what nlohmann/json accepts") {
  for (const char* text : {"{}",
                           "[]",
                           " [ ] ",
                           "[1,-0,0.5,1e5,1E+5,-1.25e-3]",
                           "[01]",
                           "[-]",
                           "[1.]",
                           "[.5]",
                           "[1e]",
                           "[+1]",
                           "true",
                           "tru",
                           "truely",
                           "null",
                           "[nul]",
                           "\"\\u00e9\\ud83d\\ude00\"",
                           "\"\\ud83d\"",
                           "\"\\ude00\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\t\"",
                           "\"",
                           "{\"a\":1,\"a\":2}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a:1}",
                           "{\"a\":1,}",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[[[]],{\"x\":[{}]}]",
                           "[}",
                           "{]",
                           "[1]]",
                           "",
                           " ",
                           "[\"\\/\\b\\f\\n\\r\\t\\\\\\\"\"]",
                           "1 ",
                           "-",
                           "0x1",
                           "[1]\n",
                           "//"}) {
    CAPTURE(text);
    CHECK(accepts(text) == nlohmann::json::accept(text));
  }
}

TEST_CASE("a scan accepts what nlohmann/json accepts, for random changes to good JSON") {
  const std::string good =
      R"({"op":"alloc","id":17,"items":["a",null,true,false,-1.5e+3,"\u00e9\n\"x\\"],"n":{"d":[{}],"e":[]},"z":0})";
  const std::string letters = "{}[]\",:\\ue0123.-+ntf \n\t";
  std::mt19937 random(20240607);
  for (int i = 0; i < 200'000; ++i) {
    std::string text = good;
    for (unsigned changes = 1 + static_cast<unsigned>(random()) % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const char letter = letters[random() % letters.size()];
      if (random() % 3 == 0)
        text.erase(at, 1);
      else if (random() % 2 == 0)
        text.insert(at, 1, letter);
      else
        text[at] = letter;
    }
    // No word of a trace has a NUL in it, so that escape is refused here.
    if (text.find("\\u0000") != std::string::npos) continue;
    if (accepts(text) != nlohmann::json::accept(text)) FAIL(text);
  }
}

TEST_CASE("numbers of any size are numbers") {
  CHECK(accepts(std::string(1000, '9')));
  CHECK(accepts("1e999999"));
}

TEST_CASE("a member is found where it stands") {
  const std::string text = R"( { "a" : [1, {"x":2}] , "b":"c\"d" } rest)";
  JsonScan scan(text);
  std::string found;
  CHECK(scan_members(scan, [&](const JsonValue& key, const JsonValue& value) {
    found += text.substr(key.begin, key.end - key.begin) + text.substr(value.begin, value.end - value.begin);
    return true;
  }));
  CHECK(found == R"("a"[1, {"x":2}]"b""c\"d")");
  CHECK(text.substr(scan.at()) == " rest");
}

TEST_CASE("a bad byte is found anywhere") {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    CHECK(find_bad_byte(text) == std::string::npos);
    text[at] = '\0';
    CHECK(find_bad_byte(text) == at);
    text[at] = '\x80';
    CHECK(find_bad_byte(text) == at);
    text.insert(at, "é€\U0001F600");
    CHECK(find_bad_byte(text) == at + 9);
  }
}

TEST_SUITE_END();
