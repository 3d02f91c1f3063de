#include "../../src/trace/block_decoder.h"
#include "trace/binary_bytes.h"

using namespace gcsim::trace;
using gcsim::EventIndex;
using gcsim::SymbolId;

TEST_SUITE_BEGIN("trace/binary");

namespace {

// IDs come and go, names and keys are used in blocks far apart, expectations stand everywhere.
std::string long_text(int events) {
  std::string text = "trace 1\nclass Node\n";
  for (int i = 0; i < events; ++i) {
    const std::string id = std::to_string(i);
    text += "alloc o" + id + " list # expect: event " + std::to_string(3 * i + 1) + "\n";
    text += i % 7 == 0 ? "\nref o" + id + "[k] None\n" : "ref keep[] o" + id + "\n";
    text += "del o" + id + " word" + std::to_string(i % 50) + "\n# expect: event " +
            std::to_string(3 * i + 3) + "\n";
  }
  return text + "end " + std::to_string(3 * events) + "\n";
}

// Reads it, and forgets each word as soon as its batch is over.
struct Forgetful {
  std::size_t capacity = 0;
  std::vector<std::string> lines;

  explicit Forgetful(const std::string& trace) {
    auto opened = open(memory_source(trace), "t");
    REQUIRE(opened.index() == 0);
    Reader& reader = *std::get<0>(opened);
    EventBatch batch;
    for (auto status = Reader::Status::events; status == Reader::Status::events;) {
      status = reader.next(batch);
      REQUIRE(status != Reader::Status::fault);
      forget(batch, reader);
    }
    capacity = reader.vocabulary().symbols.capacity();
  }

  void forget(const EventBatch& batch, Reader& reader) {
    std::vector<SymbolId> words;
    for (const Event& event : batch.events) {
      lines.push_back(printed(event, batch, reader.vocabulary()));
      if (event.op == Op::alloc) words.push_back(event.subject);
    }
    reader.forget(words);
  }
};

struct Place {
  EventIndex event;
  std::uint64_t line;
  bool operator==(const Place&) const = default;
};

std::vector<Place> places(const std::string& trace) {
  auto opened = open(memory_source(trace), "t");
  REQUIRE(opened.index() == 0);
  Reader& reader = *std::get<0>(opened);
  std::vector<Place> found;
  EventBatch batch;
  for (auto status = Reader::Status::events; status == Reader::Status::events;) {
    status = reader.next(batch);
    for (std::size_t i = 0; i < batch.events.size(); ++i) {
      found.push_back({batch.first + i, batch.line(i)});
      CHECK(reader.line_of(batch.first + i) == batch.line(i));
    }
    for (const Expectation& each : batch.expectations) found.push_back({each.event, each.line});
  }
  std::sort(found.begin(), found.end(), [](const Place& a, const Place& b) {
    return a.event != b.event ? a.event < b.event : a.line < b.line;
  });
  return found;
}

std::vector<std::string_view> blocks_of(std::string_view bytes) {
  std::vector<std::string_view> blocks;
  for (std::size_t at = binary::kPreamble; at < bytes.size();) {
    const auto head = binary::read_head(bytes.substr(at, binary::BlockHead::kBytes));
    REQUIRE(head);
    blocks.push_back(bytes.substr(at, binary::BlockHead::kBytes + head->stored));
    at += blocks.back().size();
  }
  return blocks;
}

}  // namespace

TEST_CASE("a binary trace says what the text said, whatever the size of its blocks") {
  const std::string text = long_text(300);
  for (const std::size_t block : {1, 2, 3, 7, 64, 899, 900, 901, 16384}) {
    CAPTURE(block);
    const std::string bytes = binary_of(text, block);
    CHECK(written_as(Format::json_lines, bytes) == written_as(Format::json_lines, text));
    CHECK(written_as(Format::text, bytes) == written_as(Format::text, text));
  }
}

TEST_CASE("events and expectations keep their lines across blocks and batches") {
  const std::string text = long_text(9000);
  CHECK(places(binary_of(text)) == places(text));
}

TEST_CASE("a binary trace comes in portions of any size") {
  const std::string bytes = binary_of(long_text(20), 7);
  const std::string whole = read(bytes);
  for (std::size_t portion = 1; portion <= 7; ++portion) {
    CHECK(transcript(std::make_unique<PortionedSource>(bytes, portion), "t").joined() == whole);
  }
}

TEST_CASE("a binary trace is recognised by its content, not by its name") {
  const std::string bytes = binary_of("alloc a list\n");
  CHECK(read(bytes, "t.json") == "alloc a:list as a");
}

TEST_CASE("words that are forgotten make room, in a binary trace too") {
  const std::string text = long_text(3000);
  const Forgetful from_text(text);
  const Forgetful from_binary(binary_of(text, 100));
  CHECK(from_binary.lines == from_text.lines);
  // BlockPipeline::kBlocksAhead blocks of 100 events and two more may be on their way.
  CHECK(from_binary.capacity < 500);
}

