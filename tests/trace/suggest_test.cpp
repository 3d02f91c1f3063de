#include "../../src/trace/suggest.h"

#include <doctest/doctest.h>

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/suggest");

TEST_CASE("edits are insertions, removals, changes and swaps") {
  CHECK(edit_distance("alloc", "alloc") == 0);
  CHECK(edit_distance("aloc", "alloc") == 1);
  CHECK(edit_distance("allocc", "alloc") == 1);
  CHECK(edit_distance("allok", "alloc") == 1);
  CHECK(edit_distance("alolc", "alloc") == 1);
  CHECK(edit_distance("laolc", "alloc") == 2);
  CHECK(edit_distance("", "ab") == 2);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("alloc", "weakref") == 3);
  CHECK(edit_distance(std::string(100, 'a'), "a") == 3);
}

TEST_CASE("the nearest word is suggested, and a far one is not") {
  const auto suggest = [](const char* word) {
    Suggestion suggestion(word);
    for (const char* known : {"list", "dict", "int", "del"}) suggestion.offer(known);
    return suggestion.note();
  };
  CHECK(suggest("lits") == "did you mean 'list'?");
  CHECK(suggest("dic") == "did you mean 'dict'?");
  CHECK(suggest("x").empty());
  CHECK(suggest("frame").empty());
  CHECK(suggest("print(1)").empty());
}

TEST_SUITE_END();
