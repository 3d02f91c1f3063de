#include "binary_reader.h"

#include <algorithm>
#include <utility>

#include "gcsim/trace/spelling.h"
#include "json_header.h"
#include "reader_base.h"
#include "text_events.h"
#include "text_tokens.h"

namespace gcsim::trace {

using namespace binary;

namespace {

constexpr std::size_t kTrailerBytes = 32;

std::uint64_t get_fixed(std::string_view bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

void put_fixed(std::string& out, std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

std::size_t first_difference(std::string_view a, std::string_view b) {
  const std::size_t size = std::min(a.size(), b.size());
  return static_cast<std::size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin()).first - a.begin());
}

std::string events_of(const BlockHead& head) {
  const std::string last = std::to_string(head.first + head.events - 1);
  return head.events == 0 ? "no events" : "the events " + std::to_string(head.first) + " to " + last;
}

bool header_members(std::string_view text, std::vector<JsonMember>& members) {
  JsonScan scan(text);
  return scan_members(scan,
                      [&members](const JsonValue& key, const JsonValue& value) {
                        members.push_back({key, value});
                        return true;
                      }) &&
         scan.at() == text.size();
}

}  // namespace

bool is_binary_trace(std::string_view start) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < std::min(start.size(), kMagic.size()); ++i)
    equal += start[i] == kMagic[i] ? 1 : 0;
  // One byte may be damaged. (Text has hardly three of these in their places.)
  return start.size() >= kMagic.size() ? equal + 1 >= kMagic.size() : equal == start.size() && equal > 0;
}

BinaryReader::BinaryReader(LineReader bytes, std::string name)
    : name_(std::move(name)), input_(std::move(bytes)) {}

TraceError BinaryReader::error_at(std::uint64_t byte, Fault fault, std::string expected, std::string got,
                                  std::string note) const {
  TraceError error;
  error.where.file = name_;
  error.where.byte = byte;
  error.fault = fault;
  error.expected = std::move(expected);
  error.got = std::move(got);
  error.note = std::move(note);
  return error;
}

bool BinaryReader::fail(TraceError error) {
  is_read_ = true;
  problem_ = std::move(error);
  return false;
}

bool BinaryReader::damaged(std::uint64_t byte, std::string expected, std::string got) {
  return fail(error_at(byte, Fault::damaged, std::move(expected), std::move(got)));
}

// The file ends before `what` does.
bool BinaryReader::cut_off(std::uint64_t byte, std::string what) {
  if (input_.problem()) return fail(at_input(name_, *input_.problem()));
  return fail(error_at(byte, Fault::truncated, std::move(what), "the end of the file"));
}

bool BinaryReader::read_preamble() {
  std::string bytes(kPreamble, '\0');
  bytes.resize(input_.read(bytes.data(), bytes.size()));
  std::string wanted(kMagic);
  wanted += kVersion;
  wanted.resize(kPreamble, '\0');
  offset_ = bytes.size();
  const std::size_t different = first_difference(bytes, wanted);
  if (bytes.size() < kPreamble && different == bytes.size())
    return cut_off(bytes.size(), "the rest of the first bytes");
  if (bytes.size() == kPreamble && different == kMagic.size()) {
    fail(error_at(different, Fault::unsupported_version, "version 1",
                  "version " + std::to_string(static_cast<unsigned char>(bytes[different])),
                  "this program reads traces of version 1 only"));
    return false;
  }
  return different == kPreamble || damaged(different, "the first bytes of a binary trace", "others");
}

// The block that comes next. False: there is none as it should be, see problem_.
bool BinaryReader::read_block(StoredBlock& block) {
  block.offset = offset_;
  std::string head(BlockHead::kBytes, '\0');
  head.resize(input_.read(head.data(), head.size()));
  offset_ += head.size();
  if (head.size() < BlockHead::kBytes) return cut_off(offset_, "the rest of the trace: there is no trailer");
  const auto read = read_head(head);
  if (!read) return damaged(block.offset, "the head of a block", "bytes with another checksum");
  block.head = *read;
  block.bytes.resize(block.head.stored);
  block.bytes.resize(input_.read(block.bytes.data(), block.bytes.size()));
  offset_ += block.bytes.size();
  if (block.bytes.size() == block.head.stored) return true;
  return cut_off(offset_, "the rest of the block that begins at byte " + std::to_string(block.offset));
}

