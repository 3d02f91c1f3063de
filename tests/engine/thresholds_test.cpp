// Both edges of every number: thresholds, free lists, shared keys. The answers are real CPython 3.11.7's.
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/event_maker.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

// "PREFIX<i>SUFFIX" for i = 0 .. n - 1, a line each.
std::string repeated(const std::string& before, int n, const std::string& after) {
  std::string text;
  for (int i = 0; i < n; ++i) text += before + std::to_string(i) + after + "\n";
  return text;
}

std::string last_of(const std::string& trace) {
  return transcript(trace).back();
}

std::string tuple_of(int n) {
  std::string text = "alloc t tuple";
  for (int i = 0; i < n; ++i) text += " None";
  return text + "\n";
}

// What the next allocation does when the counts are these.
std::string next_allocation(std::string_view profile, engine::Counts counts) {
  auto reader = open_bytes("alloc a list\n");
  engine::Settings settings = settings_of(profile);
  settings.count = counts;
  report::StringSink sink;
  report::TranscriptWriter writer(reader->vocabulary(), sink);
  auto simulator = engine::Simulator::create(settings, &writer);
  replay(*reader, *simulator, {});
  writer.finish({});
  return sink.text.substr(3, sink.text.size() - 4);
}

TEST_SUITE("engine/thresholds") {
  TEST_CASE("700 objects start no collection, the 701st does") {
    CHECK_EQ(last_of(repeated("alloc o", 700, " list")), "| | count=(700,0,0)");
    CHECK_EQ(last_of(repeated("alloc o", 701, " list")), "| gc0:0,0 | count=(0,1,0)");
  }

  TEST_CASE("10 younger collections are not enough for generation 1, the 11th is") {
    CHECK_EQ(next_allocation("cpython-3.11", {700, 10, 0}), "| gc0:0,0 | count=(0,11,0)");
    CHECK_EQ(next_allocation("cpython-3.11", {700, 11, 0}), "| gc1:0,0 | count=(0,0,1)");
    CHECK_EQ(next_allocation("cpython-3.11", {700, 11, 10}), "| gc1:0,0 | count=(0,0,11)");
    CHECK_EQ(next_allocation("cpython-3.11", {700, 11, 11}), "| gc2:0,0 | count=(0,0,0)");
    CHECK_EQ(next_allocation("cpython-3.11", {700, 0, 11}), "| gc2:0,0 | count=(0,0,0)");
    CHECK_EQ(next_allocation("cpython-3.11", {699, 11, 11}), "| | count=(700,11,11)");
  }

  TEST_CASE("in the textbook reading reaching a threshold is enough, the running collection counted in") {
    CHECK_EQ(next_allocation("textbook", {698, 9, 9}), "| | count=(699,9,9)");
    CHECK_EQ(next_allocation("textbook", {699, 3, 0}), "| gc0:0,0 | count=(0,4,0)");
    CHECK_EQ(next_allocation("textbook", {699, 8, 9}), "| gc0:0,0 | count=(0,9,9)");
    CHECK_EQ(next_allocation("textbook", {699, 9, 0}), "| gc1:0,0 | count=(0,0,1)");
    CHECK_EQ(next_allocation("textbook", {699, 9, 8}), "| gc1:0,0 | count=(0,0,9)");
    CHECK_EQ(next_allocation("textbook", {699, 9, 9}), "| gc2:0,0 | count=(0,0,0)");
  }

  TEST_CASE("the free list holds 80 lists, and 80 dicts") {
    for (std::string type : {"list", "dict"}) {
      CAPTURE(type);
      auto trace = [&type](int n) { return repeated("alloc o", n, " " + type) + repeated("del o", n, ""); };
      CHECK_EQ(last_of(trace(79) + "alloc x " + type + "\n"), "| | count=(79,0,0)");
      CHECK_EQ(last_of(trace(80) + "alloc x " + type + "\n"), "| | count=(80,0,0)");
      CHECK_EQ(last_of(trace(81)), "free:o80 | | count=(80,0,0)");
      CHECK_EQ(last_of(trace(81) + repeated("alloc x", 80, " " + type)), "| | count=(80,0,0)");
      CHECK_EQ(last_of(trace(81) + repeated("alloc x", 81, " " + type)), "| | count=(81,0,0)");
    }
  }

  TEST_CASE("dead tuples of up to 19 items are used again, of 20 kept for nothing, of 21 freed") {
    auto counts = [](int n) { return transcript(tuple_of(n) + "del t\n" + tuple_of(n)); };
    for (int n : {1, 19}) {
      CAPTURE(n);
      CHECK_EQ(counts(n)[1], "free:t | | count=(1,0,0)");
      CHECK_EQ(counts(n)[2], "| | count=(1,0,0)");
    }
    CHECK_EQ(counts(20)[1], "free:t | | count=(1,0,0)");
    CHECK_EQ(counts(20)[2], "| | count=(2,0,0)");
    CHECK_EQ(counts(21)[1], "free:t | | count=(0,0,0)");
    CHECK_EQ(counts(21)[2], "| | count=(1,0,0)");
  }

  TEST_CASE("a free tuple serves only tuples of its own length") {
    CHECK_EQ(last_of(tuple_of(3) + "del t\n" + tuple_of(4)), "| | count=(2,0,0)");
  }

  TEST_CASE("only a full collection empties the free lists") {
    std::string used = "alloc l list\ndel l\n";
    CHECK_EQ(last_of(used + "gc collect 0\nalloc l list\n"), "| | count=(0,1,0)");
    CHECK_EQ(last_of(used + "gc collect 1\nalloc l list\n"), "| | count=(0,0,1)");
    CHECK_EQ(last_of(used + "gc collect 2\nalloc l list\n"), "| | count=(1,0,0)");
  }

  TEST_CASE("lists that die in a full collection fill the free list before it is emptied") {
    CHECK_EQ(last_of("alloc l list\nref l[] l\ndel l\ngc collect\nalloc l list\n"), "| | count=(1,0,0)");
    CHECK_EQ(last_of("alloc l list\nref l[] l\ndel l\ngc collect 1\nalloc l list\n"), "| | count=(0,0,1)");
  }

  TEST_CASE("29 attributes of the first instance are kept inline, the 30th moves them to a dict") {
    std::string instance = "class N\nalloc n N\nalloc v list\n";
    CHECK_EQ(last_of(instance + repeated("setattr n a", 29, " v")), "| | count=(2,0,0)");
    CHECK_EQ(last_of(instance + repeated("setattr n a", 30, " v")), "| | count=(3,0,0)");
    CHECK_EQ(last_of(instance + repeated("setattr n a", 31, " v")), "| | count=(3,0,0)");
  }

  TEST_CASE("after many instances their class has room for one late attribute name") {
    auto trace = [](int instances, const std::string& events) {
      return "class N\nalloc v list\n" + repeated("alloc n", instances, " N") + events;
    };
    CHECK_EQ(last_of(trace(40, "setattr n39 a v\n")), "| | count=(41,0,0)");
    CHECK_EQ(last_of(trace(40, "setattr n39 a v\nsetattr n39 b v\n")), "| | count=(42,0,0)");
    CHECK_EQ(last_of(trace(40, "setattr n39 a v\nsetattr n38 a v\n")), "| | count=(41,0,0)");
    CHECK_EQ(last_of(trace(40, "setattr n39 a v\nsetattr n37 c v\n")), "| | count=(42,0,0)");
    CHECK_EQ(last_of(trace(28, "setattr n1 a v\nsetattr n1 b v\n")), "| | count=(29,0,0)");
    CHECK_EQ(last_of(trace(28, "setattr n1 a v\nsetattr n1 b v\nsetattr n1 c v\n")), "| | count=(30,0,0)");
  }

  TEST_CASE("a generation count never falls below zero") {
    CHECK_EQ(last_of("class N\nalloc n N\nalloc m N\ngc collect\ndel n m\n"),
             "free:n free:m | | count=(0,0,0)");
  }
}

}  // namespace
}  // namespace gcsim::test