TEST_CASE("a word that is forgotten while a later block uses it stays that word") {
  std::string text;
  for (int i = 0; i < 500; ++i)
    text += "alloc again list\ndel again\nalloc n" + std::to_string(i) + " dict\n";
  for (const std::size_t block : {1, 2, 5, 100}) {
    const Forgetful forgetful(binary_of(text, block));
    CHECK(forgetful.lines[3 * 499] == "alloc again:list as again");
    CHECK(forgetful.lines[3 * 499 + 2] == "alloc n499:dict as n499");
  }
}

TEST_CASE("the names of very many types are not in every few events") {
  const auto written = [](int types) {
    std::string text = "trace 1\ntracking explicit\n";
    for (int i = 0; i < 1000; ++i)
      text += "alloc t" + std::to_string(i) + " " + (i < types ? "Type" + std::to_string(i * 7919) : "list") +
              "\n";
    for (int i = 0; i < 40'000; ++i) text += "alloc n list\ndel n\n";
    return binary_of(text).size();
  };
  CHECK(written(1000) < written(0) + 30'000);
}

TEST_CASE("each block can be read without those before it") {
  const std::string bytes = binary_of(long_text(100), 50);
  const auto blocks = blocks_of(bytes);
  REQUIRE(blocks.size() == 1 + 6 + 2);
  const auto head = *binary::read_head(blocks[4].substr(0, binary::BlockHead::kBytes));
  std::string contents;
  REQUIRE(binary::unpack(head, blocks[4].substr(binary::BlockHead::kBytes), contents));
  BlockDecoder decoder(Vocabulary(), false);
  REQUIRE(decoder.begin(head, contents));
  DecodedBatch batch;
  REQUIRE(decoder.next(batch));
  CHECK(batch.events.first == 151);
  CHECK(batch.events.events.size() == 50);
  CHECK(batch.events.events[0].op == Op::alloc);
  CHECK(batch.changes.prefixes.at(0) == "o");
  CHECK(batch.changes.symbols[0].begin == 50);
}

TEST_CASE("the index at the end leads to each block") {
  const std::string bytes = binary_of(long_text(100), 50);
  const auto blocks = blocks_of(bytes);
  const auto head = *binary::read_head(blocks[7].substr(0, binary::BlockHead::kBytes));
  REQUIRE(head.kind == binary::BlockKind::index);
  std::string contents;
  REQUIRE(binary::unpack(head, blocks[7].substr(binary::BlockHead::kBytes), contents));
  binary::Cursor index(contents);
  std::uint64_t at = 0;
  for (int i = 0; i < 6; ++i) {
    at += index.number();
    const auto block = binary::read_head(std::string_view(bytes).substr(at, binary::BlockHead::kBytes));
    REQUIRE(block);
    CHECK(block->first == 1 + 50u * static_cast<unsigned>(i));
    CHECK(index.number() == block->events);
  }
  CHECK(index.is_at_end());
}

TEST_CASE("globals of modules are noted as in text, also where the module's name comes late") {
  const std::string text =
      "import b\nloaded b\nref a.x None\nimport a\nref a.x None\nloaded a\nref a.x b.y\nref q.z None\n";
  const auto globals = [](const std::string& trace) {
    auto opened = open(memory_source(trace), "t");
    Reader& reader = *std::get<0>(opened);
    EventBatch batch;
    std::string all;
    for (auto status = Reader::Status::events; status == Reader::Status::events;) {
      status = reader.next(batch);
      std::vector<std::string> words;
      for (const GlobalName& g : batch.globals) {
        words.push_back(cat(reader.vocabulary().symbols.word(raw(g.symbol)), "=",
                            reader.vocabulary().symbols.word(raw(g.module)), "+",
                            reader.vocabulary().keys.word(raw(g.key)), " "));
      }
      std::sort(words.begin(), words.end());
      words.erase(std::unique(words.begin(), words.end()), words.end());
      for (const std::string& word : words) all += word;
    }
    return all;
  };
  CHECK(globals(text) == "a.x=a+x b.y=b+y ");
  CHECK(globals(binary_of(text)) == globals(text));
}

TEST_CASE("numbers and words of every size survive") {
  std::string text = "tracking explicit\n";
  for (const char* id : {"0", "00", "007", "o007", "o7", "a.7", "_", "999999999999999", "1000000000000000",
                         "x18446744073709551615", "Z"}) {
    text += cat("alloc ", id, " list size=", id[0] == '0' ? "1" : "4294967295", "\n");
  }
  text +=
      "alloc big int 1234567890123456789012345678901234567890\nalloc f float -1e-300\n"
      "alloc s str \"\"\nref s[4294967294] None\nref s[4294967295] None\ngc threshold -2147483648 "
      "2147483647\n"
      "alloc t \"a type of its own\"\nraise e KeyError\n";
  CHECK(read(binary_of(text)) == read(text));
}

TEST_SUITE_END();
