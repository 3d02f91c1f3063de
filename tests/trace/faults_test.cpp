#include <doctest/doctest.h>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/faults");

namespace {

struct Row {
  const char* line;
  const char* begins;  // of the fault, as far as it matters
};

template <class Read>
void check(Read read_one, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(std::string(row.line));
    const std::string begins = row.begins;
    const std::string fault = read_one(row.line);
    CHECK(fault.substr(0, begins.size()) == begins);
  }
}

std::string bytes(std::initializer_list<const char*> parts) {
  std::string all;
  for (const char* part : parts) all += part;
  return all;
}

}  // namespace

TEST_CASE("each fault of a line of text has its column") {
  check(read_line,
        {
            {"aloc a list",
             "! 5:1 unknown event: expected a header line or an event, got 'aloc'; did you mean 'alloc'?"},
            {"frobnicate a", "! 5:1 unknown event: expected a header line or an event, got 'frobnicate'"},
            {"expect x", "! 5:1 unknown event"},
            {"gc colect",
             "! 5:4 unknown event: expected collect, threshold, debug, enable, disable, freeze, "
             "unfreeze, count, isenabled, get_threshold, stats, objects, referrers, referents, is_tracked, "
             "is_finalized, freeze_count, garbage, clear_garbage, callback or remove_callback, got 'colect'; "
             "did "
             "you mean 'collect'?"},
            {"inspect refcounts a",
             "! 5:9 unknown event: expected refcount, generations, is, id or getrefcount, got "
             "'refcounts'; did you mean 'refcount'?"},
            {"alloc a lst",
             "! 5:9 unknown type: expected list, tuple, dict, set, int, float, str, function or a declared "
             "class, got 'lst'; did you mean 'list'?"},
            {"alloc a Foo",
             "! 5:9 unknown type: expected list, tuple, dict, set, int, float, str, function or a declared "
             "class, got 'Foo'; a class is declared before the first event"},
            {"alloc a None", "! 5:9 unknown type"},
            {"alloc a NoneType", "! 5:9 unknown type"},
            {"alloc a weakref", "! 5:9 unknown type"},
            {"alloc a", "! 5:8 missing field: expected alloc ID TYPE ..., got the end of the line"},
            {"alloc i int", "! 5:12 missing field: expected alloc ID int VALUE"},
            {"alloc i int as n", "! 5:17 missing field: expected alloc ID int VALUE"},
            {"alloc a list as", "! 5:16 missing field: expected alloc ID TYPE as NAME"},
            {"ref a", "! 5:6 missing field: expected ref NAME ID, ref L[] ID or ref D[KEY] ID"},
            {"ref  # x", "! 5:4 missing field"},
            {"del", "! 5:4 missing field: expected del NAME ..."},
            {"setattr a b", "! 5:12 missing field: expected setattr ID ATTRIBUTE ID"},
            {"weakref w", "! 5:10 missing field: expected weakref NAME ID [callback | callback=raise]"},
            {"gc", "! 5:3 missing field"},
            {"gc threshold", "! 5:13 missing field: expected gc threshold A [B [C]]"},
            {"inspect refcount", "! 5:17 missing field: expected inspect refcount ID"},
            {"end", "! 5:4 missing field: expected end NUMBER_OF_EVENTS"},
            {"ref a b c",
             "! 5:9 surplus field: expected the end of the line, got 'c'; the form is: ref NAME ID"},
            {"alloc a list b",
             "! 5:14 surplus field: expected an option of alloc or the end of the line, got 'b'"},
            {"alloc a list befor",
             "! 5:14 surplus field: expected an option of alloc or the end of the line, got "
             "'befor'; did you mean 'before'?"},
            {"alloc s str x y", "! 5:15 surplus field"},
            {"weakref w a callbak",
             "! 5:13 surplus field: expected 'callback', 'callback=raise' or the end of the line, got "
             "'callbak'; did you mean 'callback'?"},
            {"unref d[k] a",
             "! 5:12 surplus field: expected the end of the line, got 'a'; the form is: unref D[KEY]"},
            {"gc enable x", "! 5:11 surplus field"},
            {"gc threshold 1 2 3 4", "! 5:20 surplus field"},
            {"check x", "! 5:7 surplus field"},
            {"end 1 2", "! 5:7 surplus field"},
            {"alloc i int x", "! 5:13 wrong type of value: expected a whole number, got 'x'"},
            {"alloc i int +5", "! 5:13 wrong type of value"},
            {"alloc f float x", "! 5:15 wrong type of value: expected a number that a float can hold"},
            {"alloc f float 1e999", "! 5:15 wrong type of value"},
            {"alloc a list size=x", "! 5:19 wrong type of value: expected a whole number, got 'x'"},
            {"alloc a list before=maybe", "! 5:21 wrong type of value: expected yes or no, got 'maybe'"},
            {"gc collect x", "! 5:12 wrong type of value: expected a whole number, got 'x'"},
            {"gc debug WHAT", "! 5:10 wrong type of value: expected a number, or STATS"},
            {"gc debug LEAK|", "! 5:10 wrong type of value"},
            {"gc collect 3", "! 5:12 number out of range: expected a number from 0 to 2, got '3'"},
            {"gc collect -1", "! 5:12 number out of range"},
            {"gc threshold 700 2147483648",
             "! 5:18 number out of range: expected a number from -2147483648 to"},
            {"gc threshold 99999999999999999999", "! 5:14 number out of range"},
            {"alloc a list size=0", "! 5:19 number out of range"},
            {"resize a 4294967296", "! 5:10 number out of range: expected a number from 1 to 4294967295"},
            {"end 99999999999999999999", "! 5:5 number out of range"},
            {"alloc a-b list",
             "! 5:7 malformed text: expected an ID or a name, got 'a-b'; an ID or a name has"},
            {"alloc 1a list", "! 5:7 malformed text"},
            {"alloc None list", "! 5:7 malformed text: expected an ID or a name, got 'None'; None always is"},
            {"ref None a", "! 5:5 malformed text"},
            {"del a None", "! 5:7 malformed text"},
            {"ref d[k a", "! 5:5 malformed text: expected an ID or a name, got 'd[k'"},
            {"ref -[k] a", "! 5:5 malformed text: expected an object's ID, got '-'"},
            {"ref [k] a", "! 5:5 malformed text: expected an object's ID, got ''"},
            {"unref a", "! 5:7 malformed text: expected D[KEY] or L[], got 'a'; a name is unbound by 'del'"},
            {"alloc s str \"abc",
             "! 5:13 malformed text: expected '\"' at the end of the quoted word, got the end of"},
            {"alloc s str \"a\\qb\"", "! 5:15 malformed text: expected an escape such as"},
            {"alloc s str \"\\u0000\"", "! 5:14 malformed text: expected an escape such as"},
            {"alloc s str \"\\ud800\"", "! 5:14 malformed text: expected an escape such as"},
            {"alloc s str \"a\"b", "! 5:16 malformed text: expected a blank behind the quoted word, got 'b'"},
            {"check\nprofile x", "check\n! 6:1 header after events: expected an event, got 'profile'"},
            {"check\nclass X", "check\n! 6:1 header after events"},
            {"check # \xC3\x28", "! 5:9 invalid UTF-8: expected text in UTF-8, got the byte 0xc3"},
            {"check # \xFF", "! 5:9 invalid UTF-8: expected text in UTF-8, got the byte 0xff"},
            {"check # \xED\xA0\x80", "! 5:9 invalid UTF-8"},
            {"check # \xF0\x9F\x98\x80 \xC0\x80", "! 5:14 invalid UTF-8"},
        });
}

