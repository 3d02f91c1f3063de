#include <doctest/doctest.h>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/locate");

namespace {

struct Row {
  const char* line;
  Operand operand;
  std::uint32_t ordinal;
  const char* word;  // that begins at the place found
};

void check(const std::string& before, std::initializer_list<Row> rows, const char* name) {
  for (const Row& row : rows) {
    CAPTURE(row.line);
    CAPTURE(row.word);
    const std::string text = before + row.line + "\n";
    auto opened = open(memory_source(text), name);
    REQUIRE(opened.index() == 0);
    Reader& reader = *std::get<0>(opened);
    EventBatch batch;
    REQUIRE(reader.next(batch) == Reader::Status::events);
    const Reader::Place place = reader.locate(batch, 0, row.operand, row.ordinal);
    CHECK(place.where.line == 2);
    CHECK(place.source == row.line);
    CHECK(place.source.substr(place.where.column - 1, std::strlen(row.word)) == row.word);
  }
}

}  // namespace

TEST_CASE("an operand is found in a line of text") {
  check("class R del=resurrect\n",
        {
            {"alloc a list", Operand::whole, 0, "alloc"},
            {"alloc a list", Operand::subject, 0, "a l"},
            {"alloc a list", Operand::name, 0, "a l"},
            {"alloc a list as nn", Operand::name, 0, "nn"},
            {"alloc a list as=nn", Operand::name, 0, "nn"},
            {"alloc a list size=80", Operand::number, 0, "80"},
            {"alloc a list", Operand::number, 0, "list"},
            {"alloc r R", Operand::value, 0, "r R"},
            {"alloc i int 257", Operand::key, 0, "257"},
            {"alloc t tuple x y z as n", Operand::item, 1, "y z"},
            {"ref nn aa", Operand::name, 0, "nn"},
            {"ref nn aa", Operand::value, 0, "aa"},
            {"ref ll[] aa", Operand::subject, 0, "ll["},
            {"ref ll[] aa", Operand::value, 0, "aa"},
            {"ref dd[kk] aa", Operand::key, 0, "kk]"},
            {"ref dd[12] aa", Operand::number, 0, "12]"},
            {"ref \"dd[k k]\" aa", Operand::key, 0, "k k]"},
            {"unref dd[kk]", Operand::key, 0, "kk]"},
            {"unref ll[] aa", Operand::value, 0, "aa"},
            {"  del a b c # d", Operand::item, 2, "c #"},
            {"clear ll", Operand::subject, 0, "ll"},
            {"setattr nn next mm", Operand::subject, 0, "nn"},
            {"setattr nn next mm", Operand::key, 0, "next"},
            {"setattr nn next mm", Operand::value, 0, "mm"},
            {"delattr nn next", Operand::key, 0, "next"},
            {"dict nn dd", Operand::name, 0, "dd"},
            {"dict nn dd", Operand::subject, 0, "nn"},
            {"weakref ww nn", Operand::subject, 0, "ww"},
            {"weakref ww nn", Operand::name, 0, "ww"},
            {"weakref ww nn", Operand::value, 0, "nn"},
            {"gc collect 1", Operand::number, 0, "1"},
            {"gc collect", Operand::number, 0, "gc"},
            {"gc threshold 7 8 9", Operand::item, 2, "9"},
            {"gc debug LEAK", Operand::number, 0, "LEAK"},
            {"inspect refcount aa", Operand::subject, 0, "aa"},
            {"inspect is aa bb", Operand::value, 0, "bb"},
            {"import aa as bb", Operand::subject, 0, "aa"},
            {"import aa as bb", Operand::name, 0, "bb"},
            {"from aa xx as bb", Operand::key, 0, "xx"},
            {"hold aa", Operand::subject, 0, "aa"},
            {"gc referrers aa bb", Operand::item, 1, "bb"},
            {"gc objects 2", Operand::number, 0, "2"},
            {"gc is_tracked aa", Operand::subject, 0, "aa"},
            {"gc callback cc", Operand::name, 0, "cc"},
            {"gc stats", Operand::whole, 0, "gc"},
            {"const aa int 5", Operand::subject, 0, "aa"},
            {"const aa int 55", Operand::key, 0, "55"},
            {"iadd aa int 5", Operand::name, 0, "aa"},
            {"intern tt ss", Operand::value, 0, "ss"},
            {"unit end", Operand::whole, 0, "unit"},
            {"call ff xx=aa yy=bb", Operand::item, 1, "aa"},
            {"call ff xx=aa yy=bb", Operand::item, 3, "bb"},
            {"generator gg ff xx=aa", Operand::item, 1, "aa"},
            {"generator gg ff xx=aa", Operand::subject, 0, "gg"},
            {"raise ee KeyError aa bb through 3", Operand::item, 1, "bb"},
            {"raise ee KeyError aa bb through 3", Operand::number, 0, "3"},
            {"return aa as bb", Operand::value, 0, "aa"},
            {"return as bb", Operand::name, 0, "bb"},
            {"resize aa 200", Operand::number, 0, "200"},
            {"track aa", Operand::subject, 0, "aa"},
        },
        "t");
}

