// Imports, globals, and the interpreter's exit. The orders of finalizers are those that scripts of the same
// shape printed under each CPython, from 2.7.18 to 3.13.0.
#include "doctest/doctest.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

// The finalizers of the last event, in order.
std::string finalized_at_exit(const std::string& trace, std::string_view profile) {
  std::istringstream line(transcript("class R del\nclass C\n" + trace + "exit\n", profile).back());
  std::string names;
  for (std::string word; line >> word;) {
    if (!word.starts_with("finalize:")) continue;
    if (!names.empty()) names += ' ';
    names += word.substr(word.find(':') + 1);
  }
  return names;
}

constexpr std::string_view kFrom36[] = {"cpython-3.6",  "cpython-3.7",  "cpython-3.8",  "cpython-3.9",
                                        "cpython-3.10", "cpython-3.11", "cpython-3.12", "cpython-3.13"};

void check_exit(const std::string& trace, std::string_view in_2_7, std::string_view from_3_6) {
  CAPTURE(trace);
  CHECK_EQ(finalized_at_exit(trace, "cpython-2.7"), in_2_7);
  for (std::string_view profile : kFrom36) {
    CAPTURE(profile);
    CHECK_EQ(finalized_at_exit(trace, profile), from_3_6);
  }
}

// R is a global of each script, where the class came from another module.
const std::string kMain =
    "ref R None\nalloc z R\nalloc _u R\nalloc a R\nalloc __dd R\nalloc m R\nref C None\nalloc cyc R as c\n"
    "setattr cyc me cyc\nalloc l0 R as t0\nalloc l1 R as t1\nalloc l list\nref l[] l0\nref l[] l1\n"
    "del t0 t1\n";

std::string with_modules(const std::string& function_a, const std::string& function_b) {
  return "ref R None\nalloc m1 R\nimport a\n" + function_a +
         "ref a.R None\nalloc a1 R as a.a1\nalloc _a2 R as a._a2\nalloc a3 R as a.a3\nloaded a\nimport b\n" +
         function_b +
         "ref b.R None\nalloc b1 R as b.b1\nalloc _b2 R as b._b2\nalloc b3 R as b.b3\nimport a\nloaded b\n"
         "alloc m2 R\n";
}
const std::string kFunctionA = "alloc a.f function\n";
const std::string kFunctionB = "alloc b.f function\n";

