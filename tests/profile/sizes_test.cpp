// Sizes of values against sys.getsizeof of CPython 3.11.7.
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/profile/profile.h"

namespace gcsim::profile {
namespace {

using trace::Kind;

struct Row {
  std::string text;
  std::uint32_t size;
};

void check(Kind kind, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK_EQ(size_of_literal(*find("cpython-3.11"), kind, row.text), row.size);
  }
}

TEST_SUITE("profile/sizes") {
  TEST_CASE("an int takes 4 bytes for every 30 bits") {
    check(Kind::integer, {{"1", 28},
                          {"-1", 28},
                          {"1073741823", 28},
                          {"1073741824", 32},
                          {"-1073741823", 28},
                          {"-1073741824", 32},
                          {"1000000000", 28},
                          {"1152921504606846975", 32},
                          {"1152921504606846976", 36},
                          {"1000000000000000000", 32},
                          {"1237940039285380274899124224", 40},
                          {"1000000000000000000000000000", 36},
                          {"1606938044258990275541962092341162602522202993782792835313721", 52}});
  }

  TEST_CASE("a googol takes 333 bits") {
    check(Kind::integer, {{"1" + std::string(100, '0'), 72}});
  }

  TEST_CASE("a str takes one, two or four bytes a character, by its widest") {
    check(Kind::string, {{"", 49},
                         {"a", 50},
                         {"abc", 52},
                         {"hello world", 60},
                         {"\xc3\xa9", 74},
                         {"\xc3\xbf", 74},
                         {"\xc4\x80", 76},
                         {"\xe6\x97\xa5\xe6\x9c\xac", 78},
                         {"a\xc4\x80"
                          "b",
                          80},
                         {"\xf0\x9f\x98\x80", 80}});
  }

  TEST_CASE("a float has one size") {
    check(Kind::floating, {{"1.0", 24}, {"1e+300", 24}});
  }
}

}  // namespace
}  // namespace gcsim::profile
