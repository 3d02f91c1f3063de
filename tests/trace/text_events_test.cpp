#include <doctest/doctest.h>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/text");

namespace {

struct Row {
  const char* line;
  const char* event;
};

void check(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.line);
    CHECK(read_line(row.line) == row.event);
  }
}

}  // namespace

TEST_CASE("an alloc binds its ID and may hold a value, elements, a name") {
  check({
      {"alloc a list", "alloc a:list as a"},
      {"alloc 17 dict", "alloc 17:dict as 17"},
      {"alloc a.b_1 set", "alloc a.b_1:set as a.b_1"},
      {"alloc t tuple", "alloc t:tuple as t"},
      {"alloc t tuple a None", "alloc t:tuple as t (a None)"},
      {"alloc t tuple a b as n", "alloc t:tuple as n (a b)"},
      {"alloc t tuple before outside", "alloc t:tuple as t (before outside)"},
      {"alloc JKL N as n1", "alloc JKL:N as n1"},
      {"alloc JKL N as=n1", "alloc JKL:N as n1"},
      {"alloc i int 257", "alloc i:int int:257 as i"},
      {"alloc i int -007", "alloc i:int int:-7 as i"},
      {"alloc i int -0", "alloc i:int int:0 as i"},
      {"alloc i int 123456789012345678901234567890", "alloc i:int int:123456789012345678901234567890 as i"},
      {"alloc f float", "alloc f:float as f"},
      {"alloc f float -1.0", "alloc f:float float:-1.0 as f"},
      {"alloc f float 1", "alloc f:float float:1.0 as f"},
      {"alloc f float 0.1000", "alloc f:float float:0.1 as f"},
      {"alloc f float 1E300", "alloc f:float float:1e+300 as f"},
      {"alloc f float -inf", "alloc f:float float:-inf as f"},
      {"alloc s str", "alloc s:str as s"},
      {"alloc s str \"hello world\"", "alloc s:str str:hello world as s"},
      {"alloc s str \"\"", "alloc s:str str: as s"},
      {"alloc s str 'x", "alloc s:str str:'x as s"},
      {"alloc s str before", "alloc s:str str:before as s"},
      {"alloc s str x as n", "alloc s:str str:x as n"},
      {"alloc s str as n", "alloc s:str as n"},
      {"alloc s str as", "alloc s:str str:as as s"},
      {"alloc s str \"as\" as n", "alloc s:str str:as as n"},
  });
}

TEST_CASE("an object of a resurrecting class comes with the name its finalizer binds") {
  check({{"alloc r R", "alloc r:R = R_r as r"},
         {"alloc r R as x", "alloc r:R = R_r as x"},
         {"alloc d D", "alloc d:D as d"}});
}

TEST_CASE("what recordings say of an allocation can be said in text") {
  check({
      {"alloc 5 tuple size=80", "alloc 5:tuple as 5 #80"},
      {"alloc 5 list size=56 before", "alloc 5:list as 5 #56 flags4"},
      {"alloc 5 tuple size=56 before outside", "alloc 5:tuple as 5 #56 flags12"},
      {"alloc 5 dict outside=yes before=no", "alloc 5:dict as 5 flags8"},
      {"alloc 5 list free_list=no", "alloc 5:list as 5 flags2"},
      {"alloc 5 list free_list=yes", "alloc 5:list as 5"},
  });
}

TEST_CASE("references live in names, elements, items and attributes") {
  check({
      {"ref b a", "bind = a as b"},
      {"ref b None", "bind = None as b"},
      {"ref l[] a", "add l = a"},
      {"ref l[0] a", "set_item l[0] = a"},
      {"ref l[12] a", "set_item l[12] = a #12"},
      {"ref l[-1] a", "set_item l[-1] = a #none"},
      {"ref l[4294967295] a", "set_item l[4294967295] = a #none"},
      {"ref d[k] a", "set_item d[k] = a #none"},
      {"ref \"d[a b]\" a", "set_item d[a b] = a #none"},
      {"ref d[x[1]] a", "set_item d[x[1]] = a #none"},
      {"unref d[k]", "del_item d[k] #none"},
      {"unref l[]", "pop l"},
      {"unref l[] a", "remove l = a"},
      {"clear l", "clear l"},
      {"del a", "del (a)"},
      {"del a b a", "del (a b a)"},
      {"setattr n next m", "set_attr n[next] = m"},
      {"setattr n \"a b\" None", "set_attr n[a b] = None"},
      {"delattr n next", "del_attr n[next]"},
      {"dict n", "dict n"},
      {"dict n d", "dict n as d"},
      {"weakref w n", "weakref w = n as w"},
      {"weakref w n callback", "weakref w = n as w flags1"},
      {"weakref w n callback=raise", "weakref w = n as w flags17"},
  });
}