TEST_CASE("each fault of a header line has its column") {
  check(
      [](const char* text) { return read(text); },
      {
          {"trace 2\ncheck\n", "! 1:7 unsupported version: expected version 1, got '2'"},
          {"trace\ncheck\n", "! 1:6 missing field: expected trace 1"},
          {"trace 1 x\ncheck\n", "! 1:9 surplus field"},
          {"profile a\nprofile b\ncheck\n",
           "! 2:1 given twice: expected 'profile' only once, got a second one"},
          {"class A\nclass A\ncheck\n",
           "! 2:7 given twice: expected a name that is not taken yet, got 'A'; it is "
           "declared already"},
          {"class list\ncheck\n",
           "! 1:7 given twice: expected a name that is not taken yet, got 'list'; it is a "
           "built-in type"},
          {"class None\ncheck\n", "! 1:7 malformed text: expected the name of a class"},
          {"class A dell\ncheck\n",
           "! 1:9 surplus field: expected del, del=resurrect, del=raise or slots=a,b,c, got 'dell'; "
           "did you mean 'del'?"},
          {"class A slots=a,,b\ncheck\n", "! 1:17 malformed text: expected the name of a slot, got ''"},
          {"class A slots=a,b,a\ncheck\n", "! 1:19 given twice: expected 'a' only once"},
          {"class A slots=__dict__\ncheck\n", "! 1:15 malformed text"},
          {"threshold\ncheck\n", "! 1:10 missing field: expected threshold A [B [C]]"},
          {"threshold 1 x\ncheck\n", "! 1:13 wrong type of value"},
          {"threshold 1 9999999999\ncheck\n", "! 1:13 number out of range"},
          {"count 1 2\ncheck\n", "! 1:10 missing field: expected count A B C"},
          {"count 1 2 -3\ncheck\n", "! 1:11 number out of range"},
          {"enabled maybe\ncheck\n", "! 1:9 wrong type of value: expected yes or no, got 'maybe'"},
          {"tracking some\ncheck\n",
           "! 1:10 wrong type of value: expected explicit or automatic, got 'some'"},
          {"free_lists list\ncheck\n", "! 1:12 malformed text: expected TYPE=BLOCKS or TYPE[LENGTH]=BLOCKS"},
          {"free_lists list=1 list=2\ncheck\n", "! 1:19 given twice"},
          {"free_lists tuple[x]=1\ncheck\n", "! 1:12 wrong type of value"},
          {"free_lists list=-1\ncheck\n", "! 1:17 number out of range"},
          {"profil x\ncheck\n",
           "! 1:1 unknown event: expected a header line or an event, got 'profil'; did you mean 'profile'?"},
      });
}

