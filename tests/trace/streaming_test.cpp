#include <doctest/doctest.h>

#include <cerrno>

#include "trace/printed.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/streaming");

namespace {

const char* const kText = R"(trace 1
class R del=resurrect
alloc a list # expect: one
alloc r R as x
alloc "s" str "two words \u00e9"
# expect: two
nonsense here
ref a[] r
ref a[0] None
end 5
)";
const char* const kLines = R"({"gcsim":1,"classes":{"R":{"del":"resurrect"}}}
{"op":"alloc","id":"a","type":"list"}
{"op":"expect","text":"one"}
{"op":"alloc","id":"r","type":"R","name":"x"}
{"op":"alloc","id":"s","type":"str","value":"two words \u00e9"}
{"op":"expect","text":"two"}
{"op":"nonsense"}
{"op":"ref","from":"a","to":"r"}
{"op":"ref","from":"a","key":0,"to":null}
{"op":"end","events":5}
)";

// Lines of a long trace: IDs come and go, so that all blocks and batches have their borders everywhere.
std::string long_text(int events) {
  std::string text;
  for (int i = 0; i < events; ++i) {
    text += "alloc o" + std::to_string(i) + " list # expect: event " + std::to_string(2 * i + 1) + "\n";
    text += "del o" + std::to_string(i) + "\n# expect: event " + std::to_string(2 * i + 2) + "\n";
  }
  return text;
}

// Ends with an error instead of an end.
class FailingSource final : public Source {
 public:
  explicit FailingSource(std::string_view bytes) : bytes_(memory_source(bytes)) {}
  std::optional<std::size_t> read(char* into, std::size_t size) override {
    const auto taken = bytes_->read(into, size);
    if (taken && *taken > 0) return taken;
    errno = EIO;
    return std::nullopt;
  }

 private:
  std::unique_ptr<Source> bytes_;
};

}  // namespace

TEST_CASE("portions of any size make the same events") {
  const std::string document = R"({"gcsim":1,"events":[{"op":"check"},
{"op":"clear","id":"é"},{"op":"clear","id":"a"}],"end":2})";
  for (const std::string_view text :
       {std::string_view(kText), std::string_view(kLines), std::string_view(document)}) {
    const std::string whole = read(text);
    CAPTURE(whole);
    for (std::size_t portion = 1; portion <= 7; ++portion) {
      CHECK(transcript(std::make_unique<PortionedSource>(text, portion), "t").joined() == whole);
    }
  }
}

TEST_CASE("a line may lie across the border of two blocks") {
  const std::string text = "check # " + std::string(65'536 - 12, 'x') + "\nalloc across list\ncheck\n";
  CHECK(read(text) == "check\nalloc across:list as across\ncheck");
}

TEST_CASE("a batch's expectations come with it, and events are numbered on from batch to batch") {
  const std::string text = long_text(10'000);
  auto opened = open(memory_source(text), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  EventBatch batch;
  gcsim::EventIndex events = 0;
  std::size_t batches = 0;
  while (reader.next(batch) == Reader::Status::events) {
    CHECK(batch.first == events + 1);
    CHECK(batch.events.size() == batch.sources.size());
    CHECK(batch.expectations.size() == batch.events.size());
    for (std::size_t i = 0; i < batch.expectations.size(); ++i) {
      CHECK(batch.expectations[i].event == batch.first + i);
      CHECK(batch.expectations[i].text == "event " + std::to_string(batch.first + i));
    }
    events += batch.events.size();
    ++batches;
  }
  CHECK(events == 20'000);
  CHECK(batches > 2);
  CHECK(reader.line_of(1) == 1);
  CHECK(reader.line_of(2) == 2);
  CHECK(reader.line_of(19'999) == 29'998);
  CHECK(reader.next(batch) == Reader::Status::end);
  CHECK(batch.events.empty());
}

TEST_CASE("released symbols keep the vocabulary small however long the trace is") {
  const std::string text = long_text(50'000);
  auto opened = open(memory_source(text), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  EventBatch batch;
  while (reader.next(batch) == Reader::Status::events) {
    // As an engine would: forget what died in this batch.
    for (const Event& event : batch.events) {
      if (event.op == Op::del) reader.vocabulary().symbols.release(batch.operands_of(event)[0]);
    }
  }
  CHECK(reader.vocabulary().symbols.capacity() < 10'000);
}

TEST_CASE("the source text of an event comes with it") {
  auto opened = open(memory_source("alloc a list\n  clear a # why\r\n"), "t");
  REQUIRE(opened.index() == 0);
  EventBatch batch;
  REQUIRE(std::get<0>(opened)->next(batch) == Reader::Status::events);
  const SourceRange& second = batch.sources.at(1);
  CHECK(batch.text.substr(second.offset, second.length) == "  clear a # why");
  CHECK(second.line == 2);
}

TEST_CASE("events before a failing input are handed out, then the failure") {
  CHECK(transcript(std::make_unique<FailingSource>("check\ncheck\nche"), "t").joined() ==
        "check\ncheck\n! 0:0 input failed: expected , got ; Input/output error");
  CHECK(transcript(std::make_unique<FailingSource>("{\"gcsim\":1}\n{\"op\":\"check\"}\n"), "t").joined() ==
        "check\n! 0:0 input failed: expected , got ; Input/output error");
  CHECK(transcript(std::make_unique<FailingSource>("{\"gcsim\":1,\"events\":[{\"op\":\"check\"},"), "t")
            .joined() == "check\n! 0:0 input failed: expected , got ; Input/output error");
  CHECK(transcript(std::make_unique<FailingSource>(""), "t").joined() ==
        "! 0:0 input failed: expected , got ; Input/output error");
}

TEST_CASE("an end stays an end") {
  auto opened = open(memory_source("check\n"), "t");
  REQUIRE(opened.index() == 0);
  EventBatch batch;
  CHECK(std::get<0>(opened)->next(batch) == Reader::Status::events);
  for (int i = 0; i < 3; ++i) CHECK(std::get<0>(opened)->next(batch) == Reader::Status::end);
}

TEST_SUITE_END();
