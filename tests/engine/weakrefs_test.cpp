// Weak references and their callbacks. The answers are real CPython 3.11.7's.
#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/weakrefs") {
  TEST_CASE("a weak reference keeps nothing alive") {
    check_replay(R"(
class N
alloc n N
weakref w n
inspect refcount n         -> refcount=1 tracked=1 | | count=(2,0,0)
del n                      -> free:n | | count=(1,0,0)
inspect refcount w         -> refcount=1 tracked=1 | | count=(1,0,0)
)");
  }

  TEST_CASE("without callback one weak reference serves all who ask") {
    check_replay(R"(
class N
alloc n N
weakref w n
weakref v n                -> same:w | | count=(2,0,0)
inspect refcount w         -> refcount=2 tracked=1 | | count=(2,0,0)
del w
del v                      -> free:w | | count=(1,0,0)
weakref u n
)");
  }

  TEST_CASE("a weak reference with callback is always a new one") {
    check_replay(R"(
class N
alloc n N
weakref c n callback
weakref d n callback       -> | | count=(3,0,0)
)");
  }

  TEST_CASE("callbacks run newest first, after the object is gone") {
    check_replay(R"(
class N
alloc n N
weakref a n callback
weakref b n callback
weakref c n callback
del n                      -> free:n callback:c callback:b callback:a | | count=(4,0,0)
)");
  }

  TEST_CASE("one callback takes no tuple") {
    check_replay(R"(
class N
alloc n N
weakref c n callback
del n                      -> free:n callback:c | | count=(1,0,0)
)");
  }

  TEST_CASE("two callbacks take a tuple of four, which stays on its free list") {
    check_replay(R"(
class N
alloc n N
weakref c n callback
weakref d n callback
del n                      -> free:n callback:d callback:c | | count=(3,0,0)
alloc t tuple None None None None -> | | count=(3,0,0)
)");
  }

  TEST_CASE("the tuple for two callbacks may come from the free list") {
    check_replay(R"(
class N
alloc t tuple None None None None
del t                      -> free:t | | count=(1,0,0)
alloc n N
weakref c n callback
weakref d n callback       -> | | count=(4,0,0)
del n                      -> free:n callback:d callback:c | | count=(3,0,0)
)");
  }

  TEST_CASE("the tuple for two callbacks may start a collection in the middle of a death") {
    check_replay(R"(
threshold 3 10 10
class N
alloc l list
ref l[] l
del l
alloc n N
weakref c n callback
weakref d n callback       -> { free:l } | gc0:1,0 | count=(0,1,0)
inspect generations        -> generation0[d] generation1[n c] generation2[] long_lived=0,0 | | count=(0,1,0)
gc count                   -> return:(0,1,0) | | count=(1,1,0)
)");
  }

  TEST_CASE("a weak reference that died before its object calls nobody") {
    check_replay(R"(
class N
alloc n N
weakref c n callback
del c                      -> free:c | | count=(1,0,0)
del n                      -> free:n | | count=(0,0,0)
)");
  }

  TEST_CASE("in a collection callbacks run first, in the order of the trash; those of trash never run") {
    check_replay(R"(
class N
alloc a N
alloc b N
setattr a b b
setattr b a a
weakref wa a callback
weakref wb b callback
weakref wc b callback
weakref in a callback
setattr a in in
del in a b
gc collect                 -> { callback:wa callback:wc callback:wb free:b free:in free:a } return:3 | gc2:3,0 | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[wa wc wb] long_lived=3,0 | | count=(0,0,0)
)");
  }

  TEST_CASE("weak references to resurrected trash are cleared before its finalizer runs") {
    check_replay(R"(
class R del=resurrect
alloc r R
setattr r me r
weakref w r
weakref c r callback
del r
gc collect                 -> { callback:c finalize:r } return:0 | gc2:0,0 | count=(0,0,0)
weakref v r                -> | | count=(1,0,0)
)");
  }

  TEST_CASE("a parent and child tree with weak parents dies at once") {
    check_replay(R"(
class N
alloc root N
alloc left N
alloc right N
setattr root left left
setattr root right right
weakref up root
setattr left parent up
setattr right parent up
del up left right
del root                   -> free:root free:left free:right free:up | | count=(0,0,0)
)");
  }

  TEST_CASE("sets can be weakly referenced, lists cannot") {
    check_replay(R"(
alloc s set
weakref w s callback
del s                      -> free:s callback:w | | count=(1,0,0)
alloc l list
weakref v l                -> error:type | | count=(2,0,0)
)");
  }

  TEST_CASE("the shared weak reference is found although there are others with callbacks") {
    check_replay(R"(
class N
alloc n N
weakref w n
weakref c n callback
weakref v n                -> same:w | | count=(3,0,0)
inspect refcount w         -> refcount=2 tracked=1 | | count=(3,0,0)
del n                      -> free:n callback:c | | count=(2,0,0)
)");
  }
}

}  // namespace
}  // namespace gcsim::test