TEST_CASE("each fault of a JSON event points at the value or the key") {
  check(
      read_json,
      {
          {R"({"op":"aloc","id":"a","type":"list"})",
           "! 2:7 unknown event: expected an event, got 'aloc'; did you mean 'alloc'?"},
          {R"({"op":5})", "! 2:7 wrong type of value: expected the word of an event, got '5'"},
          {R"({"opp":"alloc"})",
           "! 2:2 surplus field: expected an event, an object with \"op\", got 'opp'; did you mean 'op'?"},
          {R"({})", "! 2:1 missing field: expected an event, an object with \"op\""},
          {R"({"op":"alloc","id":"a"})",
           "! 2:7 missing field: expected an event 'alloc' with \"type\", got one without"},
          {R"({"op":"ref","to":"a"})",
           "! 2:7 missing field: expected an event 'ref' with \"name\" or \"from\""},
          {R"({"op":"del"})", "! 2:7 missing field: expected an event 'del' with \"name\" or \"names\""},
          {R"({"op":"del","names":[]})", "! 2:21 missing field: expected at least one name"},
          {R"({"op":"gc","do":"threshold"})", "! 2:7 missing field: expected an event 'gc' with \"values\""},
          {R"({"op":"gc","do":"threshold","values":[]})", "! 2:38 missing field"},
          {R"({"op":"alloc","id":"i","type":"int"})",
           "! 2:7 missing field: expected an event 'alloc' with \"value\""},
          {R"({"op":"inspect","what":"refcount"})",
           "! 2:7 missing field: expected an event 'inspect' with \"id\""},
          {R"({"op":"clear","id":"a","size":5})",
           "! 2:24 surplus field: expected no fields but \"id\", got 'size'"},
          {R"({"op":"clear","id":"a","colour":5})",
           "! 2:24 surplus field: expected no fields but \"id\", got 'colour'"},
          {R"({"op":"clear","id":"a","id":"b"})",
           "! 2:24 surplus field: expected each field once, got 'id' again"},
          {R"({"op":"alloc","id":"a","typ":"list"})",
           "! 2:24 surplus field: expected no fields but \"id\", \"type\", \"name\", \"value\", \"items\", "
           "\"size\", \"free_list\", \"before\", \"outside\", \"error\", \"reuse\", got 'typ'; did you mean "
           "'type'?"},
          {R"({"op":"ref","name":"a","from":"b","to":"c"})", "! 2:24 surplus field"},
          {R"({"op":"unref","from":"b","key":"k","to":"c"})", "! 2:36 surplus field"},
          {R"({"op":"gc","do":"enable","generation":1})", "! 2:26 surplus field"},
          {R"({"op":"alloc","id":"a","type":"list","items":[]})",
           "! 2:38 surplus field: expected items of a tuple only"},
          {R"({"op":"alloc","id":"a","type":"list","value":1})",
           "! 2:38 surplus field: expected the value of an int"},
          {R"({"op":"check","x":1})", "! 2:15 surplus field: expected no other field, got 'x'"},
          {R"({"op":"gc","do":"threshold","values":[1,2,3,4]})", "! 2:45 surplus field"},
          {R"({"op":"alloc","id":"a","type":"Foo"})", "! 2:31 unknown type"},
          {R"({"op":"alloc","id":"a","type":5})", "! 2:31 wrong type of value: expected a string, got '5'"},
          {R"({"op":"alloc","id":null,"type":"list"})",
           "! 2:20 wrong type of value: expected an ID or a name, got 'null'"},
          {R"({"op":"alloc","id":1.5,"type":"list"})", "! 2:20 wrong type of value"},
          {R"({"op":"alloc","id":-1,"type":"list"})",
           "! 2:20 number out of range: expected a number from 0 on, got '-1'"},
          {R"({"op":"alloc","id":"a b","type":"list"})",
           "! 2:20 malformed text: expected an ID or a name, got 'a b'"},
          {R"({"op":"alloc","id":"None","type":"list"})", "! 2:20 malformed text"},
          {R"({"op":"alloc","id":"t","type":"tuple","items":"a"})",
           "! 2:47 wrong type of value: expected an array of IDs"},
          {R"({"op":"alloc","id":"t","type":"tuple","items":["a",true]})",
           "! 2:52 wrong type of value: expected an object's ID or null, got 'true'"},
          {R"({"op":"alloc","id":"s","type":"str","value":5})",
           "! 2:45 wrong type of value: expected a string, got '5'"},
          {R"({"op":"alloc","id":"i","type":"int","value":1.5})",
           "! 2:45 wrong type of value: expected a whole number, got '1.5'"},
          {R"({"op":"alloc","id":"i","type":"int","value":[1]})",
           "! 2:45 wrong type of value: expected a number, got an array"},
          {R"({"op":"alloc","id":"a","type":"list","before":1})",
           "! 2:47 wrong type of value: expected true or false, got '1'"},
          {R"({"op":"alloc","id":"a","type":"list","size":-1})", "! 2:45 number out of range"},
          {R"({"op":"alloc","id":"a","type":"list","size":"5"})", "! 2:45 wrong type of value"},
          {R"({"op":"ref","from":"l","key":true,"to":"a"})", "! 2:30 wrong type of value"},
          {R"({"op":"ref","from":"l","key":1.5,"to":"a"})", "! 2:30 wrong type of value"},
          {R"({"op":"ref","from":"l","key":"","to":"a"})",
           "! 2:30 malformed text: expected a key of at least one character"},
          {R"({"op":"ref","from":"l","to":{}})",
           "! 2:29 wrong type of value: expected an object's ID or null, got an object"},
          {R"({"op":"del","name":null})", "! 2:20 wrong type of value"},
          {R"({"op":"gc","do":"colect"})", "! 2:17 unknown event"},
          {R"({"op":"gc","do":5})", "! 2:17 wrong type of value"},
          {R"({"op":"gc","do":"collect","generation":3})", "! 2:40 number out of range"},
          {R"({"op":"gc","do":"threshold","values":[1,"2"]})", "! 2:41 wrong type of value"},
          {R"({"op":"expect","text":5})", "! 2:23 wrong type of value"},
          {R"({"op":"expect","text":"x"})", "! 2:23 bad expectation"},
          {R"({"op":"end","events":"0"})", "! 2:22 wrong type of value"},
          {R"({"op":"check")", "! 2:14 malformed JSON: expected ',' or '}', got the end of the line"},
          {R"({"op":"check"},)", "! 2:15 malformed JSON: expected the end of the line, got ','"},
          {R"({"op":"check",})", "! 2:15 malformed JSON: expected a key in double quotes, got '}'"},
          {R"({"op":check})", "! 2:7 malformed JSON: expected a value, got 'check'"},
          {R"({"op":"ch)",
           "! 2:10 malformed JSON: expected '\"' at the end of the string, got the end of the line"},
          {R"({op:"check"})", "! 2:2 malformed JSON: expected a key in double quotes, got 'op'"},
          {R"({"op" "check"})", "! 2:7 malformed JSON: expected ':' behind the key"},
          {R"({"op":"\q"})", "! 2:8 malformed JSON: expected an escape"},
          {R"({"op":"check","x":01})", "! 2:20 malformed JSON: expected a number without leading zeros"},
          {R"({"op":"check","x":1.})", "! 2:21 malformed JSON: expected a digit, got '}'"},
          {R"(check)", "! 2:1 malformed JSON: expected '{', got 'check'"},
          {R"([1])", "! 2:1 malformed JSON: expected '{'"},
          {"{\"op\":\"a\tb\"}", "! 2:9 malformed JSON"},
          {"{\"op\":\"\xFF\"}", "! 2:8 invalid UTF-8"},
      });
}

