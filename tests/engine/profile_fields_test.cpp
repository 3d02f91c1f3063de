// For each field of a profile: the smallest trace on which two values disagree, with both answers.
#include <string>

#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

using profile::Profile;

Profile changed(void (*change)(Profile&)) {
  Profile p = profile::default_profile();
  change(p);
  return p;
}

// The last line of the transcript.
std::string answer(const std::string& trace, const Profile& profile) {
  auto reader = open_bytes(trace);
  Overrides overrides;
  overrides.profile = &profile;
  report::StringSink sink;
  report::TranscriptWriter writer(reader->vocabulary(), sink);
  auto simulator = engine::Simulator::create(settings(*reader, overrides), &writer);
  replay(*reader, *simulator, {});
  CHECK(simulator->check_invariants().empty());
  writer.finish({});
  std::string text = sink.text.substr(0, sink.text.size() - 1);
  text = text.substr(text.rfind('\n') + 1);
  return text.substr(text.find(' ') + 1);
}

struct Difference {
  std::string trace;
  Profile other;
  std::string answer_3_11;
  std::string answer_other;
};

void check(const Difference& d) {
  CAPTURE(d.trace);
  CHECK_EQ(answer(d.trace, *profile::find("cpython-3.11")), d.answer_3_11);
  CHECK_EQ(answer(d.trace, d.other), d.answer_other);
}

const std::string kFourOldOneNew =
    "threshold 0 0 0\nalloc a list\nalloc b list\nalloc c list\nalloc d list\ngc collect\ngc collect 1\n"
    "gc threshold 1 5 0\nalloc e list\nalloc f list\n";

