// What a collection tells about itself: its reason, its phases, its figures.
#include "doctest/doctest.h"
#include "support/notice_log.h"

namespace gcsim::test {
namespace {

TEST_SUITE("engine/phases") {
  TEST_CASE("each phase shows its list, and gc_refs where they mean something") {
    const char* trace =
        "alloc a list\nalloc b list\nalloc c list\nalloc x list\n"
        "ref b[] a\nref c[] b\nref x[] x\ndel a b x\ngc collect 0\n";
    CHECK_EQ(notices(trace, {.from = 9, .with_phases = true}),
             "collect 0 asked\n"
             "merge_younger a b c x\n"
             "update_refs a:1 b:1 c:1 x:1\n"
             "subtract_refs a:0 b:0 c:1 x:0\n"
             "move_unreachable c b a\n"
             "unreachable x\n"
             "handle_weakrefs x\n"
             "finalize_garbage x\n"
             "delete_garbage x\n"
             "freed x collecting since 8\n"
             "collected 1 visited 4 survivors 3 untracked 0 long-lived 0,0\n"
             "return 1\n");
  }

  TEST_CASE("after a resurrection the trash is analysed again") {
    const char* trace =
        "class R del=resurrect\nalloc r R\nalloc l list\nalloc x list\nsetattr r l l\nref l[] r\n"
        "ref x[] x\ndel r l x\ngc collect\n";
    CHECK_EQ(notices(trace, {.from = 8, .with_phases = true}),
             "collect 2 asked\n"
             "merge_younger r l x\n"
             "update_refs r:1 l:1 x:1\n"
             "subtract_refs r:0 l:0 x:0\n"
             "move_unreachable\n"
             "unreachable r l x\n"
             "handle_weakrefs r l x\n"
             "finalizer r\n"
             "resurrected r R_r\n"
             "finalize_garbage r l x\n"
             "update_refs r:2 l:1 x:1\n"
             "subtract_refs r:1 l:0 x:0\n"
             "move_unreachable r l\n"
             "handle_resurrected x\n"
             "delete_garbage x\n"
             "freed x collecting since 7\n"
             "collected 1 visited 3 survivors 0 untracked 0 long-lived 0,0\n"
             "return 1\n");
  }

  TEST_CASE("an automatic collection says which count exceeded what") {
    CHECK_EQ(notices("threshold 1 0 10\nalloc a list\nalloc b list\nalloc c list\nalloc d list\n", {}),
             "allocated a\n"
             "collect 0 2 over 1\n"
             "collected 0 visited 1 survivors 1 untracked 0 long-lived 0,0\n"
             "allocated b\n"
             "allocated c\n"
             "collect 1 1 over 0\n"
             "collected 0 visited 3 survivors 3 untracked 0 long-lived 0,3\n"
             "allocated d\n");
  }

  TEST_CASE("a full collection that is put off says by which figures") {
    const char* trace =
        "threshold 0 0 0\nalloc a list\nalloc b list\nalloc c list\nalloc d list\ngc collect\n"
        "gc collect 1\ngc threshold 1 5 0\nalloc e list\nalloc f list\n";
    CHECK_EQ(notices(trace, {.from = 9}),
             "full refused 0 of 4\n"
             "collect 0 2 over 1\n"
             "collected 0 visited 1 survivors 1 untracked 0 long-lived 4,0\n"
             "allocated f\n");
  }

  TEST_CASE("an allocation says whether its block came from a free list") {
    CHECK_EQ(notices("alloc a list\ndel a\nalloc b list\n"),
             "allocated a\n"
             "freed a since 2\n"
             "allocated b reused\n");
  }

  TEST_CASE("gc.set_debug(DEBUG_COLLECTABLE) names the trash") {
    CHECK_EQ(notices("alloc a list\nref a[] a\ndel a\ngc debug 2\ngc collect\n", {.from = 5}),
             "collect 2 asked\n"
             "collectable a\n"
             "freed a collecting since 3\n"
             "collected 1 visited 1 survivors 0 untracked 0 long-lived 0,0\n"
             "return 1\n");
  }

  TEST_CASE("untracked containers are counted apart from the survivors") {
    CHECK_EQ(notices("alloc t tuple None\nalloc l list\ngc collect 0\n", {.from = 3}),
             "collect 0 asked\n"
             "collected 0 visited 2 survivors 1 untracked 1 long-lived 0,0\n"
             "return 0\n");
  }

  TEST_CASE("the tuple for several callbacks and an instance's dict are allocated without ID") {
    CHECK_EQ(notices("class N\nalloc n N\nweakref c n callback\nweakref d n callback\ndel n\n", {.from = 4}),
             "freed n since 4\n"
             "allocated <tuple>\n"
             "callback d\n"
             "callback c\n"
             "freed <tuple> since 4\n");
    CHECK_EQ(notices("class N\nalloc n N\ndict n\n", {.from = 2}), "allocated <dict>\n");
  }
}

}  // namespace
}  // namespace gcsim::test