TEST_CASE("each fault of a JSON header points at the value or the key") {
  const auto header = [](const char* members) {
    return read(bytes({"{\"gcsim\":1,", members, "}\n{\"op\":\"check\"}\n"}), "t.jsonl");
  };
  check(header, {
                    {R"("profile":5)", "! 1:22 wrong type of value: expected the name of a profile, got '5'"},
                    {R"("threshold":5)", "! 1:24 wrong type of value: expected an array of one to three"},
                    {R"("threshold":[])", "! 1:24 missing field"},
                    {R"("threshold":[1,2,3,4])", "! 1:31 surplus field"},
                    {R"("threshold":[1,"x"])", "! 1:27 wrong type of value"},
                    {R"("count":[1,2])", "! 1:20 missing field: expected an array of three whole numbers"},
                    {R"("enabled":1)", "! 1:22 wrong type of value: expected true or false, got '1'"},
                    {R"("classes":[])", "! 1:22 wrong type of value"},
                    {R"("classes":{"A":5})", "! 1:27 wrong type of value"},
                    {R"("classes":{"A":{"del":1}})", "! 1:34 wrong type of value: expected true, false, "},
                    {R"("classes":{"A":{},"A":{}})", "! 1:30 given twice"},
                    {R"("classes":{"A":{"slots":["a",5]}})", "! 1:41 wrong type of value"},
                    {R"("free_lists":{"list":-1})", "! 1:33 number out of range"},
                    {R"("tracking":"x")", "! 1:23 wrong type of value"},
                    {R"("recorded":5)", "! 1:23 wrong type of value"},
                    {R"("profile":"a","profile":"b")", "! 1:26 given twice"},
                    {R"("gcsim":1)", "! 1:12 given twice"},
                    {R"("x":)", "! 1:16 malformed JSON: expected a value, got '}'"},
                });
  CHECK(read("{\"gcsim\":2}\n{\"op\":\"check\"}\n").substr(0, 28) == "! 1:10 unsupported version: ");
  CHECK(read("{\"op\":\"check\"}\n{\"op\":\"check\"}\n") ==
        "! 1:1 missing field: expected a header, an object with \"gcsim\":1, got an object without it");
}

