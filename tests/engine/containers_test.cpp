// What containers do to counts, tracking and orders of death. The answers are real CPython 3.11.7's.
#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/containers") {
  TEST_CASE("a list and a tuple release their members from the last to the first") {
    check_replay(R"(
alloc x list
alloc y list
alloc l list
ref l[] x
ref l[] y
del x y
del l                      -> free:l free:y free:x | | count=(3,0,0)
alloc x list
alloc y list
alloc t tuple x y
del x y
del t                      -> free:t free:y free:x | | count=(4,0,0)
)");
  }

  TEST_CASE("a dict releases its values in the order of insertion") {
    check_replay(R"(
alloc x list
alloc y list
alloc d dict
ref d[b] x
ref d[a] y
del x y
del d                      -> free:d free:x free:y | | count=(3,0,0)
)");
  }

  TEST_CASE("a value that replaces another keeps its place, one stored again goes to the end") {
    check_replay(R"(
alloc x list
alloc y list
alloc z list
alloc d dict
ref d[a] x
ref d[b] y
ref d[a] z
del x                      -> free:x | | count=(4,0,0)
del y z
unref d[b]                 -> free:y | | count=(4,0,0)
alloc y list
ref d[b] y
del y
del d                      -> free:d free:z free:y | | count=(4,0,0)
)");
  }

  TEST_CASE("an instance releases its attributes in the order of its class") {
    check_replay(R"(
class N
alloc x list
alloc y list
alloc n N
setattr n b x
setattr n a y
alloc m N
setattr m a x
setattr m b y
del x y n                  -> free:n | | count=(3,0,0)
del m                      -> free:m free:y free:x | | count=(2,0,0)
)");
  }

  TEST_CASE("slots are released in the order of their names") {
    check_replay(R"(
class S slots=b,a
alloc x list
alloc y list
alloc s S
setattr s b x
setattr s a y
del x y
del s                      -> free:s free:y free:x | | count=(2,0,0)
)");
  }

  TEST_CASE("clearing a list empties it before its members die") {
    check_replay(R"(
alloc x list
alloc y list
alloc l list
ref l[] x
ref l[] y
del x y
clear l                    -> free:y free:x | | count=(3,0,0)
inspect refcount l         -> refcount=1 tracked=1 | | count=(3,0,0)
)");
  }

  TEST_CASE("the new value is stored before the old one dies") {
    check_replay(R"(
class D del
alloc x D
alloc y list
alloc l list
ref l[] x
del x
ref l[0] y                 -> finalize:x free:x | | count=(2,0,0)
inspect refcount y         -> refcount=2 tracked=1 | | count=(2,0,0)
)");
  }

  TEST_CASE("an item of a list is removed by index or by identity") {
    check_replay(R"(
alloc a list
alloc b list
alloc l list
ref l[] a
ref l[] b
ref l[] a
unref l[] a
inspect refcount a         -> refcount=2 tracked=1 | | count=(3,0,0)
unref l[0]
inspect refcount b         -> refcount=1 tracked=1 | | count=(3,0,0)
unref l[]
inspect refcount a         -> refcount=1 tracked=1 | | count=(3,0,0)
)");
  }

  TEST_CASE("dict.popitem takes the last item, and a tuple for it") {
    check_replay(R"(
alloc d dict
alloc a list
ref d[k] a
ref d[l] a
del a
unref d[]                  -> | | count=(3,0,0)
unref d[]                  -> free:a | | count=(3,0,0)
unref d[]                  -> error:empty | | count=(3,0,0)
)");
  }

  TEST_CASE("dict.popitem after a full collection takes a new tuple") {
    check_replay(R"(
alloc d dict
alloc a list
ref d[k] a
ref d[l] a
unref d[]
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
unref d[]                  -> | | count=(1,0,0)
)");
  }

  TEST_CASE("small ints, latin-1 characters, the empty str and the empty tuple exist once") {
    check_replay(R"(
alloc a int 256
alloc b int 256            -> same:a | | count=(0,0,0)
alloc c int -5
alloc d int -5             -> same:c | | count=(0,0,0)
alloc s str "x"
alloc t str "x"            -> same:s | | count=(0,0,0)
alloc u str "\u00ff"
alloc v str "\u00ff"       -> same:u | | count=(0,0,0)
alloc e str ""
alloc f str ""             -> same:e | | count=(0,0,0)
alloc p tuple
alloc q tuple              -> same:p | | count=(0,0,0)
)");
  }

  TEST_CASE("larger ints, longer and wider strings and floats are new each time") {
    check_replay(R"(
alloc a int 257
alloc b int 257            -> | | count=(0,0,0)
alloc c int -6
alloc d int -6             -> | | count=(0,0,0)
alloc s str "xy"
alloc t str "xy"           -> | | count=(0,0,0)
alloc u str "\u0100"
alloc v str "\u0100"       -> | | count=(0,0,0)
alloc e float 1.0
alloc f float 1.0          -> | | count=(0,0,0)
)");
  }

  TEST_CASE("ints, floats and strings move no count") {
    check_replay(R"(
alloc a int 1000
alloc b float 2.5
alloc c str "hello world"  -> | | count=(0,0,0)
del a b c                  -> free:a free:b free:c | | count=(0,0,0)
)");
  }

  TEST_CASE("an instance with slots counts like any other") {
    check_replay(R"(
class S slots=
alloc s S                  -> | | count=(1,0,0)
del s                      -> free:s | | count=(0,0,0)
)");
  }

  TEST_CASE("the dict of an instance is made when it is asked for, and counts") {
    check_replay(R"(
class N
alloc n N
alloc l list               -> | | count=(2,0,0)
setattr n a l              -> | | count=(2,0,0)
dict n                     -> | | count=(3,0,0)
inspect generations        -> generation0[n l <dict>] generation1[] generation2[] long_lived=0,0 | | count=(3,0,0)
dict n d                   -> | | count=(3,0,0)
dict n e                   -> same:d | | count=(3,0,0)
inspect refcount d         -> refcount=3 tracked=1 | | count=(3,0,0)
del n d                    -> free:n | | count=(2,0,0)
del e                      -> free:d | | count=(2,0,0)
)");
  }

  TEST_CASE("the dict of an instance survives it with its values") {
    check_replay(R"(
class N
alloc n N
alloc l list
setattr n a l
dict n d
del l
del n                      -> free:n | | count=(2,0,0)
unref d[a]                 -> free:l | | count=(2,0,0)
)");
  }

  TEST_CASE("a materialised dict without containers is not tracked until it gets one") {
    check_replay(R"(
class N
alloc n N
alloc i int 300
setattr n a i
dict n d
inspect refcount d         -> refcount=2 tracked=0 | | count=(2,0,0)
alloc l list
setattr n b l
inspect refcount d         -> refcount=2 tracked=1 | | count=(3,0,0)
)");
  }

  TEST_CASE("popitem on the dict of an instance follows the instance's own order of insertion") {
    check_replay(R"(
class N
alloc m N
alloc x list
alloc y list
setattr m a x
setattr m b y
alloc n N
setattr n b y
setattr n a x
del m x y                  -> free:m | | count=(3,0,0)
dict n d
unref d[]                  -> free:x | | count=(5,0,0)
unref d[]                  -> free:y | | count=(5,0,0)
)");
  }

  TEST_CASE("a set keeps one of equal elements") {
    check_replay(R"(
alloc a int 1000
alloc b int 1000
alloc s set
ref s[] a
ref s[] b
inspect refcount a         -> refcount=2 tracked=0 | | count=(1,0,0)
inspect refcount b         -> refcount=1 tracked=0 | | count=(1,0,0)
unref s[] b
inspect refcount a         -> refcount=1 tracked=0 | | count=(1,0,0)
)");
  }

  TEST_CASE("a set holds an int and an equal float once") {
    check_replay(R"(
alloc a int 1000
alloc f float 1000.0
alloc s set
ref s[] f
ref s[] a
inspect refcount a         -> refcount=1 tracked=0 | | count=(1,0,0)
inspect refcount f         -> refcount=2 tracked=0 | | count=(1,0,0)
)");
  }

  TEST_CASE("a set releases its elements in the order of its slots") {
    check_replay(R"(
alloc s set
alloc a int 1003
alloc b int 1001
alloc c int 1002
alloc x str "abc"
alloc y str "abd"
alloc f float 1.5
ref s[] a
ref s[] b
ref s[] c
ref s[] x
ref s[] y
ref s[] f
del a b c x y f
del s                      -> free:s free:f free:y free:b free:c free:a free:x | | count=(0,0,0)
)");
  }

  TEST_CASE("a set of more than a table's worth grows, and its order with it") {
    check_replay(R"(
alloc s set
alloc a str "spam"
alloc b str "ham"
alloc c str "eggs"
alloc d str "bacon"
alloc e str "toast"
alloc f str "tea"
ref s[] a
ref s[] b
ref s[] c
ref s[] d
ref s[] e
ref s[] f
del a b c d e f
clear s                    -> free:c free:e free:f free:b free:d free:a | | count=(1,0,0)
)");
  }

  TEST_CASE("an element that takes a discarded one's slot does not fill the set up") {
    check_replay(R"(
alloc s set
alloc p int 1016
alloc q int 1025
alloc r int 1026
ref s[] p
ref s[] q
unref s[] q
ref s[] q
unref s[] q
ref s[] q
unref s[] q
ref s[] q
unref s[] q
ref s[] q
ref s[] r
del p q r
clear s                    -> free:p free:q free:r | | count=(1,0,0)
)");
  }
}

}  // namespace
}  // namespace gcsim::test