std::optional<TraceError> BinaryReader::read_header() {
  StoredBlock block;
  if (!read_preamble() || !read_block(block)) return problem_;
  if (block.head.kind != BlockKind::header)
    return error_at(block.offset, Fault::damaged, "the header of the trace", "another block");
  std::string contents;
  if (!unpack(block.head, block.bytes, contents))
    return error_at(block.offset, Fault::damaged, "a header with its checksum", "another checksum");
  put_fixed(checksums_, block.head.contents);
  block.bytes = std::move(contents);
  if (auto error = parse_header(block)) return error;
  read_on();
  if (pipeline_->blocks() > 0) return std::nullopt;
  if (problem_) return problem_;
  return empty_trace(name_, "alloc a list");
}

// The form in which the trace was written, and the header object of its JSON.
std::optional<TraceError> BinaryReader::parse_header(const StoredBlock& block) {
  const auto wrong = [&](std::string expected, std::string got) {
    return error_at(block.offset, Fault::damaged, std::move(expected), std::move(got));
  };
  const std::string_view text =
      std::string_view(block.bytes).substr(std::min<std::size_t>(1, block.bytes.size()));
  std::vector<JsonMember> members;
  if (block.bytes.empty() || block.bytes[0] > static_cast<char>(Format::json_lines) || block.bytes[0] < 0 ||
      !header_members(text, members))
    return wrong("a header object", "something else");
  HeaderBuilder builder(header_, vocabulary_);
  if (!JsonHeader(text, header_, builder).read(members, 0))
    return wrong(builder.problem().expected, builder.problem().got);
  header_.written_as = static_cast<Format>(block.bytes[0]);
  header_.profile_position.file = name_;
  header_.profile_position.byte = block.offset;
  // The decoder's vocabulary begins as the reader's own does.
  Vocabulary words;
  Header ignored;
  HeaderBuilder again(ignored, words);
  JsonHeader(text, ignored, again).read(members, 0);
  pipeline_ = std::make_unique<BlockPipeline>(BlockDecoder(std::move(words), header_.explicit_tracking));
  return std::nullopt;
}

// Reads blocks ahead, or finds out how the trace ends.
void BinaryReader::read_on() {
  while (!is_read_ && pipeline_->blocks() < BlockPipeline::kBlocksAhead + 1) {
    StoredBlock block;
    if (!read_block(block)) return;
    if (block.head.kind == BlockKind::events) {
      if (!event_block(std::move(block))) return;
    } else {
      end_of_file(block);
    }
  }
}

bool BinaryReader::event_block(StoredBlock block) {
  if (block.head.first != next_event_) {
    return damaged(block.offset, "the block of event " + std::to_string(next_event_),
                   "that of event " + std::to_string(block.head.first));
  }
  next_event_ += block.head.events;
  put_fixed(checksums_, block.head.contents);
  put_number(index_, block.offset - last_offset_);
  put_number(index_, block.head.events);
  last_offset_ = block.offset;
  pipeline_->put(std::move(block));
  return true;
}

void BinaryReader::end_of_file(const StoredBlock& index) {
  std::string contents;
  if (index.head.kind != BlockKind::index) {
    damaged(index.offset, "a block of events or the index", "another block");
  } else if (!unpack(index.head, index.bytes, contents) || contents != index_) {
    damaged(index.offset, "the index of the blocks before it", "another one");
  } else {
    put_fixed(checksums_, index.head.contents);
    StoredBlock last;
    if (read_block(last)) trailer(index, last);
  }
  is_read_ = true;
}