TEST_CASE("text and JSON Lines go on behind a fault, events before it come first") {
  CHECK(read("alloc a list\nx\ny\nalloc b list\n") ==
        "alloc a:list as a\n! 2:1 unknown event: expected an event, got 'x'\n"
        "! 3:1 unknown event: expected an event, got 'y'\nalloc b:list as b");
  CHECK(read("{\"gcsim\":1}\n{\"op\":\"check\"}\n{\n{\"op\":\"gc\",\"do\":\"freeze\"}\n", "t.jsonl") ==
        "check\n! 3:2 malformed JSON: expected a key in double quotes, got the end of the line\nfreeze");
}

TEST_CASE("a document goes on behind an event that makes no sense, not behind malformed JSON") {
  CHECK(read(R"({"gcsim":1,"events":[{"op":"check"},{"op":"x"},5,{"op":"check"}]})") ==
        "check\n! 1:43 unknown event: expected an event, got 'x'\n"
        "! 1:48 wrong type of value: expected an event, an object with \"op\", got something else\ncheck");
  CHECK(read("{\"gcsim\":1,\n\"events\":[{\"op\":\"check\"},\n{\"op\":}, {\"op\":\"check\"}]}") ==
        "check\n! 3:7 malformed JSON: expected a value, got '}'");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"}]} x") ==
        "check\n! 1:39 malformed JSON: expected the end of the file, got 'x'");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"}],\n\"profile\":\"\xFF\"}") ==
        "check\n! 2:12 invalid UTF-8: expected text in UTF-8, got the byte 0xff");
}