TEST_CASE("the collector can be called, set and looked at") {
  check({
      {"gc collect", "collect #2"},
      {"gc collect 0", "collect"},
      {"gc enable", "enable"},
      {"gc disable", "disable"},
      {"gc threshold 5", "set_threshold (5)"},
      {"gc threshold 0 -1 2147483647", "set_threshold (0 -1 2147483647)"},
      {"gc freeze", "freeze"},
      {"gc unfreeze", "unfreeze"},
      {"gc debug 32", "set_debug #32"},
      {"gc debug LEAK", "set_debug #62"},
      {"gc debug DEBUG_SAVEALL|STATS", "set_debug #33"},
      {"gc count", "get_count"},
      {"inspect refcount a", "inspect_refcount a"},
      {"inspect generations", "inspect_generations"},
      {"inspect is a b", "inspect_is a = b"},
      {"inspect is a", "! 5:13 missing field: expected inspect is ID ID, got the end of the line"},
      {"inspect is a b c",
       "! 5:16 surplus field: expected the end of the line, got 'c'; the form is: inspect is ID ID"},
      {"import a", "import_module a[a] = a #5"},
      {"import a as b", "import_module a[a] = a as b #5"},
      {"import p.a as b.q", "import_module p.a[p] = p as b.q #8"},
      {"import a as", "! 5:12 missing field: expected import MODULE [as NAME], got the end of the line"},
      {"import a b",
       "! 5:10 surplus field: expected the end of the line, got 'b'; the form is: import MODULE [as NAME]"},
      {"from a x", "import_from a[x] = x #5"},
      {"from a x as y", "import_from a[x] = x as y #5"},
      {"loaded a", "loaded a"},
      {"failed a", "failed a"},
      {"hold a", "hold a"},
      {"release a", "release a"},
      {"track a", "track a"},
      {"untrack a", "untrack a"},
      {"resize a 200", "resize a #200"},
      {"check", "check"},
  });
}

TEST_CASE("the gc module answers questions, keeps garbage and calls back") {
  check({
      {"gc isenabled", "gc_is_enabled"},
      {"gc get_threshold", "gc_get_threshold"},
      {"gc stats", "gc_get_stats"},
      {"gc objects", "gc_get_objects #none"},
      {"gc objects 0", "gc_get_objects"},
      {"gc objects 2", "gc_get_objects #2"},
      {"gc objects 3", "! 5:12 number out of range: expected a number from 0 to 2, got '3'"},
      {"gc referrers a", "gc_get_referrers (a)"},
      {"gc referents a None b", "gc_get_referents (a None b)"},
      {"gc referrers", "! 5:13 missing field: expected gc referrers ID ..., got the end of the line"},
      {"gc is_tracked a", "gc_is_tracked a"},
      {"gc is_finalized a", "gc_is_finalized a"},
      {"gc freeze_count", "gc_freeze_count"},
      {"gc garbage", "gc_garbage"},
      {"gc clear_garbage", "gc_clear_garbage"},
      {"gc callback log", "gc_add_callback as log"},
      {"gc remove_callback log", "gc_remove_callback as log"},
  });
}

TEST_CASE("constants, code units, interned strings and sums") {
  check({
      {"unit begin", "unit_begin"},
      {"unit end", "unit_end"},
      {"unit", "! 5:5 missing field: expected unit begin or end, got the end of the line"},
      {"const a int 257", "load_constant a:int int:257 as a"},
      {"const a float 25e-1", "load_constant a:float float:2.5 as a"},
      {"const a str \"x y\"", "load_constant a:str str:x y as a"},
      {"const a list 5", "! 5:9 unknown type: expected int, float or str, got 'list'"},
      {"const a int x", "! 5:13 wrong type of value: expected a whole number, got 'x'"},
      {"const a int", "! 5:12 missing field: expected const ID TYPE VALUE, got the end of the line"},
      {"iadd a int 1", "add_in_place:int int:1 as a"},
      {"iadd a int 1 2",
       "! 5:14 surplus field: expected the end of the line, got '2'; the form is: iadd NAME TYPE VALUE"},
      {"intern t s", "intern = s as t"},
      {"inspect id a", "inspect_id a"},
      {"inspect getrefcount a", "inspect_getrefcount a"},
  });
}