void BinaryReader::trailer(const StoredBlock& index, const StoredBlock& trailer) {
  std::string contents;
  if (trailer.head.kind != BlockKind::trailer || !unpack(trailer.head, trailer.bytes, contents) ||
      contents.size() != kTrailerBytes) {
    damaged(trailer.offset, "the trailer", "something else");
    return;
  }
  said_expectations_ = get_fixed(contents, 8);
  char more = 0;
  if (get_fixed(contents, 0) != next_event_ - 1) {
    fail(error_at(trailer.offset, Fault::bad_trailer,
                  std::to_string(next_event_ - 1) + ", the number of events before it",
                  std::to_string(get_fixed(contents, 0)), "events are missing, or there are too many"));
  } else if (get_fixed(contents, 16) != index.offset || get_fixed(contents, 24) != checksum(checksums_)) {
    damaged(trailer.offset, "the digest of all blocks", "another one");
  } else if (input_.read(&more, 1) == 0) {
    if (input_.problem()) fail(at_input(name_, *input_.problem()));
  } else {
    fail(error_at(offset_, Fault::bad_trailer, "nothing behind the end of the trace", "more bytes"));
  }
}

Reader::Status BinaryReader::next(EventBatch& batch) {
  if (pipeline_ && current_.number != 0) pipeline_->done(current_.number, forgotten_);
  forgotten_.clear();
  if (pipeline_) read_on();
  if (!pipeline_ || pipeline_->blocks() == 0) {
    return stop(batch);
  }
  std::swap(batch, current_.events);
  const BlockPipeline::Status status = pipeline_->next(current_);
  if (status == BlockPipeline::Status::batch) {
    take(batch);
    return Status::events;
  }
  std::swap(batch, current_.events);
  empty(batch);
  error_ = wrong_block(status);
  problem_.reset();
  is_read_ = true;
  said_expectations_ = expectations_;
  pipeline_.reset();
  return Status::fault;
}

void BinaryReader::empty(EventBatch& batch) const {
  batch.clear();
  batch.first = handed_out_ + 1;
}

// Behind the last event.
Reader::Status BinaryReader::stop(EventBatch& batch) {
  empty(batch);
  if (!problem_ && said_expectations_ != expectations_) {
    damaged(offset_, std::to_string(said_expectations_) + " expectations", std::to_string(expectations_));
    said_expectations_ = expectations_;
  }
  if (!problem_) return Status::end;
  error_ = std::move(*problem_);
  problem_.reset();
  said_expectations_ = expectations_;
  return Status::fault;
}

void BinaryReader::take(EventBatch& batch) {
  std::swap(batch, current_.events);
  current_.changes.apply(vocabulary_);
  for (const LineRun& run : batch.line_runs) lines_.note(run.first, run.count, run.line, run.step);
  handed_out_ += batch.events.size();
  expectations_ += batch.expectations.size();
}

TraceError BinaryReader::wrong_block(BlockPipeline::Status status) const {
  const StoredBlock& block = pipeline_->wrong_block();
  const bool is_damaged = status == BlockPipeline::Status::wrong_checksum;
  return error_at(block.offset, Fault::damaged, "the block with " + events_of(block.head),
                  is_damaged ? "bytes with another checksum" : "contents that are no events",
                  is_damaged ? "" : "the checksum is right: the program that wrote it is at fault");
}

void BinaryReader::forget(std::span<const SymbolId> words) {
  forgotten_.insert(forgotten_.end(), words.begin(), words.end());
}

// In the words of the text form, whatever form the trace was written in.
Reader::Place BinaryReader::locate(const EventBatch& batch, std::size_t event, Operand operand,
                                   std::uint32_t ordinal) const {
  std::string text;
  append_event(text, batch.events[event], batch.operands_of(batch.events[event]), vocabulary_);
  TokenizedLine line;
  std::size_t offset = 0;
  if (line.split(text)) offset = text_operand_offset(line, batch.events[event], operand, ordinal);
  const Excerpt part = excerpt(text, offset);
  return {{name_, batch.line(event), static_cast<std::uint32_t>(offset + 1)},
          std::string(part.text),
          static_cast<std::uint32_t>(part.offset + 1)};
}

}  // namespace gcsim::trace
