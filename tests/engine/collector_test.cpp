// When collections run, what they find, and the order they leave behind. The answers are real
// CPython 3.11.7's.
#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/collector") {
  TEST_CASE("a cycle without names waits for a collection") {
    check_replay(R"(
alloc a list
alloc b list
ref a[] b
ref b[] a
del a b                    -> | | count=(2,0,0)
gc collect                 -> { free:b free:a } return:2 | gc2:2,0 | count=(0,0,0)
)");
  }

  TEST_CASE("a list that holds itself is collected") {
    check_replay(R"(
alloc a list
ref a[] a
inspect refcount a         -> refcount=2 tracked=1 | | count=(1,0,0)
del a                      -> | | count=(1,0,0)
gc collect                 -> { free:a } return:1 | gc2:1,0 | count=(0,0,0)
)");
  }

  TEST_CASE("an automatic collection runs inside the allocation, before the newborn is tracked") {
    check_replay(R"(
threshold 1 10 10
alloc a list               -> | | count=(1,0,0)
alloc b list               -> | gc0:0,0 | count=(0,1,0)
inspect generations        -> generation0[b] generation1[a] generation2[] long_lived=0,0 | | count=(0,1,0)
)");
  }

  TEST_CASE("a threshold of 0 for the youngest switches automatic collections off") {
    check_replay(R"(
threshold 0 0 0
alloc a list
alloc b list               -> | | count=(2,0,0)
gc threshold 1
alloc c list               -> | gc0:0,0 | count=(0,1,0)
)");
  }

  TEST_CASE("a negative threshold collects at every allocation") {
    check_replay(R"(
threshold -1 -1 -1
alloc a list               -> | gc2:0,0 | count=(0,0,0)
alloc f float 1.5          -> | | count=(0,0,0)
alloc b list               -> | gc2:0,0 | count=(0,0,0)
)");
  }

  TEST_CASE("a disabled collector counts on, and catches up when it is enabled") {
    check_replay(R"(
threshold 1 1 1
gc disable
alloc a list
alloc b list               -> | | count=(2,0,0)
alloc c list               -> | | count=(3,0,0)
gc enable                  -> | | count=(3,0,0)
alloc d list               -> | gc0:0,0 | count=(0,1,0)
)");
  }

  TEST_CASE("a disabled collector still collects when it is asked to") {
    check_replay(R"(
gc disable
alloc a list
ref a[] a
del a                      -> | | count=(1,0,0)
gc collect 0               -> { free:a } return:1 | gc0:1,0 | count=(0,1,0)
)");
  }

  TEST_CASE("an older generation is collected once its count exceeds the threshold") {
    check_replay(R"(
threshold 1 1 10
alloc a list               -> | | count=(1,0,0)
alloc b list               -> | gc0:0,0 | count=(0,1,0)
alloc c list               -> | | count=(1,1,0)
alloc d list               -> | gc0:0,0 | count=(0,2,0)
alloc e list               -> | | count=(1,2,0)
alloc f list               -> | gc1:0,0 | count=(0,0,1)
alloc g list               -> | | count=(1,0,1)
)");
  }

  TEST_CASE("a younger collection leaves the trash of older generations alone") {
    check_replay(R"(
alloc a list
ref a[] a
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
del a
gc collect 0               -> return:0 | gc0:0,0 | count=(0,2,0)
gc collect 1               -> { free:a } return:1 | gc1:1,0 | count=(0,0,1)
)");
  }

  TEST_CASE("collecting a generation resets its count and the younger ones, and counts in the next") {
    check_replay(R"(
threshold 0 0 0
alloc a list
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
gc collect 0               -> return:0 | gc0:0,0 | count=(0,2,0)
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
alloc b list
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,2)
gc collect 2               -> return:0 | gc2:0,0 | count=(0,0,0)
)");
  }

  TEST_CASE("a full collection runs at exactly a quarter: 1 pending of 7 is not less than 7 / 4") {
    check_replay(R"(
threshold 0 0 0
alloc a list
alloc b list
alloc c list
alloc d list
alloc e list
alloc f list
alloc g list
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
alloc p list
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
inspect generations        -> generation0[] generation1[] generation2[a b c d e f g p] long_lived=7,1 | | count=(0,0,1)
gc threshold 1 0 0
alloc q list               -> | | count=(1,0,1)
alloc r list               -> | gc2:0,0 | count=(0,0,0)
)");
  }

  TEST_CASE("a full collection is put off below a quarter: 1 pending of 8 is less than 8 / 4") {
    check_replay(R"(
threshold 0 0 0
alloc a list
alloc b list
alloc c list
alloc d list
alloc e list
alloc f list
alloc g list
alloc h list
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
alloc p list
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
inspect generations        -> generation0[] generation1[] generation2[a b c d e f g h p] long_lived=8,1 | | count=(0,0,1)
gc threshold 1 0 0
alloc q list               -> | | count=(1,0,1)
alloc r list               -> | gc0:0,0 | count=(0,1,1)
)");
  }

  TEST_CASE("survivors go to the end of the next generation, the younger lists behind the older") {
    check_replay(R"(
alloc old list
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
alloc mid list
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,1)
alloc new list
inspect generations        -> generation0[new] generation1[mid] generation2[old] long_lived=0,1 | | count=(1,1,1)
gc collect 2               -> return:0 | gc2:0,0 | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[old new mid] long_lived=3,0 | | count=(0,0,0)
)");
  }

  TEST_CASE("an object reached late goes behind those that were reached before") {
    check_replay(R"(
alloc a list
alloc b list
alloc c list
ref b[] a
ref c[] b
del a b
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
inspect generations        -> generation0[] generation1[c b a] generation2[] long_lived=0,0 | | count=(0,1,0)
)");
  }

  TEST_CASE("an object already passed as reachable keeps its place") {
    check_replay(R"(
alloc c list
alloc b list
alloc a list
ref b[] a
ref c[] b
del a b
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
inspect generations        -> generation0[] generation1[c b a] generation2[] long_lived=0,0 | | count=(0,1,0)
)");
  }

  TEST_CASE("the members of one list are rescued from the last to the first") {
    check_replay(R"(
alloc x list
alloc y list
alloc z list
alloc l list
ref l[] x
ref l[] y
ref l[] z
del x y z
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
inspect generations        -> generation0[] generation1[l z y x] generation2[] long_lived=0,0 | | count=(0,1,0)
)");
  }

  TEST_CASE(
      "tuples lose their tracking from the inside out, one level in a collection if they lie the wrong way "
      "round") {
    check_replay(R"(
alloc a tuple None
alloc b tuple a
alloc c tuple b
del a b
inspect generations        -> generation0[a b c] generation1[] generation2[] long_lived=0,0 | | count=(3,0,0)
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
inspect generations        -> generation0[] generation1[c b] generation2[] long_lived=0,0 | | count=(0,1,0)
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
inspect generations        -> generation0[] generation1[] generation2[c] long_lived=0,1 | | count=(0,0,1)
gc collect 2               -> return:0 | gc2:0,0 | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[] long_lived=0,0 | | count=(0,0,0)
)");
  }

  TEST_CASE("tuples lose their tracking at once if the inner ones come first") {
    check_replay(R"(
alloc a tuple None
alloc b tuple a
alloc c tuple b
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
inspect generations        -> generation0[] generation1[] generation2[] long_lived=0,0 | | count=(0,1,0)
)");
  }

  TEST_CASE("a tuple that holds a list stays tracked") {
    check_replay(R"(
alloc l list
alloc t tuple l
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
inspect refcount t         -> refcount=1 tracked=1 | | count=(0,0,0)
)");
  }

  TEST_CASE("a dict becomes tracked with its first container, and untracked by a full collection only") {
    check_replay(R"(
alloc d dict
inspect refcount d         -> refcount=1 tracked=0 | | count=(1,0,0)
alloc i int 300
ref d[i] i
inspect refcount d         -> refcount=1 tracked=0 | | count=(1,0,0)
alloc l list
ref d[l] l
inspect refcount d         -> refcount=1 tracked=1 | | count=(2,0,0)
unref d[l]
inspect refcount d         -> refcount=1 tracked=1 | | count=(2,0,0)
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
inspect refcount d         -> refcount=1 tracked=1 | | count=(0,0,1)
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
inspect refcount d         -> refcount=1 tracked=0 | | count=(0,0,0)
)");
  }

  TEST_CASE("an untracked tuple does not make a dict tracked, an untracked dict does and keeps it so") {
    check_replay(R"(
alloc t tuple None
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
alloc d dict
ref d[t] t
inspect refcount d         -> refcount=1 tracked=0 | | count=(1,0,0)
alloc e dict
ref d[e] e
inspect refcount e         -> refcount=2 tracked=0 | | count=(2,0,0)
inspect refcount d         -> refcount=1 tracked=1 | | count=(2,0,0)
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
inspect refcount d         -> refcount=1 tracked=1 | | count=(0,0,0)
clear d
inspect refcount d         -> refcount=1 tracked=1 | | count=(0,0,0)
)");
  }

  TEST_CASE("frozen objects are in no generation and are not collected until unfrozen") {
    check_replay(R"(
alloc a list
ref a[] a
alloc b list
gc freeze                  -> | | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[] long_lived=0,0 | | count=(0,0,0)
del a b                    -> free:b | | count=(0,0,0)
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
gc unfreeze
inspect generations        -> generation0[] generation1[] generation2[a] long_lived=0,0 | | count=(0,0,0)
gc collect                 -> { free:a } return:1 | gc2:1,0 | count=(0,0,0)
)");
  }

  TEST_CASE("unfrozen objects stand at the end of the oldest generation") {
    check_replay(R"(
alloc a list
gc freeze
alloc b list
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
gc unfreeze
inspect generations        -> generation0[] generation1[] generation2[b a] long_lived=0,1 | | count=(0,0,1)
)");
  }

  TEST_CASE("gc.freeze leaves the long-lived figures alone") {
    check_replay(R"(
alloc a list
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
alloc b list
gc collect 1               -> return:0 | gc1:0,0 | count=(0,0,1)
inspect generations        -> generation0[] generation1[] generation2[a b] long_lived=1,1 | | count=(0,0,1)
gc freeze
inspect generations        -> generation0[] generation1[] generation2[] long_lived=1,1 | | count=(0,0,0)
)");
  }

  TEST_CASE("DEBUG_SAVEALL keeps the trash in gc.garbage for good") {
    check_replay(R"(
alloc a list
ref a[] a
del a
gc debug 32
gc collect                 -> return:1 | gc2:1,0 | count=(0,0,0)
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
inspect refcount a         -> refcount=2 tracked=1 | | count=(0,0,0)
gc debug 0
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
)");
  }

  TEST_CASE("gc.get_count takes a tuple, which counts unless one is free") {
    check_replay(R"(
gc count                   -> return:(0,0,0) | | count=(1,0,0)
gc count                   -> return:(1,0,0) | | count=(1,0,0)
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
gc count                   -> return:(0,0,0) | | count=(1,0,0)
)");
  }

  TEST_CASE("the tuple of gc.get_count may start a collection, which it does not show") {
    check_replay(R"(
threshold 1 10 10
alloc a list               -> | | count=(1,0,0)
gc count                   -> return:(1,0,0) | gc0:0,0 | count=(0,1,0)
)");
  }
}

}  // namespace
}  // namespace gcsim::test
