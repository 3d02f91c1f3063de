// The gc module's questions, gc.garbage and gc.callbacks. The answers are real CPython's: conformance has
// more of them.
#include "doctest/doctest.h"
#include "support/replaying.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/introspection") {
  TEST_CASE("get_objects does not list its own result, which counts as any list does") {
    check_replay(R"(
alloc a list
gc objects                 -> get_objects[a] | | count=(2,0,0)
gc objects                 -> get_objects[a] | | count=(2,0,0)
)");
  }

  TEST_CASE("the list that get_objects returns may start a collection, which ages what it then lists") {
    check_replay(R"(
threshold 1 10 10
alloc a list
gc objects 0               -> get_objects[] | gc0:0,0 | count=(0,1,0)
gc objects 1               -> get_objects[a] | | count=(0,1,0)
)");
  }

  TEST_CASE("get_stats takes a list and three dicts, and tells the figures from before") {
    check_replay(R"(
threshold 3 10 10
gc stats                   -> stats=0,0,0,0,0,0,0,0,0 | gc0:0,0 | count=(0,1,0)
gc stats                   -> stats=1,0,0,0,0,0,0,0,0 | | count=(0,1,0)
)");
  }

  TEST_CASE("referrers are found in list order and once, referents in traverse order and each time") {
    check_replay(R"(
alloc x list
alloc t tuple x x
alloc l list
ref l[] t
ref l[] x
gc referrers x t           -> referrers[t l] | | count=(5,0,0)
gc referents t l           -> referents[x x x t] | | count=(5,0,0)
)");
  }

  TEST_CASE("an instance refers to its class, a weak reference to its callback, 2.7's dicts to their keys") {
    check_replay(R"(
class N
alloc n N
weakref w n callback
weakref v n
alloc d dict
ref d[k] n
gc referents n w v d       -> referents[<class:N> <callback> <str> n] | | count=(6,0,0)
)",
                 "cpython-2.7");
  }

  TEST_CASE("what is frozen is in no list") {
    check_replay(R"(
alloc a list
gc freeze
gc freeze_count            -> freeze_count=1 | | count=(0,0,0)
gc objects                 -> get_objects[] | | count=(1,0,0)
gc is_tracked a            -> is_tracked=1 | | count=(1,0,0)
)");
  }

  TEST_CASE("callbacks are called in the order of gc.callbacks, with a dict that counts") {
    check_replay(R"(
gc callback x
gc callback y
gc collect                 -> { callbacks_start[x y] callbacks_stop[x y] } return:0 | gc2:0,0 | count=(1,0,0)
gc remove_callback z       -> error:absent | | count=(1,0,0)
gc remove_callback x
gc collect 0               -> { callbacks_start[y] callbacks_stop[y] } return:0 | gc0:0,0 | count=(0,1,0)
)");
  }

  TEST_CASE("callbacks are called by the first collection at exit and not by the later ones") {
    check_replay(R"(
gc callback x
exit                       -> { callbacks_start[x] callbacks_stop[x] } | gc2x3:0,0 | count=(0,0,0)
)");
  }

  TEST_CASE("emptying gc.garbage releases the last object first") {
    check_replay(R"(
alloc a list
ref a[] a
alloc b list
ref b[] b
del a b
gc debug SAVEALL
gc collect                 -> return:2 | gc2:2,0 | count=(0,0,0)
gc garbage                 -> garbage[a b] | | count=(0,0,0)
unref a[]
unref b[]
gc clear_garbage           -> free:b free:a | | count=(0,0,0)
)");
  }

  TEST_CASE("an exception in a finalizer or a callback is ignored, and the death goes on") {
    check_replay(R"(
class D del=raise
alloc d D
weakref w d callback=raise
del d                      -> finalize:d ignored:d free:d callback:w ignored:w | | count=(1,0,0)
)");
  }

  TEST_CASE("a function that the version lacks is refused and changes nothing") {
    for (const char* event :
         {"gc stats", "gc objects 0", "gc is_finalized a", "gc freeze_count", "gc callback x"}) {
      CAPTURE(event);
      auto reader = open_bytes(std::string("profile cpython-2.7\nalloc a list\n") + event + "\n");
      trace::EventBatch batch;
      reader->next(batch);
      auto simulator = engine::Simulator::create(settings(*reader), nullptr);
      auto applied = simulator->apply(batch, 0, reader->vocabulary());
      REQUIRE(applied.fault);
      CHECK_EQ(applied.fault->profile, "cpython-2.7");
      CHECK_EQ(engine::transcript_word(applied.fault->fault), "type");
      CHECK(simulator->counts() == engine::Counts{1, 0, 0});
    }
  }
}

}  // namespace
}  // namespace gcsim::test