TEST_CASE("a trace that is cut off says so, behind its last whole event") {
  CHECK(read("check\nalloc a li") ==
        "check\n! 2:9 truncated trace: expected list, tuple, dict, set, int, float, str, function or a "
        "declared class, "
        "got 'li'; "
        "the file ends in the middle of this line, without a line feed; did you mean 'list'?");
  CHECK(read("check\nref a").substr(0, 27) == "check\n! 2:6 truncated trace");
  CHECK(read("check\ncheck") == "check\ncheck");
  CHECK(read("{\"gcsim\":1}\n{\"op\":\"check\"}\n{\"op\":\"che") ==
        "check\n! 3:11 truncated trace: expected '\"' at the end of the string, got the end of the file");
  CHECK(read("{\"gcsim\":1}\n{\"op\":\"check\"}\n{\"op\":\"check\"}") == "check\ncheck");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"},{\"op\":\"ch") ==
        "check\n! 1:46 truncated trace: expected '\"' at the end of the string, got the end of the file");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"},").substr(0, 28) ==
        "check\n! 1:37 truncated trace");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"}]").substr(0, 28) ==
        "check\n! 1:37 truncated trace");
  CHECK(read("{\"gcsim\":1,\"events\":[").substr(0, 22) == "! 1:22 truncated trace");
  CHECK(read("{\r") == "! 1:2 truncated trace: expected a key in double quotes, got the end of the file");
  CHECK(read("{\"gcsim\":1,\n\"eve").substr(0, 21) == "! 2:5 truncated trace");
}

TEST_CASE("a trailer has to count the events, and nothing may follow it") {
  CHECK(read("check\ncheck\nend 2\n\n# bye\n") == "check\ncheck");
  CHECK(read("check\nend 2\n") ==
        "check\n! 2:5 wrong end of trace: expected 1, the number of events before it, got '2'; events are "
        "missing, or "
        "there are too many");
  CHECK(read("check\nend 1\ncheck\n") ==
        "check\n! 3:1 wrong end of trace: expected nothing behind the end of the trace, got one more event");
  CHECK(read("check\nx\nend 2\n") == "check\n! 2:1 unknown event: expected an event, got 'x'");
  const std::string header = "{\"gcsim\":1}\n{\"op\":\"check\"}\n";
  CHECK(read(header + "{\"op\":\"end\",\"events\":1}\n") == "check");
  CHECK(read(header + "{\"op\":\"end\",\"events\":3}\n").substr(0, 30) == "check\n! 3:22 wrong end of trac");
  CHECK(read(header + "{\"op\":\"end\",\"events\":1}\n{\"op\":\"check\"}\n").substr(0, 30) ==
        "check\n! 4:1 wrong end of trace");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"}],\"end\":1}") == "check");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"check\"}],\"end\":0}").substr(0, 30) ==
        "check\n! 1:44 wrong end of trac");
}

