// What only recordings of real programs say: tracking by events, sizes, objects older than the trace.
#include <initializer_list>
#include <string>

#include "doctest/doctest.h"
#include "support/notice_log.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

// A JSON Lines trace under explicit tracking; `more` stands in the header too.
std::string recording(std::initializer_list<const char*> events, const std::string& more = "") {
  std::string text = R"({"gcsim":1,"profile":"cpython-3.11","tracking":"explicit")" + more + "}\n";
  for (const char* e : events) text += std::string(e) + "\n";
  return text;
}

TEST_SUITE("engine/recordings") {
  TEST_CASE("containers are tracked and untracked by events only") {
    auto lines = transcript(
        recording({R"({"op":"alloc","id":1,"type":"list"})", R"({"op":"inspect","what":"refcount","id":1})",
                   R"({"op":"track","id":1})", R"({"op":"inspect","what":"refcount","id":1})",
                   R"({"op":"untrack","id":1})", R"({"op":"inspect","what":"refcount","id":1})"}));
    CHECK_EQ(lines[0], "| | count=(1,0,0)");
    CHECK_EQ(lines[1], "refcount=1 tracked=0 | | count=(1,0,0)");
    CHECK_EQ(lines[3], "refcount=1 tracked=1 | | count=(1,0,0)");
    CHECK_EQ(lines[5], "refcount=1 tracked=0 | | count=(1,0,0)");
  }

  TEST_CASE("an untracked cycle is not collected, a tracked one is") {
    auto untracked =
        transcript(recording({R"({"op":"alloc","id":1,"type":"frame"})", R"({"op":"ref","from":1,"to":1})",
                              R"({"op":"del","name":1})", R"({"op":"gc","do":"collect","generation":2})"}));
    CHECK_EQ(untracked.back(), "return:0 | gc2:0,0 | count=(0,0,0)");
    auto tracked =
        transcript(recording({R"({"op":"alloc","id":1,"type":"frame"})", R"({"op":"track","id":1})",
                              R"({"op":"ref","from":1,"to":1})", R"({"op":"del","name":1})",
                              R"({"op":"gc","do":"collect","generation":2})"}));
    CHECK_EQ(tracked.back(), "{ free:1 } return:1 | gc2:1,0 | count=(0,0,0)");
  }

  TEST_CASE("the last of equal references is taken away first, so the others keep their order") {
    CHECK_EQ(
        notices(recording({R"({"op":"alloc","id":1,"type":"frame"})",
                           R"({"op":"alloc","id":2,"type":"list"})", R"({"op":"alloc","id":3,"type":"list"})",
                           R"({"op":"ref","from":1,"to":2})", R"({"op":"ref","from":1,"to":3})",
                           R"({"op":"ref","from":1,"to":2})", R"({"op":"unref","from":1,"to":2})",
                           R"({"op":"del","names":[2,3]})", R"({"op":"del","name":1})"}),
                {.from = 9}),
        "freed 1 since 9\n"
        "freed 2 since 9\n"
        "freed 3 since 9\n");
  }

  TEST_CASE("a resize changes the size and is told") {
    CHECK_EQ(notices(recording({R"({"op":"alloc","id":1,"type":"list","size":56})",
                                R"({"op":"resize","id":1,"size":200})"}),
                     {.from = 2}),
             "resized 1 56 to 200\n");
  }

  TEST_CASE("an object older than the trace moves no count at its birth, but at its death") {
    auto lines = transcript(
        recording({R"({"op":"alloc","id":1,"type":"frame"})",
                   R"({"op":"alloc","id":2,"type":"frame","before":true})", R"({"op":"del","name":2})"}));
    CHECK_EQ(lines[1], "| | count=(1,0,0)");
    CHECK_EQ(lines[2], "free:2 | | count=(0,0,0)");
  }

  TEST_CASE("a tuple that held a container older than the trace is not untracked by a collection") {
    auto lines = [](const char* alloc) {
      return transcript(
          recording({alloc, R"({"op":"track","id":1})", R"({"op":"gc","do":"collect","generation":0})",
                     R"({"op":"inspect","what":"refcount","id":1})"}));
    };
    CHECK_EQ(lines(R"({"op":"alloc","id":1,"type":"tuple","outside":true,"size":48})").back(),
             "refcount=1 tracked=1 | | count=(0,1,0)");
    CHECK_EQ(lines(R"({"op":"alloc","id":1,"type":"tuple","size":48})").back(),
             "refcount=1 tracked=0 | | count=(0,1,0)");
  }

  TEST_CASE("an allocation that bypassed the free list counts although a block was free") {
    auto lines = [](const char* second) {
      return transcript(
          recording({R"({"op":"alloc","id":1,"type":"list"})", R"({"op":"del","name":1})", second}));
    };
    CHECK_EQ(lines(R"({"op":"alloc","id":2,"type":"list"})").back(), "| | count=(1,0,0)");
    CHECK_EQ(lines(R"({"op":"alloc","id":2,"type":"list","free_list":false})").back(), "| | count=(2,0,0)");
  }

  TEST_CASE("the free lists, counts and long-lived objects a recording begins with") {
    std::string more = R"(,"count":[5,2,1],"free_lists":{"list":1,"tuple[2]":1},"long_lived_total":40)";
    auto lines = transcript(recording(
        {R"({"op":"alloc","id":1,"type":"list"})", R"({"op":"alloc","id":2,"type":"list"})",
         R"({"op":"alloc","id":3,"type":"tuple","size":56})",
         R"({"op":"alloc","id":4,"type":"tuple","size":64})", R"({"op":"track","id":1})",
         R"({"op":"gc","do":"collect","generation":2})", R"({"op":"inspect","what":"generations"})"},
        more));
    CHECK_EQ(lines[0], "| | count=(5,2,1)");
    CHECK_EQ(lines[1], "| | count=(6,2,1)");
    CHECK_EQ(lines[2], "| | count=(6,2,1)");
    CHECK_EQ(lines[3], "| | count=(7,2,1)");
    CHECK_EQ(lines[6], "generation0[] generation1[] generation2[1] long_lived=41,0 | | count=(0,0,0)");
  }

  TEST_CASE("an unreachable generator is closed first; what dies of that is not collected") {
    auto lines = transcript(
        recording({R"({"op":"alloc","id":"g","type":"generator"})", R"({"op":"track","id":"g"})",
                   R"({"op":"alloc","id":"l","type":"list"})", R"({"op":"track","id":"l"})",
                   R"({"op":"alloc","id":"x","type":"list"})", R"({"op":"track","id":"x"})",
                   R"({"op":"ref","from":"g","to":"l"})", R"({"op":"ref","from":"l","to":"g"})",
                   R"({"op":"ref","from":"g","to":"x"})", R"({"op":"ref","from":"l","to":"l"})",
                   R"({"op":"del","names":["g","l","x"]})", R"({"op":"gc","do":"collect","generation":2})"}));
    CHECK_EQ(lines.back(), "{ free:x free:g free:l } return:2 | gc2:2,0 | count=(0,0,0)");
  }

  TEST_CASE("a generator that survived its closing is not closed again") {
    std::string more = R"(,"classes":{"R":{"del":"resurrect"}})";
    auto lines = transcript(recording(
        {R"({"op":"alloc","id":"g","type":"generator"})", R"({"op":"track","id":"g"})",
         R"({"op":"alloc","id":"r","type":"R"})", R"({"op":"track","id":"r"})",
         R"({"op":"ref","from":"g","to":"r"})", R"({"op":"ref","from":"r","to":"g"})",
         R"({"op":"ref","from":"r","to":"r"})", R"({"op":"del","names":["g","r"]})",
         R"({"op":"gc","do":"collect","generation":2})", R"({"op":"alloc","id":"x","type":"list"})",
         R"({"op":"track","id":"x"})", R"({"op":"ref","from":"g","to":"x"})", R"({"op":"del","name":"x"})",
         R"({"op":"del","name":"R_r"})", R"({"op":"gc","do":"collect","generation":2})"},
        more));
    CHECK_EQ(lines[8], "{ finalize:r } return:0 | gc2:0,0 | count=(0,0,0)");
    // Closing g once more would free x before it is counted.
    CHECK_EQ(lines.back(), "{ free:g free:x free:r } return:3 | gc2:3,0 | count=(0,0,0)");
  }

  TEST_CASE("an allocation under an exception counts, but starts no collection") {
    auto lines = transcript(recording(
        {R"({"op":"alloc","id":1,"type":"frame"})", R"({"op":"alloc","id":2,"type":"frame","error":true})",
         R"({"op":"alloc","id":3,"type":"frame"})"},
        R"(,"threshold":[1])"));
    CHECK_EQ(lines[1], "| | count=(2,0,0)");
    CHECK_EQ(lines[2], "| gc0:0,0 | count=(0,1,0)");
  }

  TEST_CASE("a tuple said to be outside is untracked by collections after atomic") {
    auto lines = [](const char* said) {
      return transcript(
          recording({R"({"op":"alloc","id":1,"type":"tuple","outside":true,"size":48})",
                     R"({"op":"track","id":1})", said, R"({"op":"gc","do":"collect","generation":0})",
                     R"({"op":"inspect","what":"refcount","id":1})"}));
    };
    CHECK_EQ(lines(R"({"op":"tick"})").back(), "refcount=1 tracked=1 | | count=(0,1,0)");
    CHECK_EQ(lines(R"({"op":"atomic","id":1})").back(), "refcount=1 tracked=0 | | count=(0,1,0)");
  }

  TEST_CASE("memory that belongs to an object is in its size from then on") {
    CHECK_EQ(notices(recording({R"({"op":"alloc","id":1,"type":"list","size":56})",
                                R"({"op":"memory","delta":640})", R"({"op":"own","id":1,"size":640})",
                                R"({"op":"resize","id":1,"size":72})"}),
                     {.from = 4}),
             "resized 1 696 to 712\n");
  }

  TEST_CASE("deaths and garbage of an approximate recording are refused where nobody placed them") {
    for (const char* event : {R"({"op":"die","id":1})", R"({"op":"garbage","id":1})"}) {
      CHECK_EQ(transcript(recording({R"({"op":"alloc","id":1,"type":"list"})", event})).back(),
               "error:type | | count=(1,0,0)");
    }
  }

  TEST_CASE("interned values mean nothing in a recording: each object is its own") {
    auto lines = transcript(
        recording({R"({"op":"alloc","id":1,"type":"tuple"})", R"({"op":"alloc","id":2,"type":"tuple"})"}));
    CHECK_EQ(lines[1], "| | count=(2,0,0)");
  }
}

}  // namespace
}  // namespace gcsim::test
