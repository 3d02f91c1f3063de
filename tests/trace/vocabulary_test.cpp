#include "gcsim/trace/vocabulary.h"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/vocabulary");

TEST_CASE("a word has one number, and the number its word") {
  WordTable table;
  CHECK(table.find("a") == std::nullopt);
  const auto a = table.intern("a");
  const auto empty = table.intern("");
  const auto large = table.intern(std::string(1000, 'x'));
  CHECK(table.intern("a") == a);
  CHECK(table.find("") == empty);
  CHECK(table.word(a) == "a");
  CHECK(table.word(empty).empty());
  CHECK(table.word(large) == std::string(1000, 'x'));
  CHECK(table.find(std::string(999, 'x')) == std::nullopt);
  CHECK(table.capacity() == 3);
}

TEST_CASE("a released number is used again and its word forgotten") {
  WordTable table;
  const auto a = table.intern("a");
  table.intern("b");
  table.release(a);
  CHECK(table.find("a") == std::nullopt);
  CHECK(table.intern(std::string(30, 'c')) == a);
  CHECK(table.word(a) == std::string(30, 'c'));
  CHECK(table.capacity() == 2);
}

TEST_CASE("views of words stay valid while other words come and go") {
  WordTable table;
  const std::string_view first = table.word(table.intern("first"));
  for (int i = 0; i < 100'000; ++i) table.intern(std::to_string(i));
  CHECK(first == "first");
}

TEST_CASE("a million words that come and go need the room of those that are there") {
  WordTable table;
  for (int i = 0; i < 1'000'000; ++i) {
    const auto number = table.intern(std::to_string(i).append("o"));
    if (i % 1000 != 0) table.release(number);
  }
  CHECK(table.capacity() <= 1001);
}

TEST_CASE("the table agrees with a map over random comings and goings") {
  std::mt19937 random(20240607);
  WordTable table;
  std::map<std::string, std::uint32_t> model;
  std::set<std::uint32_t> numbers;
  for (int i = 0; i < 200'000; ++i) {
    std::string word = std::to_string(random() % 3000);
    if (random() % 4 == 0) word += std::string(word.size() * 4, 'y');
    const auto known = model.find(word);
    CHECK_MESSAGE(table.find(word).has_value() == (known != model.end()), word);
    if (random() % 2 == 0) {
      const std::uint32_t number = table.intern(word);
      if (known == model.end()) CHECK_MESSAGE(numbers.insert(number).second, word);
      if (known != model.end()) CHECK_MESSAGE(number == known->second, word);
      model[word] = number;
    } else if (known != model.end()) {
      table.release(known->second);
      numbers.erase(known->second);
      model.erase(known);
    }
  }
  for (const auto& [word, number] : model) CHECK(table.word(number) == word);
}

TEST_CASE("a number behind a prefix is the same word however it comes") {
  WordTable table;
  bool is_new = false;
  const WordTable::Series o = table.series_of("o");
  const auto o17 = table.intern("o17");
  CHECK(table.intern(o, 17, is_new) == o17);
  CHECK_FALSE(is_new);
  CHECK(table.find("o17") == o17);
  CHECK(table.word(o17) == "o17");
  // Written otherwise, they are other words.
  for (const char* other : {"o017", "17", "oo17", "o17.", "o4294967313"}) {
    const auto number = table.intern(other, is_new);
    CHECK_MESSAGE(is_new, other);
    CHECK(table.word(number) == other);
    CHECK(table.find(other) == number);
  }
  const auto large = table.intern(o, 4294967295u, is_new);
  CHECK(table.word(large) == "o4294967295");
  CHECK(table.find("o4294967295") == large);
  table.release(o17);
  CHECK(table.find("o17") == std::nullopt);
}

TEST_CASE("there are only so many series, and words of others are words all the same") {
  WordTable table;
  std::vector<std::uint32_t> numbers;
  for (int i = 0; i < 200; ++i) numbers.push_back(table.intern("p" + std::string(i, 'x') + "7"));
  CHECK(table.prefixes().size() == WordTable::kMostSeries);
  CHECK(table.series_of("more") == WordTable::kNoSeries);
  CHECK(table.series_of("o1") == WordTable::kNoSeries);
  for (int i = 0; i < 200; ++i) {
    CHECK(table.intern("p" + std::string(i, 'x') + "7") == numbers[i]);
    CHECK(table.word(numbers[i]) == "p" + std::string(i, 'x') + "7");
  }
}

TEST_CASE("a table that follows another one finds the same words") {
  WordTable table;
  table.intern("None");
  const WordTable::Series o = table.series_of("o");
  table.follow(5, o, 17);
  table.follow(3, "name");
  table.follow(4, "o18");
  table.follow(2, "R_o17");
  CHECK(table.find("o17") == 5u);
  CHECK(table.find("o18") == 4u);
  CHECK(table.find("name") == 3u);
  CHECK(table.find("R_o17") == 2u);
  CHECK(table.find("None") == 0u);
  table.follow_release(4);
  table.follow_release(3);
  table.follow(3, o, 19);
  CHECK(table.find("o18") == std::nullopt);
  CHECK(table.find("name") == std::nullopt);
  CHECK(table.find("o19") == 3u);
  CHECK(table.word(3) == "o19");
}

TEST_CASE("literals are the same when kind and text are") {
  Vocabulary words;
  const gcsim::LiteralId one = words.intern(Literal{Kind::integer, "1"});
  CHECK(words.intern(Kind::integer, "1") == one);
  CHECK(words.intern(Kind::string, "1") != one);
  CHECK(words.literals()[gcsim::raw(one)].text == "1");
  CHECK(words.literals().size() == 2);
}

TEST_CASE("None is a symbol from the start, and no type of an alloc") {
  const Vocabulary words;
  CHECK(words.symbols.find("None") == gcsim::raw(words.none()));
  CHECK(words.find_type("None") == std::nullopt);
  CHECK(words.find_type("NoneType") == std::nullopt);
  CHECK(words.find_type("weakref") == std::nullopt);
  CHECK(words.find_type("list") == gcsim::TypeId{kListType});
  CHECK(words.types()[kWeakrefType].kind == Kind::weakref);
}

TEST_SUITE_END();
