// What becomes of the events of an approximate recording, and what can be wrong with them.
#include "gcsim/placement.h"

#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/trace/spelling.h"
#include "gcsim/trace/writer.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

std::string as_binary(const std::string& text) {
  auto reader = open_bytes(text);
  std::string binary;
  auto writer = trace::make_writer(trace::Format::binary, reader->vocabulary(),
                                   [&](std::string_view part) { binary += part; });
  REQUIRE_FALSE(writer->begin(reader->header()).has_value());
  trace::EventBatch batch;
  for (auto status = trace::Reader::Status::events; status != trace::Reader::Status::end;) {
    status = reader->next(batch);
    REQUIRE((status != trace::Reader::Status::fault));
    REQUIRE_FALSE(writer->write(batch).has_value());
  }
  writer->finish();
  return binary;
}

// The lines of the events that remain.
std::vector<std::uint64_t> lines_of(const std::string& recording) {
  auto reader = place_garbage(open_bytes(recording), 0.5);
  std::vector<std::uint64_t> lines;
  trace::EventBatch batch;
  for (auto status = trace::Reader::Status::events; status != trace::Reader::Status::end;) {
    status = reader->next(batch);
    REQUIRE((status != trace::Reader::Status::fault));
    for (std::size_t k = 0; k < batch.events.size(); ++k) lines.push_back(batch.line(k));
  }
  return lines;
}

// The events that remain, a line each; a fault as "! line:column words: expected .., got ..".
std::string placed(const std::string& events, double placement = 0.5,
                   std::shared_ptr<PlacementCounts> counts = nullptr) {
  const std::string text = "recording approximate\n" + events;
  auto reader = place_garbage(open_bytes(text), placement, std::move(counts));
  std::string lines;
  trace::EventBatch batch;
  for (;;) {
    const trace::Reader::Status status = reader->next(batch);
    if (status == trace::Reader::Status::fault) {
      const trace::TraceError& e = reader->error();
      lines += "! " + std::to_string(e.where.line) + ":" + std::to_string(e.where.column) + " " +
               std::string(trace::words(e.fault)) + ": expected " + e.expected + ", got " + e.got + "\n";
      continue;
    }
    for (const trace::Event& e : batch.events) {
      trace::append_event(lines, e, batch.operands_of(e), reader->vocabulary());
      lines += '\n';
    }
    if (status == trace::Reader::Status::end) return lines;
  }
}

