// Text traces compressed by gzip and zstd.
#include <zlib.h>
#include <zstd.h>

#include "trace/binary_bytes.h"

using namespace gcsim::trace;

TEST_SUITE_BEGIN("trace/compressed");

namespace {

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* const context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  out.resize(ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  return out;
}

std::string long_text() {
  std::string text = "trace 1\n";
  for (int i = 0; i < 9000; ++i) text += "alloc word" + std::to_string(i * 7919 % 100'003) + " list\n";
  return text + "end 9000\n";
}

std::string forms(int i) {
  constexpr std::string_view kText = "alloc a list\nref a[] a # expect: no free\n";
  return i == 0 ? std::string(kText)
                : written_as(i == 1   ? Format::json
                             : i == 2 ? Format::json_lines
                                      : Format::binary,
                             kText);
}

constexpr std::string (*kCompressions[])(std::string_view) = {gzip, zstd};

// The faults, and how many events came before the first one.
std::string faults(const std::string& bytes) {
  auto opened = open(memory_source(bytes), "t");
  if (const auto* error = std::get_if<TraceError>(&opened)) return "0 events; " + format(*error);
  Reader& reader = *std::get<0>(opened);
  EventBatch batch;
  std::string all;
  std::size_t events = 0;
  for (auto status = Reader::Status::events; status != Reader::Status::end;) {
    status = reader.next(batch);
    if (status == Reader::Status::fault) all += std::to_string(events) + " events; " + format(reader.error());
    if (status != Reader::Status::fault) events += batch.events.size();
  }
  return all;
}

}  // namespace

TEST_CASE("a compressed trace of any form is read as if it were not") {
  for (const auto compress : kCompressions) {
    for (int form = 0; form < 4; ++form) {
      CAPTURE(form);
      CHECK(read(compress(forms(form))) == read(forms(form)));
    }
  }
}

TEST_CASE("compressed traces come in portions of any size") {
  for (const auto compress : kCompressions) {
    const std::string bytes = compress(long_text());
    for (const std::size_t portion : {1, 7, 65'536}) {
      CHECK(transcript(std::make_unique<PortionedSource>(bytes, portion), "t").joined() == read(long_text()));
    }
  }
}

TEST_CASE("compressed files behind each other are one trace") {
  for (const auto compress : kCompressions) {
    CHECK(read(compress("alloc a list\nall") + compress("oc b list\n")) ==
          "alloc a:list as a\nalloc b:list as b");
  }
}

TEST_CASE("the extension before that of the compression tells what a faulty file should be") {
  for (const std::string extension : {".gz", ".zst"}) {
    const std::string bytes = gzip("{\"gcsim\":1}\n");
    CHECK(read(bytes, "t.jsonl" + extension) == read("{\"gcsim\":1}\n", "t.jsonl"));
    CHECK(read(bytes, "t.json" + extension) == read("{\"gcsim\":1}\n", "t.json"));
  }
}

TEST_CASE("a compressed trace that is cut off at any byte is truncated, with the byte") {
  for (const auto compress : kCompressions) {
    for (int form = 0; form < 4; ++form) {
      const std::string bytes = compress(forms(form));
      for (std::size_t size = 4; size < bytes.size(); ++size) {
        CAPTURE(form);
        const std::string found = faults(bytes.substr(0, size));
        CAPTURE(found);
        CHECK(found.find(cat("t: byte ", std::to_string(size),
                             ": error: truncated trace: expected the rest of the ")) != std::string::npos);
      }
    }
  }
}

// The words that come out may be faulty sooner than the checksum behind them.
TEST_CASE("a compressed trace with another byte is faulty, or the trace is the same") {
  for (const auto compress : kCompressions) {
    for (int form = 0; form < 4; ++form) {
      const std::string bytes = compress(forms(form));
      for (std::size_t at = 4; at < bytes.size(); ++at) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        CAPTURE(form);
        CAPTURE(at);
        const std::string found = faults(damaged);
        // Times and flags in gzip's header say nothing about the contents.
        const bool is_same = found.empty() && read(damaged) == read(forms(form));
        CHECK((is_same || !found.empty()));
      }
    }
  }
}

TEST_CASE("events before the damage of a compressed trace have been handed out") {
  const std::string text = long_text();
  for (const auto compress : kCompressions) {
    std::string bytes = compress(text);
    bytes.resize(bytes.size() - 3);
    const std::string found = faults(bytes);
    CHECK(std::stoi(found) > 8000);
    CHECK(found.find("truncated trace") != std::string::npos);
  }
}

TEST_CASE("other bytes behind compressed ones are a fault") {
  CHECK(faults(gzip("alloc a list\n") + "plain").find("damaged trace: expected gzip data, got other bytes") !=
        std::string::npos);
  CHECK(faults(zstd("alloc a list\n") + "plain").find("damaged trace: expected zstd data, got other bytes") !=
        std::string::npos);
}

TEST_SUITE_END();
