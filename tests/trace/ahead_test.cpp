// Text and JSON Lines decoded on another thread: all as if it were not so.
#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "gcsim/trace/writer.h"
#include "trace/printed.h"

using namespace gcsim::trace;
using gcsim::EventIndex;
using gcsim::SymbolId;

TEST_SUITE_BEGIN("trace/ahead");

namespace {

std::unique_ptr<Reader> opened(std::unique_ptr<Source> source, Decoding decoding) {
  auto opened = open(std::move(source), "t", decoding);
  if (opened.index() == 1) FAIL(format(std::get<1>(opened)));
  return std::move(std::get<0>(opened));
}

// IDs that come and go, and some that come again; types, keys and literals that are met late; expectations,
// faults and comments in between.
std::string long_text(int rounds) {
  std::string text = "trace 1\ntracking explicit\nclass Node\n";
  for (int i = 0; i < rounds; ++i) {
    const std::string id = std::to_string(i);
    text += "alloc o" + id + " list # expect: event\nalloc " + id + " Node\n";
    text += "alloc again" + std::to_string(i % 20'000) + " Node\n";
    text += "ref o" + id + "[] again" + std::to_string(i % 3 == 0 ? i : i % 20'000) + "\n";
    if (i % 1000 == 7) text += "alloc x" + id + " kind" + id + "\nref o" + id + "[key" + id + "] None\n";
    if (i % 1000 == 8) text += "alloc s" + id + " str \"text " + id + "\"\n# a comment\n\n";
    if (i % 3000 == 9) text += "ref o" + id + "[ nothing\n";
    text += "setattr " + id + " next o" + id + "\ndel o" + id + " " + id + " again" +
            std::to_string(i % 20'000) + "\n";
  }
  return text + "import pack.mod\nref pack.mod.name o1\ndel pack.mod.name\n";
}

// The same events in JSON Lines, with some faults.
std::string json_lines(const std::string& text) {
  std::string lines;
  const auto reader = opened(memory_source(text), Decoding::in_place);
  const auto writer = make_writer(Format::json_lines, reader->vocabulary(),
                                  [&lines](std::string_view part) { lines += part; });
  REQUIRE(!writer->begin(reader->header()));
  EventBatch batch;
  for (auto status = Reader::Status::events; status != Reader::Status::end;) {
    status = reader->next(batch);
    if (status != Reader::Status::fault) REQUIRE(!writer->write(batch));
  }
  writer->finish();
  for (std::size_t at = 200'000; at < lines.size(); at += 300'000)
    lines.insert(lines.find('\n', at) + 1, "{\"op\":\"fault\"}\n");
  return lines;
}

// All that a reader says, when words are forgotten as a replay forgets them.
struct Reading {
  std::vector<std::string> lines;
  std::vector<std::uint32_t> numbers;  // of the subjects
  std::size_t capacity = 0;

  Reading(const std::string& text, Decoding decoding, bool is_slow = false) {
    const auto reader = opened(memory_source(text), decoding);
    EventBatch batch;
    EventIndex next = 1;
    for (auto status = Reader::Status::events; status != Reader::Status::end;) {
      status = reader->next(batch);
      CHECK(batch.first == next);
      next += batch.events.size();
      if (status == Reader::Status::fault) lines.push_back(format(reader->error()));
      note(batch, *reader);
      if (is_slow) std::this_thread::sleep_for(std::chrono::microseconds(batch.events.size() / 4));
    }
    for (EventIndex event = 1; event < next; event += 997)
      lines.push_back(std::to_string(reader->line_of(event).value_or(0)));
    CHECK(reader->next(batch) == Reader::Status::end);
    CHECK(batch.first == next);
    capacity = reader->vocabulary().symbols.capacity();
  }

  void note(const EventBatch& batch, Reader& reader) {
    std::vector<SymbolId> unbound;
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
      const Event& event = batch.events[i];
      numbers.push_back(raw(event.subject));
      lines.push_back(std::to_string(batch.line(i)) + ": " + printed(event, batch, reader.vocabulary()));
      if (i % 500 == 0) {
        const Reader::Place place = reader.locate(batch, i, Operand::value, 0);
        lines.push_back(std::to_string(place.where.column) + ": " + place.source);
      }
      if (event.op != Op::del) continue;
      for (const std::uint32_t name : batch.operands_of(event)) unbound.push_back(SymbolId{name});
    }
    for (const Expectation& each : batch.expectations)
      lines.push_back("? " + std::to_string(each.event) + " " + each.text);
    for (const GlobalName& each : batch.globals)
      lines.push_back("global of " + std::string(reader.vocabulary().symbols.word(raw(each.module))));
    reader.forget(unbound);
  }
};

// A pipe that stays open at the other end.
struct Pipe {
  std::array<int, 2> ends = {-1, -1};
  Pipe() { REQUIRE(::pipe(ends.data()) == 0); }
  ~Pipe() {
    if (ends[1] >= 0) ::close(ends[1]);
  }
  void put(std::string_view text) const {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  std::unique_ptr<Source> source() const { return file_source(::fdopen(ends[0], "rb")); }
};

std::string checks(int events) {
  std::string text;
  for (int i = 0; i < events; ++i) text += "check\n";
  return text;
}

}  // namespace

TEST_CASE("a long trace decoded ahead is what it is decoded in place") {
  const std::string text = long_text(12'000);
  for (const std::string& trace : {text, json_lines(text)}) {
    const Reading in_place(trace, Decoding::in_place);
    const Reading ahead(trace, Decoding::ahead);
    REQUIRE(in_place.lines.size() > 70'000);
    REQUIRE(ahead.lines.size() == in_place.lines.size());
    for (std::size_t i = 0; i < ahead.lines.size(); ++i) REQUIRE(ahead.lines[i] == in_place.lines[i]);
  }
}

TEST_CASE("the numbers of words do not depend on who is faster") {
  const std::string text = long_text(10'000);
  const Reading fast(text, Decoding::ahead);
  const Reading slow(text, Decoding::ahead, true);
  CHECK(fast.numbers == slow.numbers);
  CHECK(fast.capacity == slow.capacity);
  CHECK(fast.capacity < 20'000);
}

TEST_CASE("a reader can go while its thread waits for a pipe") {
  const Pipe pipe;
  // Two blocks and a bit: five batches, and what is behind them never becomes a block.
  std::thread writer([&pipe] { pipe.put(checks((2 << 16) / 6 + 10)); });
  const auto reader = opened(pipe.source(), Decoding::ahead);
  EventBatch batch;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(reader->next(batch) == Reader::Status::events);
    CHECK(batch.events.size() == 4096);
  }
  writer.join();
}

TEST_CASE("a reader that is closed leaves the rest of its source to others") {
  class Shared final : public Source {
   public:
    explicit Shared(std::shared_ptr<Source> source) : source_(std::move(source)) {}
    std::optional<std::size_t> read(char* into, std::size_t size) override {
      return source_->read(into, size);
    }
    void interrupt(bool is_on) override { source_->interrupt(is_on); }

   private:
    std::shared_ptr<Source> source_;
  };
  const Pipe pipe;
  std::thread writer([&pipe] {
    for (int i = 0; i < 21; ++i) pipe.put(checks(2000));
  });
  const std::shared_ptr<Source> source = pipe.source();
  const auto reader = opened(std::make_unique<Shared>(source), Decoding::ahead);
  EventBatch batch;
  for (int i = 0; i < 3; ++i) REQUIRE(reader->next(batch) == Reader::Status::events);
  writer.join();
  reader->close();
  CHECK(reader->next(batch) == Reader::Status::end);
  CHECK(batch.first == 3 * 4096 + 1);
  CHECK(batch.events.empty());
  // What the thread did not take is still there, and to wait is to wait again.
  pipe.put("the rest");
  std::string rest(1'000'000, ' ');
  std::thread closing([&pipe] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::close(std::exchange(const_cast<Pipe&>(pipe).ends[1], -1));
  });
  const auto taken = source->read(rest.data(), rest.size());
  closing.join();
  REQUIRE(taken);
  rest.resize(*taken);
  CHECK(rest.ends_with("the rest"));
  CHECK(source->read(rest.data(), rest.size()) == 0);
}

TEST_CASE("a pipe is read to its end, in whatever portions it comes") {
  const Pipe pipe;
  const std::string text = long_text(200);
  std::thread writer([&] {
    for (std::size_t at = 0; at < text.size(); at += 1000) pipe.put(std::string_view(text).substr(at, 1000));
    ::close(std::exchange(const_cast<Pipe&>(pipe).ends[1], -1));
  });
  const std::string whole = transcript(pipe.source(), "t").joined();
  writer.join();
  CHECK(whole == transcript(memory_source(text), "t").joined());
}

TEST_CASE("what a source throws on the other thread reaches whoever asks for events") {
  class Throwing final : public Source {
   public:
    explicit Throwing(std::string_view bytes) : bytes_(memory_source(bytes)) {}
    std::optional<std::size_t> read(char* into, std::size_t size) override {
      const auto taken = bytes_->read(into, size);
      if (taken == 0) throw std::runtime_error("no more");
      return taken;
    }

   private:
    std::unique_ptr<Source> bytes_;
  };
  const std::string text = checks(4096 * 4 + 1);
  const auto reader = opened(std::make_unique<Throwing>(text), Decoding::ahead);
  EventBatch batch;
  for (int i = 0; i < 4; ++i) REQUIRE(reader->next(batch) == Reader::Status::events);
  CHECK_THROWS_WITH(reader->next(batch), "no more");
}

TEST_SUITE_END();
