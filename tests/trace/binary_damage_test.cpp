// Binary traces that are not as they were written. GCSIM_DAMAGES=100000 tries more of them than usual.
#include <cstdlib>
#include <random>

#include "trace/binary_bytes.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/binary damage");

namespace {

std::string small_trace() {
  std::string text = "trace 1\nprofile cpython-3.11\nclass Node del=resurrect\n";
  for (int i = 0; i < 60; ++i) {
    const std::string id = std::to_string(i);
    text +=
        "alloc n" + id + " Node\nsetattr n" + id + " next n" + id + "\ndel n" + id + " # expect: no free\n";
    if (i % 9 == 0) text += "alloc s" + id + " str \"words of number " + id + "\"\n";
  }
  return text;
}

struct Outcome {
  std::vector<std::string> events;
  std::vector<TraceError> faults;
};

Outcome outcome_of(const std::string& bytes) {
  Outcome outcome;
  auto opened = open(memory_source(bytes), "t.gct");
  if (const auto* error = std::get_if<TraceError>(&opened)) {
    outcome.faults.push_back(*error);
    return outcome;
  }
  Reader& reader = *std::get<0>(opened);
  EventBatch batch;
  for (auto status = Reader::Status::events; status != Reader::Status::end;) {
    status = reader.next(batch);
    if (status == Reader::Status::fault) {
      outcome.faults.push_back(reader.error());
      continue;
    }
    for (const Event& event : batch.events)
      outcome.events.push_back(printed(event, batch, reader.vocabulary()));
  }
  return outcome;
}

class Damages {
 public:
  Damages() : whole_(binary_of(small_trace(), 32)), events_(outcome_of(whole_).events) {}

  const std::string& whole() const { return whole_; }

  // What was read is a beginning of the trace; that it is not all of it has been said, once and with a place.
  void check(const std::string& bytes, std::size_t damaged_at) const {
    const Outcome outcome = outcome_of(bytes);
    CAPTURE(damaged_at);
    REQUIRE(outcome.faults.size() == 1);
    const TraceError& fault = outcome.faults[0];
    CAPTURE(format(fault));
    REQUIRE(fault.where.byte);
    REQUIRE(*fault.where.byte <= damaged_at);
    REQUIRE(damaged_at <= *fault.where.byte + kLargestBlock);
    REQUIRE(outcome.events.size() <= events_.size());
    REQUIRE(std::equal(outcome.events.begin(), outcome.events.end(), events_.begin()));
  }

 private:
  static constexpr std::size_t kLargestBlock = 1000;
  std::string whole_;
  std::vector<std::string> events_;
};

std::size_t damages() {
  const char* given = std::getenv("GCSIM_DAMAGES");
  return given != nullptr ? std::strtoul(given, nullptr, 10) : 2000;
}

std::string only_fault(const std::string& bytes) {
  const Outcome outcome = outcome_of(bytes);
  REQUIRE(outcome.faults.size() == 1);
  return cat(std::to_string(outcome.events.size()), " events; ", format(outcome.faults[0]));
}

}  // namespace

TEST_CASE("any byte that is another one is found, and located in its block") {
  const Damages trace;
  std::mt19937 random(1);
  for (std::size_t i = 0; i < damages(); ++i) {
    std::string bytes = trace.whole();
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 + random() % 255));
    trace.check(bytes, at);
  }
}

TEST_CASE("a trace cut off at any byte is found, and located") {
  const Damages trace;
  for (std::size_t size = 1; size < trace.whole().size(); ++size)
    trace.check(trace.whole().substr(0, size), size);
}

TEST_CASE("blocks that are missing, twice there or in another order are found") {
  const std::string bytes = binary_of(small_trace(), 32);
  std::vector<std::size_t> begins;
  for (std::size_t at = binary::kPreamble; at < bytes.size();) {
    begins.push_back(at);
    at += binary::BlockHead::kBytes + binary::read_head(bytes.substr(at, binary::BlockHead::kBytes))->stored;
  }
  begins.push_back(bytes.size());
  const auto block = [&](std::size_t i) { return bytes.substr(begins[i], begins[i + 1] - begins[i]); };
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    CAPTURE(i);
    const std::string before = bytes.substr(0, begins[i]);
    const std::string behind = bytes.substr(begins[i + 1]);
    CHECK(outcome_of(before + behind).faults.size() == 1);
    CHECK(outcome_of(before + block(i) + block(i) + behind).faults.size() == 1);
    if (i + 2 >= begins.size()) continue;
    const std::string behind_next = bytes.substr(begins[i + 2]);
    CHECK(outcome_of(before + block(i + 1) + block(i) + behind_next).faults.size() == 1);
  }
}

TEST_CASE("a block of another trace in the place of one is found by the digest of all blocks") {
  const std::string a = binary_of("alloc a list\nalloc b list\n", 1);
  const std::string b = binary_of("alloc a list\nalloc c list\n", 1);
  REQUIRE(a.size() == b.size());
  const std::size_t header =
      binary::read_head(a.substr(binary::kPreamble, binary::BlockHead::kBytes))->stored;
  const std::size_t first = binary::kPreamble + binary::BlockHead::kBytes + header;
  const std::size_t second = first + binary::BlockHead::kBytes +
                             binary::read_head(a.substr(first, binary::BlockHead::kBytes))->stored;
  const std::size_t index = second + binary::BlockHead::kBytes +
                            binary::read_head(a.substr(second, binary::BlockHead::kBytes))->stored;
  const std::string mixed = a.substr(0, second) + b.substr(second, index - second) + a.substr(index);
  CHECK(only_fault(mixed).find("2 events; t.gct: byte") == 0);
  CHECK(only_fault(mixed).find("damaged trace: expected the digest of all blocks") != std::string::npos);
}

TEST_CASE("bytes behind the end of a binary trace are a fault") {
  const std::string bytes = binary_of("alloc a list\n");
  CHECK(only_fault(bytes + "x") == cat("1 events; t.gct: byte ", std::to_string(bytes.size()),
                                       ": error: wrong end of trace: expected nothing behind the end of the "
                                       "trace, got more bytes\n"));
}

TEST_CASE("another version of the binary form is refused") {
  std::string bytes = binary_of("alloc a list\n");
  bytes[8] = 2;
  CHECK(only_fault(bytes) ==
        "0 events; t.gct: byte 8: error: unsupported version: expected version 1, got version 2\n"
        "    note: this program reads traces of version 1 only\n");
}

TEST_SUITE_END();
