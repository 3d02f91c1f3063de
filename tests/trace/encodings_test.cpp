#include <doctest/doctest.h>

#include <cstring>

#include "gcsim/trace/writer.h"
#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/encodings");

namespace {

struct Pair {
  const char* text;
  const char* json;
};

// Every event there is, once.
constexpr Pair kEvents[] = {
    {"alloc a list", R"({"op":"alloc","id":"a","type":"list"})"},
    {"alloc t tuple a None 17 as u",
     R"({"op":"alloc","id":"t","type":"tuple","items":["a",null,17],"name":"u"})"},
    {"alloc r R as x", R"({"op":"alloc","id":"r","type":"R","name":"x"})"},
    {"alloc i int 257", R"({"op":"alloc","id":"i","type":"int","value":257})"},
    {"alloc f float 2.50", R"({"op":"alloc","id":"f","type":"float","value":2.5})"},
    {"alloc g float", R"({"op":"alloc","id":"g","type":"float"})"},
    {"alloc s str \"two \\\"words\\\"\"", R"({"op":"alloc","id":"s","type":"str","value":"two \"words\""})"},
    {"alloc 5 dict size=64 before outside free_list=no",
     R"({"op":"alloc","id":5,"type":"dict","size":64,"before":true,"outside":true,"free_list":false})"},
    {"alloc 6 frame", R"({"op":"alloc","id":6,"type":"frame"})"},
    {"ref b a", R"({"op":"ref","name":"b","to":"a"})"},
    {"ref a[] 5", R"({"op":"ref","from":"a","to":5})"},
    {"ref a[0] s", R"({"op":"ref","from":"a","key":0,"to":"s"})"},
    {"ref 5[k] s", R"({"op":"ref","from":5,"key":"k","to":"s"})"},
    {"unref 5[k]", R"({"op":"unref","from":5,"key":"k"})"},
    {"unref a[]", R"({"op":"unref","from":"a"})"},
    {"unref a[] s", R"({"op":"unref","from":"a","to":"s"})"},
    {"clear a", R"({"op":"clear","id":"a"})"},
    {"del a b", R"({"op":"del","names":["a","b"]})"},
    {"setattr r next None", R"({"op":"setattr","obj":"r","attr":"next","value":null})"},
    {"delattr r next", R"({"op":"delattr","obj":"r","attr":"next"})"},
    {"dict r d", R"({"op":"dict","obj":"r","name":"d"})"},
    {"weakref w r callback", R"({"op":"weakref","id":"w","to":"r","callback":true})"},
    {"gc collect 1", R"({"op":"gc","do":"collect","generation":1})"},
    {"gc enable", R"({"op":"gc","do":"enable"})"},
    {"gc disable", R"({"op":"gc","do":"disable"})"},
    {"gc threshold 5 -2", R"({"op":"gc","do":"threshold","values":[5,-2]})"},
    {"gc freeze", R"({"op":"gc","do":"freeze"})"},
    {"gc unfreeze", R"({"op":"gc","do":"unfreeze"})"},
    {"gc debug SAVEALL", R"({"op":"gc","do":"debug","flags":32})"},
    {"gc count", R"({"op":"gc","do":"count"})"},
    {"inspect refcount r", R"({"op":"inspect","what":"refcount","id":"r"})"},
    {"inspect generations", R"({"op":"inspect","what":"generations"})"},
    {"import m", R"({"op":"import","id":"m"})"},
    {"alloc m.f function", R"({"op":"alloc","id":"m.f","type":"function"})"},
    {"import m.n as m.o", R"({"op":"import","id":"m.n","name":"m.o"})"},
    {"failed m.n", R"({"op":"failed","id":"m.n"})"},
    {"loaded m", R"({"op":"loaded","id":"m"})"},
    {"from m f as g", R"({"op":"from","id":"m","attr":"f","name":"g"})"},
    {"hold g", R"({"op":"hold","id":"g"})"},
    {"release g", R"({"op":"release","id":"g"})"},
    {"weakref v r callback=raise", R"({"op":"weakref","id":"v","to":"r","callback":"raise"})"},
    {"gc objects 1", R"({"op":"gc","do":"objects","generation":1})"},
    {"gc objects", R"({"op":"gc","do":"objects"})"},
    {"gc referrers a 5", R"({"op":"gc","do":"referrers","items":["a",5]})"},
    {"gc is_tracked a", R"({"op":"gc","do":"is_tracked","id":"a"})"},
    {"gc callback log", R"({"op":"gc","do":"callback","name":"log"})"},
    {"unit begin", R"({"op":"unit","do":"begin"})"},
    {"const c int 257", R"({"op":"const","id":"c","type":"int","value":257})"},
    {"unit end", R"({"op":"unit","do":"end"})"},
    {"iadd c float 0.5", R"({"op":"iadd","name":"c","type":"float","value":0.5})"},
    {"intern t s", R"({"op":"intern","name":"t","to":"s"})"},
    {"inspect getrefcount r", R"({"op":"inspect","what":"getrefcount","id":"r"})"},
    {"track 6", R"({"op":"track","id":6})"},
    {"untrack 6", R"({"op":"untrack","id":6})"},
    {"resize 5 200", R"({"op":"resize","id":5,"size":200})"},
    {"call f", R"({"op":"call","function":"f"})"},
    {"call f x=r y=None", R"({"op":"call","function":"f","args":{"x":"r","y":null}})"},
    {"return", R"({"op":"return"})"},
    {"return x as v", R"({"op":"return","id":"x","name":"v"})"},
    {"raise e", R"({"op":"raise","id":"e"})"},
    {"raise k KeyError r None through 2",
     R"({"op":"raise","id":"k","type":"KeyError","items":["r",null],"through":2})"},
    {"frame c", R"({"op":"frame","id":"c"})"},
    {"generator z f x=r", R"({"op":"generator","id":"z","function":"f","args":{"x":"r"}})"},
    {"next z", R"({"op":"next","id":"z"})"},
    {"yield r as v", R"({"op":"yield","id":"r","name":"v"})"},
    {"alloc 8 tuple size=48 error=yes reuse=yes",
     R"({"op":"alloc","id":8,"type":"tuple","size":48,"error":true,"reuse":true})"},
    {"die 8", R"({"op":"die","id":8})"},
    {"die 6 5 5 a", R"({"op":"die","id":6,"to":[5,5,"a"]})"},
    {"garbage 5 5 a span 4294967295", R"({"op":"garbage","id":5,"to":[5,"a"],"span":4294967295})"},
    {"garbage r", R"({"op":"garbage","id":"r"})"},
    {"own a 640", R"({"op":"own","id":"a","size":640})"},
    {"memory -2147483648", R"({"op":"memory","delta":-2147483648})"},
    {"atomic 8", R"({"op":"atomic","id":8})"},
    {"tick", R"({"op":"tick"})"},
    {"exit", R"({"op":"exit"})"},
    {"check", R"({"op":"check"})"},
};

