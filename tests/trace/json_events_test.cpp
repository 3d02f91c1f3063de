#include <doctest/doctest.h>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/json");

namespace {

struct Row {
  const char* json;
  const char* text;
};

}  // namespace

TEST_CASE("what JSON says text can say, and the other way round") {
  const Row rows[] = {
      {R"({"op":"alloc","id":"a","type":"list"})", "alloc a list"},
      {R"({"op":"alloc","id":17,"type":"dict"})", "alloc 17 dict"},
      {R"({"op":"alloc","id":"t","type":"tuple","items":["a",null,"None",5]})",
       "alloc t tuple a None None 5"},
      {R"({"op":"alloc","id":"t","type":"tuple","items":[]})", "alloc t tuple"},
      {R"({"op":"alloc","id":"JKL","type":"N","name":"n1"})", "alloc JKL N as n1"},
      {R"({"op":"alloc","id":"r","type":"R"})", "alloc r R"},
      {R"({"op":"alloc","id":"i","type":"int","value":257})", "alloc i int 257"},
      {R"({"op":"alloc","id":"i","type":"int","value":"-12345678901234567890123"})",
       "alloc i int -12345678901234567890123"},
      {R"({"op":"alloc","id":"f","type":"float","value":1})", "alloc f float 1.0"},
      {R"({"op":"alloc","id":"f","type":"float","value":1.50e1})", "alloc f float 15"},
      {R"({"op":"alloc","id":"f","type":"float","value":"nan"})", "alloc f float nan"},
      {R"({"op":"alloc","id":"f","type":"float"})", "alloc f float"},
      {R"({"op":"alloc","id":"s","type":"str","value":"a\"\u00e9 b"})", "alloc s str \"a\\\"é b\""},
      {R"({"op":"alloc","id":5,"type":"tuple","size":80,"before":true,"outside":true,"free_list":false})",
       "alloc 5 tuple size=80 before outside free_list=no"},
      {R"({"op":"alloc","id":5,"type":"list","before":false,"outside":false,"free_list":true})",
       "alloc 5 list"},
      {R"({"op":"ref","name":"b","to":"a"})", "ref b a"},
      {R"({"op":"ref","name":"b","to":null})", "ref b None"},
      {R"({"op":"ref","from":"l","to":"a"})", "ref l[] a"},
      {R"({"op":"ref","from":"l","key":0,"to":"a"})", "ref l[0] a"},
      {R"({"op":"ref","from":"l","key":"12","to":"a"})", "ref l[12] a"},
      {R"({"op":"ref","from":"l","key":-1,"to":"a"})", "ref l[-1] a"},
      {R"({"to":"a","key":"k","from":"d","op":"ref"})", "ref d[k] a"},
      {R"({"op":"unref","from":"d","key":"k"})", "unref d[k]"},
      {R"({"op":"unref","from":"l"})", "unref l[]"},
      {R"({"op":"unref","from":"l","to":"a"})", "unref l[] a"},
      {R"({"op":"clear","id":"l"})", "clear l"},
      {R"({"op":"del","name":"a"})", "del a"},
      {R"({"op":"del","names":["a","b"]})", "del a b"},
      {R"({"op":"setattr","obj":"n","attr":"next","value":null})", "setattr n next None"},
      {R"({"op":"delattr","obj":"n","attr":"next"})", "delattr n next"},
      {R"({"op":"dict","obj":"n"})", "dict n"},
      {R"({"op":"dict","obj":"n","name":"d"})", "dict n d"},
      {R"({"op":"weakref","id":"w","to":"n"})", "weakref w n"},
      {R"({"op":"weakref","id":"w","to":"n","callback":false})", "weakref w n"},
      {R"({"op":"weakref","id":"w","to":"n","callback":true})", "weakref w n callback"},
      {R"({"op":"weakref","id":"w","to":"n","callback":"raise"})", "weakref w n callback=raise"},
      {R"({"op":"gc","do":"isenabled"})", "gc isenabled"},
      {R"({"op":"gc","do":"get_threshold"})", "gc get_threshold"},
      {R"({"op":"gc","do":"stats"})", "gc stats"},
      {R"({"op":"gc","do":"objects"})", "gc objects"},
      {R"({"op":"gc","do":"objects","generation":1})", "gc objects 1"},
      {R"({"op":"gc","do":"referrers","items":["a",null]})", "gc referrers a None"},
      {R"({"op":"gc","do":"referents","items":[1]})", "gc referents 1"},
      {R"({"op":"gc","do":"is_tracked","id":"a"})", "gc is_tracked a"},
      {R"({"op":"gc","do":"is_finalized","id":"a"})", "gc is_finalized a"},
      {R"({"op":"gc","do":"freeze_count"})", "gc freeze_count"},
      {R"({"op":"gc","do":"garbage"})", "gc garbage"},
      {R"({"op":"gc","do":"clear_garbage"})", "gc clear_garbage"},
      {R"({"op":"gc","do":"callback","name":"log"})", "gc callback log"},
      {R"({"op":"gc","do":"remove_callback","name":"log"})", "gc remove_callback log"},
      {R"({"op":"gc","do":"collect"})", "gc collect"},
      {R"({"op":"gc","do":"collect","generation":1})", "gc collect 1"},
      {R"({"op":"gc","do":"threshold","values":[700,10,10]})", "gc threshold 700 10 10"},
      {R"({"op":"gc","do":"enable"})", "gc enable"},
      {R"({"op":"gc","do":"disable"})", "gc disable"},
      {R"({"op":"gc","do":"freeze"})", "gc freeze"},
      {R"({"op":"gc","do":"unfreeze"})", "gc unfreeze"},
      {R"({"op":"gc","do":"count"})", "gc count"},
      {R"({"op":"gc","do":"debug","flags":4})", "gc debug 4"},
      {R"({"op":"gc","do":"debug","flags":"SAVEALL|COLLECTABLE"})", "gc debug SAVEALL|COLLECTABLE"},
      {R"({"op":"inspect","what":"refcount","id":"a"})", "inspect refcount a"},
      {R"({"op":"inspect","what":"generations"})", "inspect generations"},
      {R"({"op":"inspect","what":"is","id":"a","to":null})", "inspect is a None"},
      {R"({"op":"import","id":"p.a","name":"x"})", "import p.a as x"},
      {R"({"op":"from","id":"a","attr":"x"})", "from a x"},
      {R"({"op":"from","id":"a","attr":"x","name":"y"})", "from a x as y"},
      {R"({"op":"loaded","id":"a"})", "loaded a"},
      {R"({"op":"failed","id":"a"})", "failed a"},
      {R"({"op":"hold","id":7})", "hold 7"},
      {R"({"op":"release","id":7})", "release 7"},
      {R"({"op":"inspect","what":"id","id":"a"})", "inspect id a"},
      {R"({"op":"inspect","what":"getrefcount","id":"a"})", "inspect getrefcount a"},
      {R"({"op":"unit","do":"begin"})", "unit begin"},
      {R"({"op":"unit","do":"end"})", "unit end"},
      {R"({"op":"const","id":"a","type":"int","value":257})", "const a int 257"},
      {R"({"op":"const","id":"a","type":"str","value":"x"})", "const a str x"},
      {R"({"op":"iadd","name":"a","type":"float","value":0.5})", "iadd a float 0.5"},
      {R"({"op":"intern","name":"t","to":"s"})", "intern t s"},
      {R"({"op":"call","function":"f"})", "call f"},
      {R"({"op":"call","function":"f","args":{"x":1,"y":null}})", "call f x=1 y=None"},
      {R"({"op":"return","name":"r"})", "return as r"},
      {R"({"op":"return","id":null,"name":"r"})", "return None as r"},
      {R"({"op":"raise","id":"e"})", "raise e"},
      {R"({"op":"raise","id":"e","type":"KeyError","items":["a"],"through":0})",
       "raise e KeyError a through 0"},
      {R"({"op":"frame","id":"f"})", "frame f"},
      {R"({"op":"generator","id":"g","function":"f","args":{}})", "generator g f"},
      {R"({"op":"next","id":"g"})", "next g"},
      {R"({"op":"yield"})", "yield"},
      {R"({"op":"track","id":7})", "track 7"},
      {R"({"op":"untrack","id":7})", "untrack 7"},
      {R"({"op":"resize","id":7,"size":200})", "resize 7 200"},
      {R"({"op":"check"})", "check"},
      {R"( { "op" : "ref" , "name" : "b" , "to" : "a" } )", "ref b a"},
      {R"({"\u006fp":"ref","name":"\u0062","to":"a"})", "ref b a"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    const std::string event = read_json(row.json);
    CHECK(event == read_line(row.text));
    CHECK(event.substr(0, 1) != "!");
  }
}