TEST_CASE("a trace without events says what is missing") {
  const std::string_view none =
      "! 0:0 empty trace: expected at least one event, got none; an event looks like this: ";
  for (const char* text :
       {"", "\n\n", "# nothing\n", "trace 1\nclass A\n", "{\"gcsim\":1,\"events\":[ ]}", "\xEF\xBB\xBF"}) {
    CAPTURE(text);
    CHECK(read(text).substr(0, none.size()) == none);
  }
  CHECK(read("{\"gcsim\":1}\n\n", "t.jsonl").substr(0, none.size()) == none);
  CHECK(read("{\"gcsim\":1}\n") ==
        "! 1:1 missing field: expected \"events\", an array, got an object without it");
}

TEST_CASE("what is no trace is refused with one message") {
  CHECK(read("import gc\n\nprint(gc)\n") ==
        "import_module gc[gc] = gc #5\n! 3:1 unknown event: expected an event, got 'print(gc)'; "
        "this is no Python program: a trace has lines such as 'alloc a list'");
  CHECK(read("while 1:\n") ==
        "! 1:1 unknown event: expected a trace in text, JSON or JSON Lines, got 'while'; a trace in text "
        "begins with a "
        "line such as 'trace 1' or 'alloc a list'");
  CHECK(read("\xFD\x37zXZ and so on") ==
        "! 0:0 malformed text: expected a trace in text, JSON, JSON Lines or binary, got a file compressed "
        "by xz; only gzip and zstd are read; decompress it first: xz -dc FILE | gcsim ... -");
  CHECK(read("BZh9 and so on").find("compressed by bzip2") != std::string::npos);
  CHECK(read(std::string("\x7F"
                         "ELF\0\0\0\0\1\2\0\0\0",
                         13)) ==
        "! 0:0 malformed text: expected a trace in text, JSON, JSON Lines or binary, got a binary file of "
        "another kind");
  CHECK(read("[1,2]\n").substr(0, 20) == "! 1:1 malformed JSON");
  CHECK(read("{\"name\":\"package\",\n\"version\":1}\n") ==
        "! 1:1 missing field: expected a header, an object with \"gcsim\":1, got an object without it");
}

TEST_CASE("a NUL byte is no text") {
  CHECK(read(std::string("check # \0 and some more text here\n", 34)) ==
        "! 1:9 malformed text: expected text, got a NUL byte");
}

TEST_CASE("lines have a limit, and the next one is read all the same") {
  const std::string fits = "check # " + std::string(kMaxLineBytes - 8, 'x');
  CHECK(read(fits + "\ncheck\n") == "check\ncheck");
  CHECK(read(fits + "x\ncheck\n") ==
        "! 1:1 line too long: expected at most 1048576 bytes in a line, got more");
  CHECK(read("check\n" + fits + std::string(300'000, 'x') + "\ncheck\n") ==
        "check\n! 2:1 line too long: expected at most 1048576 bytes in a line, got more\ncheck");
  CHECK(read("{\"gcsim\":1}\n{\"op\":\"" + fits + "\"}\n{\"op\":\"check\"}\n") ==
        "! 2:1 line too long: expected at most 1048576 bytes in a line, got more\ncheck");
  CHECK(read("{\"gcsim\":1,\"events\":[{\"op\":\"" + fits + "\"},{\"op\":\"check\"}]}") ==
        "! 1:22 line too long: expected at most 1048576 bytes in an event, got more\ncheck");
}

TEST_CASE("JSON nests so deep and no deeper") {
  const auto nested = [](std::size_t depth) {
    return "{\"gcsim\":1,\"x\":" + std::string(depth, '[') + std::string(depth, ']') +
           ",\"events\":[{\"op\":\"check\"}]}";
  };
  CHECK(read(nested(kMaxNesting - 1)) == "check");
  CHECK(read(nested(kMaxNesting)) ==
        "! 1:79 nesting too deep: expected at most 64 values inside each other, got '['");
  CHECK(read(nested(1'000'000)).substr(0, 23) == "! 1:79 nesting too deep");
  CHECK(read_json("{\"op\":" + std::string(100'000, '[')).substr(0, 23) == "! 2:70 nesting too deep");
}

TEST_SUITE_END();
