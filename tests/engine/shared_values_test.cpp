// Constants of code units, interned strings, and `a += 1`. The answers are real CPython's.
#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/shared values") {
  TEST_CASE("outside of a unit equal constants are two objects, inside they are one") {
    check_replay(R"(
const a int 257
const b int 257
inspect is a b             -> is=0 | | count=(0,0,0)
unit begin
const c int 257
const d int 257            -> same:c | | count=(0,0,0)
const e float 257
inspect is c e             -> is=0 | | count=(0,0,0)
)");
  }

  TEST_CASE("a unit holds its constants, and lets go of the last first") {
    check_replay(R"(
unit begin
const a int 257
const b int 258
del a b                    -> | | count=(0,0,0)
unit end                   -> free:b free:a | | count=(0,0,0)
)");
  }

  TEST_CASE("a unit that ends was begun") {
    check_replay(R"(
unit begin
unit end
unit end                   -> error:type | | count=(0,0,0)
)");
  }

  TEST_CASE("functions compiled together share constants from 3.8 on, and each holds them") {
    const char* trace = R"(
unit begin
const a int 1000
unit begin
const b int 1000           -> same:a | | count=(0,0,0)
inspect refcount a         -> refcount=4 tracked=0 | | count=(0,0,0)
)";
    check_replay(trace, "cpython-3.8");
    check_replay(R"(
unit begin
const a int 1000
unit begin
const b int 1000           -> | | count=(0,0,0)
)",
                 "cpython-3.7");
  }

  TEST_CASE("a constant that looks like a name is interned as long as it lives") {
    check_replay(R"(
const a str abc_1
const b str abc_1          -> same:a | | count=(0,0,0)
alloc c str abc_1          -> | | count=(0,0,0)
intern d c
inspect is d a             -> is=1 | | count=(0,0,0)
del a b d                  -> free:a | | count=(0,0,0)
intern e c
const f str abc_1          -> same:c | | count=(0,0,0)
)");
  }

  TEST_CASE("in 3.12 an interned string is never freed") {
    check_replay(R"(
const a str abc
del a                      -> | | count=(0,0,0)
inspect getrefcount a      -> getrefcount=4294967295 | | count=(0,0,0)
)",
                 "cpython-3.12");
  }

  TEST_CASE("how often the interpreter itself holds a value is not in the trace") {
    check_replay(R"(
alloc a int 5
inspect getrefcount a      -> getrefcount=unknown | | count=(0,0,0)
alloc b int 500
inspect getrefcount b      -> getrefcount=2 | | count=(0,0,0)
)");
  }

  TEST_CASE("adding in place binds another object, to which the ID goes over") {
    check_replay(R"(
alloc a int 1000
ref b a
iadd a int -1              -> | | count=(0,0,0)
inspect is a b             -> is=0 | | count=(0,0,0)
iadd a int 1               -> free:a | | count=(0,0,0)
inspect is a b             -> is=0 | | count=(0,0,0)
inspect refcount b         -> refcount=1 tracked=0 | | count=(0,0,0)
)");
  }

  TEST_CASE("a sum that exists once is that object") {
    check_replay(R"(
alloc a int 300
iadd a int -44             -> free:a | | count=(0,0,0)
alloc b int 256            -> same:a | | count=(0,0,0)
iadd b int 0               -> same:a | | count=(0,0,0)
iadd b int 1               -> | | count=(0,0,0)
inspect is a b             -> is=0 | | count=(0,0,0)
)");
  }

  TEST_CASE("sums have any number of digits, and sums with floats are floats") {
    check_replay(R"(
alloc s set
alloc a int 99999999999999999999
iadd a int 1               -> free:a | | count=(1,0,0)
alloc b int 100000000000000000000
ref s[] a
unref s[] b                -> | | count=(1,0,0)
alloc c int -1
iadd c float 1.5
alloc d float 0.5
ref s[] c
unref s[] d                -> | | count=(1,0,0)
)");
  }

  TEST_CASE("only numbers are added, only strings interned") {
    check_replay(R"(
alloc a list
iadd a int 1               -> error:type | | count=(1,0,0)
iadd b int 1               -> error:unbound | | count=(1,0,0)
intern b a                 -> error:type | | count=(1,0,0)
)");
  }
}

}  // namespace
}  // namespace gcsim::test