TEST_SUITE("engine/modules") {
  TEST_CASE("an import of a module that is there executes nothing and binds a name") {
    check_replay(R"(
import a                   -> module=new | | count=(2,0,0)
loaded a
del a
import a                   -> module=ready | | count=(2,0,0)
inspect refcount a         -> refcount=2 tracked=1 | | count=(2,0,0)
)");
  }

  TEST_CASE("a module that imports its importer finds it as far as it is") {
    check_replay(R"(
import a                   -> module=new | | count=(2,0,0)
alloc a.x list
import b                   -> module=new | | count=(5,0,0)
from a x                   -> module=partial | | count=(5,0,0)
from a y                   -> module=partial import_error=cannot_import_name_'y'_from_partially_initialized_module_'a'_(most_likely_due_to_a_circular_import) | | count=(5,0,0)
failed b                   -> free:b | | count=(4,0,0)
loaded a
inspect refcount a.x       -> refcount=1 tracked=1 | | count=(4,0,0)
)");
  }

  TEST_CASE("what an ImportError says is the version's own") {
    auto said = [](std::string_view profile) {
      std::string line = transcript("import a\nfrom a x\n", profile).back();
      std::size_t at = line.find("import_error=");
      return line.substr(at, line.find(" |") - at);
    };
    CHECK_EQ(said("cpython-2.7"), "import_error=cannot_import_name_x");
    CHECK_EQ(said("cpython-3.6"), "import_error=cannot_import_name_'x'");
    CHECK_EQ(said("cpython-3.7"), "import_error=cannot_import_name_'x'_from_'a'");
    CHECK_EQ(said("cpython-3.8"),
             "import_error=cannot_import_name_'x'_from_partially_initialized_module_'a'_"
             "(most_likely_due_to_a_circular_import)");
  }

  TEST_CASE("names with a dot are globals of the module, and plain names before there is one") {
    check_replay(R"(
alloc a.x list
import a
alloc l list as a.y
inspect refcount a.y       -> refcount=1 tracked=1 | | count=(4,0,0)
ref a.y None               -> free:l | | count=(4,0,0)
inspect refcount a.x       -> refcount=1 tracked=1 | | count=(4,0,0)
del a.y
del a.y                    -> error:unbound | | count=(4,0,0)
)");
  }

  TEST_CASE("an import inside a module binds the module's own global") {
    check_replay(R"(
import a
import b
loaded b
loaded a
inspect refcount a.b       -> refcount=2 tracked=1 | | count=(4,0,0)
del a.b
inspect refcount b         -> refcount=1 tracked=1 | | count=(4,0,0)
del b                      -> error:unbound | | count=(4,0,0)
)");
  }

  TEST_CASE("a submodule is its package's global once it is loaded") {
    check_replay(R"(
import p.a                 -> error:absent | | count=(0,0,0)
import p
loaded p
import p.a as q
inspect refcount p         -> refcount=2 tracked=1 | | count=(4,0,0)
loaded p.a
inspect refcount q         -> refcount=3 tracked=1 | | count=(4,0,0)
import p.a
inspect refcount p         -> refcount=2 tracked=1 | | count=(4,0,0)
)");
  }

  TEST_CASE("only the innermost execution can end") {
    check_replay(R"(
loaded a                   -> error:absent | | count=(0,0,0)
import a
import b
failed a                   -> error:absent | | count=(4,0,0)
loaded b
loaded a
loaded a                   -> error:absent | | count=(4,0,0)
)");
  }

  TEST_CASE("a function refers to its module's dict") {
    check_replay(R"(
class R del
import a
alloc a.f function
alloc a1 R as a.a1
failed a                   -> free:a | | count=(3,0,0)
gc collect                 -> { finalize:a1 free:a.f free:a1 } return:3 | gc2:3,0 | count=(0,0,0)
)");
  }

  TEST_CASE("what C code holds stays until it gives it back") {
    check_replay(R"(
alloc a list
hold a
hold a
del a
gc collect                 -> return:0 | gc2:0,0 | count=(0,0,0)
inspect refcount a         -> refcount=2 tracked=1 | | count=(0,0,0)
release a
release a                  -> free:a | | count=(0,0,0)
alloc b list
release b                  -> error:absent | | count=(0,0,0)
)");
  }

  TEST_CASE("the names of __main__ go in their order, cycles after them, with or without gc.disable()") {
    check_exit(kMain, "_u a __dd m z l1 l0", "z _u a __dd m l1 l0 cyc");
    check_exit("gc disable\n" + kMain, "_u a __dd m z l1 l0", "z _u a __dd m l1 l0 cyc");
  }

  TEST_CASE("where a function holds the dict of __main__, all go with the collection, cycles among them") {
    check_exit(kMain + "alloc f function\n", "_u a __dd m z l1 l0", "z _u a __dd m cyc l1 l0");
  }

  TEST_CASE("modules go as they were imported, unless another one holds them") {
    check_exit(with_modules("", ""), "m1 m2 _b2 b1 b3 _a2 a1 a3", "m1 m2 b1 _b2 b3 a1 _a2 a3");
  }

  TEST_CASE("modules with functions go in the order of the collector's lists") {
    check_exit(with_modules(kFunctionA, kFunctionB), "m1 m2 _b2 b1 b3 _a2 a1 a3",
               "m1 m2 a1 _a2 a3 b1 _b2 b3");
  }

  TEST_CASE("a module that is tracked behind its dict is found later") {
    const std::string trace = with_modules(kFunctionA, kFunctionB) + "alloc g function\n";
    CHECK_EQ(finalized_at_exit(trace, "cpython-3.12"), "m1 a1 _a2 a3 b1 _b2 b3 m2");
    CHECK_EQ(finalized_at_exit(trace, "cpython-3.13"), "m1 m2 a1 _a2 a3 b1 _b2 b3");
  }

  TEST_CASE("modules that C code holds are cleared, from 3.8 on the last one first") {
    const std::string trace =
        with_modules(kFunctionA, kFunctionB + "alloc y R as b.y\nsetattr y me y\n") + "hold a\nhold b\n";
    CHECK_EQ(finalized_at_exit(trace, "cpython-2.7"), "m1 m2 _a2 a1 a3 _b2 b1 b3");
    CHECK_EQ(finalized_at_exit(trace, "cpython-3.7"), "m1 m2 _a2 a1 a3 _b2 b1 b3 y");
    CHECK_EQ(finalized_at_exit(trace, "cpython-3.8"), "m1 m2 _b2 b1 b3 _a2 a1 a3 y");
  }

  TEST_CASE("a function that C code holds keeps all globals of its module, except in 2.7") {
    check_exit(with_modules(kFunctionA, kFunctionB) + "hold a.f\n", "m1 m2 _b2 b1 b3 _a2 a1 a3",
               "m1 m2 b1 _b2 b3");
  }

  TEST_CASE("a module that fails takes its globals with it, unless functions hold them") {
    check_exit("alloc m1 R\nimport a\nalloc a1 R as a.a1\nalloc _a2 R as a._a2\nfailed a\n", "m1", "m1");
    check_exit("alloc m1 R\nimport a\nalloc a.f function\nalloc a1 R as a.a1\nfailed a\n", "m1", "a1 m1");
  }

  TEST_CASE("the exit fails the modules that are being executed") {
    check_exit("import a\nalloc a1 R as a.a1\nimport b\nalloc b1 R as b.b1\n", "b1 a1", "b1 a1");
  }
}

}  // namespace
}  // namespace gcsim::test
