// Hashes and equality of values. The numbers are those of CPython 3.11.7 with PYTHONHASHSEED=0.
#include "../../src/engine/values.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "doctest/doctest.h"

namespace gcsim::engine {
namespace {

using trace::Kind;

std::int64_t hash(Kind kind, std::string_view text) {
  return hash_of(value_of(kind, text), profile::HashRules{});
}

struct Row {
  std::string text;
  std::int64_t hash;
};

void check(Kind kind, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK_EQ(hash(kind, row.text), row.hash);
  }
}

TEST_SUITE("engine/values") {
  TEST_CASE("an int hashes to itself modulo 2**61 - 1, and -1 to -2") {
    check(Kind::integer, {{"0", 0},
                          {"1", 1},
                          {"-1", -2},
                          {"-2", -2},
                          {"2147483648", 2147483648},
                          {"2305843009213693950", 2305843009213693950},
                          {"2305843009213693951", 0},
                          {"2305843009213693952", 1},
                          {"-2305843009213693951", 0},
                          {"-2305843009213693952", -2},
                          {"1000000000000000000000000000000", 465258685558744706},
                          {"-1000000000000000000000000000000", -465258685558744706},
                          {"1606938044258990275541962092341162602522202993782792835313721", 143417}});
  }

  TEST_CASE("a float hashes like the int it equals, or by its binary fraction") {
    check(Kind::floating, {{"1.5", 1152921504606846977},
                           {"-1.5", -1152921504606846977},
                           {"0.1", 230584300921369408},
                           {"-0.1", -230584300921369408},
                           {"1e+300", 1224995262755759164},
                           {"-1e+300", -1224995262755759164},
                           {"5e-324", 16777216},
                           {"1.0", 1},
                           {"-1.0", -2},
                           {"-0.0", 0},
                           {"2.305843009213694e+18", 1},
                           {"1e+22", 1864712049423028464},
                           {"123456.789", 1819310134279660096},
                           {"inf", 314159},
                           {"-inf", -314159}});
  }

  TEST_CASE("a str hashes by SipHash-1-3 over one, two or four bytes a character") {
    check(Kind::string, {{"", 0},
                         {"a", 4644417185603328019},
                         {"abc", -4594863902769663758},
                         {"abcdefg", 7904145750247929094},
                         {"abcdefgh", 4574395652268504554},
                         {"abcdefghi", -532774252720507163},
                         {"hello world", -5642461784034726774},
                         {"aaaaaaaaaaaaaaaa", 4155492170795313926},
                         {"aaaaaaaaaaaaaaaaa", -528609469319981417},
                         {"\xc3\xa9", 6047309291227476195},
                         {"\xc3\xbf", 3476900567878811119},
                         {"\xc4\x80", 75343234424780393},
                         {"\xe6\x97\xa5\xe6\x9c\xac", 6243316497235261705},
                         {"a\xc4\x80"
                          "b",
                          -2881855660988048633},
                         {"\xf0\x9f\x98\x80", -3536540696076613844}});
  }

  TEST_CASE("a str or float without value is made from the number of its event") {
    CHECK_EQ(hash_of(default_str(1), profile::HashRules{}), -1934342286898115615);
    CHECK_EQ(hash_of(default_str(123456), profile::HashRules{}), -1087027109112207671);
    CHECK_EQ(hash_of(default_float(3), profile::HashRules{}), 1152921504606846979);
  }

  TEST_CASE("a tuple hashes by xxHash over the hashes of its items") {
    CHECK_EQ(hash_of_tuple({}, profile::TupleHash::xxhash), 5740354900026072187);
    CHECK_EQ(hash_of_tuple({1}, profile::TupleHash::xxhash), -6644214454873602895);
    CHECK_EQ(hash_of_tuple({1, 2}, profile::TupleHash::xxhash), -3550055125485641917);
    CHECK_EQ(hash_of_tuple({1, 2, 3}, profile::TupleHash::xxhash), 529344067295497451);
    CHECK_EQ(hash_of_tuple({0, 0}, profile::TupleHash::xxhash), -8458139203682520985);
    CHECK_EQ(hash_of_tuple({-2}, profile::TupleHash::xxhash), 8078679518589016365);
    CHECK_EQ(hash_of_tuple({-6644214454873602895, 2}, profile::TupleHash::xxhash), 1192742280400060608);
    CHECK_EQ(
        hash_of_tuple({hash(Kind::floating, "1.5"), hash(Kind::string, "abc")}, profile::TupleHash::xxhash),
        1045458185112867642);
  }

  TEST_CASE("numbers are equal across types, text never equals a number") {
    CHECK(value_of(Kind::integer, "1000") == value_of(Kind::floating, "1000.0"));
    CHECK(value_of(Kind::integer, "0") == value_of(Kind::floating, "-0.0"));
    CHECK(value_of(Kind::integer, "10000000000000000000000") == value_of(Kind::floating, "1e+22"));
    CHECK_FALSE(value_of(Kind::integer, "1") == value_of(Kind::floating, "1.5"));
    CHECK_FALSE(value_of(Kind::integer, "1") == value_of(Kind::string, "1"));
    CHECK_FALSE(value_of(Kind::integer, "9007199254740993") ==
                value_of(Kind::floating, "9007199254740992.0"));
  }

  TEST_CASE("the values that exist once end at -5 and 256, at one character and at U+00FF") {
    profile::InternedValues rules;
    for (const char* v : {"-5", "0", "256"}) CHECK_MESSAGE(is_interned(Kind::integer, v, rules), v);
    for (const char* v : {"-6", "257", "99999999999999999999"})
      CHECK_MESSAGE(!is_interned(Kind::integer, v, rules), v);
    for (const char* v : {"", "x", "\xc3\xbf"}) CHECK_MESSAGE(is_interned(Kind::string, v, rules), v);
    for (const char* v : {"xy", "\xc4\x80"}) CHECK_MESSAGE(!is_interned(Kind::string, v, rules), v);
    CHECK_FALSE(is_interned(Kind::floating, "1.0", rules));
  }
}

}  // namespace
}  // namespace gcsim::engine