TEST_CASE("calls, exceptions and generators") {
  check({
      {"call f", "call[f]"},
      {"call f x=a y=None", "call[f] (x a y None)"},
      {"call 7 x=a x=b", "! 5:12 surplus field: expected each argument once, got 'x' again"},
      {"call f a", "! 5:8 malformed text: expected an argument, NAME=ID, got 'a'"},
      {"call f None=a",
       "! 5:8 malformed text: expected an ID or a name, got 'None'; None always is the one object None and "
       "can't be bound or deleted"},
      {"call", "! 5:5 missing field: expected call FUNCTION [NAME=ID ...], got the end of the line"},
      {"return", "return"},
      {"return a", "return = a"},
      {"return as b", "return as b"},
      {"return a as b", "return = a as b"},
      {"return as", "return = as"},
      {"return a b",
       "! 5:10 surplus field: expected the end of the line, got 'b'; the form is: return [ID] [as NAME]"},
      {"frame f", "frame f as f"},
      {"raise e", "raise e as e #none"},
      {"raise e ValueError", "raise e as e #none"},
      {"raise e through 2", "raise e as e #2"},
      {"raise e KeyError a None through 0", "raise e as e (a None)"},
      {"raise e KeyError a through", "raise e as e #none (a through)"},
      {"raise e KeyEror",
       "! 5:9 unknown type: expected a built-in exception, as ValueError, got 'KeyEror'; did you mean "
       "'KeyError'?"},
      {"raise e through -1", "! 5:17 number out of range: expected a number from 0 to 2147483647, got '-1'"},
      {"generator g f x=a", "generator g[f] as g (x a)"},
      {"next g", "next g"},
      {"yield", "yield"},
      {"yield a as v", "yield = a as v"},
  });
}

TEST_CASE("events of approximate recordings are rows of fields like others") {
  check({
      {"alloc a list error reuse", "alloc a:list as a flags96"},
      {"alloc a list error=maybe", "! 5:20 wrong type of value: expected yes or no, got 'maybe'"},
      {"die a", "die a"},
      {"die", "! 5:4 missing field: expected die ID [ID ...], got the end of the line"},
      {"die a b b", "die a (b b)"},
      {"garbage a b span 3", "garbage a #3 (b)"},
      {"garbage a \"span\" span 3", "garbage a #3 (span)"},
      {"garbage a span -1", "! 5:16 number out of range: expected a number from 0 to 4294967295, got '-1'"},
      {"garbage a span 3 b",
       "! 5:18 surplus field: expected the end of the line, got 'b'; the form is: garbage ID [ID ...] [span "
       "ALLOCATIONS]"},
      {"own a 0", "! 5:7 number out of range: expected a number from 1 to 4294967295, got '0'"},
      {"memory -64", "memory (-64)"},
      {"memory many", "! 5:8 wrong type of value: expected a whole number, got 'many'"},
      {"memory 4294967296",
       "! 5:8 number out of range: expected a number from -2147483648 to 2147483647, got '4294967296'"},
      {"atomic a", "atomic a"},
      {"tick", "tick"},
      {"tick 100", "! 5:6 surplus field: expected the end of the line, got '100'; the form is: tick"},
  });
}

TEST_CASE("words are split by blanks, quotes have the escapes of JSON, # begins a comment") {
  check({
      {"  ref\tb \t a  ", "bind = a as b"},
      {"ref b a # why not", "bind = a as b"},
      {"ref b a \"b\"",
       "! 5:9 surplus field: expected the end of the line, got 'b'; the form is: ref NAME ID, "
       "ref L[] ID or ref D[KEY] ID"},
      {"alloc s str a#b", "alloc s:str str:a#b as s"},
      {"alloc s str \"a\\\"b\\\\\\/\\t\\u00e9\\ud83d\\ude00\"#c",
       "alloc s:str str:a\"b\\/\té\U0001F600 as s"},
      {"\"clear\" \"l\"", "clear l"},
      {"clear l\r", "clear l"},
  });
}

TEST_CASE("an expectation is about the last event before it") {
  CHECK(read("alloc a list # expect: count 1\n# expect:  two  \n#expect: three\n# not an expect: x\ndel a #  "
             "expect: free a\n") ==
        "alloc a:list as a\ndel (a)\n? 1 count 1\n? 1 two\n? 1 three\n? 2 free a");
  CHECK(read("# expect: x\nalloc a list\n") ==
        "! 1:11 bad expectation: expected an event before the expectation, got none");
  // What stands behind a faulty line was said of that line.
  CHECK(read("alloc a list\nbla # expect: y\n# expect: z\n") ==
        "alloc a:list as a\n! 2:1 unknown event: expected an event, got 'bla'");
}

TEST_SUITE_END();