TEST_CASE("an operand is found in a line of JSON") {
  check("{\"gcsim\":1,\"classes\":{\"R\":{\"del\":\"resurrect\"}}}\n",
        {
            {R"({"op":"alloc","id":"a","type":"list"})", Operand::whole, 0, "\"alloc\""},
            {R"({"op":"alloc","id":"a","type":"list"})", Operand::subject, 0, "\"a\""},
            {R"({"op":"alloc","id":17,"type":"list","name":"nn"})", Operand::name, 0, "\"nn\""},
            {R"({"op":"alloc","id":17,"type":"list"})", Operand::name, 0, "17"},
            {R"({"op":"alloc","id":"r","type":"R"})", Operand::value, 0, "\"r\""},
            {R"({"op":"alloc","id":"i","type":"int","value":257})", Operand::key, 0, "257"},
            {R"({"op":"alloc","id":"t","type":"tuple","items":["x", null,"z"]})", Operand::item, 2, "\"z\""},
            {R"({"op":"alloc","id":"a","type":"list","size":80})", Operand::number, 0, "80"},
            {R"({"op":"ref","name":"nn","to":"aa"})", Operand::name, 0, "\"nn\""},
            {R"({"op":"ref","from":"ll","key":0,"to":"aa"})", Operand::key, 0, "0,"},
            {R"({"op":"ref","from":"ll","key":0,"to":"aa"})", Operand::number, 0, "0,"},
            {R"({"op":"ref","from":"ll","to":"aa"})", Operand::subject, 0, "\"ll\""},
            {R"({"op":"ref","from":"ll","to":"aa"})", Operand::value, 0, "\"aa\""},
            {R"({"op":"del","name":"a"})", Operand::item, 0, "\"a\""},
            {R"({"op":"del","names":["a","b"]})", Operand::item, 1, "\"b\""},
            {R"({"op":"setattr","obj":"n","attr":"next","value":"m"})", Operand::key, 0, "\"next\""},
            {R"({"op":"setattr","obj":"n","attr":"next","value":"m"})", Operand::value, 0, "\"m\""},
            {R"({"op":"dict","obj":"n","name":"d"})", Operand::subject, 0, "\"n\""},
            {R"({"op":"weakref","id":"w","to":"n"})", Operand::name, 0, "\"w\""},
            {R"({"op":"weakref","id":"w","to":"n"})", Operand::value, 0, "\"n\""},
            {R"({"op":"gc","do":"collect","generation":1})", Operand::number, 0, "1}"},
            {R"({"op":"call","function":"f","args":{"x":"aa","y":"bb"}})", Operand::item, 1, "\"aa\""},
            {R"({"op":"call","function":"f","args":{"x":"aa","y":"bb"}})", Operand::item, 3, "\"bb\""},
            {R"({"op":"raise","id":"ee","items":["aa"],"through":3})", Operand::number, 0, "3}"},
            {R"({"op":"return","id":"aa","name":"bb"})", Operand::name, 0, "\"bb\""},
            {R"({"op":"gc","do":"threshold","values":[7,8]})", Operand::item, 1, "8"},
            {R"({"op":"gc","do":"debug","flags":"LEAK"})", Operand::number, 0, "\"LEAK\""},
            {R"({"op":"inspect","what":"refcount","id":"aa"})", Operand::subject, 0, "\"aa\""},
            {R"({"op":"inspect","what":"is","id":"aa","to":"bb"})", Operand::value, 0, "\"bb\""},
            {R"({"op":"from","id":"aa","attr":"xx"})", Operand::key, 0, "\"xx\""},
            {R"({"op":"resize","id":7,"size":200})", Operand::number, 0, "200"},
        },
        "t.jsonl");
}

TEST_CASE("of a very long line only the part around the place is shown") {
  const std::string text = "del " + std::string(20'000, 'a') + " bb " + std::string(20'000, 'c') + "\n";
  auto opened = open(memory_source(text), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  EventBatch batch;
  REQUIRE(reader.next(batch) == Reader::Status::events);
  const Reader::Place place = reader.locate(batch, 0, Operand::item, 1);
  CHECK(place.where.column == 20'006);
  CHECK(place.source.size() < 5000);
  CHECK(place.source.substr(place.where.column - place.source_column, 3) == "bb ");
}

TEST_SUITE_END();
