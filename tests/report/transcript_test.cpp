#include "gcsim/report/transcript.h"

#include <array>

#include "doctest/doctest.h"
#include "notices.h"

TEST_SUITE_BEGIN("report/transcript");

using gcsim::engine::CollectionReason;
using gcsim::report::StringSink;
using gcsim::report::TranscriptWriter;
using gcsim::test::World;

namespace {

struct Transcript : World {
  StringSink sink;
  TranscriptWriter writer{words, sink};

  // One event, of which `notices` tells.
  template <class Notices>
  std::string event(Notices notices) {
    writer.on_event(7, {});
    notices();
    writer.on_event_end(7, {3, 2, 1});
    writer.finish({});
    return sink.text;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Transcript, "the first line names profile and thresholds") {
  writer.begin(gcsim::test::default_settings());
  writer.finish({});
  CHECK(sink.text == "# gcsim cpython-3.11 threshold=(700,10,10)\n");
}

TEST_CASE_FIXTURE(Transcript, "an event without effect has its counts only") {
  CHECK(event([] {}) == "#7 | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "tokens come in the order of happening") {
  CHECK(event([&] {
          writer.on_finalizer(list("a"));
          writer.on_freed(list("a"), false, 7);
          writer.on_callback(list("w"));
        }) == "#7 finalize:a free:a callback:w | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "objects without an ID leave no token") {
  CHECK(event([&] { writer.on_freed(nameless_dict(), false, 7); }) == "#7 | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript,
                  "braces surround what happens inside a collection, and its return value is outside") {
  CHECK(event([&] {
          writer.on_collection_start({2, CollectionReason::explicit_call, 0, 0});
          writer.on_freed(list("b"), true, 6);
          writer.on_collection_end({.generation = 2, .collected = 1});
          writer.on_return(1);
        }) == "#7 { free:b } return:1 | gc2:1,0 | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "a collection without tokens has no braces") {
  CHECK(event([&] {
          writer.on_collection_start({0, CollectionReason::threshold, 701, 700});
          writer.on_collection_end({.generation = 0});
        }) == "#7 | gc0:0,0 | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(
    Transcript,
    "two collections with adjacent tokens share a pair of braces, closed at the end of the event") {
  CHECK(event([&] {
          for (const char* id : {"a", "b"}) {
            writer.on_collection_start({0, CollectionReason::threshold, 3, 2});
            writer.on_freed(list(id), true, 6);
            writer.on_collection_end({.generation = 0, .collected = 2, .uncollectable = 1});
          }
        }) == "#7 { free:a free:b } | gc0x2:4,2 | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "collections are listed by generation, whatever their order") {
  CHECK(event([&] {
          for (const gcsim::Generation g : {1u, 0u}) {
            writer.on_collection_start({g, CollectionReason::threshold, 3, 2});
            writer.on_collection_end({.generation = g, .collected = g});
          }
        }) == "#7 | gc0:0,0 gc1:1,0 | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "a refused event tells the error behind what it did before") {
  CHECK(event([&] {
          writer.on_freed(list("a"), false, 7);
          writer.on_refused({.fault = gcsim::trace::Fault::unbound_name});
        }) == "#7 free:a error:unbound | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "an allocation that made nothing names the object it returned") {
  CHECK(event([&] { writer.on_same(symbol("j"), list("i")); }) == "#7 same:i | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "the answers of inspect") {
  CHECK(event([&] {
          writer.on_refcount(list("a"), 2, true);
          const std::array young{list("a"), nameless_dict()};
          const std::array old{list("b")};
          writer.on_generations(young, {}, old, 5, 4);
          writer.on_count({1, 2, 3});
        }) ==
        "#7 refcount=2 tracked=1 generation0[a <dict>] generation1[] generation2[b] long_lived=5,4 "
        "return:(1,2,3) | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "an answer of yes or no is 1 or 0") {
  const std::array<std::int64_t, 1> yes{1};
  CHECK(event([&] {
          writer.on_answer({gcsim::engine::AnswerKind::is, yes, {}, {}});
        }) == "#7 is=1 | | count=(3,2,1)\n");
}

TEST_CASE_FIXTURE(Transcript, "how a module was found is a word") {
  const std::array<std::int64_t, 1> is_new{0};
  CHECK(event([&] {
          writer.on_answer({gcsim::engine::AnswerKind::module, is_new, {}, {}});
        }) == "#7 module=new | | count=(3,2,1)\n");
}

TEST_SUITE_END();