std::string as_text() {
  std::string text = "trace 1\ntracking explicit\nclass R del=resurrect\n";
  for (const Pair& each : kEvents) text += std::string(each.text) + "\n";
  return text + "end " + std::to_string(std::size(kEvents)) + "\n";
}

std::string as_json_lines() {
  std::string text = R"({"gcsim":1,"tracking":"explicit","classes":{"R":{"del":"resurrect"}}})"
                     "\n";
  for (const Pair& each : kEvents) text += std::string(each.json) + "\n";
  return text + R"({"op":"end","events":)" + std::to_string(std::size(kEvents)) + "}\n";
}

std::string as_document() {
  std::string text = R"({"gcsim":1,"tracking":"explicit","classes":{"R":{"del":"resurrect"}},"events":[)";
  for (const Pair& each : kEvents) text += (text.back() == '[' ? "\n  " : ",\n  ") + std::string(each.json);
  return text + "\n],\"end\":" + std::to_string(std::size(kEvents)) + "}\n";
}

std::string written(const std::string& trace, Format format) {
  auto opened = open(memory_source(trace), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  std::string text;
  const auto writer = make_writer(format, reader.vocabulary(), [&](std::string_view part) { text += part; });
  EventBatch batch;
  REQUIRE(!writer->begin(reader.header()));
  for (auto status = Reader::Status::events; status == Reader::Status::events;) {
    status = reader.next(batch);
    REQUIRE(!writer->write(batch));
  }
  writer->finish();
  return text;
}

EventBatch events_of(const std::string& text) {
  auto opened = open(memory_source(text), "t");
  REQUIRE(opened.index() == 0);
  EventBatch batch;
  REQUIRE(std::get<0>(opened)->next(batch) == Reader::Status::events);
  EventBatch rest;
  REQUIRE(std::get<0>(opened)->next(rest) == Reader::Status::end);
  return batch;
}

}  // namespace

TEST_CASE("the same trace in three encodings is the same events, bit for bit") {
  const EventBatch text = events_of(as_text());
  REQUIRE(text.events.size() == std::size(kEvents));
  for (const std::string& other : {as_json_lines(), as_document()}) {
    const EventBatch json = events_of(other);
    REQUIRE(json.events.size() == text.events.size());
    for (std::size_t i = 0; i < text.events.size(); ++i) {
      CAPTURE(kEvents[i].text);
      CHECK(std::memcmp(&json.events[i], &text.events[i], sizeof(Event)) == 0);
    }
    CHECK(json.operands == text.operands);
  }
  CHECK(read(as_text()) == read(as_json_lines()));
  CHECK(read(as_text()) == read(as_document()));
}

TEST_CASE("every event, written in any form and read again, is the same event bit for bit") {
  const EventBatch first = events_of(as_text());
  for (const Format format : {Format::text, Format::json, Format::json_lines}) {
    for (const std::string& from : {as_text(), as_json_lines()}) {
      const EventBatch again = events_of(written(from, format));
      REQUIRE(again.events.size() == first.events.size());
      for (std::size_t i = 0; i < first.events.size(); ++i) {
        CAPTURE(kEvents[i].text);
        CHECK(std::memcmp(&again.events[i], &first.events[i], sizeof(Event)) == 0);
      }
      CHECK(again.operands == first.operands);
    }
  }
}

TEST_CASE("every event, written as a binary trace and read again, is the same event") {
  for (const std::string& from : {as_text(), as_json_lines()}) {
    const std::string binary = written(from, Format::binary);
    CHECK(written(binary, Format::json_lines) == written(from, Format::json_lines));
    CHECK(written(binary, Format::text) == written(from, Format::text));
  }
}

TEST_SUITE_END();