TEST_SUITE("engine/profile fields") {
  TEST_CASE("cpython-3.11 and textbook disagree about a threshold that is reached") {
    check({"threshold 1 10 10\nalloc a list\n", *profile::find("textbook"), "| | count=(1,0,0)",
           "| gc0:0,0 | count=(0,1,0)"});
  }

  TEST_CASE("cpython-3.11 and textbook disagree about a full collection that would find little") {
    check({kFourOldOneNew, *profile::find("textbook"), "| gc0:0,0 | count=(0,1,1)",
           "| gc2:0,0 | count=(0,0,0)"});
  }

  TEST_CASE("the divisor of the rule for full collections") {
    check({kFourOldOneNew, changed([](Profile& p) { p.full_collection_divisor = 0; }),
           "| gc0:0,0 | count=(0,1,1)", "| gc2:0,0 | count=(0,0,0)"});
    check({kFourOldOneNew, changed([](Profile& p) { p.full_collection_divisor = 5; }),
           "| gc0:0,0 | count=(0,1,1)", "| gc2:0,0 | count=(0,0,0)"});
  }

  TEST_CASE("the default thresholds") {
    check({"alloc a list\nalloc b list\n", changed([](Profile& p) {
             p.threshold = {1, 1, 1};
           }),
           "| | count=(2,0,0)", "| gc0:0,0 | count=(0,1,0)"});
  }

  TEST_CASE("the order of the teardown's steps") {
    static constexpr profile::TeardownStep kFinalizersFirst[] = {
        profile::TeardownStep::finalize_garbage, profile::TeardownStep::handle_weakrefs,
        profile::TeardownStep::handle_resurrected, profile::TeardownStep::count_garbage,
        profile::TeardownStep::delete_garbage};
    check({"class D del\nalloc d D\nsetattr d me d\nweakref w d callback\ndel d\ngc collect\n",
           changed([](Profile& p) { p.teardown = kFinalizersFirst; }),
           "{ callback:w finalize:d free:d } return:1 | gc2:1,0 | count=(0,0,0)",
           "{ finalize:d callback:w free:d } return:1 | gc2:1,0 | count=(0,0,0)"});
  }

  TEST_CASE("which collections untrack tuples") {
    std::string trace = "alloc t tuple None\ngc collect 0\ninspect refcount t\n";
    auto never = changed([](Profile& p) { p.untrack_tuples = profile::UntrackRule::never; });
    auto full = changed([](Profile& p) { p.untrack_tuples = profile::UntrackRule::full_collections; });
    for (const Profile& other : {never, full})
      check(
          {trace, other, "refcount=1 tracked=0 | | count=(0,1,0)", "refcount=1 tracked=1 | | count=(0,1,0)"});
    CHECK_EQ(answer("alloc t tuple None\ngc collect\ninspect refcount t\n", full),
             "refcount=1 tracked=0 | | count=(0,0,0)");
    CHECK_EQ(answer("alloc t tuple None\ngc collect\ninspect refcount t\n", never),
             "refcount=1 tracked=1 | | count=(0,0,0)");
  }

  TEST_CASE("which collections untrack dicts") {
    std::string begin = "alloc d dict\nref d[k] d\nunref d[k]\n";
    check({begin + "gc collect 0\ninspect refcount d\n",
           changed([](Profile& p) { p.untrack_dicts = profile::UntrackRule::every_collection; }),
           "refcount=1 tracked=1 | | count=(0,1,0)", "refcount=1 tracked=0 | | count=(0,1,0)"});
    check({begin + "gc collect\ninspect refcount d\n",
           changed([](Profile& p) { p.untrack_dicts = profile::UntrackRule::never; }),
           "refcount=1 tracked=0 | | count=(0,0,0)", "refcount=1 tracked=1 | | count=(0,0,0)"});
  }

  TEST_CASE("how deep deallocations nest") {
    check(
        {"alloc a list\nalloc b list\nalloc c list\nalloc f list\nref a[] f\nref a[] b\nref b[] c\n"
         "del b c f\ndel a\n",
         changed([](Profile& p) { p.trashcan.limit = 2; }), "free:a free:b free:c free:f | | count=(4,0,0)",
         "free:a free:b free:f free:c | | count=(4,0,0)"});
  }

  TEST_CASE("from how many callbacks on a dying object takes a tuple") {
    check({"class N\nalloc n N\nweakref c n callback\ndel n\n",
           changed([](Profile& p) { p.callback_tuple_from = 1; }), "free:n callback:c | | count=(1,0,0)",
           "free:n callback:c | | count=(2,0,0)"});
    check({"class N\nalloc n N\nweakref c n callback\nweakref d n callback\ndel n\n",
           changed([](Profile& p) { p.callback_tuple_from = 3; }),
           "free:n callback:d callback:c | | count=(3,0,0)",
           "free:n callback:d callback:c | | count=(2,0,0)"});
  }

  TEST_CASE("for how many attribute names a class has room") {
    check({"class N\nalloc n N\nsetattr n a n\nsetattr n b n\n",
           changed([](Profile& p) { p.inline_attributes.shared_keys = 2; }), "| | count=(1,0,0)",
           "| | count=(2,0,0)"});
    check({"class N\nalloc n N\nsetattr n a n\nsetattr n b n\n", changed([](Profile& p) {
             p.inline_attributes = {2, 2};
           }),
           "| | count=(1,0,0)", "| | count=(1,0,0)"});
  }

  TEST_CASE("which values exist once") {
    check({"alloc a int 256\nalloc b int 256\n", changed([](Profile& p) { p.interned.largest_int = 255; }),
           "same:a | | count=(0,0,0)", "| | count=(0,0,0)"});
    check({"alloc a int -5\nalloc b int -5\n", changed([](Profile& p) { p.interned.smallest_int = -4; }),
           "same:a | | count=(0,0,0)", "| | count=(0,0,0)"});
    check({"alloc a str x\nalloc b str x\n", changed([](Profile& p) { p.interned.character_limit = 0; }),
           "same:a | | count=(0,0,0)", "| | count=(0,0,0)"});
    check({"alloc a tuple\nalloc b tuple\n", changed([](Profile& p) { p.interned.empty_tuple = false; }),
           "same:a | | count=(0,0,0)", "| | count=(2,0,0)"});
  }
}

}  // namespace
}  // namespace gcsim::test
