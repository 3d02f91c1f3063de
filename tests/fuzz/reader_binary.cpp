// Any bytes, read as a binary trace: as its whole file, or, since almost all of these have a wrong checksum,
// as what its blocks contain. Events that are accepted can be written as JSON Lines and are the same there.
#include <cstddef>
#include <cstdint>

#include "../../src/trace/binary_format.h"
#include "gcsim/trace/writer.h"
#include "reader_check.h"

namespace gcsim::trace {
namespace {

class File {
 public:
  File() { bytes_.append(binary::kMagic).append("\1\0\0\0", 4); }

  void block(binary::BlockHead head, std::string_view contents) {
    const std::string block = binary::pack(head, contents, false, 0);
    checksums_ += fixed(binary::checksum(contents));
    if (head.kind == binary::BlockKind::events) {
      binary::put_number(index_, bytes_.size() - last_);
      binary::put_number(index_, head.events);
      last_ = bytes_.size();
      events_ += head.events;
    }
    bytes_ += block;
  }

  std::string finish(std::uint64_t expectations) {
    binary::BlockHead head;
    head.kind = binary::BlockKind::index;
    const std::size_t index_at = bytes_.size();
    block(head, std::string(index_));
    head.kind = binary::BlockKind::trailer;
    block(head, fixed(events_) + fixed(expectations) + fixed(index_at) + fixed(binary::checksum(checksums_)));
    return bytes_;
  }

 private:
  std::string bytes_;
  std::string checksums_;
  std::string index_;
  std::uint64_t last_ = 0;
  std::uint64_t events_ = 0;

  static std::string fixed(std::uint64_t number) {
    std::string out;
    for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
    return out;
  }
};

constexpr std::string_view kHeader =
    R"({"gcsim":1,"tracking":"explicit","classes":{"N":{},"R":{"del":"resurrect"},"S":{"slots":["b","a"]}}})";

// One block with these contents, and that many events; right in all else.
std::string with_block(std::uint32_t events, std::uint64_t expectations, std::string_view contents) {
  File file;
  binary::BlockHead head;
  head.kind = binary::BlockKind::header;
  file.block(head, std::string(1, '\0').append(kHeader));
  head.kind = binary::BlockKind::events;
  head.events = events;
  head.first = 1;
  file.block(head, contents);
  return file.finish(expectations);
}

// All events as JSON Lines; nothing if there is a fault, or a line would be too long.
std::optional<std::string> as_lines(std::string_view bytes) {
  auto opened = open(memory_source(bytes), "t");
  if (opened.index() != 0) return std::nullopt;
  Reader& reader = *std::get<0>(opened);
  std::string text;
  const auto writer =
      make_writer(Format::json_lines, reader.vocabulary(), [&text](std::string_view part) { text += part; });
  if (writer->begin(reader.header())) return std::nullopt;
  EventBatch batch;
  for (auto status = Reader::Status::events; status == Reader::Status::events;) {
    status = reader.next(batch);
    if (status == Reader::Status::fault || writer->write(batch)) return std::nullopt;
  }
  writer->finish();
  return text;
}

void check(std::string_view bytes) {
  ReaderCheck(bytes, "input.gct", ReaderCheck::Places::bytes).run();
  const auto text = as_lines(bytes);
  if (!text) return;
  const auto again = as_lines(*text);
  require(again == text, "what a binary trace says, JSON Lines say too");
}

}  // namespace
}  // namespace gcsim::trace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size == 0 || data[0] >= 0x80 || size < 3) {
    gcsim::trace::check(bytes);
  } else {
    gcsim::trace::check(gcsim::trace::with_block(data[0], data[1], bytes.substr(2)));
  }
  return 0;
}
