// Calls, frames, exceptions and generators. The answers are those of real scripts under all nine versions.
#include <span>
#include <string>
#include <string_view>

#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

constexpr std::string_view kWithFrameObjects[] = {"cpython-2.7", "cpython-3.6", "cpython-3.7",
                                                  "cpython-3.8", "cpython-3.9", "cpython-3.10"};
constexpr std::string_view kWithoutFrameObjects[] = {"cpython-3.11", "cpython-3.12", "cpython-3.13"};
constexpr std::string_view kPython3[] = {"cpython-3.6",  "cpython-3.7",  "cpython-3.8",  "cpython-3.9",
                                         "cpython-3.10", "cpython-3.11", "cpython-3.12", "cpython-3.13"};

template <class Profiles>
void check_under(const Profiles& profiles, const std::string& trace) {
  for (std::string_view profile : profiles) {
    CAPTURE(profile);
    check_replay(trace, profile);
  }
}

TEST_SUITE("engine/calls") {
  TEST_CASE("from 3.11 the callee owns its arguments: they die with its other locals, first") {
    check_under(kWithoutFrameObjects, R"(
class N
call caller
alloc a N
alloc b N
call f x=a y=b
inspect refcount a         -> refcount=2 tracked=1 | | count=(2,0,0)
del a                      -> error:unbound | | count=(2,0,0)
alloc c N
return                     -> free:c | | count=(2,0,0)
return                     -> free:a free:b | | count=(0,0,0)
)");
  }

  TEST_CASE("to 3.10 the caller keeps its arguments until the call is over, the last one longest") {
    check_under(kWithFrameObjects, R"(
class N
call caller
alloc a N
alloc b N
call f x=a y=b
inspect refcount a         -> refcount=3 tracked=1 | | count=(4,0,0)
return
return                     -> free:a free:b | | count=(2,0,0)
)");
  }

  TEST_CASE("a local hides a name of the module and gives it back") {
    check_replay(R"(
class N
alloc a N
ref x a
call f
alloc b N
ref x b
inspect is x b             -> is=1 | | count=(2,0,0)
call g
inspect is x a             -> is=1 | | count=(2,0,0)
return
return                     -> free:b | | count=(1,0,0)
inspect is x a             -> is=1 | | count=(1,0,0)
)");
  }

  TEST_CASE("a local that was deleted stays a local, without the module's value") {
    check_replay(R"(
class N
alloc a N
ref x a
call f
ref x a
del x
del x                      -> error:unbound | | count=(1,0,0)
return
del x a                    -> free:a | | count=(0,0,0)
)");
  }

  TEST_CASE("a name bound in a call does not outlive it, but what is returned does") {
    check_replay(R"(
class N
call f
alloc a N
alloc b N
return a as r              -> free:b | | count=(1,0,0)
inspect refcount r         -> refcount=1 tracked=1 | | count=(1,0,0)
call f
alloc c N
return c                   -> free:c | | count=(1,0,0)
)");
  }

  TEST_CASE("to 3.10 the first frame of each function is kept for its next call") {
    check_under(kWithFrameObjects, R"(
call f                     -> | | count=(1,0,0)
return                     -> | | count=(1,0,0)
call g                     -> | | count=(2,0,0)
return
call f                     -> | | count=(2,0,0)
call f                     -> | | count=(3,0,0)
return                     -> | | count=(3,0,0)
return                     -> | | count=(3,0,0)
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
)");
  }

  TEST_CASE("from 3.11 calls count nothing") {
    check_under(kWithoutFrameObjects, R"(
call f                     -> | | count=(0,0,0)
call f                     -> | | count=(0,0,0)
return
return                     -> | | count=(0,0,0)
)");
  }

  TEST_CASE("200 frames are kept beside those of the functions") {
    std::string trace;
    for (int k = 0; k < 300; ++k) trace += "call f\n";
    for (int k = 0; k < 299; ++k) trace += "return\n";
    check_under(kWithFrameObjects, trace + "return -> | | count=(201,0,0)\n");
  }

  // The exception, two tracebacks, and two frames: those of the calls, or made for the tracebacks.
  TEST_CASE("an exception, its tracebacks and the frames they ask for count") {
    const std::string trace = R"(
call g
call f
raise e ValueError         -> COUNT
del e                      -> free:e | | count=AFTER
return
)";
    auto with = [&trace](std::string count, std::string after) {
      std::string filled = trace;
      filled.replace(filled.find("COUNT"), 5, "| | count=" + count);
      filled.replace(filled.find("AFTER"), 5, after);
      return filled;
    };
    check_under(std::span(kWithFrameObjects).subspan(1), with("(5,0,0)", "(2,0,0)"));
    check_under(kWithoutFrameObjects, with("(5,0,0)", "(1,0,0)"));
  }

  TEST_CASE("while an exception is on its way nothing is collected, however much counts") {
    check_replay(R"(
threshold 2
call f
call f
call f
raise e ValueError through 3  -> | | count=(9,0,0)
alloc l list                  -> | gc0:0,0 | count=(0,1,0)
)");
  }

  TEST_CASE("to 3.10 the frame that caught an exception outlives its call with it, tracked from then on") {
    check_replay(R"(
class N
call f
alloc n N
raise e ValueError through 0
return e as kept
inspect generations        -> generation0[n e <traceback> <frame>] generation1[] generation2[] long_lived=0,0 | | count=(4,0,0)
del kept                   -> free:e free:n | | count=(1,0,0)
)",
                 "cpython-3.10");
  }

  TEST_CASE("a generator is two objects with its frame, or one without") {
    const std::string trace = R"(
generator g f              -> | | count=(A,0,0)
generator h f              -> | | count=(B,0,0)
next g
yield
del g                      -> free:g | | count=(C,0,0)
generator g f              -> | | count=(D,0,0)
)";
    auto with = [&trace](std::string_view counts) {
      std::string filled = trace;
      for (std::size_t k = 0; k < counts.size(); ++k)
        filled[filled.find("(" + std::string(1, "ABCD"[k])) + 1] = counts[k];
      return filled;
    };
    check_under(kWithFrameObjects, with("2434"));
    check_under(kWithoutFrameObjects, with("1212"));
  }

  TEST_CASE("a generator keeps its locals between its steps, also those that were deleted") {
    check_replay(R"(
class N
alloc a N
alloc b N
generator g f x=a y=b
next g
del x
yield
next g
inspect is y b             -> is=1 | | count=(3,0,0)
del x                      -> error:unbound | | count=(3,0,0)
ref x b
return
inspect refcount b         -> refcount=1 tracked=1 | | count=(3,0,0)
next g                     -> error:type | | count=(3,0,0)
)");
  }

  TEST_CASE("a generator that loses its name while it runs lives until it waits") {
    check_replay(R"(
class N
generator g f
next g
alloc n N
call forget
return
next g                     -> error:type | | count=(2,0,0)
yield
del g                      -> free:n free:g | | count=(0,0,0)
)");
  }

  TEST_CASE("what is wrong with calls changes nothing") {
    check_replay(R"(
return                     -> error:type | | count=(0,0,0)
yield                      -> error:type | | count=(0,0,0)
raise e ValueError through 1  -> error:type | | count=(0,0,0)
call f
yield                      -> error:type | | count=(0,0,0)
raise e ValueError through 2  -> error:type | | count=(0,0,0)
exit                       -> error:type | | count=(0,0,0)
return zz                  -> error:dead | | count=(0,0,0)
return
exit
)");
  }

  TEST_CASE("a finalizer binds a name of the module, even where a local hides it") {
    check_replay(R"(
class R del=resurrect
alloc r R
call f
ref R_r None
del r                      -> error:unbound | | count=(1,0,0)
return
del r                      -> finalize:r | | count=(1,0,0)
inspect refcount R_r       -> refcount=1 tracked=1 | | count=(1,0,0)
)");
  }
}

}  // namespace
}  // namespace gcsim::test
