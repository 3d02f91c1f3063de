// Finalizers and resurrection. The answers are real CPython 3.11.7's.
#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/finalizers") {
  TEST_CASE("all finalizers of a cycle run before any of it is freed") {
    check_replay(R"(
class D del
alloc a D
alloc b D
setattr a x b
setattr b x a
del a b
gc collect                 -> { finalize:a finalize:b free:b free:a } return:2 | gc2:2,0 | count=(0,0,0)
)");
  }

  TEST_CASE("a finalizer runs before the object dies of its reference count, and before its members die") {
    check_replay(R"(
class D del
alloc a D
alloc b D
setattr a b b
del b
del a                      -> finalize:a free:a finalize:b free:b | | count=(0,0,0)
)");
  }

  TEST_CASE("a finalizer runs once in an object's life") {
    check_replay(R"(
class R del=resurrect
alloc r R
del r                      -> finalize:r | | count=(1,0,0)
inspect refcount r         -> refcount=1 tracked=1 | | count=(1,0,0)
del R_r                    -> free:r | | count=(0,0,0)
)");
  }

  TEST_CASE("a resurrected object stands at the end of generation 0") {
    check_replay(R"(
class R del=resurrect
alloc r R
alloc a list
gc collect 0               -> return:0 | gc0:0,0 | count=(0,1,0)
alloc b list
del r                      -> finalize:r | | count=(1,1,0)
inspect generations        -> generation0[b r] generation1[a] generation2[] long_lived=0,0 | | count=(1,1,0)
)");
  }

  TEST_CASE("an object is not resurrected if the name is taken") {
    check_replay(R"(
class R del=resurrect
alloc l list
ref R_r l
alloc r R
del r                      -> finalize:r free:r | | count=(1,0,0)
)");
  }

  TEST_CASE("a finalizer that resurrects part of the trash saves what that part reaches, and no more") {
    check_replay(R"(
class N
class R del=resurrect
alloc r R
alloc n N
alloc kept N
setattr r next n
setattr n next r
setattr r kept kept
alloc lone N
setattr lone me lone
del r n kept lone
gc collect                 -> { finalize:r free:lone } return:1 | gc2:1,0 | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[r n kept] long_lived=0,0 | | count=(0,0,0)
inspect refcount r         -> refcount=2 tracked=1 | | count=(0,0,0)
del R_r
gc collect                 -> { free:n free:kept free:r } return:3 | gc2:3,0 | count=(0,0,0)
)");
  }

  TEST_CASE("finalizers of trash that another one rescues have run all the same") {
    check_replay(R"(
class D del
class R del=resurrect
alloc d D
alloc r R
setattr d r r
setattr r d d
del d r
gc collect                 -> { finalize:d finalize:r } return:0 | gc2:0,0 | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[r d] long_lived=0,0 | | count=(0,0,0)
del R_r
gc collect                 -> { free:d free:r } return:2 | gc2:2,0 | count=(0,0,0)
)");
  }

  TEST_CASE("what resurrection leaves in the trash is freed in the same collection") {
    check_replay(R"(
class D del
class R del=resurrect
alloc a D
alloc r R
alloc k list
ref k[] r
setattr a r r
setattr r k k
setattr a a a
del a r k
gc collect                 -> { finalize:a finalize:r free:a } return:1 | gc2:1,0 | count=(0,0,0)
inspect generations        -> generation0[] generation1[] generation2[r k] long_lived=0,0 | | count=(0,0,0)
)");
  }

  TEST_CASE("a finalizer of an untracked hanger-on runs when its holder is cleared") {
    check_replay(R"(
class D del
alloc a list
alloc d D
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
ref a[] d
ref a[] a
del a d
gc collect 2               -> { finalize:d free:d free:a } return:2 | gc2:2,0 | count=(0,0,0)
)");
  }
}

}  // namespace
}  // namespace gcsim::test