TEST_SUITE("placement") {
  TEST_CASE("a death is the end of the object's name") {
    CHECK_EQ(placed("alloc 1 list\ndie 1\n"), "alloc 1 list outside=yes\ndel 1\n");
  }

  TEST_CASE("garbage gets its references at its moment, and loses its name") {
    CHECK_EQ(placed("alloc 1 list\ngarbage 1 1\n"), "alloc 1 list outside=yes\nref 1[] 1\ndel 1\n");
  }

  TEST_CASE("the moment is that part of the span, in allocations, rounded down") {
    const std::string events =
        "alloc 1 list\ngarbage 1 1 span 3\nalloc 2 list\ntrack 2\nalloc 3 list\ntrack 3\nalloc 4 list\n";
    const std::string begins = "ref 1[] 1\ndel 1\n";
    const std::string one = "alloc 1 list outside=yes\n", two = "alloc 2 list outside=yes\n";
    const std::string three = "alloc 3 list outside=yes\n", four = "alloc 4 list outside=yes\n";
    CHECK_EQ(placed(events, 0.33), one + begins + two + "track 2\n" + three + "track 3\n" + four);
    CHECK_EQ(placed(events, 0.34), one + two + begins + "track 2\n" + three + "track 3\n" + four);
    CHECK_EQ(placed(events, 0.99), one + two + "track 2\n" + three + begins + "track 3\n" + four);
    CHECK_EQ(placed(events, 1), one + two + "track 2\n" + three + "track 3\n" + four + begins);
  }

  TEST_CASE("what begins to be garbage at one moment has all its references before the first name goes") {
    CHECK_EQ(placed("alloc 1 list\nalloc 2 list\ngarbage 1 2\ngarbage 2 1\n"),
             "alloc 1 list outside=yes\nalloc 2 list outside=yes\nref 1[] 2\nref 2[] 1\ndel 1\ndel 2\n");
  }

  TEST_CASE("only what garbage refers to keeps its references when it dies") {
    CHECK_EQ(placed("alloc 1 list\nalloc 2 list\ndie 1 2\n"),
             "alloc 1 list outside=yes\nalloc 2 list outside=yes\ndel 1\n");
    CHECK_EQ(placed("alloc 1 list\nalloc 2 list\nalloc 3 list\ngarbage 3 3 1\ndie 1 2 2\ndie 2\n"),
             "alloc 1 list outside=yes\nalloc 2 list outside=yes\nalloc 3 list outside=yes\n"
             "ref 3[] 3\nref 3[] 1\ndel 3\nref 1[] 2\nref 1[] 2\ndel 1\ndel 2\n");
  }

  TEST_CASE("a tuple or dict is only untracked by collections after atomic, and no more after track") {
    CHECK_EQ(placed("alloc 1 tuple size=48\ntrack 1\natomic 1\nuntrack 1\n"),
             "alloc 1 tuple size=48 outside=yes\ntrack 1\natomic 1\nuntrack 1\n");
  }

  TEST_CASE("ticks are dropped, memory and questions to the collector are passed on") {
    CHECK_EQ(placed("alloc 1 list\ntick\nown 1 640\nmemory -64\ngc collect 1\ncheck\ngc threshold 5 6\n"),
             "alloc 1 list outside=yes\nown 1 640\nmemory -64\ngc collect 1\ncheck\ngc threshold 5 6\n");
  }

  TEST_CASE("what is said of an object after the moment chosen for it is left out, and counted") {
    auto counts = std::make_shared<PlacementCounts>();
    CHECK_EQ(placed("alloc 1 list\ngarbage 1 1 span 4\nalloc 2 list\ntrack 1\nalloc 3 list\nresize 1 90\n"
                    "alloc 4 list\nalloc 5 list\ndie 2\n",
                    0.5, counts),
             "alloc 1 list outside=yes\nalloc 2 list outside=yes\ntrack 1\nalloc 3 list outside=yes\n"
             "ref 1[] 1\ndel 1\nalloc 4 list outside=yes\nalloc 5 list outside=yes\ndel 2\n");
    CHECK_EQ(counts->garbage, 1);
    CHECK_EQ(counts->left_out, 1);
  }

  TEST_CASE("a reference to garbage whose moment is past is left out") {
    auto counts = std::make_shared<PlacementCounts>();
    placed("alloc 1 list\nalloc 2 list\nalloc 3 list\ngarbage 1 1 2\nalloc 4 list\ndie 2 1 3\n", 0.5, counts);
    CHECK_EQ(counts->left_out, 1);
  }

  TEST_CASE("faults have the place of the word they are about") {
    const auto fault = [](const std::string& events) {
      const std::string all = placed(events);
      return all.substr(all.find('!'), all.find('\n', all.find('!')) - all.find('!'));
    };
    CHECK_EQ(fault("die 7\n"), "! 2:5 unknown ID: expected the ID of a live object, got '7'");
    CHECK_EQ(fault("alloc 1 list\ndie 1\ndie 1\n"),
             "! 4:5 dead object: expected the ID of a live object, got '1'");
    CHECK_EQ(fault("alloc 1 list\nalloc 1 list\n"),
             "! 3:7 duplicate ID: expected an ID that no object had, got '1'");
    CHECK_EQ(fault("alloc 1 list\ngarbage 1 1 9 span 3\n"),
             "! 3:13 unknown ID: expected the ID of a live object, got '9'");
    CHECK_EQ(fault("alloc 1 list\ngarbage 1 1 span 3\ngarbage 1 1\n"),
             "! 4:9 dead object: expected an object that is not garbage yet, got '1'");
    CHECK_EQ(
        fault("alloc 1 list\nref x 1\n"),
        "! 3:1 event of another kind of recording: expected an event of an approximate recording, got 'ref'");
    CHECK_EQ(fault("alloc 1 list as a\n"),
             "! 2:17 event of another kind of recording: expected no name: an object has its ID, got 'a'");
  }

  TEST_CASE("a fault loses neither the events before it nor those behind it") {
    CHECK_EQ(
        placed("alloc 1 list\ndie 7\ndie 1\n"),
        "alloc 1 list outside=yes\n! 3:5 unknown ID: expected the ID of a live object, got '7'\ndel 1\n");
  }

  TEST_CASE("events keep their lines, from text and from a binary trace") {
    const std::string text =
        "recording approximate\nalloc 1 list\ngarbage 1 1 span 2\nalloc 2 list\ntick\nalloc 3 list\ndie 2\n";
    const std::vector<std::uint64_t> lines{2, 4, 3, 3, 6, 7};
    CHECK_EQ(lines_of(text), lines);
    CHECK_EQ(lines_of(as_binary(text)), lines);
  }

  TEST_CASE("an expectation stays with what became of its event") {
    auto reader = place_garbage(open_bytes("recording approximate\nalloc 1 list\ntick  # expect: count 1 0 "
                                           "0\ngarbage 1 1\ncheck # expect: nothing\n"),
                                0.5);
    trace::EventBatch batch;
    std::vector<EventIndex> about;
    for (auto status = trace::Reader::Status::events; status != trace::Reader::Status::end;) {
      status = reader->next(batch);
      REQUIRE((status != trace::Reader::Status::fault));
      for (const trace::Expectation& e : batch.expectations) about.push_back(e.event);
    }
    CHECK_EQ(about, std::vector<EventIndex>{1, 4});
  }

  TEST_CASE("the words of dead objects are given back, and may come again as others") {
    std::string events = "recording approximate\n";
    for (int id = 1; id <= 40'000; ++id)
      events += "alloc " + std::to_string(id) + " list\ntrack " + std::to_string(id) + "\n" +
                (id % 2 == 0 ? "garbage " + std::to_string(id) + " " + std::to_string(id) + " span 9\n"
                             : "die " + std::to_string(id) + "\n");
    auto reader = place_garbage(open_bytes(events), 0.5);
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    const ReplayResult result = replay(*reader, *simulator, {});
    CHECK_EQ(result.faults, 0);
    CHECK_LT(simulator->alive(), 2000);
    CHECK_LT(reader->vocabulary().symbols.capacity(), 30'000);
  }
}

}  // namespace
}  // namespace gcsim::test