TEST_CASE("an expectation is an object of its own and no event") {
  CHECK(read_json(R"({"op":"alloc","id":"a","type":"list"})"
                  "\n"
                  R"({"op":"expect","text":"free \"a\""})"
                  "\n"
                  R"({"op":"del","name":"a"})") == "alloc a:list as a\ndel (a)\n? 1 free \"a\"");
}

TEST_CASE("several events of a document may stand in one line, and one in several") {
  const std::string text =
      "{\"gcsim\":1,\n \"events\": [{\"op\":\"check\"},{\"op\":\n\"clear\",\"id\":\"a\"},\n  "
      "{\"op\":\"check\"}]}";
  auto opened = open(memory_source(text), "t.json");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  EventBatch batch;
  REQUIRE(reader.next(batch) == Reader::Status::events);
  REQUIRE(batch.events.size() == 3);
  const auto place = [&batch](std::size_t i) {
    return std::pair(batch.sources[i].line, batch.sources[i].column);
  };
  CHECK(place(0) == std::pair<std::uint64_t, std::uint32_t>{2, 13});
  CHECK(place(1) == std::pair<std::uint64_t, std::uint32_t>{2, 28});
  CHECK(place(2) == std::pair<std::uint64_t, std::uint32_t>{4, 3});
  const Reader::Place id = reader.locate(batch, 1, Operand::subject, 0);
  CHECK(id.where.line == 3);
  CHECK(id.where.column == 14);
  CHECK(id.source == "\"clear\",\"id\":\"a\"},");
  CHECK(reader.line_of(1) == 2);
  CHECK(reader.line_of(2) == 2);
  CHECK(reader.line_of(3) == 4);
  CHECK(reader.line_of(4) == std::nullopt);
}

TEST_CASE("the members of a document may come in any order") {
  CHECK(read(R"({"events":[{"op":"alloc","id":"n","type":"N"}],"classes":{"N":{}},"end":1,"gcsim":1})") ==
        "alloc n:N as n");
}

TEST_SUITE_END();
